/**
 * Several servers on one database, as processes of their own: what one does the others show, whoever dies is not missed,
 * who leaves says goodbye.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { mintToken } from '../../src/gateway/token.ts';
import { workflow } from '../../src/machines/workflow.ts';
import { openRedisServer, redisIsHere, type TestRedis } from '../scheduler/redis-server.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { Follower } from './follower.ts';
import { Server } from './process.ts';

const KEY = 'a key for tests that is long enough to be one';
const sign = (sub: string, roles: string[]) =>
  mintToken(new TextEncoder().encode(KEY), { sub, tenant: 'acme', kind: 'person', roles }, 600);

/** Waits for people as long as it takes. */
const lasting = workflow({
  name: 'Lasting',
  roles: ['reviewer'],
  triggers: ['note', 'approve'],
  initial: 'Open',
  states: { Open: {}, Approved: { final: 'approved' } },
  transitions: {
    'Open -> Open': { trigger: 'note' },
    'Open -> Approved': { trigger: 'approve', role: 'reviewer' },
  },
});

const shortLived = workflow({
  name: 'ShortLived',
  roles: [],
  triggers: [],
  initial: 'Open',
  states: { Open: {}, Expired: { final: 'withdrawn' } },
  transitions: { 'Open -> Expired': { after: '6s' } },
});

