import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { mintToken } from '../../src/gateway/token.ts';
import { workflow } from '../../src/machines/workflow.ts';
import { openRedisServer, redisIsHere, type TestRedis } from '../scheduler/redis-server.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { Server } from './process.ts';

const KEY = 'a key for tests that is long enough to be one';
const sign = (sub: string, roles: string[]) =>
  mintToken(new TextEncoder().encode(KEY), { sub, tenant: 'acme', kind: 'person', roles }, 600);

/** Expires by itself soon after it was opened, unless somebody approves. */
const shortLived = workflow({
  name: 'ShortLived',
  roles: ['reviewer'],
  triggers: ['approve'],
  initial: 'Open',
  states: { Open: {}, Approved: { final: 'approved' }, Expired: { final: 'withdrawn' } },
  transitions: {
    'Open -> Approved': { trigger: 'approve', role: 'reviewer' },
    'Open -> Expired': { after: '4s' },
  },
});

describe.each(['PostgreSQL', 'Redis'])('two servers on one database, woken by BullMQ on %s', (wakeUps) => {
  const absent = wakeUps === 'Redis' && !redisIsHere;
  let database: TestDatabase;
  let redis: TestRedis | undefined;
  let first: Server;
  let second: Server;
  let operator: string;
  let ada: string;

  const post = async (server: Server, token: string, path: string, body: unknown) => {
    const answer = await server.fetch(path, { method: 'POST', token, body: JSON.stringify(body) });
    const document = (await answer.json()) as { id: string; code?: string };
    return { status: answer.status, ...document };
  };
  const propose = (server: Server, title: string) =>
    post(server, ada, '/v1/changes', { definition: 'ShortLived', project: 'web', title });

  beforeAll(async () => {
    if (absent) return;
    database = await testDatabase();
    if (wakeUps === 'Redis') redis = await openRedisServer();
    const env = {
      DATABASE_URL: database.adminUrl,
      COUNTERSIGN_JWT_KEY: KEY,
      ...(redis && { REDIS_URL: `redis://${redis.host}:${redis.port}` }),
    };
    first = await Server.serve(env);
    second = await Server.serve(env);
    operator = await sign('olga', ['operator', 'deployer']);
    ada = await sign('ada', []);
    expect((await post(first, operator, '/v1/tenants', { tenant: 'acme', title: 'Acme' })).status).toBe(201);
    expect((await post(first, operator, '/v1/definitions', { definition: shortLived })).status).toBe(201);
  }, 60_000);
  afterAll(async () => {
    if (absent) return;
    await second.stop();
    await redis?.stop();
    await database.drop();
  });

  it.skipIf(absent)('show one truth: who listens to one sees what happens on the other', async () => {
    const socket = new WebSocket(`${first.url.replace('http', 'ws')}/v1/stream`, [
      'countersign.v1.json',
      `bearer.${ada}`,
    ]);
    const frames: { type: string; transition?: { event: string } }[] = [];
    socket.on('message', (data) => frames.push(JSON.parse(String(data))));
    await once(socket, 'open');
    socket.send(JSON.stringify({ id: 1, type: 'subscribe', stream: 'tenant' }));
    while (!frames.some(({ type }) => type === 'reply')) await once(socket, 'message');
    const { id } = await propose(second, 'Seen everywhere');
    const reviewer = await sign('rae', ['reviewer']);
    expect((await post(first, reviewer, `/v1/changes/${id}/events`, { trigger: 'approve' })).status).toBe(
      200,
    );
    const events = () => frames.flatMap(({ transition }) => transition?.event ?? []);
    while (events().length < 2) await once(socket, 'message');
    expect(events()).toEqual(['propose', 'approve']);
    socket.close();
  });

  it.skipIf(absent)(
    'fire each other’s timers: one is killed after it has set one, the other wakes for it',
    async () => {
      const { id } = await propose(first, 'Left alone');
      await first.kill('SIGKILL');
      const outcome = async () => (await second.document(`/v1/changes/${id}`, { token: ada })).outcome;
      while ((await outcome()) === null) await new Promise((resolve) => setTimeout(resolve, 50));
      expect(await outcome()).toBe('withdrawn');
      const { items } = await second.document(`/v1/changes/${id}/transitions`, { token: ada });
      expect(items).toHaveLength(2);
      const [{ recorded_at: opened }, { occurred_at: due, recorded_at: fired }] = items;
      expect(Date.parse(due) - Date.parse(opened)).toBe(4_000);
      expect(Date.parse(fired)).toBeGreaterThanOrEqual(Date.parse(due));
    },
  );
});
