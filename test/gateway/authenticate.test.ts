/** Tokens: which count, which don't, and what is said about those that don't. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthConfig, Authenticator } from '../../src/gateway/authenticate.ts';
import { mintToken } from '../../src/gateway/token.ts';
import { KEY, type Running, startTestGateway, token } from './harness.ts';

const CLAIMS = { sub: 'rob', tenant: 'acme', kind: 'person', roles: ['reviewer'] } as const;
/** Nothing was revoked: `revocations.test.ts` is about that. */
const UNREVOKED = { require: () => {} };
const now = () => Math.floor(Date.now() / 1000);
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token with any claims and header, signed with our key unless another is given. */
function custom(claims: Record<string, unknown>, header: { alg: string } = { alg: 'HS256' }, key = KEY) {
  return new SignJWT(claims).setProtectedHeader(header).sign(key);
}

async function refusal(config: AuthConfig, presented: string): Promise<unknown> {
  try {
    return await new Authenticator(config, UNREVOKED).verify(presented);
  } catch (error) {
    return error;
  }
}

describe('a token signed with the development key', () => {
  const config = { key: KEY };

  it('names its principal, and until when', async () => {
    const identity = await new Authenticator(config, UNREVOKED).verify(await mintToken(KEY, CLAIMS, 60));
    expect(identity.principal).toEqual({ tenant: 'acme', id: 'rob', kind: 'person', roles: ['reviewer'] });
    expect(identity.expiresAt).toBeGreaterThan(Date.now() + 58_000);
  });

  it('is verified once', async () => {
    const authenticator = new Authenticator(config, UNREVOKED);
    const presented = await token();
    const first = authenticator.verify(presented);
    expect(first).toBeInstanceOf(Promise);
    expect(authenticator.verify(presented.slice())).toBeInstanceOf(Promise);
    await first;
    expect(authenticator.verify(presented)).toEqual(await first);
    expect(authenticator.verify(presented)).not.toBeInstanceOf(Promise);
  });

  it('stops counting when it expires, remembered or not', async () => {
    const authenticator = new Authenticator(config, UNREVOKED);
    const short = await mintToken(KEY, CLAIMS, 1);
    await authenticator.verify(short);
    await expect
      .poll(
        () =>
          Promise.resolve()
            .then(() => authenticator.verify(short))
            .catch((error) => error.message),
        {
          timeout: 5_000,
        },
      )
      .toBe('The token has expired.');
    expect(await refusal(config, short)).toMatchObject({ message: 'The token has expired.' });
  });

  it.each([
    ['garbage', async () => 'garbage', 'cannot be read'],
    ['three empty parts', async () => '..', 'cannot be read'],
    ['far too much', async () => 'x'.repeat(9000), 'too long'],
    [
      '"alg: none"',
      async () => `${part({ alg: 'none' })}.${part({ ...CLAIMS, exp: now() + 60 })}.`,
      'algorithm',
    ],
    [
      '"alg: None"',
      async () => `${part({ alg: 'None' })}.${part({ ...CLAIMS, exp: now() + 60 })}.`,
      'algorithm',
    ],
    [
      'HS512 with the right key',
      () => custom({ ...CLAIMS, exp: now() + 60 }, { alg: 'HS512' }, new Uint8Array(64)),
      'algorithm',
    ],
    ['another key', () => token({}, 600, new Uint8Array(32)), 'signature is wrong'],
    ['claims that were changed', async () => tamper(await token()), 'signature is wrong'],
    ['no expiry', () => custom({ ...CLAIMS }), '"exp" is missing'],
    ['an expiry in the past', () => custom({ ...CLAIMS, exp: now() - 10 }), 'has expired'],
    ['a start in the future', () => custom({ ...CLAIMS, exp: now() + 60, nbf: now() + 30 }), 'not valid yet'],
    ['no tenant', () => custom({ sub: 'rob', kind: 'person', exp: now() + 60 }), 'tenant'],
    ['a tenant that is a path', () => custom({ ...CLAIMS, tenant: '../x', exp: now() + 60 }), 'tenant'],
    ['a kind we do not know', () => custom({ ...CLAIMS, kind: 'robot', exp: now() + 60 }), 'kind'],
    ['roles that are not a list', () => custom({ ...CLAIMS, roles: 'admin', exp: now() + 60 }), 'roles'],
    ['a subject with a NUL', () => custom({ ...CLAIMS, sub: 'a\0b', exp: now() + 60 }), 'sub'],
    ['too many roles', () => custom({ ...CLAIMS, roles: Array(101).fill('r'), exp: now() + 60 }), 'roles'],
  ])('is refused with %s', async (_what, make, sentence) => {
    expect(await refusal(config, await make())).toMatchObject({
      code: 'UNAUTHENTICATED',
      message: expect.stringContaining(sentence),
    });
  });

  it('has to come from the issuer, for the audience, where those are configured', async () => {
    const strict = { key: KEY, issuer: 'us', audience: 'countersign' };
    const good = await mintToken(KEY, CLAIMS, 60, { issuer: 'us', audience: 'countersign' });
    expect(await refusal(strict, good)).toMatchObject({ principal: { id: 'rob' } });
    const wrongIssuer = await mintToken(KEY, CLAIMS, 60, { issuer: 'them', audience: 'countersign' });
    expect(await refusal(strict, wrongIssuer)).toMatchObject({ message: expect.stringContaining('"iss"') });
    const wrongAudience = await mintToken(KEY, CLAIMS, 60, { issuer: 'us', audience: 'other' });
    expect(await refusal(strict, wrongAudience)).toMatchObject({ message: expect.stringContaining('"aud"') });
  });
});

