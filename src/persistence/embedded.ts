/**
 * A real PostgreSQL that lives and dies with this process: made on first use, reached through a private Unix socket,
 * restarted when it dies, refused when another process already runs it. See `embedded/` for each of these.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { CountersignError, messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import { type Account, serverAccount } from './embedded/account.ts';
import { type Binaries, findBinaries, SHARED_HOME } from './embedded/binaries.ts';
import { ensureCluster, OWNER, syncCluster } from './embedded/cluster.ts';
import { awaitVacancy, runningServer, takeOwnership } from './embedded/ownership.ts';
import { findPlaces, type Places, PORT } from './embedded/places.ts';
import { Postmaster } from './embedded/postmaster.ts';
import { APP_ROLE } from './roles.ts';

/** What `pg` needs to connect; there are no passwords, because only we can reach the socket. */
export interface EmbeddedConnection {
  /** Directory of the Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

const DATABASE = 'countersign';
const READY_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 20_000;
const BACKOFF_MS = { first: 100, most: 10_000 };

interface Setting {
  readonly places: Places;
  readonly binaries: Binaries;
  readonly account: Account | null;
  readonly log: Logger;
}

export class EmbeddedPostgres {
  /** As the owner of everything, a superuser: for migrations only. */
  readonly admin: EmbeddedConnection;
  /** As the restricted role that serves requests. */
  readonly app: EmbeddedConnection;
  readonly adminUrl: string;
  readonly appUrl: string;
  readonly logFile: string;
  readonly #setting: Setting;
  readonly #exitListeners: ((error: Error) => void)[] = [];
  readonly #stopping = new AbortController();
  #postmaster: Postmaster;
  #owner: pg.Client;
  #supervision: Promise<void>;
  #synced: Promise<void> = Promise.resolve();

  private constructor(setting: Setting, postmaster: Postmaster, owner: pg.Client) {
    const { places } = setting;
    const at = { host: places.socketDir, port: PORT, database: DATABASE };
    this.admin = { ...at, user: OWNER };
    this.app = { ...at, user: APP_ROLE };
    this.adminUrl = urlOf(this.admin);
    this.appUrl = urlOf(this.app);
    this.logFile = places.logFile;
    this.#setting = setting;
    this.#postmaster = postmaster;
    this.#owner = owner;
    this.#supervision = this.#supervise();
  }

  /**
   * Starts the server of `dataDir`, made on first use; resolves when it accepts connections.
   * Throws DATA_IN_USE where another process runs it, POSTGRES_FAILED where it cannot run.
   */
  static async start(options: { dataDir: string; log: Logger }): Promise<EmbeddedPostgres> {
    const account = serverAccount();
    const places = findPlaces(options.dataDir, account, options.log);
    const binaries = findBinaries(account, account ? SHARED_HOME : places.dataDir, options.log);
    const setting = { places, binaries, account, log: options.log };
    await awaitVacancy(places);
    const made = await ensureCluster(places, binaries, account);
    const { postmaster, owner } = await launch(setting);
    await ensureDatabase(owner);
    const server = new EmbeddedPostgres(setting, postmaster, owner);
    if (made) server.#synced = syncCluster(places, binaries, account, options.log);
    return server;
  }

  /** Process id of the server that runs now. */
  get pid(): number {
    return this.#postmaster.pid;
  }

  /** `listener` is called once if the server is gone for good though nobody stopped it. */
  onExit(listener: (error: Error) => void): void {
    this.#exitListeners.push(listener);
  }

