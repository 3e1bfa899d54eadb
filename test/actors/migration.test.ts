/** Running changes brought to another version of their definition, on real PostgreSQL, while others go on. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MigrationRecord, StoredChange } from '../../src/persistence/records.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { asJson, change, dev, FIRST, lea, migrate, ops, PLAN, rob, SECOND, settled } from './migrating.ts';
import { accepted, refusedWith, type Server, START, startServer, TENANT } from './rig.ts';

let database: TestDatabase;
let server: Server;
beforeEach(async () => {
  database = await testDatabase();
  await database.store.createTenant({ tenant: TENANT, title: 'Acme', createdAt: START });
  server = startServer(database.store);
  await server.runtime.deploy(TENANT, asJson(FIRST), ops, null);
});
afterEach(async () => {
  await server.runtime.close();
  await database.drop();
});

const load = async (id: string): Promise<StoredChange> =>
  (await database.store.load([{ tenant: TENANT, change: id }]))[0]!;
const toSecond = () => server.runtime.deploy(TENANT, asJson(SECOND), ops, 'no docs any more');
const renamed = { states: { Draft: 'Preparing' } };
/** What must be the same before and after. */
const bare = ({ state, snapshot, outcome, definitionVersion, timers }: StoredChange) => ({
  ...{ state, snapshot, outcome, definitionVersion },
  timers: timers.map(({ name, event, dueAt }) => ({ name, event, dueAt })),
});

