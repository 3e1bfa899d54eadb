/** Revoking from the command line, against servers that run as processes of their own: sockets of all of them close. */
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { mintToken } from '../../src/gateway/token.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { command, Server } from './process.ts';

const KEY = 'a key for tests that is long enough to be one';
const sign = (sub: string, roles: string[]) =>
  mintToken(new TextEncoder().encode(KEY), { sub, tenant: 'acme', kind: 'person', roles }, 600);

let database: TestDatabase;
let servers: Server[];
let olga: string;

beforeAll(async () => {
  database = await testDatabase();
  await database.store.createTenant({ tenant: 'acme', title: 'Acme', createdAt: 0 });
  const env = { DATABASE_URL: database.adminUrl, COUNTERSIGN_JWT_KEY: KEY, COUNTERSIGN_LOG_LEVEL: 'error' };
  servers = [await Server.serve(env), await Server.serve(env)];
  olga = await sign('olga', ['administrator']);
}, 60_000);
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await database.drop();
});

async function open({ url }: Server, using: string): Promise<WebSocket> {
  const protocols = ['countersign.v1.json', `bearer.${using}`];
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/stream`, protocols);
  const [data] = await once(socket, 'message');
  expect(JSON.parse(String(data))).toMatchObject({ type: 'connected' });
  return socket;
}

const run = (...args: string[]) => command([...args, '--url', servers[0]?.url ?? '', '--token', olga]);

it('a token that is revoked closes the sockets that use it on every server, and is listed with the reason', async () => {
  const stolen = await sign('rob', []);
  const sockets = await Promise.all(servers.map((server) => open(server, stolen)));
  const closed = sockets.map((socket) => once(socket, 'close'));
  const revoked = await run('token', 'revoke', stolen, '--reason', 'a laptop was stolen');
  expect(revoked).toMatchObject({ code: 0, stderr: '' });
  expect(revoked.stdout).toMatch(/^Revoked the token [0-9a-f-]{36}\.$/m);
  for (const [code] of await Promise.all(closed)) expect(code).toBe(4502);
  for (const server of servers)
    expect((await server.fetch('/v1/changes', { token: stolen })).status).toBe(401);
  const { stdout } = await run('token', 'revocations', '--json');
  expect(JSON.parse(stdout).items).toMatchObject([{ revoked_by: 'olga', reason: 'a laptop was stolen' }]);
});

it('all tokens of somebody are revoked at once; what is not clear is wrong use', async () => {
  const socket = await open(servers[1] as Server, await sign('eve', []));
  const closed = once(socket, 'close');
  const revoked = await run('token', 'revoke', '--principal', 'eve', '--reason', 'left');
  expect(revoked).toMatchObject({ code: 0, stderr: '' });
  expect((await closed)[0]).toBe(4502);
  for (const wrong of [[], ['--id', 'x', '--principal', 'eve'], ['no token']]) {
    const { code, stderr } = await run('token', 'revoke', ...wrong, '--reason', 'r');
    expect(code).toBe(2);
    expect(stderr).not.toBe('');
  }
  const { stdout } = await run('token', 'revocations');
  expect(stdout).toContain('the tokens of eve issued before');
});
