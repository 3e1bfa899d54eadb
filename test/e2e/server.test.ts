import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintToken } from '../../src/gateway/token.ts';
import { ROOT } from '../repo/sources.ts';
import { countersign, newDataDir, Server } from './process.ts';

const WORKFLOW = join(ROOT, 'examples/release-approval.ts');

describe('a running server', () => {
  let server: Server;
  let change: string;
  beforeAll(async () => {
    server = await Server.start();
    expect((await server.run('deploy', WORKFLOW)).code).toBe(0);
    const proposal = [
      '--definition',
      'ReleaseApproval',
      '--project',
      'web',
      '--title',
      'Rotate keys',
      '--key',
      'I1',
    ];
    change = (await server.json('propose', ...proposal, '--as', 'ada')).id;
    await server.run('send', 'I1', 'submit', '--as', 'ada:developer');
  }, 60_000);
  afterAll(() => server.stop());

  const key = () => new Uint8Array(readFileSync(join(server.dataDir, 'jwt.key')));
  const claims = { sub: 'sam', tenant: 'default', kind: 'person', roles: ['security_reviewer'] } as const;
  const event = (body: unknown, init: RequestInit & { token?: string } = {}) =>
    server.fetch(`/v1/changes/${change}/events`, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      ...init,
    });
  const version = async () => (await server.document(`/v1/changes/${change}`)).version;

  it('refuses who has no token, an expired one, one signed by somebody else, and one that is not signed', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const exp = Math.floor(Date.now() / 1000) + 600;
    const tokens = {
      none: '',
      expired: await mintToken(key(), claims, -10),
      forged: await mintToken(new Uint8Array(48).fill(7), claims, 600),
      unsigned: `${part({ alg: 'none' })}.${part({ ...claims, exp })}.`,
    };
    for (const [name, token] of Object.entries(tokens)) {
      const answer = await event({ trigger: 'security_approve' }, { token });
      expect([name, answer.status]).toEqual([name, 401]);
      expect(await answer.json()).toMatchObject({ code: 'UNAUTHENTICATED' });
    }
    expect(await version()).toBe(2);
  });

  it('does not know the changes of another tenant, nor a tenant nobody has created', async () => {
    await server.run('tenant', 'create', 'other');
    const stranger = await mintToken(key(), { ...claims, tenant: 'other' }, 600);
    expect((await event({ trigger: 'security_approve' }, { token: stranger })).status).toBe(404);
    const nobody = await mintToken(key(), { ...claims, tenant: 'nowhere' }, 600);
    expect((await event({ trigger: 'security_approve' }, { token: nobody })).status).toBe(403);
  });

  it.each([
    ['an unknown event', { trigger: 'merge' }, 422, 'UNKNOWN_EVENT'],
    ['an event out of turn', { trigger: 'apply' }, 409, 'NOT_ENABLED'],
    [
      'an event of the runtime',
      { trigger: 'xstate.done.state.ReleaseApproval.Review' },
      422,
      'RESERVED_EVENT',
    ],
    ['a missing role', { trigger: 'quality_approve' }, 403, 'MISSING_ROLE'],
    ['a missing reason', { trigger: 'reject' }, 422, 'REASON_REQUIRED'],
    ['broken JSON', '{"trigger": "reject"', 400, 'MALFORMED_JSON'],
    ['a wrong type', { trigger: 7 }, 400, 'INVALID_INPUT'],
    ['an unknown field', { trigger: 'reject', vote: 1 }, 400, 'INVALID_INPUT'],
    ['a NUL in a text', { trigger: 'reject', reason: 'a\0b' }, 400, 'INVALID_INPUT'],
    ['half of a surrogate pair', '{"trigger":"reject","reason":"\\ud800"}', 400, 'INVALID_INPUT'],
    [
      'deep nesting',
      `{"trigger":"reject","data":${'['.repeat(5000)}${']'.repeat(5000)}}`,
      400,
      'INVALID_INPUT',
    ],
    [
      'a body of 2 MiB',
      JSON.stringify({ trigger: 'reject', reason: 'x'.repeat(2 ** 21) }),
      413,
      'BODY_TOO_LARGE',
    ],
  ])('answers %s with a problem document and changes nothing', async (_what, body, status, code) => {
    const answer = await event(body, { token: await mintToken(key(), claims, 600) });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    const problem = (await answer.json()) as { code: string; detail: string };
    expect({ status: answer.status, code: problem.code }).toEqual({ status, code });
    expect(problem.detail.length).toBeGreaterThan(10);
    expect(await version()).toBe(2);
  });

  it('refuses the author, a stale version, and a key used for another body', async () => {
    const ada = await mintToken(key(), { ...claims, sub: 'ada' }, 600);
    expect(await (await event({ trigger: 'security_approve' }, { token: ada })).json()).toMatchObject({
      code: 'SELF_APPROVAL',
    });
    const sam = await mintToken(key(), claims, 600);
    const stale = await event(
      { trigger: 'security_approve' },
      { token: sam, headers: { 'if-match': '"1"' } },
    );
    expect(stale.status).toBe(412);
    const keyed = { token: sam, headers: { 'idempotency-key': 'k1', 'if-match': '"2"' } };
    const first = await event({ trigger: 'security_approve' }, keyed);
    expect(first.status).toBe(200);
    expect(await (await event({ trigger: 'security_approve' }, keyed)).json()).toEqual(await first.json());
    const other = await event({ trigger: 'reject', reason: 'no' }, keyed);
    expect(await other.json()).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    expect(await version()).toBe(3);
  });

  it('answers 503 with Retry-After while its database is down, loses nothing it has answered, and recovers by itself', async () => {
    const token = await mintToken(key(), { ...claims, sub: 'load', roles: ['importer'] }, 600);
    const accepted: string[] = [];
    const statuses = new Set<number>();
    let stopped = false;
    const client = async (lane: number) => {
      for (let n = 0; !stopped; n++) {
        const title = `load-${lane}-${n}`;
        const body = JSON.stringify({ definition: 'ReleaseApproval', project: 'load', title });
        const headers = { 'idempotency-key': title };
        for (;;) {
          const answer = await server.fetch('/v1/changes', { method: 'POST', body, token, headers });
          statuses.add(answer.status);
          if (answer.status === 201) {
            accepted.push(((await answer.json()) as { id: string }).id);
            break;
          }
          expect(answer.status).toBe(503);
          expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
          await answer.arrayBuffer();
        }
      }
    };
    const clients = [1, 2, 3, 4].map(client);
    const until = async (enough: () => boolean) => {
      while (!enough()) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    await until(() => accepted.length > 50);
    process.kill(postmasterPid(server), 'SIGKILL');
    await until(() => statuses.has(503));
    const before = accepted.length;
    await until(() => accepted.length > before + 50);
    stopped = true;
    await Promise.all(clients);
    expect(new Set(accepted).size).toBe(accepted.length);
    const rows = await server.log();
    const proposed = rows.filter(({ principal }) => principal === 'load').map((row) => row.change);
    expect(proposed.sort()).toEqual([...accepted].sort());
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index + 1));
  }, 60_000);

  it('cannot be started twice on one data directory, nor on a port that is taken', async () => {
    const second = await countersign(['dev', '--port', '0', '--data', server.dataDir]);
    expect(second).toMatchObject({ code: 3, stderr: expect.stringContaining(server.dataDir) });
    const third = await countersign(['dev', '--port', new URL(server.url).port, '--data', newDataDir()]);
    expect(third).toMatchObject({
      code: 3,
      stderr: expect.stringContaining(`Port ${new URL(server.url).port}`),
    });
    expect((await server.fetch('/readyz')).status).toBe(200);
  }, 30_000);
});

