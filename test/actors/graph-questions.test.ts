/** Questions about dependencies, on a real database with a small history: what blocks, who is in whose way, what would follow. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MAX_LOADED } from '../../src/actors/dependencies/loading.ts';
import type { DrawQuestion, GraphQuestions } from '../../src/actors/dependencies/questions.ts';
import type { Said } from '../../src/actors/directory/entries.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { accepted, principal, type Server, START, startServer, TENANT } from './rig.ts';

const PLAIN = {
  name: 'Plain',
  roles: ['reviewer'],
  triggers: ['merge', 'reject'],
  initial: 'Open',
  states: { Open: {}, Merged: { final: 'applied' }, Rejected: { final: 'rejected' } },
  transitions: { 'Open -> Merged': { trigger: 'merge' }, 'Open -> Rejected': { trigger: 'reject' } },
};
const NOWHERE = '00000000-0000-7000-8000-000000000000';

let database: TestDatabase;
let server: Server;
let graph: GraphQuestions;
let tenant = TENANT;
let tenants = 0;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  tenant = `${TENANT}-graph-${++tenants}`;
  server = startServer(database.store);
  graph = server.runtime.graph;
  await database.store.createTenant({ tenant, title: 'Acme', createdAt: START });
  const ops = principal('ops', ['deployer']);
  await server.runtime.deploy(tenant, PLAIN, { ...ops, tenant }, null);
  return () => server.runtime.close();
});

const by = (id: string, roles = ['reviewer']) => ({ principal: { ...principal(id, roles), tenant } });
const propose = async (key: string, project = 'web') => {
  server.clock.moveTo(server.clock.now() + 1_000);
  const proposal = { definition: 'Plain', project, key, title: `Change ${key}` };
  return accepted(await server.runtime.propose(proposal, by('ann'))).change;
};
const send = (change: string, trigger: string, data?: Record<string, unknown>) =>
  server.runtime.send({ change, trigger, ...(data && { data: data as never }) }, by('ann', ['importer']));
const depend = async (change: string, kind: string, ...on: string[]) =>
  accepted(
    await send(change, 'change.depend', {
      dependencies: on.map((each) => ({ on: each, kind, rule: 'test' })),
    }),
  );
const ref = (change: string) => ({ tenant, change });
const say = (...said: Said[]) => server.runtime.say(tenant, said, null, by('ops').principal);
const ids = (items: readonly { readonly change: string }[]) => items.map(({ change }) => change);

/** I1 ← I2 ← I3 ← I4: each needs the one before. */
const chain = async (length: number) => {
  const changes: string[] = [];
  for (let at = 1; at <= length; at++) changes.push(await propose(`I${at}`));
  for (let at = 1; at < length; at++) await depend(changes[at] ?? '', 'textual', changes[at - 1] ?? '');
  return changes as [string, string, string, string];
};

describe('what blocks a change', () => {
  it('is named nearest first, with the way to it', async () => {
    const [a, b, c, d] = await chain(4);
    const found = await graph.blockers(ref(d), 100);
    expect(found).toMatchObject({ total: 3, blocking: 3, lost: [], truncated: null });
    expect(ids(found?.items ?? [])).toEqual([c, b, a]);
    expect(found?.items[1]).toMatchObject({
      distance: 2,
      about: { key: 'I2', state: 'Open', known: true },
      why: 'I4 needs I3 (textual, test), and I3 needs I2 (textual, test)',
    });
    expect(found?.path.steps.map(({ changes }) => changes)).toEqual([[a], [b], [c], [d]]);
    expect(found?.path.unestimated).toHaveLength(4);
  });

  it('says when a limit left something out', async () => {
    const [, , c, d] = await chain(4);
    const found = await graph.blockers(ref(d), 1);
    expect(ids(found?.items ?? [])).toEqual([c]);
    expect(found).toMatchObject({ total: 3, truncated: 'Shown are the nearest 1 of 3.' });
  });

  it('ends where a change has landed, and tells those that are lost apart', async () => {
    const [a, b, c, d] = await chain(4);
    accepted(await send(a, 'merge'));
    expect(ids((await graph.blockers(ref(d), 100))?.items ?? [])).toEqual([c, b]);
    accepted(await send(c, 'reject'));
    const found = await graph.blockers(ref(d), 100);
    expect(found?.items).toEqual([]);
    expect(found?.lost).toMatchObject([{ change: c, about: { outcome: 'rejected' } }]);
  });

  it('counts a change that nobody has proposed yet', async () => {
    const change = await propose('I1');
    await depend(change, 'declared', 'I-later');
    const found = await graph.blockers(ref(change), 100);
    expect(found?.items).toMatchObject([
      { change: 'I-later', about: { known: false, key: 'I-later', title: 'not proposed yet' } },
    ]);
  });

  it('is what the policies of the project say', async () => {
    const [a, b] = [await propose('I1'), await propose('I2')];
    await depend(b, 'near', a);
    expect((await graph.blockers(ref(b), 100))?.items).toEqual([]);
    await say({ kind: 'project', name: 'web', value: { dependencies: { policies: { near: 'block' } } } });
    expect(ids((await graph.blockers(ref(b), 100))?.items ?? [])).toEqual([a]);
  });
});

