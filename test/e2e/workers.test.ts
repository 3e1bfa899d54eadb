/** `serve --workers N`: several processes on one port, and one that looks after them. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sharedNursery } from '../../src/cli/workers/nursery.ts';
import { restartDelayMs } from '../../src/cli/workers/supervisor.ts';
import { mintToken } from '../../src/gateway/token.ts';
import { workflow } from '../../src/machines/workflow.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { Follower } from './follower.ts';
import { countersign, Server } from './process.ts';

const KEY = 'a key for tests that is long enough to be one';
const sign = (sub: string, roles: string[]) =>
  mintToken(new TextEncoder().encode(KEY), { sub, tenant: 'acme', kind: 'person', roles }, 600);

const simple = workflow({
  name: 'Simple',
  roles: ['reviewer'],
  triggers: ['approve'],
  initial: 'Open',
  states: { Open: {}, Approved: { final: 'approved' } },
  transitions: { 'Open -> Approved': { trigger: 'approve', role: 'reviewer' } },
});

describe.each(['uws', 'node'])('workers on the transport %s', (transport) => {
  let database: TestDatabase;
  let env: Record<string, string>;
  let server: Server | undefined;
  const followers: Follower[] = [];

  const propose = async (of: Server, title: string) => {
    const body = JSON.stringify({ definition: 'Simple', project: 'web', title });
    return (await of.fetch('/v1/changes', { method: 'POST', token: await sign('ada', []), body })).status;
  };
  /** Of one worker alone. */
  const figure = async (port: number, name: string) => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1]);
  };

  beforeAll(async () => {
    database = await testDatabase();
    env = {
      DATABASE_URL: database.adminUrl,
      COUNTERSIGN_JWT_KEY: KEY,
      COUNTERSIGN_LOG_LEVEL: 'warn',
      COUNTERSIGN_TRANSPORT: transport,
    };
  });
  afterEach(async () => {
    for (const follower of followers.splice(0)) follower.close();
    await server?.stop();
    server = undefined;
  });
  afterAll(() => database.drop());

  it('share one port and one truth; one that is killed is replaced, and SIGTERM drains them all', async () => {
    const own = 20_000 + Math.floor(Math.random() * 10_000);
    server = await Server.serve(env, ['--port', '0', '--workers', '2', '--worker-port', String(own)]);
    expect(server.workers).toHaveLength(2);
    for (const pid of server.workers)
      expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).toContain('--max-semi-space-size=32');
    const olga = await sign('olga', ['operator', 'deployer']);
    for (const [path, body] of [
      ['/v1/tenants', { tenant: 'acme', title: 'Acme' }],
      ['/v1/definitions', { definition: simple }],
    ] as const)
      expect(
        (await server.fetch(path, { method: 'POST', token: olga, body: JSON.stringify(body) })).status,
      ).toBe(201);

    const ada = await sign('ada', []);
    for (let index = 0; index < 24; index++) followers.push(new Follower([server.url], ada));
    await Promise.all(followers.map((follower) => follower.live()));
    const counts = await Promise.all([own, own + 1].map((port) => figure(port, 'countersign_sockets')));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(24);
    for (const count of counts) expect(count).toBeGreaterThan(0);

    const everybodySaw = (count: number) =>
      Promise.all(followers.map((follower) => follower.until(() => follower.seqs.length >= count)));
    expect(await propose(server, 'Before')).toBe(201);
    await everybodySaw(1);
    process.kill(server.workers[0] ?? 0, 'SIGKILL');
    await Promise.all(followers.map((follower) => follower.live()));
    while (
      !(await fetch(`http://127.0.0.1:${own}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      ))
    )
      await sleep(50);
    for (let index = 0; index < 4; index++) expect(await propose(server, `After ${index}`)).toBe(201);
    await everybodySaw(5);
    for (const { seqs } of followers) expect(seqs).toEqual([1, 2, 3, 4, 5]);

    const stopping = server;
    server = undefined;
    expect(await stopping.stop()).toBe(0);
    // Those that came back too early found nobody any more.
    const wasTold = ({ closes }: Follower) => closes.some(({ code }) => code === 4000);
    await Promise.all(followers.map((follower) => follower.until(() => wasTold(follower))));
  }, 90_000);

  it('whose supervisor is killed end in good order by themselves', async () => {
    const orphaned = await Server.serve(env, ['--port', '0', '--workers', '2']);
    const follower = new Follower([orphaned.url], await sign('ada', []));
    followers.push(follower);
    await follower.live();
    await orphaned.kill('SIGKILL');
    await follower.until(() => follower.closes.length > 0);
    expect(follower.closes[0]?.code).toBe(4000);
    for (const pid of orphaned.workers) while (isAlive(pid)) await sleep(20);
  }, 60_000);

  it('say once what keeps them from starting', async () => {
    server = await Server.serve(env);
    const port = new URL(server.url).port;
    const taken = await countersign(['serve', '--workers', '3', '--port', port, '--json'], env);
    expect(taken.code).not.toBe(0);
    expect(JSON.parse(taken.stdout)).toMatchObject({ error: { code: 'PORT_IN_USE' } });
    const away = { ...env, DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none' };
    const lost = await countersign(['serve', '--workers', '3', '--port', '0', '--json'], away);
    expect(lost.code).toBe(3);
    expect(JSON.parse(lost.stdout)).toMatchObject({ error: { code: 'STORE_UNAVAILABLE' } });
  }, 60_000);
});

it('a worker that keeps dying is started again ever more slowly, and never given up', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), (deaths) => {
      expect(restartDelayMs(deaths)).toBeLessThanOrEqual(restartDelayMs(deaths + 1));
      expect(restartDelayMs(deaths)).toBeLessThanOrEqual(30_000);
      expect(restartDelayMs(deaths)).toBeGreaterThanOrEqual(100);
    }),
  );
});

it('workers share the room for new objects that the whole was given, down to what each needs', () => {
  const given = ['--max-semi-space-size=64', '--enable-source-maps'];
  expect(sharedNursery(given, 2)).toEqual(['--max-semi-space-size=32', '--enable-source-maps']);
  expect(sharedNursery(given, 6)).toEqual(['--max-semi-space-size=16', '--enable-source-maps']);
  expect(sharedNursery(['--max-semi-space-size=8'], 2)).toEqual(['--max-semi-space-size=8']);
  expect(sharedNursery([], 2)).toEqual([]);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
