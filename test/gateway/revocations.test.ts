/** Tokens that were revoked: sockets close, requests are refused, on every server; what nobody knows counts as no. */
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId, systemClock } from '../../src/actors/clock.ts';
import { Runtime } from '../../src/actors/runtime.ts';
import { Hub } from '../../src/gateway/hub.ts';
import { Revocations, TRUSTED_MS } from '../../src/gateway/revocations.ts';
import { type Gateway, startGateway } from '../../src/gateway/server.ts';
import { createLogger } from '../../src/log.ts';
import { Alarms } from '../actors/rig.ts';
import { openRig, type Rig } from '../client/rig.ts';
import { memoryChannel } from '../support/memory-bus.ts';
import { memoryRevocations } from '../support/memory-revocations.ts';
import { KEY, token } from './harness.ts';
import { StreamClient } from './stream-client.ts';

const log = createLogger('silent');
const idOf = (text: string) => JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString()).jti;

describe.each(['uws', 'node'] as const)('revoked tokens, over %s', (transport) => {
  let rig: Rig;
  let other: Gateway;
  let stop: () => Promise<void>;
  let admin: string;
  const channel = memoryChannel();

  const call = async (gateway: Gateway, method: string, path: string, using: string, body?: unknown) => {
    const headers = { authorization: `Bearer ${using}`, 'content-type': 'application/json' };
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const answer = await fetch(gateway.url + path, init);
    // biome-ignore lint/suspicious/noExplicitAny: tests look into documents of every kind
    return { status: answer.status, json: (await answer.json()) as any };
  };
  const revoke = (body: object) => call(rig.gateway, 'POST', '/v1/revocations', admin, body);
  const read = async (gateway: Gateway, using: string) =>
    (await call(gateway, 'GET', '/v1/changes', using)).status;

  beforeAll(async () => {
    rig = await openRig({ transport, bus: channel.open() });
    // A second server on the same database, which hears of things over the bus.
    const hub = new Hub({ store: rig.store, log, pollMs: 60_000 });
    const world = {
      store: rig.store,
      clock: systemClock,
      newId,
      scheduler: new Alarms(),
      publisher: hub,
      log,
    };
    const runtime = new Runtime(world);
    await runtime.open();
    const auth = { key: KEY };
    other = await startGateway({ backend: runtime, hub, log, auth, transport, bus: channel.open() });
    stop = async () => {
      await other.close();
      await runtime.close();
    };
    admin = await token({ sub: 'olga', roles: ['administrator'] });
  });
  afterAll(async () => {
    await stop();
    await rig.close();
  });

  it('close the sockets of that token with 4502 on every server, and no others', async () => {
    const [bad, good] = [await token(), await token()];
    const sockets = await Promise.all([rig.gateway, other].map((each) => StreamClient.connected(each, bad)));
    const spared = await StreamClient.connected(other, good);
    const { status, json } = await revoke({ token_id: idOf(bad), reason: 'a laptop was stolen' });
    expect(status).toBe(201);
    expect(json).toMatchObject({ token_id: idOf(bad), principal: null, until: null, revoked_by: 'olga' });
    for (const { closed } of sockets) expect(await closed).toMatchObject({ code: 4502 });
    for (const gateway of [rig.gateway, other]) {
      const refused = await call(gateway, 'GET', '/v1/changes', bad);
      expect(refused).toMatchObject({ status: 401, json: { code: 'UNAUTHENTICATED' } });
      expect(refused.json.detail).toBe('The token was revoked.');
      expect(await read(gateway, good)).toBe(200);
    }
    expect(await spared.ask({ type: 'ping' })).toMatchObject({ type: 'reply' });
    spared.cut();
  });

  it('of a principal are all that were issued before, and none that are issued after', async () => {
    const minute = Math.floor(Date.now() / 1000) - 60;
    const issuedAt = (iat: number) =>
      new SignJWT({ tenant: 'acme', kind: 'person', roles: [] })
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject('eve')
        .setIssuedAt(iat)
        .setExpirationTime(minute + 600)
        .sign(KEY);
    const [old, young] = [await issuedAt(minute - 1), await issuedAt(minute)];
    const socket = await StreamClient.connected(other, old);
    const spared = await StreamClient.connected(other, young);
    const asBob = await StreamClient.connected(other, await token({ sub: 'bob' }));
    const issuedBefore = new Date(minute * 1000).toISOString();
    const body = { principal: 'eve', issued_before: issuedBefore, reason: 'left the company' };
    expect((await revoke(body)).json.issued_before).toBe(issuedBefore);
    expect(await socket.closed).toMatchObject({ code: 4502 });
    expect(await read(rig.gateway, old)).toBe(401);
    expect(await read(rig.gateway, young)).toBe(200);
    expect((await revoke({ principal: 'eve', reason: 'left the company' })).status).toBe(201);
    expect(await spared.closed).toMatchObject({ code: 4502 });
    expect(await asBob.ask({ type: 'ping' })).toMatchObject({ type: 'reply' });
    asBob.cut();
  });

  it('of a person take those of his agents along, whether the token or the directory says whose they are', async () => {
    const agent = (sub: string, claims: object = {}) => token({ sub, kind: 'agent', ...claims });
    const said = [
      ['known', 'mallory'],
      ['moved', 'olga'],
    ].map(([name, sponsor]) => ({ kind: 'principal', name, value: { kind: 'agent', sponsor } }));
    expect((await call(rig.gateway, 'POST', '/v1/directory', admin, { entries: said })).status).toBe(200);
    const theirs = [await agent('named', { sponsor: 'mallory' }), await agent('known')];
    const spared = await agent('moved');
    const sockets = await Promise.all(theirs.map((each) => StreamClient.connected(other, each)));
    expect((await revoke({ principal: 'mallory', reason: 'left the company' })).status).toBe(201);
    for (const { closed } of sockets) expect(await closed).toMatchObject({ code: 4502 });
    for (const each of theirs) expect(await read(rig.gateway, each)).toBe(401);
    expect(await read(rig.gateway, spared)).toBe(200);
    const { items } = (await call(rig.gateway, 'GET', '/v1/revocations', admin)).json;
    expect(items.slice(0, 2).map(({ principal }: { principal: string }) => principal)).toEqual([
      'mallory',
      'known',
    ]);
  });

  it('renew no open connection and open no new one; a good one renews', async () => {
    const bad = await token();
    await revoke({ token_id: idOf(bad), reason: 'leaked' });
    const client = await StreamClient.connected(rig.gateway);
    const refused = await client.ask({ type: 'connect', token: bad });
    expect(refused).toMatchObject({ type: 'error', error: { code: 'UNAUTHENTICATED' } });
    const renewed = await client.ask({ type: 'connect', token: await token({}, 1_200) });
    expect(renewed).toMatchObject({ type: 'reply', principal: 'rob' });
    client.cut();
    const second = await StreamClient.dial(rig.gateway);
    await second.ask({ type: 'connect', token: bad });
    expect(await second.closed).toMatchObject({ code: 4501 });
  });

  it('are seen without the bus as well', async () => {
    const bad = await token();
    const socket = await StreamClient.connected(other, bad);
    channel.cut();
    await revoke({ token_id: idOf(bad), reason: 'leaked' });
    expect(await socket.closed).toMatchObject({ code: 4502 });
    channel.restore();
  });

  it('are revoked and listed by administrators only, with the reason', async () => {
    const body = { token_id: 'x', reason: 'why not' };
    const nobody = await token({ roles: ['operator'] });
    expect((await call(other, 'POST', '/v1/revocations', nobody, body)).status).toBe(403);
    expect((await call(other, 'GET', '/v1/revocations', nobody)).status).toBe(403);
    for (const wrong of [{ token_id: 'x' }, { ...body, principal: 'ada' }, { reason: 'all of them' }])
      expect((await revoke(wrong)).status).toBe(400);
    await revoke({ ...body, until: '2030-01-01T00:00:00.000Z' });
    const { json } = await call(other, 'GET', '/v1/revocations?limit=1', admin);
    expect(json.items).toMatchObject([
      { token_id: 'x', until: '2030-01-01T00:00:00.000Z', reason: 'why not' },
    ]);
    expect(json.next_cursor).not.toBeNull();
  });

  it('are numbered without gaps, whoever comes at once', async () => {
    const before = await rig.store.revocations.list('acme', { limit: 1 });
    const one = { tenant: 'acme', tokenId: null, principal: 'crowd', issuedBefore: 1, endsAt: null } as const;
    const add = () => rig.store.revocations.add({ ...one, reason: 'all at once', revokedBy: 'olga' });
    const made = await Promise.all(Array.from({ length: 20 }, add));
    const first = (before[0]?.seq ?? 0) + 1;
    expect(made.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(made.map((_, at) => first + at));
    await expect(
      rig.store.revocations.add({ ...one, tenant: 'none', reason: 'x', revokedBy: 'x' }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('what a server knows of revocations', () => {
  const identity = (tokenId: string) => ({
    principal: { tenant: 'acme', id: 'rob', kind: 'person', roles: [] } as const,
    tokenId,
    issuedAt: 5_000,
  });
  const one = { tenant: 'acme', principal: null, issuedBefore: null, reason: 'r', revokedBy: 'o' } as const;

  it('counts for nothing before it was read, and when it could not be read for half a minute', async () => {
    let [now, isAway] = [1_000_000, true];
    const memory = memoryRevocations(() => now);
    const since: typeof memory.since = (...asked) =>
      isAway ? Promise.reject(new Error('away')) : memory.since(...asked);
    const known = new Revocations({ store: { ...memory, since }, log, now: () => now, pollMs: 60_000 });
    const ask = () => known.require(identity('a'));
    await known.look();
    expect(ask).toThrow(expect.objectContaining({ code: 'STORE_UNAVAILABLE' }));
    isAway = false;
    await known.look();
    expect(ask).not.toThrow();
    isAway = true;
    now += TRUSTED_MS;
    await known.look();
    expect(ask).not.toThrow();
    now += 1;
    expect(ask).toThrow(expect.objectContaining({ code: 'STORE_UNAVAILABLE', retryable: true }));
    known.close();
  });

  it('is forgotten when the tokens have expired anyway; tokens that do not say when they were issued are old', async () => {
    let now = 10_000;
    const store = memoryRevocations(() => now);
    const known = new Revocations({ store, log, now: () => now, pollMs: 60_000 });
    await known.add({ ...one, tokenId: 'a', endsAt: 20_000 });
    await known.add({ ...one, tokenId: null, principal: 'rob', issuedBefore: 4_000, endsAt: 30_000 });
    const old = { ...identity('b'), issuedAt: 0 };
    expect([known.isRevoked(identity('a')), known.isRevoked(identity('b')), known.isRevoked(old)]).toEqual([
      true,
      false,
      true,
    ]);
    now = 20_000;
    await known.look();
    expect([known.isRevoked(identity('a')), known.isRevoked(old)]).toEqual([false, true]);
    now = 30_000;
    await known.look();
    expect(known.isRevoked(old)).toBe(false);
    known.close();
  });
});
