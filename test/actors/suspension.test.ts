/** Suspended changes: nothing happens to them, time stands still for them, and they go on where they were. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { accepted, principal, refusedWith, type Server, START, startServer, TENANT } from './rig.ts';

const HOUR = 3_600_000;
const ann = { principal: principal('ann') };
const boss = { principal: principal('boss', ['manager']) };
const ORDER = {
  name: 'Order',
  roles: ['manager', 'lead'],
  triggers: ['close', 'touch'],
  suspension: { suspend: { role: 'manager', reason: 'required' }, resume: { role: 'manager' } },
  initial: 'Open',
  states: {
    Open: { timers: { late: { after: '24h', escalate: 'lead' } } },
    Closed: { final: 'applied' },
    Forgotten: { final: 'withdrawn' },
  },
  transitions: {
    'Open -> Closed': { trigger: 'close', role: 'lead', if: 'threads.open == 0' },
    'Open -> Open': { trigger: 'touch' },
    'Open -> Forgotten': { idle: '10d' },
  },
};

let database: TestDatabase;
let server: Server;
let change: string;
beforeAll(async () => {
  database = await testDatabase();
  await database.store.createTenant({ tenant: TENANT, title: 'Acme', createdAt: START });
});
afterAll(() => database.drop());
beforeEach(async () => {
  server = startServer(database.store);
  await server.runtime.open();
  await server.runtime.deploy(TENANT, ORDER, boss.principal, null);
  change = accepted(
    await server.runtime.propose({ definition: 'Order', project: 'p', title: 't' }, ann),
  ).change;
});

const send = (trigger: string, by = ann, more: object = {}) =>
  server.runtime.send({ change, trigger, ...more }, by);
const dueAt = async (name: string) =>
  (await database.store.change({ tenant: TENANT, change }))?.timers.find((timer) => timer.name === name)
    ?.dueAt;

describe('a suspended change', () => {
  it('takes nothing but its resumption, and says who suspended it and why', async () => {
    expect(refusedWith(await send('change.suspend', boss))).toBe('REASON_REQUIRED');
    accepted(await send('change.suspend', boss, { reason: 'freeze' }));
    const refused = await send('touch');
    expect(refused).toMatchObject({ ok: false, refusal: { code: 'SUSPENDED', accepted: ['change.resume'] } });
    expect(refused.ok ? '' : refused.refusal.message).toContain('suspended by boss (freeze)');
    expect(refusedWith(await send('change.revise'))).toBe('SUSPENDED');
    expect(refusedWith(await send('change.resume'))).toBe('MISSING_ROLE');
    accepted(await send('change.resume', boss));
    accepted(await send('touch'));
  });

  it('has no timers, and goes on with what was left of them', async () => {
    server.clock.moveTo(START + 4 * HOUR);
    accepted(await send('change.suspend', boss, { reason: 'freeze' }));
    expect(await dueAt('Open:late')).toBeUndefined();
    server.clock.moveTo(START + 100 * HOUR);
    accepted(await send('change.resume', boss));
    expect(await dueAt('Open:late')).toBe(START + 120 * HOUR);
  });

  it('cannot be suspended twice, nor resumed when it runs', async () => {
    expect(refusedWith(await send('change.resume', boss))).toBe('NOT_ENABLED');
    accepted(await send('change.suspend', boss, { reason: 'freeze' }));
    expect(refusedWith(await send('change.suspend', boss, { reason: 'again' }))).toBe('SUSPENDED');
  });
});

describe('time without anybody touching a change', () => {
  it('starts anew with everything people do, and not with what time does', async () => {
    const idle = 'Open->Forgotten';
    expect(await dueAt(idle)).toBe(START + 240 * HOUR);
    server.clock.moveTo(START + HOUR);
    accepted(await send('thread.open', ann, { data: { thread: 'q1' } }));
    expect(await dueAt(idle)).toBe(START + 241 * HOUR);
    const olli = { principal: principal('olli', ['operator']) };
    accepted(await send('timer.fire', olli, { reason: 'now', data: { timer: 'Open:late' } }));
    expect(await dueAt(idle)).toBe(START + 241 * HOUR);
  });
});

describe('open threads', () => {
  it('hold up what asks for them to be resolved, and the refusal says so', async () => {
    const lead = { principal: principal('lea', ['lead']) };
    accepted(await send('thread.open', ann, { data: { thread: 'q1' } }));
    expect(refusedWith(await send('thread.open', ann, { data: { thread: 'q1' } }))).toBe('NOT_ENABLED');
    const refused = await send('close', lead);
    expect(refused).toMatchObject({ ok: false, refusal: { code: 'CONDITION_UNMET' } });
    expect(refusedWith(await send('thread.resolve', ann, { data: { thread: 'q2' } }))).toBe('NOT_ENABLED');
    accepted(await send('thread.resolve', ann, { data: { thread: 'q1' } }));
    expect(accepted(await send('close', lead))).toMatchObject({ outcome: 'applied' });
    expect(refusedWith(await send('thread.open', ann, { data: { thread: 'q3' } }))).toBe('CHANGE_CLOSED');
  });
});
