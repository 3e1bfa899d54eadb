/** The embedded PostgreSQL: its life, its death, and who may have it. */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { createLogger } from '../../src/log.ts';
import { runningServer } from '../../src/persistence/embedded/ownership.ts';
import { EmbeddedPostgres } from '../../src/persistence/embedded.ts';
import { copyCluster } from '../support/cluster.ts';
import { withClient } from '../support/database.ts';
import { kill, startChild } from '../support/embedded-child.ts';

const log = createLogger('silent');
let dataDir: string;
let servers: EmbeddedPostgres[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'countersign-embedded-'));
  chmodSync(dataDir, 0o711);
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  for (const path of [dataDir, ...servers.map(({ admin }) => admin.host)]) {
    rmSync(path, { recursive: true, force: true });
  }
  servers = [];
});

const cluster = () => join(dataDir, 'postgresql');

/** What `initdb` makes, for tests that begin with the second start. */
const made = () => copyCluster(inject('cluster'), dataDir);

async function start(): Promise<EmbeddedPostgres> {
  const server = await EmbeddedPostgres.start({ dataDir, log });
  servers.push(server);
  return server;
}

const ask = (server: EmbeddedPostgres, sql: string) =>
  withClient(server.admin, async (client) => (await client.query(sql)).rows);

/** Until the condition holds; the test's own limit ends the wait. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(10);
}

const isRunning = (pid: number) =>
  existsSync(`/proc/${pid}`) && !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

it('keeps its data from one start to the next, and stops more than once', async () => {
  const first = await start();
  await ask(first, 'create table kept as select 42 as n');
  await first.stop();
  await first.stop();
  expect(runningServer(cluster())).toBeUndefined();
  expect(await ask(await start(), 'select n from kept')).toEqual([{ n: 42 }]);
});

it('can be reached through its socket only, by the roles it was made with', async () => {
  made();
  const server = await start();
  expect(
    await ask(server, "select current_setting('listen_addresses') as addresses, current_user as who"),
  ).toEqual([{ addresses: '', who: 'countersign_owner' }]);
  const [role] = await withClient(
    server.app,
    async (client) => (await client.query('select current_user as who')).rows,
  );
  expect(role).toEqual({ who: 'countersign_app' });
  expect(await ask(server, 'show fsync')).toEqual([{ fsync: 'on' }]);
});

it('refuses a second start while a server lives, naming directory and process', async () => {
  made();
  const server = await start();
  const refused = await EmbeddedPostgres.start({ dataDir, log }).catch((error) => error);
  expect(refused).toMatchObject({ code: 'DATA_IN_USE' });
  expect(refused.message).toContain(dataDir);
  expect(refused.message).toContain(String(server.pid));
});

it('lets exactly one of several simultaneous first starts win', async () => {
  const results = await Promise.allSettled([start(), start(), start()]);
  const codes = results.map((result) => (result.status === 'fulfilled' ? 'won' : result.reason.code));
  expect(codes.sort()).toEqual(['DATA_IN_USE', 'DATA_IN_USE', 'won']);
});

it('starts though postmaster.pid names a process that is gone, or one that is something else', async () => {
  made();
  await (await start()).stop();
  const bystander = spawn('sleep', ['60'], { stdio: 'ignore' });
  for (const pid of [4_194_303, bystander.pid ?? 0]) {
    const lines = [pid, cluster(), 1_700_000_000, 5432, '/nowhere', '', '0 0', 'ready'];
    writeFileSync(join(cluster(), 'postmaster.pid'), `${lines.join('\n')}\n`);
    await (await start()).stop();
  }
  expect(isRunning(bystander.pid ?? 0)).toBe(true);
  bystander.kill();
});

it('comes back after PostgreSQL was killed', async () => {
  made();
  const server = await start();
  await ask(server, 'create table kept as select 1 as n');
  const killed = server.pid;
  process.kill(killed, 'SIGKILL');
  await until(() => server.pid !== killed);
  expect(await ask(server, 'select n from kept')).toEqual([{ n: 1 }]);
});

it('dies with its process, and starts again at once', async () => {
  const child = await startChild(dataDir);
  await kill(child);
  const server = await start();
  expect(isRunning(child.pid)).toBe(false);
  expect(server.pid).not.toBe(child.pid);
});

it('starts after everything was killed at once', async () => {
  made();
  const child = await startChild(dataDir);
  await withClient({ connectionString: child.adminUrl }, (client) =>
    client.query('create table kept as select 7 as n'),
  );
  process.kill(child.pid, 'SIGKILL');
  await kill(child);
  expect(await ask(await start(), 'select n from kept')).toEqual([{ n: 7 }]);
});

it('stops and replaces a server whose owner and watchdog were both killed', async () => {
  made();
  const child = await startChild(dataDir);
  const watchdog = Number(readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]);
  const watcher = readFileSync(`/proc/${watchdog}/task/${watchdog}/children`, 'utf8')
    .trim()
    .split(' ')
    .map(Number);
  for (const pid of [watchdog, ...watcher.filter((pid) => pid !== child.pid)]) process.kill(pid, 'SIGKILL');
  await kill(child);
  expect(isRunning(child.pid)).toBe(true);
  const server = await start();
  expect(isRunning(child.pid)).toBe(false);
  expect(server.pid).not.toBe(child.pid);
});

it('says what PostgreSQL said when it does not start', async () => {
  made();
  await (await start()).stop();
  writeFileSync(join(cluster(), 'postgresql.conf'), 'no_such_setting = 1\n');
  const failed = await EmbeddedPostgres.start({ dataDir, log }).catch((error) => error);
  expect(failed).toMatchObject({ code: 'POSTGRES_FAILED' });
  expect(failed.message).toContain('no_such_setting');
  expect(failed.hint).toContain('postgres.log');
});
