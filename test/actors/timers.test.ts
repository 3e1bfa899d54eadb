import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { newId, wallClock } from '../../src/actors/clock.ts';
import { Runtime } from '../../src/actors/runtime.ts';
import { createLogger } from '../../src/log.ts';
import { catalog } from '../../src/machines/catalog/index.ts';
import { type TestDatabase, testDatabase, withClient } from '../support/database.ts';
import { expiring } from './expiring.ts';
import { Alarms, accepted, principal, refusedWith, type Server, START, startServer, TENANT } from './rig.ts';
import { ManualSource } from './time-source.ts';

const HOUR = 3_600_000;
/** How long before its slot an alarm rings. */
const EARLY_MS = 2_000;
const ada = principal('ada', ['developer']);
const lead = principal('lea', ['security_lead']);

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
  await database.store.createTenant({ tenant: TENANT, title: 'Acme', createdAt: START });
  const { runtime } = startServer(database.store);
  for (const source of [catalog.ParallelReview, expiring]) await runtime.deploy(TENANT, source, ada, null);
});
afterAll(() => database.drop());

async function open(server: Pick<Server, 'runtime'>, definition: string): Promise<string> {
  const proposal = { definition, project: 'web', title: 'Rotate keys' };
  return accepted(await server.runtime.propose(proposal, { principal: ada })).change;
}
const rowsOf = (change: string) => database.store.log(TENANT, { after: 0, limit: 100, change });
const statusesOf = (change: string) =>
  withClient(database.admin, async (client) => {
    const text = 'select status from countersign.timers where change_id = $1';
    return (await client.query<{ status: string }>(text, [change])).rows.map(({ status }) => status);
  });
const pendingOf = async (change: string) =>
  (await database.store.change({ tenant: TENANT, change }))?.timers ?? [];

describe('a timer', () => {
  it('escalates when it is due, and the role it asks may act from then on', async () => {
    const server = startServer(database.store);
    await server.runtime.open();
    const change = await open(server, 'ParallelReview');
    await server.runtime.send({ change, trigger: 'submit' }, { principal: ada });
    const approve = () => server.runtime.send({ change, trigger: 'security_approve' }, { principal: lead });
    expect(refusedWith(await approve())).toBe('MISSING_ROLE');
    const due = START + 72 * HOUR;
    expect([...server.alarms.armed]).toContain(due - EARLY_MS);
    server.clock.moveTo(due - 1);
    await server.alarms.ring(due - EARLY_MS);
    server.clock.moveTo(due);
    await vi.waitFor(async () => {
      const fired = (await rowsOf(change)).filter(({ principalKind }) => principalKind === 'system');
      expect(fired.map(({ event }) => event)).toContain('Review.security.pending:overdue');
    });
    expect(accepted(await approve())).toMatchObject({ role: 'security_lead' });
    await server.runtime.close();
  });

  it('is cancelled with the state it belongs to, in the same commit', async () => {
    const server = startServer(database.store);
    const change = await open(server, 'Expiring');
    expect(await pendingOf(change)).toHaveLength(1);
    await server.runtime.send({ change, trigger: 'close' }, { principal: ada });
    expect(await pendingOf(change)).toEqual([]);
    expect(await statusesOf(change)).toEqual(['cancelled']);
    await server.runtime.close();
  });

  it('does not fire before its time, though something calls for it', async () => {
    const server = startServer(database.store);
    await server.runtime.open();
    const change = await open(server, 'Expiring');
    server.clock.moveTo(START + 4_999);
    await server.alarms.ring(START);
    await server.runtime.close();
    expect(await rowsOf(change)).toHaveLength(1);
  });

  it('fires once, though two servers wake for it', async () => {
    const servers = [startServer(database.store), startServer(database.store)] as const;
    const change = await open(servers[0], 'Expiring');
    for (const { clock } of servers) clock.moveTo(START + 5_000);
    await Promise.all(servers.map(({ runtime }) => runtime.open()));
    await vi.waitFor(async () => expect(await rowsOf(change)).toHaveLength(2));
    await Promise.all(servers.map(({ runtime }) => runtime.close()));
    expect(await statusesOf(change)).toEqual(['fired']);
    const rows = await rowsOf(change);
    expect(rows.map(({ to, outcome }) => ({ to, outcome }))).toEqual([
      { to: 'Open', outcome: null },
      { to: 'Expired', outcome: 'withdrawn' },
    ]);
  });

  it('fires late after an outage, when a server comes back', async () => {
    const before = startServer(database.store);
    const change = await open(before, 'Expiring');
    await before.runtime.close();
    const after = startServer(database.store);
    after.clock.moveTo(START + 24 * HOUR);
    await after.runtime.open();
    await vi.waitFor(async () => expect((await rowsOf(change)).at(-1)?.to).toBe('Expired'));
    const row = (await rowsOf(change)).at(-1);
    expect(row).toMatchObject({ occurredAt: START + 5_000, recordedAt: START + 24 * HOUR });
    await after.runtime.close();
  });

  it('set by another server is found though this one remembers an older version', async () => {
    const [mine, other] = [startServer(database.store), startServer(database.store)];
    const change = await open(mine, 'ParallelReview');
    await other.runtime.send({ change, trigger: 'submit' }, { principal: ada });
    await other.runtime.close();
    mine.clock.moveTo(START + 30 * HOUR);
    await mine.runtime.open();
    await vi.waitFor(async () =>
      expect((await rowsOf(change)).at(-1)?.event).toBe('Review.code.pending:overdue'),
    );
    await mine.runtime.close();
  });
});

describe('a timer, where the clock of the machine is set', () => {
  /** A runtime on a wall clock that can be set. */
  function startSettable() {
    const source = new ManualSource(START);
    const alarms = new Alarms();
    const runtime = new Runtime({
      store: database.store,
      clock: wallClock(source),
      newId,
      scheduler: alarms,
      publisher: { publish: () => {} },
      log: createLogger('silent'),
    });
    return { source, alarms, runtime };
  }

  it('forward past its time fires soon, though nothing rings for it', async () => {
    const { runtime, source } = startSettable();
    await runtime.open();
    const change = await open({ runtime }, 'Expiring');
    // Before the next sweep.
    source.set(6_000);
    source.pass(500);
    await vi.waitFor(async () => {
      source.pass(1);
      expect((await rowsOf(change)).at(-1)).toMatchObject({ to: 'Expired', occurredAt: START + 5_000 });
    });
    expect(source.wall()).toBeLessThan(START + 10_000);
    await runtime.close();
  });

  it('back is armed again and waits for the new clock', async () => {
    const { runtime, source, alarms } = startSettable();
    await runtime.open();
    const change = await open({ runtime }, 'Expiring');
    const due = START + 5_000;
    source.pass(3_500);
    await alarms.ring(due - EARLY_MS);
    alarms.armed.clear();
    source.set(-60_000);
    source.pass(500);
    await vi.waitFor(() => expect([...alarms.armed]).toContain(due - EARLY_MS));
    source.pass(due - 1 - source.wall());
    await alarms.ring(due - EARLY_MS);
    expect(await rowsOf(change)).toHaveLength(1);
    source.pass(1);
    await vi.waitFor(async () => expect(await rowsOf(change)).toHaveLength(2));
    expect((await rowsOf(change)).at(-1)).toMatchObject({ occurredAt: due, recordedAt: due });
    await runtime.close();
  });
});