describe('what a change blocks', () => {
  it('is named nearest first; what only is related is marked as such', async () => {
    const [a, b, c] = await chain(3);
    const near = await propose('I9');
    await depend(near, 'near', a);
    const found = await graph.dependants(ref(a), 100);
    expect(found).toMatchObject({ total: 3, blocking: 2 });
    expect(found?.items.map(({ change, blocking }) => [change, blocking])).toEqual([
      [b, true],
      [near, false],
      [c, true],
    ]);
    expect(found?.items[1]?.why).toBe('I9 is related to I1 (near, test)');
  });
});

describe('the drawing', () => {
  const all: DrawQuestion = { directions: ['up', 'down'], limit: 100 };

  it('holds both directions, with cycles and layers', async () => {
    const [a, b, c] = await chain(3);
    const found = await graph.draw(ref(b), all);
    expect(found?.document.nodes.map(({ change }) => change)).toEqual([a, b, c]);
    expect(found?.document.layers).toEqual([[a], [b], [c]]);
    expect(found).toMatchObject({ truncated: null, document: { cycles: [] } });
    await depend(a, 'textual', c);
    expect((await graph.draw(ref(b), all))?.document.cycles).toEqual([[a, b, c]]);
  });

  it('of some kinds follows those alone', async () => {
    const [a, b, c, d] = await chain(4);
    await depend(d, 'declared', b);
    await depend(c, 'near', b);
    const found = await graph.draw(ref(d), { ...all, directions: ['up'], kinds: ['declared', 'textual'] });
    expect(found?.document.nodes.map(({ change }) => change)).toEqual([a, b, d]);
    expect((await graph.draw(ref(c), { ...all, kinds: ['textual'] }))?.document.nodes).toHaveLength(1);
  });

  it('keeps the nearest, and says so', async () => {
    const [, , c, d] = await chain(4);
    const found = await graph.draw(ref(d), { ...all, limit: 2 });
    expect(found?.document.nodes.map(({ change }) => change)).toEqual([c, d]);
    expect(found?.truncated).toMatch(/^Shown are 2 of 4 changes/);
  });

  it('is text too', async () => {
    const [, b] = await chain(2);
    expect((await graph.text(ref(b), all, 'mermaid', new Set()))?.text).toContain('flowchart BT');
    expect((await graph.text(ref(b), all, 'dot', new Set()))?.text).toContain('digraph changes');
  });
});

describe('the order in which changes can land', () => {
  it('puts each after what it needs, also through others, and cycles into one group', async () => {
    const [a, b, c] = await chain(3);
    const [x, y] = [await propose('X'), await propose('Y')];
    await depend(x, 'group', y);
    await depend(y, 'group', x);
    const found = await graph.order(tenant, [y, c, a, x, NOWHERE]);
    expect(found.groups).toEqual([[a], [c], [x, y]]);
    expect(found.needs).toEqual([b]);
    expect(found.leftOut).toEqual([
      { change: NOWHERE, reason: expect.stringContaining('Nothing is known of the change') },
    ]);
  });
});

describe('what would follow', () => {
  it('if a change is rejected is what the project wants', async () => {
    const [a, b, c] = await chain(3);
    const supposed = { happens: 'rejected' } as const;
    const found = await graph.whatIf(ref(a), supposed);
    expect(found).toMatchObject({ isPossible: true, sentence: 'If I1 is rejected, 2 changes are held.' });
    expect(ids(found?.effects ?? [])).toEqual([b, c]);
    await say({ kind: 'project', name: 'web', value: { dependencies: { reactions: { rejected: 'tell' } } } });
    expect(await graph.whatIf(ref(a), supposed)).toMatchObject({ effects: [{ reaction: 'tell' }] });
  });

  it('if it landed before one it needs is that it cannot', async () => {
    const [a, b] = await chain(2);
    const found = await graph.whatIf(ref(b), { landsBefore: a });
    expect(found).toMatchObject({ isPossible: false, needs: [a] });
    expect(found?.sentence).toMatch(/^I2 cannot land before I1: I2 needs I1/);
    expect(await graph.whatIf(ref(a), { landsBefore: b })).toMatchObject({ isPossible: true, freed: [b] });
  });
});