describe.each(['PostgreSQL', 'Redis'])('servers on one database, with a bus on %s', (bus) => {
  const absent = bus === 'Redis' && !redisIsHere;
  let database: TestDatabase;
  let redis: TestRedis | undefined;
  let env: Record<string, string>;
  let tokens: Readonly<Record<'olga' | 'ada' | 'rae', string>>;
  const running = new Set<Server>();
  const followers: Follower[] = [];

  const start = async (args?: readonly string[]) => {
    const server = await Server.serve(env, args);
    running.add(server);
    return server;
  };
  /** Two that live, started where earlier tests left fewer. */
  const pair = async (): Promise<[Server, Server]> => {
    const [a = await start(), b = await start()] = running;
    return [a, b];
  };
  const kill = async (server: Server, signal: NodeJS.Signals) => {
    running.delete(server);
    return server.kill(signal);
  };
  const follow = (servers: readonly Server[], first = 0) => {
    const urls = servers.map(({ url }) => url);
    const follower = new Follower(urls, tokens.ada, first);
    followers.push(follower);
    return follower;
  };
  const post = async (server: Server, token: string, path: string, body: unknown, key?: string) => {
    const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key };
    const answer = await server.fetch(path, { method: 'POST', token, body: JSON.stringify(body), headers });
    const document = (await answer.json()) as { id: string; seq: number };
    return { status: answer.status, ...document };
  };
  const propose = async (server: Server, title: string, { name: definition }: { name: string } = lasting) => {
    const proposal = { definition, project: 'web', title };
    const { status, id } = await post(server, tokens.ada, '/v1/changes', proposal);
    expect(status).toBe(201);
    return id;
  };
  /** Sends to one server after the other until one of them has done it; the key makes that once. */
  const insist = async (servers: readonly Server[], path: string, body: unknown, key: string) => {
    for (let attempt = 0; ; attempt++) {
      const server = servers[attempt % servers.length];
      const answer = server && (await post(server, tokens.rae, path, body, key).catch(() => undefined));
      if (answer !== undefined && answer.status < 500) return answer;
      await sleep(20);
    }
  };
  const head = async (server: Server) => (await log(server)).at(-1)?.seq ?? 0;
  const log = async (server: Server) => {
    const rows: { seq: number; change: string; event: string }[] = [];
    for (;;) {
      const path = `/v1/transitions?after=${rows.at(-1)?.seq ?? 0}&limit=200`;
      const { items } = await server.document(path, { token: tokens.ada });
      rows.push(...items);
      if (items.length === 0) return rows;
    }
  };

  beforeAll(async () => {
    if (absent) return;
    database = await testDatabase();
    if (bus === 'Redis') redis = await openRedisServer();
    env = {
      DATABASE_URL: database.adminUrl,
      COUNTERSIGN_JWT_KEY: KEY,
      COUNTERSIGN_LOG_LEVEL: 'warn',
      ...(redis && { REDIS_URL: `redis://${redis.host}:${redis.port}` }),
    };
    tokens = {
      olga: await sign('olga', ['operator', 'deployer']),
      ada: await sign('ada', []),
      rae: await sign('rae', ['reviewer']),
    };
    const server = await start();
    const tenant = { tenant: 'acme', title: 'Acme' };
    expect((await post(server, tokens.olga, '/v1/tenants', tenant)).status).toBe(201);
    for (const definition of [lasting, shortLived])
      expect((await post(server, tokens.olga, '/v1/definitions', { definition })).status).toBe(201);
  }, 60_000);
  afterEach(() => {
    for (const follower of followers.splice(0)) follower.close();
  });
  afterAll(async () => {
    if (absent) return;
    const codes = await Promise.all([...running].map((server) => kill(server, 'SIGTERM')));
    expect(codes.filter((code) => code !== 0)).toEqual([]);
    await redis?.stop();
    await database.drop();
  });

  it.skipIf(absent)(
    'a subscriber on one sees an approval that was sent to another, and neither needs its poll for that',
    async () => {
      const [a, b] = await pair();
      const follower = follow([a]);
      await follower.live();
      // Each step waits for the one before to be seen elsewhere: with the poll alone it would take minutes.
      for (let round = 0; round < 20; round++) {
        const id = await propose(b, `Round ${round}`);
        await follower.until(() => follower.events.length === round * 2 + 1);
        await post(b, tokens.rae, `/v1/changes/${id}/events`, { trigger: 'approve' });
        await follower.until(() => follower.events.length === round * 2 + 2);
      }
      expect(follower.events.slice(-2)).toEqual(['propose', 'approve']);
    },
    60_000,
  );

  it.skipIf(absent)(
    'either is killed while it works: its clients carry on with the other, every row once, every event done once',
    async () => {
      let servers = await pair();
      const from = await head(servers[0]);
      const watchers = [0, 1, 0, 1].map((first) => follow(servers, first));
      await Promise.all(watchers.map((watcher) => watcher.live()));
      const change = await propose(servers[0], 'Never stops');
      let sent = 0;
      let isOver = false;
      const work = async (lane: number) => {
        while (!isOver) {
          const key = `${lane}-${sent++}`;
          const answer = await insist(
            lane % 2 === 0 ? servers : servers.toReversed(),
            `/v1/changes/${change}/events`,
            { trigger: 'note', reason: key },
            `${bus}-${key}`,
          );
          expect(answer.status).toBeLessThan(500);
        }
      };
      const lanes = [0, 1, 2, 3].map(work);
      const reached = (count: number) =>
        Promise.all(watchers.map((watcher) => watcher.until(() => watcher.seqs.length >= count)));
      await reached(50);
      const [a, b] = servers;
      await kill(a, 'SIGKILL');
      const seen = Math.max(...watchers.map(({ seqs }) => seqs.length));
      await reached(seen + 50);
      // The one that died comes back where it was, then the other dies.
      const again = await start(['--port', new URL(a.url).port]);
      servers = [again, b];
      await kill(b, 'SIGKILL');
      await reached(Math.max(...watchers.map(({ seqs }) => seqs.length)) + 50);
      isOver = true;
      await Promise.all(lanes);
      const rows = (await log(again)).filter(({ seq }) => seq > from);
      await reached(rows.length);
      const all = rows.map(({ seq }) => seq);
      expect(all).toEqual(all.map((_, index) => from + 1 + index));
      for (const { seqs } of watchers) expect(seqs).toEqual(all);
      // Each note that was answered is there, none of them twice.
      const notes = rows.filter(({ change: of, event }) => of === change && event === 'note');
      expect(notes).toHaveLength(sent);
    },
    90_000,
  );

  it.skipIf(absent)(
    'timers that a killed server has set are fired by another',
    async () => {
      const [a, b] = await pair();
      const follower = follow([b]);
      await follower.live();
      const id = await propose(a, 'Left alone', shortLived);
      await kill(a, 'SIGKILL');
      await follower.until(() => follower.events.length === 2);
      const { outcome } = await b.document(`/v1/changes/${id}`, { token: tokens.ada });
      expect(outcome).toBe('withdrawn');
    },
    60_000,
  );

  it.skipIf(absent)(
    'one that is told to stop says "not ready" while it serves, then tells each socket when to come back, then ends',
    async () => {
      const [b] = await pair();
      const a = await start(['--port', '0', '--lead', '5']);
      const watchers = [0, 0, 0, 0, 0].map((first) => follow([a, b], first));
      await Promise.all(watchers.map((watcher) => watcher.live()));
      const exited = kill(a, 'SIGTERM');
      while (await isReady(a)) await sleep(10);
      const id = await propose(a, 'In the last moment');
      expect(id).toMatch(/^[0-9a-f-]{36}$/);
      expect(await exited).toBe(0);
      await Promise.all(watchers.map((watcher) => watcher.until(() => watcher.closes.length === 1)));
      const closes = watchers.flatMap(({ closes: of }) => of);
      expect(closes.map(({ code }) => code)).toEqual([4000, 4000, 4000, 4000, 4000]);
      const delays = closes.map(({ reason }) => Number(/ in (\d+) ms$/.exec(reason)?.[1]));
      expect(new Set(delays).size).toBeGreaterThan(1);
      for (const delay of delays) expect(delay).toBeLessThan(1_000);
      await Promise.all(watchers.map((watcher) => watcher.live()));
      await post(b, tokens.rae, `/v1/changes/${id}/events`, { trigger: 'approve' });
      await Promise.all(watchers.map((watcher) => watcher.until(() => watcher.events.includes('approve'))));
      for (const { events } of watchers) expect(events).toEqual(['propose', 'approve']);
    },
    60_000,
  );

  it.skipIf(absent)('one that is told twice ends at once', async () => {
    const server = await start(['--port', '0', '--lead', '300']);
    const exited = kill(server, 'SIGTERM');
    while (await isReady(server)) await sleep(10);
    process.kill(server.pid, 'SIGTERM');
    expect(await exited).toBe(1);
  });
});

async function isReady({ url }: Server): Promise<boolean> {
  return (await fetch(`${url}/readyz`)).status === 200;
}
