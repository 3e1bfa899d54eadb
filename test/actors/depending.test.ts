/** Changes that depend on others: what is held back, who is told, and that nothing passes a gate that is closed. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Said } from '../../src/actors/directory/entries.ts';
import type { Json } from '../../src/persistence/records.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { accepted, principal, refusedWith, type Server, START, startServer, TENANT } from './rig.ts';

/** Ends by a trigger, by votes, by a join of regions, and by time. */
const WAYS = {
  name: 'Ways',
  roles: ['reviewer'],
  triggers: ['merge', 'approve', 'pass', 'vote', 'reject', 'side', 'wait', 'reopen'],
  ballots: {
    votes: { in: 'Voting', role: 'reviewer', needs: { approvals: 1 }, cast: { vote: 'approve' } },
  },
  initial: 'Open',
  states: {
    Open: {},
    Voting: {},
    Parallel: {
      regions: {
        code: {
          initial: 'todo',
          states: { todo: {}, done: { final: 'approved' } },
          transitions: { 'todo -> done': { trigger: 'pass' } },
        },
        docs: {
          initial: 'todo',
          states: { todo: {}, done: { final: 'approved' } },
          transitions: { 'todo -> done': { trigger: 'approve' } },
        },
      },
    },
    Waiting: {},
    Merged: { final: 'applied' },
    Agreed: { final: 'approved' },
    Rejected: { final: 'rejected' },
  },
  suspension: { suspend: {}, resume: {} },
  transitions: {
    'Open -> Merged': { trigger: 'merge' },
    'Open -> Voting': { trigger: 'vote' },
    'Open -> Parallel': { trigger: 'side' },
    'Open -> Waiting': { trigger: 'wait' },
    'Open -> Rejected': { trigger: 'reject' },
    'Voting -> Agreed': { when: 'ballots.votes.passed' },
    'Parallel -> Agreed': { join: 'all' },
    'Waiting -> Agreed': { after: '1h' },
    'Agreed -> Open': { trigger: 'reopen' },
  },
  reopen: [],
};
const { reopen: _, ...NO_REOPEN } = WAYS;

const ops = principal('ops', ['deployer', 'administrator', 'reviewer']);
const HOUR = 3_600_000;

let database: TestDatabase;
let server: Server;
let tenant = TENANT;
let tenants = 0;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  tenant = `${TENANT}-dep-${++tenants}`;
  server = startServer(database.store);
  await database.store.createTenant({ tenant, title: 'Acme', createdAt: START });
  await server.runtime.deploy(tenant, definition(), { ...ops, tenant }, null);
  return () => server.runtime.close();
});

function definition() {
  const { 'Agreed -> Open': _reopen, ...transitions } = NO_REOPEN.transitions;
  return { ...NO_REOPEN, triggers: NO_REOPEN.triggers.filter((each) => each !== 'reopen'), transitions };
}

const by = (id: string) => ({ principal: { ...principal(id, ['reviewer']), tenant } });
let keys = 0;
const propose = async (key = `I${++keys}`, project = 'web') =>
  accepted(await server.runtime.propose({ definition: 'Ways', project, key, title: key }, by('ann'))).change;
const send = (change: string, trigger: string, data?: Json, at = server) =>
  at.runtime.send({ change, trigger, ...(data !== undefined && { data }) }, by('ann'));
const depend = async (change: string, ...on: (string | { on: string; kind: string })[]) =>
  accepted(
    await send(change, 'change.depend', {
      dependencies: on.map((each) =>
        typeof each === 'string' ? { on: each, kind: 'declared', rule: 'trailer' } : { rule: 'x', ...each },
      ),
    }),
  );
const view = async (change: string) => {
  const seen = await server.runtime.view({ tenant, change }, by('ann').principal);
  if (!seen) throw new Error('no such change');
  return seen;
};
/** Resolves when the change has come to this outcome. */
const outcomeOf = async (change: string, wanted: string | null) => {
  await expect.poll(async () => (await view(change)).outcome, { timeout: 10_000 }).toBe(wanted);
};
const say = (...said: Said[]) => server.runtime.say(tenant, said, null, { ...ops, tenant });