describe('a server that is stopped', () => {
  it('keeps everything, and is there again with it', async () => {
    const first = await Server.start(newDataDir());
    await first.run('deploy', WORKFLOW);
    await first.run(
      'propose',
      '--definition',
      'ReleaseApproval',
      '--project',
      'web',
      '--title',
      'Kept',
      '--key',
      'K',
    );
    const rows = await first.log();
    expect(await first.stop()).toBe(0);
    const second = await Server.start(first.dataDir);
    expect(await second.log()).toEqual(rows);
    expect((await second.json('status', 'K')).title).toBe('Kept');
    expect(await second.stop()).toBe(0);
  }, 60_000);
});

describe('a server under npm', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'stops cleanly when npm gets %s',
    async (signal) => {
      const dataDir = newDataDir();
      const args = ['start', '--silent', '--', '--port', '0', '--data', dataDir, '--json'];
      const npm = spawn('npm', args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
      const [line] = await once(npm.stdout, 'data');
      const { pid } = JSON.parse(String(line));
      npm.kill(signal);
      await once(npm, 'exit');
      await expect.poll(() => isRunning(pid), { timeout: 5_000 }).toBe(false);
      expect(existsSync(join(dataDir, 'server.json'))).toBe(false);
      expect(existsSync(join(dataDir, 'postgresql/postmaster.pid'))).toBe(false);
    },
    30_000,
  );
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('bad configuration', () => {
  it.each([
    [{ PORT: 'eighty' }, 'PORT must be a whole number from 0 to 65535'],
    [{ COUNTERSIGN_TRANSPORT: 'carrier pigeon' }, 'COUNTERSIGN_TRANSPORT must be auto, uws or node'],
    [{ DATABASE_URL: 'sqlite://x' }, 'DATABASE_URL must be a URL that starts with postgres://'],
  ])('%o is refused with the name of the variable and what it may be', async (env, sentence) => {
    const { code, stderr } = await countersign(['dev', '--data', newDataDir()], env);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
  });

  it('serve names what it lacks', async () => {
    expect((await countersign(['serve'])).stderr).toContain('DATABASE_URL is not set');
    const { stderr } = await countersign(['serve'], { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/x' });
    expect(stderr).toContain('COUNTERSIGN_JWKS is not set');
  });

  it('a port that another program holds is named', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await countersign(['dev', '--data', newDataDir(), '--port', String(port)]);
    expect({ code, named: stderr.includes(String(port)) }).toEqual({ code: 3, named: true });
    other.close();
  }, 30_000);
});

function postmasterPid({ dataDir }: Server): number {
  return Number(readFileSync(join(dataDir, 'postgresql/postmaster.pid'), 'utf8').split('\n')[0]);
}