describe('a migration', () => {
  it('shows who would land where, and moves nothing in a dry run', async () => {
    const draft = await change(server);
    const both = await change(server, 'submit');
    const half = await change(server, 'submit', 'docs_ok');
    await toSecond();
    const request = { name: 'Moving', from: 1, to: 2, plan: PLAN, reason: null };
    const without = await server.runtime.life.migrations.dryRun(TENANT, request);
    expect(without.proven).toBe(false);
    expect(without.problems.filter(({ severity }) => severity === 'error')).toEqual([
      expect.objectContaining({
        code: 'STATE_GONE',
        message: expect.stringContaining('say where that goes'),
      }),
    ]);
    expect(without.renames).toEqual([expect.objectContaining({ from: 'Draft', to: 'Preparing' })]);
    const report = await server.runtime.life.migrations.dryRun(TENANT, {
      ...request,
      plan: { ...PLAN, ...renamed },
    });
    expect(report.proven).toBe(true);
    expect(report.landings.toSorted((a, b) => (a.examples[0]! < b.examples[0]! ? -1 : 1))).toEqual([
      { from: 'Draft', to: 'Preparing', count: 1, examples: [draft], problem: null },
      expect.objectContaining({ to: { Review: { code: 'pending' } }, count: 1, examples: [both] }),
      expect.objectContaining({ to: { Review: { code: 'pending' } }, count: 1, examples: [half] }),
    ]);
    expect((await load(draft)).definitionVersion).toBe(1);
  });

  it('brings every running change over, each with one row of the log, and closed ones stay', async () => {
    const draft = await change(server);
    const review = await change(server, 'submit', 'docs_ok');
    const closed = await change(server, 'submit', 'docs_ok', 'code_ok');
    await toSecond();
    expect(await migrate(server, renamed)).toMatchObject({ status: 'done', moved: 2 });
    expect(await load(draft)).toMatchObject({ definitionVersion: 2, state: 'Preparing', version: 2 });
    expect(await load(review)).toMatchObject({
      definitionVersion: 2,
      state: { Review: { code: 'pending' } },
      version: 4,
    });
    expect(await load(closed)).toMatchObject({ definitionVersion: 1, outcome: 'approved' });
    const rows = await database.store.log(TENANT, { after: 0, limit: 100, change: draft });
    expect(rows.at(-1)).toMatchObject({
      ...{ kind: 'transition', event: 'definition.migrate', from: 'Draft', to: 'Preparing' },
      ...{ principal: 'ops', reason: 'new rules', data: { from: 1, to: 2 } },
    });
    accepted(await server.runtime.send({ change: review, trigger: 'code_ok' }, { principal: rob }));
    accepted(await server.runtime.send({ change: review, trigger: 'sign_off' }, { principal: lea }));
    expect(await load(review)).toMatchObject({ outcome: 'approved' });
  });

  it('keeps timers by name with their due time, or begins them anew, and sets what is new', async () => {
    const kept = await change(server, 'submit');
    const before = (await load(kept)).timers;
    await toSecond();
    server.clock.moveTo(START + 3_600_000);
    await migrate(server, renamed);
    const pending = (await load(kept)).timers;
    expect(pending).toEqual([before.find(({ name }) => name === 'Review.code.pending:late')]);
    const draft = await change(server);
    expect((await load(draft)).timers.map(({ name }) => name)).toEqual(['Preparing->Stopped']);
  });

  it('resets a timer where the plan says so', async () => {
    const id = await change(server, 'submit');
    await toSecond();
    server.clock.moveTo(START + 3_600_000);
    await migrate(server, { ...renamed, timers: { 'Review.code.pending:late': 'reset' } });
    const late = START + 3_600_000 + 3 * 86_400_000;
    expect((await load(id)).timers).toEqual([
      expect.objectContaining({ name: 'Review.code.pending:late', dueAt: late, setVersion: 3 }),
    ]);
  });

  it('takes votes along, or drops them', async () => {
    const [keeps, drops] = [await change(server, 'submit', 'like'), 'likes'];
    await toSecond();
    const votes = async () =>
      (await load(keeps)).snapshot as { context: { votes?: Record<string, unknown[]> } };
    await migrate(server, renamed);
    expect((await votes()).context.votes?.[drops]).toHaveLength(1);
    await migrate(
      server,
      { states: { Preparing: 'Draft', Signing: 'Review' }, votes: { likes: 'drop' } },
      2,
      1,
    );
    expect((await votes()).context.votes?.[drops]).toBeUndefined();
  });

  it('goes on by itself where everything is done that the new version asks for', async () => {
    const id = await change(server, 'submit', 'code_ok');
    await toSecond();
    await migrate(server, renamed);
    expect(await load(id)).toMatchObject({ state: 'Signing', definitionVersion: 2, outcome: null });
    accepted(await server.runtime.send({ change: id, trigger: 'sign_off' }, { principal: lea }));
  });

  it('is taken back exactly, where nothing has happened since; what moved on stays', async () => {
    const ids = [
      await change(server),
      await change(server, 'submit', 'like'),
      await change(server, 'submit', 'docs_ok'),
      await change(server, 'submit', 'code_ok'),
    ];
    const moving = await change(server, 'submit');
    const before = await Promise.all(ids.map(async (id) => bare(await load(id))));
    await toSecond();
    server.clock.moveTo(START + 7_200_000);
    const migration = await migrate(server, { ...renamed, votes: { likes: 'drop' } });
    expect(migration.moved).toBe(5);
    accepted(await server.runtime.send({ change: moving, trigger: 'code_ok' }, { principal: rob }));
    await server.runtime.life.migrations.act(TENANT, migration.id, 'revert');
    expect(await settled(server, migration)).toMatchObject({ status: 'reverted', moved: 5, reverted: 4 });
    expect(await Promise.all(ids.map(async (id) => bare(await load(id))))).toEqual(before);
    expect(await load(moving)).toMatchObject({ definitionVersion: 2, state: 'Signing' });
    await server.runtime.life.migrations.act(TENANT, migration.id, 'close');
    expect(await server.runtime.life.migrations.act(TENANT, migration.id, 'revert')).toMatchObject({
      code: 'NOT_ENABLED',
    });
  });

  it('is refused where a change could be lost, and where another is under way', async () => {
    await change(server);
    await toSecond();
    const start = (plan: object) =>
      server.runtime.life.migrations.start(
        TENANT,
        { name: 'Moving', from: 1, to: 2, plan: { ...PLAN, ...plan }, reason: null },
        ops,
      );
    const unproven = await start({ states: { Draft: 'Done' } });
    expect(unproven).toMatchObject({ ok: false, refusal: { code: 'PLAN_UNPROVEN' } });
    // Paused, so that it cannot be done before the other one is asked for.
    const paused = (id: string): MigrationRecord => ({
      ...{
        tenant: TENANT,
        id,
        name: 'Moving',
        fromVersion: 1,
        toVersion: 2,
        plan: { ...PLAN, ...renamed } as never,
      },
      ...{ status: 'paused', position: '', moved: 0, reverted: 0, reason: null },
      ...{ startedBy: ops.id, startedByKind: ops.kind, startedAt: START, updatedAt: START },
    });
    const { store } = database;
    const [first, second] = ['4', '5'].map((end) => `00000000-0000-7000-8000-00000000000${end}`);
    const saved = await Promise.all([first, second].map((id) => store.saveMigration(paused(id ?? ''))));
    expect(saved.filter(Boolean)).toHaveLength(1);
    expect(await start(renamed)).toMatchObject({ ok: false, refusal: { code: 'NOT_ENABLED' } });
    const [kept = ''] = saved[0] ? [first] : [second];
    await server.runtime.life.migrations.act(TENANT, kept, 'resume');
    expect(await settled(server, await server.runtime.life.migrations.get(TENANT, kept))).toMatchObject({
      status: 'done',
      moved: 1,
    });
  });

  it('leaves a change to whoever was faster, and takes it along afterwards', async () => {
    const ids = await Promise.all(Array.from({ length: 40 }, () => change(server, 'submit')));
    await toSecond();
    const other = startServer(database.store, { clock: server.clock });
    const [migration] = await Promise.all([
      migrate(server, renamed),
      ...ids.map((id) => other.runtime.send({ change: id, trigger: 'code_ok' }, { principal: rob })),
    ]);
    expect(migration).toMatchObject({ status: 'done', moved: 40 });
    for (const id of ids) expect(await load(id)).toMatchObject({ definitionVersion: 2, state: 'Signing' });
    await other.runtime.close();
  });

  it('is gone on with by another server, and counts each change once', async () => {
    await Promise.all(Array.from({ length: 100 }, () => change(server, 'submit')));
    await toSecond();
    const request = { name: 'Moving', from: 1, to: 2, plan: { ...PLAN, ...renamed }, reason: null };
    const started = await server.runtime.life.migrations.start(TENANT, request, ops);
    if (!started.ok) throw new Error(started.refusal.message);
    await server.runtime.close();
    const halfway = await database.store.migration(TENANT, started.migration.id);
    expect(halfway?.status).toBe('running');
    server = startServer(database.store, { clock: server.clock });
    await server.runtime.open();
    expect(await settled(server, started.migration)).toMatchObject({ status: 'done', moved: 100 });
    const left = { tenant: TENANT, name: 'Moving', version: 1 };
    expect(await database.store.changesFollowing(left, { after: '', limit: 1 })).toEqual([]);
  });

  it('rests while it is paused', async () => {
    await Promise.all(Array.from({ length: 60 }, () => change(server, 'submit')));
    await toSecond();
    const request = { name: 'Moving', from: 1, to: 2, plan: { ...PLAN, ...renamed }, reason: null };
    const started = await server.runtime.life.migrations.start(TENANT, request, ops);
    if (!started.ok) throw new Error(started.refusal.message);
    await server.runtime.life.migrations.act(TENANT, started.migration.id, 'pause');
    expect(await settled(server, started.migration)).toMatchObject({ status: 'paused' });
    await server.runtime.life.migrations.act(TENANT, started.migration.id, 'resume');
    expect(await settled(server, started.migration)).toMatchObject({ status: 'done', moved: 60 });
  });

  it('moves a thousand under load: none lost, none in a trap', async () => {
    const ids = await Promise.all(Array.from({ length: 1_000 }, () => change(server, 'submit')));
    await toSecond();
    const [migration] = await Promise.all([
      migrate(server, renamed),
      ...ids
        .filter((_, index) => index % 3 === 0)
        .map((id) => server.runtime.send({ change: id, trigger: 'docs_ok' }, { principal: rob })),
    ]);
    expect(migration).toMatchObject({ status: 'done', moved: 1_000 });
    const following = { tenant: TENANT, name: 'Moving', version: 2 };
    const live = await database.store.liveConfigurations(following);
    expect(live.reduce((sum, { count }) => sum + count, 0)).toBe(1_000);
    await Promise.all(
      ids.map(async (id) => {
        const trigger = { change: id, trigger: 'code_ok' };
        accepted(await server.runtime.send(trigger, { principal: rob }));
        accepted(await server.runtime.send({ change: id, trigger: 'sign_off' }, { principal: lea }));
      }),
    );
    expect(await database.store.outcomes(TENANT, {})).toEqual({ approved: 1_000 });
  });

  it('is not something anybody can send', async () => {
    const id = await change(server);
    const answer = await server.runtime.send(
      { change: id, trigger: 'definition.migrate' },
      { principal: dev },
    );
    expect(refusedWith(answer)).toBe('UNKNOWN_EVENT');
  });
});