describe('a change that depends on an open one', () => {
  it('is refused what would apply it, and may when the other is applied', async () => {
    const [first, second] = [await propose(), await propose()];
    await depend(second, first);
    const refused = await send(second, 'merge');
    expect(refusedWith(refused)).toBe('DEPENDENCY_OPEN');
    expect(refused).toMatchObject({
      refusal: { message: expect.stringContaining('is open'), accepted: [first] },
    });
    expect((await view(second)).dependencies).toMatchObject([{ on: first, change: first, standing: 'open' }]);
    accepted(await send(first, 'merge'));
    accepted(await send(second, 'merge'));
  });

  it('takes votes, and is approved by the cascade when the other is', async () => {
    const [first, second] = [await propose(), await propose()];
    await depend(second, first);
    accepted(await send(second, 'vote'));
    accepted(await send(second, 'vote'));
    expect(await view(second)).toMatchObject({ state: 'Voting', outcome: null });
    expect((await view(second)).waitsFor[0]?.reason).toMatch(/^depends on .* is open \(declared: trailer\)$/);
    accepted(await send(first, 'merge'));
    await outcomeOf(second, 'approved');
    const rows = await database.store.log(tenant, { after: 0, limit: 100, change: second });
    expect(rows.at(-1)).toMatchObject({
      event: 'dependency.recheck',
      principalKind: 'system',
      outcome: 'approved',
    });
    expect(rows.at(-1)?.data).toMatchObject({ because: expect.stringMatching(/ was applied$/) });
  });

  it('whose regions are done waits in them, and goes on when the way is clear', async () => {
    const [first, second] = [await propose(), await propose()];
    await depend(second, first);
    for (const trigger of ['side', 'pass', 'approve']) accepted(await send(second, trigger));
    expect(await view(second)).toMatchObject({
      state: { Parallel: { code: 'done', docs: 'done' } },
      outcome: null,
    });
    accepted(await send(first, 'merge'));
    await outcomeOf(second, 'approved');
  });

  it('whose time is over waits, and goes on when the way is clear', async () => {
    const [first, second] = [await propose(), await propose()];
    await depend(second, first);
    accepted(await send(second, 'wait'));
    server.clock.moveTo(server.clock.now() + HOUR);
    await server.runtime.open();
    await expect.poll(async () => (await view(second)).version).toBe(4);
    expect(await view(second)).toMatchObject({ state: 'Waiting', timers: [] });
    accepted(await send(first, 'merge'));
    await outcomeOf(second, 'approved');
  });

  it('that was suspended when the way became clear goes on when it is resumed', async () => {
    const [first, second] = [await propose(), await propose()];
    await depend(second, first);
    for (const trigger of ['side', 'pass', 'approve']) accepted(await send(second, trigger));
    accepted(await send(second, 'change.suspend'));
    accepted(await send(first, 'merge'));
    await expect.poll(async () => (await view(second)).version).toBe(7);
    expect((await view(second)).outcome).toBeNull();
    accepted(await send(second, 'change.resume'));
    expect((await view(second)).outcome).toBe('approved');
  });

  it('stays where it is when the other is rejected, until a revision does without it', async () => {
    const [first, second] = [await propose(), await propose()];
    await depend(second, first);
    accepted(await send(first, 'reject'));
    expect(refusedWith(await send(second, 'merge'))).toBe('DEPENDENCY_OPEN');
    expect((await view(second)).dependencies).toMatchObject([{ standing: 'rejected' }]);
    accepted(await send(second, 'change.revise', { dependencies: [] }));
    accepted(await send(second, 'merge'));
  });

  it('may be rejected at any time', async () => {
    const [first, second] = [await propose(), await propose()];
    await depend(second, first);
    accepted(await send(second, 'reject'));
  });
});

