import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { findServer } from '../../src/cli/connection.ts';
import { cli, fake, only, scratch } from './rig.ts';
import { definition } from './samples.ts';

/** A data directory as a local server leaves it. */
function dataOf(url: string): { root: string; data: string } {
  const root = scratch();
  const data = join(root, '.countersign');
  mkdirSync(data);
  writeFileSync(
    join(data, 'server.json'),
    JSON.stringify({ url, pid: 1, started_at: '2026-11-23T12:00:00Z' }),
  );
  writeFileSync(join(data, 'token'), 'local-token\n');
  writeFileSync(join(data, 'jwt.key'), 'k'.repeat(32));
  return { root, data };
}

const URL_A = 'http://127.0.0.1:7001';

describe('the server', () => {
  it('is the local one, found from any folder below it', () => {
    const { root } = dataOf(URL_A);
    const deep = join(root, 'a/b/c');
    mkdirSync(deep, { recursive: true });
    const target = findServer({ env: {}, cwd: deep }, {});
    expect([target.url.origin, target.token]).toEqual([URL_A, 'local-token']);
  });

  it('is the one named: by option before environment, before the local one', () => {
    const { root, data } = dataOf(URL_A);
    const env = { COUNTERSIGN_URL: 'http://127.0.0.1:7002', COUNTERSIGN_TOKEN: 't2' };
    const at = (common: object, from: Record<string, string> = env) => {
      const { url, token } = findServer({ env: from, cwd: root }, common);
      return [url.port, token];
    };
    expect(at({})).toEqual(['7002', 't2']);
    expect(at({ url: 'http://127.0.0.1:7003', token: 't3' })).toEqual(['7003', 't3']);
    const elsewhere = { COUNTERSIGN_DATA: data };
    expect(findServer({ env: elsewhere, cwd: '/' }, {}).url.origin).toBe(URL_A);
    expect(findServer({ env: {}, cwd: '/' }, { data }).token).toBe('local-token');
  });

  it('of another machine never gets the local token', async () => {
    const { root } = dataOf(URL_A);
    const said = await cli(['status', '--url', 'https://countersign.example.org'], { cwd: root });
    expect(said.exit).toBe(1);
    expect(said.err).toContain('There is no token for https://countersign.example.org');
  });

  it('that nobody knows, or that does not answer, is exit 3 with what to do', async () => {
    const unknown = await cli(['status'], { cwd: scratch() });
    expect(unknown.exit).toBe(3);
    expect(unknown.err).toMatch(
      /No \.countersign directory .*\nStart one with "npm start", or name it with --url\.\n$/,
    );
    const { root } = dataOf('http://127.0.0.1:1');
    const away = await cli(['status', '--json'], { cwd: root });
    expect(away.exit).toBe(3);
    expect(only(away)).toMatchObject({ error: { code: 'SERVER_UNREACHABLE', retryable: true } });
    expect(away.err + away.out).not.toContain('local-token');
  });

  it('that is something else is told from one that is away', async () => {
    const { server, at } = await fake();
    server.intercept = () => ({ status: 200, body: '<html>' });
    const said = await cli(['status'], at);
    expect(said.exit).toBe(3);
    expect(said.err).toContain('not like Countersign');
  });

  it('is not asked with a token or an address that cannot be one', async () => {
    const odd = await cli(['status', '--url', 'http://127.0.0.1:1', '--token', 'se\ncret'], {});
    expect(odd.exit).toBe(1);
    expect(odd.err).not.toContain('cret');
    expect((await cli(['status', '--url', 'nonsense', '--token', 't'])).exit).toBe(2);
    expect((await cli(['status', '--url', 'http://user:pass@host', '--token', 't'])).err).not.toContain(
      'pass@',
    );
  });
});

describe('a command', () => {
  it('is sent again with the same key while the server is busy', async () => {
    const { server, at } = await fake();
    const keys: unknown[] = [];
    server.intercept = ({ headers, method }) => {
      if (method !== 'POST') return undefined;
      keys.push(headers['idempotency-key']);
      return keys.length < 3
        ? 'cut'
        : { status: 201, body: { name: 'X', version: 1, digest: '', created: true, warnings: [] } };
    };
    expect((await cli(['deploy', definition('BasicApproval')], at)).exit).toBe(0);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
  });

  it.each([
    [401, 'UNAUTHENTICATED', 1],
    [403, 'FORBIDDEN', 1],
    [404, 'NOT_FOUND', 2],
    [400, 'INVALID_INPUT', 2],
    [500, 'INTERNAL', 3],
    [403, 'A_CODE_OF_THE_FUTURE', 1],
  ])('answered %i %s ends with its hint and exit %i', async (status, code, exit) => {
    const { server, at } = await fake();
    server.intercept = () => ({ status, body: { code, detail: 'What happened.', hint: 'What to do.' } });
    expect(await cli(['definitions'], at)).toEqual({ exit, out: '', err: 'What happened.\nWhat to do.\n' });
  });
});

describe('token', () => {
  it('is signed with the development key and carries what was asked for', async () => {
    const { root } = dataOf(URL_A);
    const argv = [
      'token',
      '--sub',
      'bot-7',
      '--kind',
      'agent',
      '--role',
      'checker',
      '--role',
      'a,b',
      '--ttl',
      '30m',
    ];
    const { out, exit } = await cli(argv, { cwd: root });
    expect(exit).toBe(0);
    const { payload } = await jwtVerify(out.trim(), Buffer.from('k'.repeat(32)));
    expect(payload).toMatchObject({
      sub: 'bot-7',
      kind: 'agent',
      tenant: 'default',
      roles: ['checker', 'a', 'b'],
    });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(1800);
    expect(only(await cli(['token', '--json'], { cwd: root }))).toMatchObject({
      sub: 'developer',
      kind: 'person',
    });
  });

  it('is signed with the key of the environment where there is one', async () => {
    const env = { COUNTERSIGN_JWT_KEY: 'e'.repeat(32), COUNTERSIGN_JWT_ISSUER: 'me' };
    const { out } = await cli(['token'], { cwd: scratch(), env });
    const { payload } = await jwtVerify(out.trim(), Buffer.from('e'.repeat(32)), { issuer: 'me' });
    expect(payload.sub).toBe('developer');
  });

  it('is not made with a wrong kind, a wrong duration or without the key', async () => {
    const { root } = dataOf(URL_A);
    expect((await cli(['token', '--kind', 'robot'], { cwd: root })).err).toContain('person, agent, system');
    expect((await cli(['token', '--ttl', 'soon'], { cwd: root })).exit).toBe(2);
    const keyless = await cli(['token'], { cwd: scratch() });
    expect(keyless.exit).toBe(2);
    expect(keyless.err).toContain('npm start');
  });
});
