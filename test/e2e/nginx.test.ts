/** Two servers behind NGINX, as the documentation configures it: one address, whichever of them lives. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintToken } from '../../src/gateway/token.ts';
import { workflow } from '../../src/machines/workflow.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { Follower } from './follower.ts';
import { type Nginx, nginxIsHere, startNginx } from './nginx.ts';
import { Server } from './process.ts';

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

describe.skipIf(!nginxIsHere)('two servers behind NGINX', () => {
  let database: TestDatabase;
  let env: Record<string, string>;
  let first: Server;
  let second: Server;
  let nginx: Nginx;
  let ada: string;
  const followers: Follower[] = [];

  const post = async (token: string, path: string, body: unknown) => {
    const answer = await fetch(nginx.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: answer.status, ...((await answer.json()) as { id: string }) };
  };
  const propose = (title: string) =>
    post(ada, '/v1/changes', { definition: 'Simple', project: 'web', title });
  const portOf = ({ url }: Server) => new URL(url).port;

  beforeAll(async () => {
    database = await testDatabase();
    env = { DATABASE_URL: database.adminUrl, COUNTERSIGN_JWT_KEY: KEY, COUNTERSIGN_LOG_LEVEL: 'warn' };
    first = await Server.serve(env);
    second = await Server.serve(env);
    nginx = await startNginx([portOf(first), portOf(second)]);
    ada = await sign('ada', []);
    const olga = await sign('olga', ['operator', 'deployer']);
    expect((await post(olga, '/v1/tenants', { tenant: 'acme', title: 'Acme' })).status).toBe(201);
    expect((await post(olga, '/v1/definitions', { definition: simple })).status).toBe(201);
  }, 60_000);
  afterAll(async () => {
    for (const follower of followers) follower.close();
    await nginx?.stop();
    await Promise.all([first, second].map((server) => server?.stop()));
    await database?.drop();
  });

  it('are one address for requests and sockets; killing either, or stopping it, costs a reconnect and nothing else', async () => {
    for (let index = 0; index < 6; index++) followers.push(new Follower([nginx.url], ada));
    await Promise.all(followers.map((follower) => follower.live()));
    const everybodySaw = (count: number) =>
      Promise.all(followers.map((follower) => follower.until(() => follower.seqs.length >= count)));
    expect((await propose('Before')).status).toBe(201);
    await everybodySaw(1);

    await first.kill('SIGKILL');
    // Nothing a client could notice but the sockets: requests go to the one that lives.
    for (let index = 0; index < 5; index++) expect((await propose(`During ${index}`)).status).toBe(201);
    await everybodySaw(6);
    const cut = followers.filter(({ closes }) => closes.length > 0);
    expect(cut.length).toBeGreaterThan(0);
    expect(cut.length).toBeLessThan(followers.length);

    first = await Server.serve(env, ['--port', portOf(first)]);
    await second.stop();
    for (let index = 0; index < 5; index++) expect((await propose(`After ${index}`)).status).toBe(201);
    await everybodySaw(11);
    for (const { seqs } of followers) expect(seqs).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    const codes = followers.flatMap(({ closes }) => closes.map(({ code }) => code));
    // NGINX passes the closing frame on, and ends without one where the server was killed.
    expect(new Set(codes)).toEqual(new Set([1006, 4000]));
  }, 90_000);

  it('take the longest token that a server takes', async () => {
    const roles = Array.from({ length: 60 }, () => 'r'.repeat(94));
    let long = await sign('lena', roles);
    while (long.length < 8_185) {
      roles.push('r');
      long = await sign('lena', roles);
    }
    expect(long.length).toBeLessThanOrEqual(8_192);
    const headers = { authorization: `Bearer ${long}` };
    expect((await fetch(`${nginx.url}/v1/changes`, { headers })).status).toBe(200);
  });

  it('keep figures from those who come through the proxy without being operators', async () => {
    while ((await fetch(`${nginx.url}/readyz`)).status !== 200) await sleep(20);
    expect((await fetch(`${nginx.url}/metrics`)).status).toBe(401);
  });
});