describe('conflicts', () => {
  const diff = (path: string, line: number) =>
    Buffer.from(
      `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n@@ -${line} +${line} @@\n-old\n+new\n`,
    );
  const pushed = async (key: string, line: number, project = 'web', path = 'src/a.ts') => {
    const change = await propose(key, project);
    accepted(await send(change, 'change.revise', { commit: key }));
    await server.runtime.contents.record(
      { ...ref(change), revision: 1 },
      diff(path, line),
      by('git').principal,
    );
    return change;
  };

  it('are open changes of the project that edit the same lines or lines close by, closest first', async () => {
    const first = await pushed('I1', 10);
    const near = await pushed('I2', 13);
    await pushed('I3', 100);
    await pushed('I4', 10, 'other');
    await pushed('I5', 10, 'web', 'src/b.ts');
    const closed = await pushed('I6', 10);
    accepted(await send(closed, 'reject'));
    const mine = await pushed('I7', 10);
    const found = await graph.conflicts(ref(mine), 100);
    expect(found).toMatchObject({ revision: 1, total: 2, why: null, truncated: null });
    expect(found?.items).toMatchObject([
      { conflict: { with: first, closeness: 'overlap', first, approximate: true }, about: { key: 'I1' } },
      { conflict: { with: near, closeness: 'near', first: near }, about: { key: 'I2' } },
    ]);
    expect(found?.items[0]?.conflict.sentence).toContain('I7 and I1 both edit line 10 of src/a.ts.');
    expect(await graph.conflicts(ref(mine), 1)).toMatchObject({
      total: 2,
      truncated: 'Shown are the closest 1 of 2 conflicts.',
    });
    expect(await graph.conflicts(ref(closed), 1)).toMatchObject({
      why: 'I6 is rejected already, so nothing is in its way.',
    });
  });

  it('put the one that is needed first, whichever came first', async () => {
    const [first, second] = [await pushed('I1', 10), await pushed('I2', 10)];
    await depend(first, 'declared', second);
    const found = await graph.conflicts(ref(first), 100);
    expect(found?.items[0]?.conflict).toMatchObject({ first: second, because: 'I1 needs it' });
    expect((await graph.conflicts(ref(second), 100))?.items[0]?.conflict).toMatchObject({ first: second });
  });

  it('free nobody who waits for yet another, and who needs what goes before as well', async () => {
    const [a, b, c, d] = await chain(4);
    const other = await propose('I5');
    await depend(c, 'textual', b, other);
    await depend(d, 'textual', b, a);
    const found = await graph.whatIf(ref(b), { landsBefore: await propose('I6') });
    expect(found).toMatchObject({ isPossible: true, needs: [a], freed: [d] });
  });

  it('make a new revision necessary for the one that lands later', async () => {
    const [first, second] = [await pushed('I1', 10), await pushed('I2', 10)];
    const found = await graph.whatIf(ref(first), { landsBefore: second });
    expect(found?.effects).toMatchObject([
      { change: second, reason: expect.stringContaining('new revision') },
    ]);
  });

  it('are not known as long as nobody has sent the content', async () => {
    const change = await propose('I1');
    expect(await graph.conflicts(ref(change), 100)).toMatchObject({
      revision: null,
      items: [],
      why: 'Nobody has sent the content of a revision of I1.',
    });
  });
});

it('a change that does not exist has no answers', async () => {
  expect(await graph.blockers(ref(NOWHERE), 1)).toBeUndefined();
  expect(await graph.dependants(ref(NOWHERE), 1)).toBeUndefined();
  expect(await graph.conflicts(ref(NOWHERE), 1)).toBeUndefined();
  expect(await graph.draw(ref(NOWHERE), { directions: ['up'], limit: 1 })).toBeUndefined();
  expect(await graph.whatIf(ref(NOWHERE), { happens: 'revised' })).toBeUndefined();
  expect(MAX_LOADED).toBeGreaterThan(1);
});