describe('a dependency', () => {
  it('is meant by key before there is such a change, and known once it is proposed', async () => {
    const second = await propose();
    await depend(second, 'I-later');
    expect((await view(second)).dependencies).toMatchObject([{ on: 'I-later', standing: 'unknown' }]);
    expect(refusedWith(await send(second, 'merge'))).toBe('DEPENDENCY_OPEN');
    const first = await propose('I-later');
    await expect.poll(async () => (await database.store.edgesAt(tenant, [first], 'down')).length).toBe(1);
    accepted(await send(first, 'merge'));
    await expect.poll(async () => (await view(second)).version).toBeGreaterThan(3);
    accepted(await send(second, 'merge'));
  });

  it('blocks, warns or is allowed by its kind, as the tenant, the portfolio and the project say', async () => {
    const first = await propose();
    const near = await propose();
    await depend(near, { on: first, kind: 'near' });
    accepted(await send(near, 'merge'));
    await say(
      {
        kind: 'tenant',
        name: 'tenant',
        value: { dependencies: { policies: { order: 'block', near: 'block' } } },
      },
      { kind: 'portfolio', name: 'shop', value: { dependencies: { policies: { near: 'warn' } } } },
      {
        kind: 'project',
        name: 'app',
        value: { portfolio: 'shop', dependencies: { policies: { order: 'allow' } } },
      },
    );
    const inWeb = await propose();
    const inApp = await propose(undefined, 'app');
    for (const each of [inWeb, inApp])
      await depend(each, { on: first, kind: 'near' }, { on: first, kind: 'order' });
    expect(refusedWith(await send(inWeb, 'merge'))).toBe('DEPENDENCY_OPEN');
    accepted(await send(inApp, 'merge'));
  });

  it('that is rejected only warns where the project wants to be told and no more', async () => {
    await say({
      kind: 'project',
      name: 'web',
      value: { dependencies: { reactions: { rejected: 'tell' } } },
    });
    const [first, second] = [await propose(), await propose()];
    await depend(second, first);
    accepted(await send(first, 'reject'));
    accepted(await send(second, 'merge'));
  });
});

describe('the graph', () => {
  it('is read from both ends, as the last revisions have it', async () => {
    const [a, b, c] = [await propose(), await propose(), await propose()];
    await depend(b, a);
    await depend(c, b, a);
    const ends = async (change: string, direction: 'up' | 'down') =>
      (await database.store.edgesBeyond(tenant, [change], direction, 100)).map((each) => [
        each.change,
        each.on,
      ]);
    expect((await ends(c, 'up')).sort()).toEqual(
      [
        [b, a],
        [c, a],
        [c, b],
      ].sort(),
    );
    expect((await ends(a, 'down')).sort()).toEqual(
      [
        [b, a],
        [c, a],
        [c, b],
      ].sort(),
    );
    await depend(c, b);
    expect((await ends(a, 'down')).sort()).toEqual(
      [
        [b, a],
        [c, b],
      ].sort(),
    );
  });

  it('with a circle hangs nothing, and the circle is approved by nobody alone', async () => {
    const [a, b] = [await propose(), await propose()];
    await depend(a, b);
    await depend(b, a);
    expect(await database.store.edgesBeyond(tenant, [a], 'up', 100)).toHaveLength(2);
    expect(refusedWith(await send(a, 'merge'))).toBe('DEPENDENCY_OPEN');
    expect(refusedWith(await send(b, 'merge'))).toBe('DEPENDENCY_OPEN');
    const both = [a, b].map((change) => ({ change, trigger: 'merge' }));
    expect(await server.runtime.sendGroup(both, by('ann'))).toMatchObject({ done: true });
  });

  it('does not let a group pass that has open dependencies outside', async () => {
    const [a, b, c] = [await propose(), await propose(), await propose()];
    await depend(a, b);
    await depend(b, a, c);
    const both = [a, b].map((change) => ({ change, trigger: 'merge' }));
    expect(await server.runtime.sendGroup(both, by('ann'))).toMatchObject({ done: false });
    expect((await view(a)).outcome).toBeNull();
  });
});

