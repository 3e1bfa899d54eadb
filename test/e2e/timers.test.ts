/** Timers through everything that can be lost: the alarms, the server that set them, every server there is. */
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintToken } from '../../src/gateway/token.ts';
import { workflow } from '../../src/machines/workflow.ts';
import { openRedisServer, redisIsHere, type TestRedis } from '../scheduler/redis-server.ts';
import { type TestDatabase, testDatabase, withClient } from '../support/database.ts';
import { Server } from './process.ts';

const KEY = 'a key for tests that is long enough to be one';
const TENANT = 'acme';
const DELAY_MS = 4_000;
/** Changes per server. */
const MANY = 20;
/** Long enough for the sweep of a server that nobody has restarted. */
const PATIENCE = { timeout: 30_000, interval: 100 };

/** Expires by itself, and nothing else can happen to it. */
const forgotten = workflow({
  name: 'Forgotten',
  roles: ['reviewer'],
  triggers: ['approve'],
  initial: 'Open',
  states: { Open: {}, Approved: { final: 'approved' }, Expired: { final: 'withdrawn' } },
  transitions: {
    'Open -> Approved': { trigger: 'approve', role: 'reviewer' },
    'Open -> Expired': { after: `${DELAY_MS / 1_000}s` },
  },
});

describe.each(['PostgreSQL', 'Redis'])('timers, woken by BullMQ on %s', (wakeUps) => {
  const absent = wakeUps === 'Redis' && !redisIsHere;
  let database: TestDatabase;
  let redis: TestRedis | undefined;
  let env: Record<string, string>;
  const running = new Set<Server>();

  const serve = async () => {
    const server = await Server.serve(env);
    running.add(server);
    return server;
  };
  const kill = async (server: Server) => {
    running.delete(server);
    await server.kill('SIGKILL');
  };
  const post = async (server: Server, path: string, body: unknown, roles: string[] = []) => {
    const claims = { sub: 'ada', tenant: TENANT, kind: 'person', roles } as const;
    const token = await mintToken(new TextEncoder().encode(KEY), claims, 600);
    const answer = await server.fetch(path, { method: 'POST', token, body: JSON.stringify(body) });
    expect(answer.status).toBe(201);
    return (await answer.json()) as { id: string };
  };
  const proposeMany = async (server: Server) => {
    const proposal = { definition: forgotten.name, project: 'web', title: 'Left alone' };
    const one = async () => (await post(server, '/v1/changes', proposal)).id;
    return Promise.all(Array.from({ length: MANY }, one));
  };
  /** Everything the backend was told is gone, and its connections stand. */
  const loseAlarms = async () => {
    if (!redis)
      return void (await withClient(database.admin, (owner) => owner.query('delete from bullmq.job')));
    const admin = new Redis(redis.port, redis.host);
    await admin.flushall();
    admin.disconnect();
  };
  const rowsOf = async (changes: readonly string[]) => {
    const rows = await database.store.log(TENANT, { after: 0, limit: 100_000 });
    return rows.filter(({ change }) => changes.includes(change));
  };
  const fired = async (changes: readonly string[]) =>
    (await rowsOf(changes)).filter(({ principalKind }) => principalKind === 'system');

  /** Waits until all are through, then asks the log whether each was once and in time. */
  const expectAllOnce = async (changes: readonly string[]) => {
    await expect
      .poll(async () => new Set((await fired(changes)).map((row) => row.change)).size, PATIENCE)
      .toBe(changes.length);
    const rows = await rowsOf(changes);
    for (const change of changes) {
      const [proposed, expired, ...more] = rows.filter((row) => row.change === change);
      expect(more).toEqual([]);
      expect(expired).toMatchObject({ kind: 'transition', version: 2, to: 'Expired', outcome: 'withdrawn' });
      expect((expired?.occurredAt ?? 0) - (proposed?.recordedAt ?? 0)).toBe(DELAY_MS);
      expect(expired?.recordedAt).toBeGreaterThanOrEqual(expired?.occurredAt ?? 0);
    }
  };

  beforeAll(async () => {
    if (absent) return;
    database = await testDatabase();
    if (wakeUps === 'Redis') redis = await openRedisServer();
    env = {
      DATABASE_URL: database.adminUrl,
      COUNTERSIGN_JWT_KEY: KEY,
      ...(redis && { REDIS_URL: `redis://${redis.host}:${redis.port}` }),
    };
    const server = await serve();
    await post(server, '/v1/tenants', { tenant: TENANT, title: 'Acme' }, ['operator']);
    await post(server, '/v1/definitions', { definition: forgotten }, ['deployer']);
  }, 60_000);
  afterAll(async () => {
    if (absent) return;
    await Promise.all([...running].map((server) => server.stop()));
    await redis?.stop();
    await database.drop();
  });

  it.skipIf(absent)(
    'fire once each when all alarms are lost and one of two servers is killed and restarted',
    async () => {
      const [first] = running;
      if (!first) throw new Error('no server runs');
      const second = await serve();
      const changes = (await Promise.all([proposeMany(first), proposeMany(second)])).flat();
      await loseAlarms();
      await kill(first);
      await serve();
      await expectAllOnce(changes);
    },
    60_000,
  );

  it.skipIf(absent)(
    'fire once each when all alarms are lost and nobody notices',
    async () => {
      const [server] = running;
      if (!server) throw new Error('no server runs');
      const changes = await proposeMany(server);
      await loseAlarms();
      await expectAllOnce(changes);
    },
    60_000,
  );

  it.skipIf(absent)(
    'fire once each, late, when no server was alive at their time',
    async () => {
      const [server] = running;
      if (!server) throw new Error('no server runs');
      const changes = await proposeMany(server);
      const due = Date.now() + DELAY_MS;
      await Promise.all([...running].map(kill));
      await expect.poll(() => Date.now(), PATIENCE).toBeGreaterThan(due);
      expect(await fired(changes)).toEqual([]);
      // Both find the same overdue timers at once.
      await Promise.all([serve(), serve()]);
      await expectAllOnce(changes);
    },
    60_000,
  );
});