  /** Fast shutdown: open connections are ended, a checkpoint is written. Harmless when repeated. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.#supervision, this.#synced]);
  }

  /** Brings the server back, with growing pauses, until it is stopped or another process has taken the cluster. */
  async #supervise(): Promise<void> {
    const { log } = this.#setting;
    let pauseMs = BACKOFF_MS.first;
    while (await this.#diedUnasked()) {
      log.error(
        { logFile: this.logFile, pauseMs, tail: this.#postmaster.logTail() },
        'PostgreSQL died; restarting it',
      );
      await sleep(pauseMs, undefined, { signal: this.#stopping.signal }).catch(() => {});
      if (this.#stopping.signal.aborted) return;
      try {
        const { postmaster, owner } = await launch(this.#setting);
        this.#postmaster = postmaster;
        this.#owner = owner;
        pauseMs = BACKOFF_MS.first;
        log.info({ pid: postmaster.pid }, 'PostgreSQL is back');
      } catch (error) {
        pauseMs = Math.min(pauseMs * 2, BACKOFF_MS.most);
        log.error({ err: error }, 'PostgreSQL did not come back');
        if (error instanceof CountersignError && error.code === 'DATA_IN_USE') return this.#giveUp(error);
      }
    }
    await shutDown(this.#postmaster, this.#owner);
  }

  /** Waits until the server dies (true) or is to be stopped (false); keeps the owner's lock meanwhile. */
  async #diedUnasked(): Promise<boolean> {
    const { signal } = this.#stopping;
    const stopped = new Promise<'stopped'>((resolve) => {
      if (signal.aborted) resolve('stopped');
      signal.addEventListener('abort', () => resolve('stopped'), { once: true });
    });
    const died = this.#postmaster.exited.then(() => 'died' as const);
    for (;;) {
      const owner = this.#owner;
      const unlocked = new Promise<'unlocked'>((resolve) => owner.once('end', () => resolve('unlocked')));
      const what = await Promise.race([stopped, died, unlocked]);
      if (what !== 'unlocked') return what === 'died';
      await sleep(BACKOFF_MS.first);
      if (!this.#postmaster.running) return !signal.aborted;
      // The lock's connection was cut though the server lives: take it again.
      await takeOwnership(this.#setting.places)
        .then((client) => {
          this.#owner = client;
        })
        .catch((error) => this.#setting.log.warn({ err: error }, 'the lock on the cluster is not held'));
    }
  }

  #giveUp(error: Error): void {
    for (const listener of this.#exitListeners.splice(0)) listener(error);
  }
}

/** Starts the server and takes its lock. Where another process was faster, throws DATA_IN_USE. */
async function launch({ places, binaries, account, log }: Setting) {
  for (;;) {
    await awaitVacancy(places);
    const postmaster = await Postmaster.spawn(places, binaries, account).catch((cause) => {
      throw new CountersignError('POSTGRES_FAILED', `PostgreSQL cannot be started: ${messageOf(cause)}`, {
        cause,
        hint: 'The embedded PostgreSQL needs Linux or macOS; elsewhere set DATABASE_URL.',
      });
    });
    const owner = await whenReady(postmaster, places);
    if (owner) return { postmaster, owner };
    if (!runningServer(places.cluster)) {
      const tail = postmaster.logTail();
      throw new CountersignError(
        'POSTGRES_FAILED',
        `PostgreSQL did not start in ${places.cluster}: ${tail}`,
        {
          hint: `Read ${places.logFile}, or set DATABASE_URL to use another PostgreSQL.`,
        },
      );
    }
    log.debug({ cluster: places.cluster }, 'another process started PostgreSQL first');
  }
}

/** Connects in a tight loop; undefined where the server exited instead. */
async function whenReady(postmaster: Postmaster, places: Places): Promise<pg.Client | undefined> {
  const until = Date.now() + READY_LIMIT_MS;
  while (postmaster.running) {
    try {
      // Another process's server may be answering on this socket: only our child's is ours to lock.
      if (runningServer(places.cluster)?.pid === postmaster.pid) return await takeOwnership(places);
    } catch (error) {
      if (error instanceof CountersignError || Date.now() > until) {
        postmaster.signal('QUIT');
        throw error;
      }
    }
    await sleep(10);
  }
  return undefined;
}

async function ensureDatabase(owner: pg.Client): Promise<void> {
  const { rows } = await owner.query(
    `select exists (select from pg_roles where rolname = $1) as role,
            exists (select from pg_database where datname = $2) as database`,
    [APP_ROLE, DATABASE],
  );
  if (!rows[0].role) await owner.query(`create role ${APP_ROLE} login`);
  if (!rows[0].database) await owner.query(`create database ${DATABASE}`);
}

async function shutDown(postmaster: Postmaster, owner: pg.Client): Promise<void> {
  await owner.end().catch(() => {});
  postmaster.signal('INT');
  for (const harder of ['QUIT', 'KILL'] as const) {
    const tooLong = new AbortController();
    const late = sleep(STOP_LIMIT_MS, true, { signal: tooLong.signal }).catch(() => false);
    if (!(await Promise.race([postmaster.exited.then(() => false), late]))) return tooLong.abort();
    postmaster.signal(harder);
  }
  await postmaster.exited;
}

function urlOf({ host, port, user, database }: EmbeddedConnection): string {
  return `postgresql://${user}@/${database}?host=${encodeURIComponent(host)}&port=${port}`;
}