describe('a cascade', () => {
  it('lets go of those that a rule held which the directory says anew, and holds nobody back twice', async () => {
    const [first, second] = [await propose(), await propose()];
    await depend(second, first);
    accepted(await send(second, 'vote'));
    accepted(await send(second, 'vote'));
    expect((await view(second)).outcome).toBeNull();
    await say({
      kind: 'project',
      name: 'docs',
      value: { dependencies: { policies: { declared: 'warn' } } },
    } as Said);
    await say({
      kind: 'project',
      name: 'web',
      value: { dependencies: { policies: { declared: 'warn' } } },
    } as Said);
    await outcomeOf(second, 'approved');
    const rows = await database.store.log(tenant, { after: 0, limit: 1_000, change: second });
    expect(rows.filter(({ event }) => event === 'dependency.recheck')).toMatchObject([
      { data: { because: 'the directory says anew what dependencies do' } },
    ]);
  });

  it('is no sign of life: a change that nobody touches is dropped when it would have been', async () => {
    const forgetting = {
      ...{ name: 'Forgetting', roles: [], triggers: ['merge'], initial: 'Open' },
      states: { Open: {}, Merged: { final: 'applied' }, Forgotten: { final: 'withdrawn' } },
      transitions: { 'Open -> Merged': { trigger: 'merge' }, 'Open -> Forgotten': { idle: '10d' } },
    };
    await server.runtime.deploy(tenant, forgetting, { ...ops, tenant }, null);
    const proposal = { definition: 'Forgetting', project: 'web', title: 'idle' };
    const idle = accepted(await server.runtime.propose(proposal, by('ann'))).change;
    const dueAt = async () =>
      (await database.store.load([{ tenant, change: idle }]))[0]?.timers.map((timer) => timer.dueAt);
    const first = await propose();
    await depend(idle, first);
    const before = await dueAt();
    server.clock.moveTo(START + HOUR);
    accepted(await send(first, 'change.revise', {}));
    await expect.poll(async () => (await view(idle)).version).toBe(3);
    expect(await dueAt()).toEqual(before);
    accepted(await send(idle, 'thread.open', { thread: 'q1' }));
    expect(await dueAt()).toEqual(before?.map((due) => due + HOUR));
  });

  it('that a dead server left is finished by another', async () => {
    const [first, second] = [await propose(), await propose()];
    await depend(second, first);
    accepted(await send(second, 'vote'));
    accepted(await send(second, 'vote'));
    // This server applies the change and dies before it tells anybody.
    const dying = startServer(database.store);
    await server.runtime.close();
    const { seq } = (await database.store.position(tenant)) ?? { seq: 0 };
    await database.store.moveCascade(tenant, seq);
    const [row] = await database.store.log(tenant, { after: seq - 1, limit: 1 });
    expect(row).toBeTruthy();
    accepted(await send(first, 'merge', undefined, dying));
    await dying.runtime.close();
    server = startServer(database.store);
    await server.runtime.open();
    await outcomeOf(second, 'approved');
  });

  it('goes through a chain to its end', async () => {
    const chain = [];
    for (let at = 0; at < 6; at++) chain.push(await propose());
    for (const [at, change] of chain.entries()) {
      if (at > 0) await depend(change, chain[at - 1] ?? '');
      accepted(await send(change, 'vote'));
      if (at > 0) accepted(await send(change, 'vote'));
    }
    accepted(await send(chain[0] ?? '', 'vote'));
    for (const change of chain) await outcomeOf(change, 'approved');
    const rows = await database.store.log(tenant, { after: 0, limit: 1_000 });
    const order = rows.filter(({ outcome }) => outcome === 'approved').map(({ change }) => change);
    expect(order).toEqual(chain);
  });
});