describe('a token signed with a key pair', () => {
  let directory: string;
  let path: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'countersign-keys-'));
    path = join(directory, 'jwks.json');
  });
  afterAll(() => rm(directory, { recursive: true }));

  async function pair(alg: string, kid: string) {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid, alg };
    const claims = { ...CLAIMS, exp: now() + 60 };
    return { jwk, sign: () => new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(privateKey) };
  }

  it.each(['RS256', 'ES256', 'EdDSA'])('counts with %s', async (alg) => {
    const { jwk, sign } = await pair(alg, 'one');
    await writeFile(path, JSON.stringify({ keys: [jwk] }));
    expect(await refusal({ jwks: path }, await sign())).toMatchObject({ principal: { id: 'rob' } });
  });

  it('is never verified with a public key as if that were a secret', async () => {
    const { jwk } = await pair('RS256', 'one');
    await writeFile(path, JSON.stringify({ keys: [jwk] }));
    const forged = await custom(
      { ...CLAIMS, exp: now() + 60 },
      { alg: 'HS256' },
      Buffer.from(JSON.stringify(jwk)),
    );
    expect(await refusal({ jwks: path }, forged)).toMatchObject({
      message: expect.stringContaining('algorithm'),
    });
  });

  it('finds a key that was added to the file later, and misses one it never had', async () => {
    const first = await pair('ES256', 'one');
    const second = await pair('ES256', 'two');
    await writeFile(path, JSON.stringify({ keys: [first.jwk] }));
    const authenticator = new Authenticator({ jwks: path }, UNREVOKED);
    await authenticator.verify(await first.sign());
    await expect(authenticator.verify(await second.sign())).rejects.toMatchObject({
      message: expect.stringContaining('does not know'),
    });
    await writeFile(path, JSON.stringify({ keys: [first.jwk, second.jwk] }));
    const late = await second.sign();
    await expect
      .poll(async () => (await authenticator.verify(late)).principal.id, { timeout: 5_000 })
      .toBe('rob');
  });

  it('is verified with keys from a URL, and not called forged while that does not answer', async () => {
    const { jwk, sign } = await pair('ES256', 'one');
    let isUp = false;
    const server = createServer((_request, response) => {
      response.statusCode = isUp ? 200 : 500;
      response.end(JSON.stringify({ keys: [jwk] }));
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const jwks = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
    expect(await refusal({ jwks }, await sign())).toMatchObject({ code: 'INTERNAL' });
    isUp = true;
    expect(await refusal({ jwks }, await sign())).toMatchObject({ principal: { id: 'rob' } });
    server.close();
  });
});

describe('configuration', () => {
  it.each([
    ['no key at all', {}],
    ['a short key', { key: new Uint8Array(16) }],
    ['a lax clock', { key: KEY, clockToleranceS: 60 }],
  ])('is refused with %s', (_what, config) => {
    expect(() => new Authenticator(config, UNREVOKED)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });
});

describe('a request without a good token', () => {
  let running: Running;
  beforeAll(async () => {
    running = await startTestGateway();
  });
  afterAll(() => running.gateway.close());

  it.each([
    ['none', {}, 'no token'],
    ['another scheme', { authorization: 'Basic cm9iOnNlY3JldA==' }, 'Bearer <token>'],
    ['a bad one', { authorization: 'Bearer nonsense' }, 'cannot be read'],
  ])('gets 401 with WWW-Authenticate: %s', async (_what, headers, sentence) => {
    const answer = await running.call('GET', '/v1/changes', { token: null, headers });
    expect([answer.status, answer.json.code]).toEqual([401, 'UNAUTHENTICATED']);
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
    expect(answer.json.detail).toContain(sentence);
  });
});

/** Gives itself a role without signing again. */
function tamper(presented: string): string {
  const [header, payload = '', signature] = presented.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return [header, part({ ...claims, roles: ['operator'] }), signature].join('.');
}
