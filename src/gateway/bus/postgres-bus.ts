/**
 * The bus on PostgreSQL: LISTEN and NOTIFY, which need no privilege, on one connection of its own. A NOTIFY makes its
 * transaction take a lock of the whole cluster when it commits (`PreCommit_Notify` in async.c); on this connection nothing
 * else is committed, so no transition ever waits for it.
 */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { messageOf } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import type { Bus, BusListener } from './bus.ts';
import { BusListeners } from './listeners.ts';
import { CHANNEL, encodeNotices } from './notice.ts';
import { Outbox } from './outbox.ts';

const FIRST_RETRY_MS = 50;
const MAX_RETRY_MS = 2_000;
/** A connection that only listens does not notice by itself that the other end is gone. */
const PATIENCE = { answerMs: 5_000, heartbeatMs: 10_000 };
const CLOSE_MS = 1_000;

export class PostgresBus implements Bus {
  readonly kind = 'postgres';
  readonly #config: pg.ClientConfig;
  readonly #log: Logger;
  readonly #self: string = randomUUID();
  readonly #listeners = new BusListeners(this.#self);
  readonly #outbox: Outbox;
  readonly #heartbeat: NodeJS.Timeout;
  #client: pg.Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;
  #isClosed = false;

  private constructor(config: pg.ClientConfig, log: Logger, { answerMs, heartbeatMs }: typeof PATIENCE) {
    this.#config = {
      ...config,
      application_name: 'countersign bus',
      keepAlive: true,
      connectionTimeoutMillis: answerMs,
      query_timeout: answerMs,
    };
    this.#log = log;
    this.#outbox = new Outbox({ send: (reached) => this.#notify(reached) });
    this.#heartbeat = setInterval(() => void this.#beat(), heartbeatMs).unref();
  }

  /** Resolves when the first attempt to connect has ended, well or not: a bus that is away is waited for later. */
  static async open(config: pg.ClientConfig, log: Logger, patience = PATIENCE): Promise<PostgresBus> {
    const bus = new PostgresBus(config, log, patience);
    await bus.#connect();
    return bus;
  }

  publish(tenant: string, seq: number): void {
    this.#outbox.add(tenant, seq);
  }

  subscribe(listener: BusListener): () => void {
    return this.#listeners.add(listener);
  }

  async close(): Promise<void> {
    clearInterval(this.#heartbeat);
    await Promise.race([this.#outbox.flush(), new Promise((resolve) => setTimeout(resolve, CLOSE_MS))]);
    this.#isClosed = true;
    this.#outbox.stop();
    clearTimeout(this.#timer);
    await this.#client?.end().catch(() => undefined);
  }

  async #notify(reached: ReadonlyMap<string, number>): Promise<void> {
    const client = this.#client;
    if (client === undefined) throw new Error('the bus has no connection');
    const texts = encodeNotices(this.#self, reached);
    await client.query('select pg_notify($1, text) from unnest($2::text[]) text', [CHANNEL, texts]);
  }

  async #connect(): Promise<void> {
    const client = new pg.Client(this.#config);
    client.on('error', (error) => this.#lost(client, error));
    client.on('end', () => this.#lost(client, undefined));
    client.on('notification', ({ payload }) => this.#listeners.take(payload ?? ''));
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
    } catch (error) {
      this.#client = client;
      this.#lost(client, error);
      return;
    }
    if (this.#isClosed) return void client.end().catch(() => undefined);
    this.#client = client;
    if (this.#failures > 0) {
      this.#log.info('the bus between servers is back');
      this.#listeners.missed();
    }
    this.#failures = 0;
    this.#outbox.retry();
  }

  async #beat(): Promise<void> {
    const client = this.#client;
    if (client === undefined) return;
    try {
      await client.query('select');
    } catch (error) {
      this.#lost(client, error);
      return;
    }
    // What was not said in time, on a connection that lived on.
    this.#outbox.retry();
  }

  /** Once per connection: a broken one reports in several ways. */
  #lost(client: pg.Client, error: unknown): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    client.end().catch(() => undefined);
    if (this.#isClosed) return;
    if (this.#failures === 0) {
      const reason = error === undefined ? 'the server ended the connection' : messageOf(error);
      this.#log.warn({ reason }, 'the bus between servers is away; they see each other’s steps later');
    }
    const pause = Math.min(FIRST_RETRY_MS * 2 ** this.#failures, MAX_RETRY_MS);
    this.#failures += 1;
    this.#timer = setTimeout(() => void this.#connect(), pause * (0.5 + Math.random() / 2));
  }
}
