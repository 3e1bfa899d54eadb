/** What a store keeps of dependencies: the graph from both ends, what happened in it, and commits that were judged by others. */
import { expect, it } from 'vitest';
import type { Store } from '../../src/actors/ports.ts';
import type { ChangeCommit, ChangeEdge } from '../../src/persistence/records.ts';
import { entry, facts, proposal, refusal, state, step, TENANT } from '../support/commits.ts';

const edge = (on: string | null, over: Partial<ChangeEdge> = {}): ChangeEdge => ({
  target: on ?? 'nobody',
  kind: 'declared',
  rule: 'trailer',
  on,
  project: 'web',
  ...over,
});
const LOST = { ok: false, conflict: 'version' } as const;
const DONE = { ok: true, seq: expect.any(Number) } as const;

/** `fresh` gives an id no other test uses. */
export function storeEdges(store: () => Store, fresh: () => string): void {
  /** New changes, each with a key made of its id. */
  const changes = async (count: number): Promise<string[]> => {
    const ids = Array.from({ length: count }, fresh);
    await store().commit(
      ids.map((change) =>
        proposal(change, { facts: facts({ key: `key-${change}`, attributes: { risk: `risk-${change}` } }) }),
      ),
    );
    return ids;
  };
  const depend = (change: string, base: number, edges: ChangeEdge[], over: Partial<ChangeCommit> = {}) =>
    step(change, base, {
      edges,
      entries: [entry({ version: base + 1, event: 'change.depend' })],
      ...over,
    });
  const ended = (change: string, base: number, outcome = 'approved') =>
    step(change, base, {
      state: state(base + 1, { outcome }),
      entries: [entry({ version: base + 1, outcome })],
    });
  const seq = async () => (await store().position(TENANT))?.seq ?? 0;
  const ends = async (of: string | string[], direction: 'up' | 'down') =>
    (await store().edgesBeyond(TENANT, [of].flat(), direction, 100))
      .map(({ change, on }) => `${change} ${on}`)
      .sort();

  it('says where targets stand, by id, or by key in their project, and is silent about nobody', async () => {
    const [a = '', b = ''] = await changes(2);
    await store().commit([ended(a, 1, 'rejected')]);
    const target = (name: string, over = {}) => ({ tenant: TENANT, project: 'web', target: name, ...over });
    const asked = [
      target('nobody'),
      target(a),
      target(`key-${b}`),
      target(`key-${b}`, { project: 'api' }),
      target(a, { tenant: 'other' }),
      target(a, { project: 'api' }),
    ];
    expect(await store().standings(asked)).toEqual([
      { place: 2, change: a, version: 2, outcome: 'rejected', superseded: false, risk: `risk-${a}` },
      { place: 3, change: b, version: 1, outcome: null, superseded: false, risk: `risk-${b}` },
      { place: 6, change: a, version: 2, outcome: 'rejected', superseded: false, risk: `risk-${a}` },
    ]);
    expect(await store().standings([])).toEqual([]);
    const snapshot = { context: { supersededBy: a } };
    await store().commit([step(b, 1, { state: state(2, { outcome: 'withdrawn', snapshot }) })]);
    expect(await store().standings([target(b)])).toMatchObject([{ outcome: 'withdrawn', superseded: true }]);
  });

  it('gives edges from either end, the newest only, and those to nobody from one', async () => {
    const [a = '', b = '', c = ''] = await changes(3);
    await store().commit([
      depend(b, 1, [edge(a), edge(null, { target: `no-${b}` })]),
      depend(c, 1, [edge(a)]),
    ]);
    const known = { change: b, on: a, target: a, kind: 'declared', rule: 'trailer', known: true };
    const unknown = { ...known, on: `no-${b}`, target: `no-${b}`, known: false };
    const up = await store().edgesAt(TENANT, [b], 'up');
    expect(up).toHaveLength(2);
    expect(up).toEqual(expect.arrayContaining([known, unknown]));
    const down = await store().edgesAt(TENANT, [a, `no-${b}`], 'down');
    expect(down.map(({ change }) => change).sort()).toEqual([b, c].sort());
    await store().commit([depend(b, 2, [edge(c, { kind: 'textual' })]), depend(c, 2, [])]);
    expect(await store().edgesAt(TENANT, [a], 'down')).toEqual([]);
    expect(await store().edgesAt(TENANT, [b, c], 'up')).toEqual([
      { ...known, on: c, target: c, kind: 'textual' },
    ]);
    expect(await store().edgesAt('other', [b], 'up')).toEqual([]);
  });

  it('goes through the graph to its ends, around circles once', async () => {
    const [a = '', b = '', c = '', d = ''] = await changes(4);
    await store().commit([
      depend(b, 1, [edge(a)]),
      depend(c, 1, [edge(b), edge(a)]),
      depend(d, 1, [edge(c), edge(d)]),
      depend(a, 1, [edge(c)]),
    ]);
    const circle = [`${b} ${a}`, `${c} ${b}`, `${c} ${a}`, `${a} ${c}`];
    const all = [...circle, `${d} ${c}`, `${d} ${d}`].sort();
    expect(await ends(d, 'up')).toEqual(all);
    expect(await ends(a, 'up')).toEqual(circle.sort());
    expect(await ends(a, 'down')).toEqual(all);
    expect(await ends([b, d], 'up')).toEqual(all);
    expect(await store().edgesBeyond(TENANT, [d], 'up', 2)).toHaveLength(2);
    expect(await store().edgesBeyond(TENANT, [fresh()], 'up', 2)).toEqual([]);
  });

  it('gives every edge of a tenant, the newest only, up to a limit', async () => {
    const tenant = `all-${fresh()}`;
    const [a, b] = [fresh(), fresh()];
    await store().createTenant({ tenant, title: 'T', createdAt: 1 });
    await store().commit([proposal(a, { tenant }), proposal(b, { tenant })]);
    await store().commit([
      depend(b, 1, [edge(a), edge(null)], { tenant }),
      depend(a, 1, [edge(b)], { tenant }),
    ]);
    await store().commit([depend(a, 2, [], { tenant })]);
    const all = await store().allEdges(tenant, 10);
    const known = { change: b, on: a, target: a, kind: 'declared', rule: 'trailer', known: true };
    expect(all).toHaveLength(2);
    expect(all).toEqual(
      expect.arrayContaining([known, { ...known, on: 'nobody', target: 'nobody', known: false }]),
    );
    expect(await store().allEdges(tenant, 1)).toHaveLength(1);
    expect(await store().allEdges('nobody', 10)).toEqual([]);
  });

  it('tells which changes moved within a part of the stream, once each, up to a limit', async () => {
    const [a = '', b = '', c = ''] = await changes(3);
    const after = await seq();
    await store().commit([step(a, 1), step(b, 1)]);
    await store().commit([step(a, 2)]);
    await store().commit([refusal(c, 1)]);
    const until = await seq();
    await store().commit([step(c, 1)]);
    expect((await store().movedIn(TENANT, after, until, 10)).sort()).toEqual([a, b].sort());
    expect(await store().movedIn(TENANT, after, until, 1)).toHaveLength(1);
    expect(await store().movedIn(TENANT, until, until, 10)).toEqual([]);
    expect(await store().movedIn('other', after, until, 10)).toEqual([]);
  });

  it('shows the changes of a graph, as far as there are any', async () => {
    const [a = ''] = await changes(1);
    const { createdAt: since, title, project } = facts();
    const node = { change: a, key: `key-${a}`, title, project, since, state: 'review', outcome: null };
    expect(await store().graphNodes(TENANT, [fresh(), a])).toEqual([node]);
    expect(await store().graphNodes('other', [a])).toEqual([]);
  });

  it('knows who depends on a change: by id, and by key as long as that was nobody', async () => {
    const [a = '', b = '', c = '', d = ''] = await changes(4);
    const happened = {
      tenant: TENANT,
      change: a,
      version: 1,
      event: 'propose',
      outcome: null,
      project: 'web',
      key: `late-${a}`,
      title: 't',
    };
    await store().commit([
      depend(b, 1, [edge(a, { target: 'y' }), edge(a, { target: 'x', kind: 'textual' })]),
      depend(c, 1, [edge(null, { target: `late-${a}` })]),
      depend(d, 1, [edge(null, { target: `late-${a}`, project: 'api' })]),
    ]);
    await store().commit([ended(b, 2)]);
    expect(await store().dependantsOf(happened)).toEqual([
      { change: b, target: 'x', outcome: 'approved' },
      { change: c, target: `late-${a}`, outcome: null },
    ]);
    expect(await store().dependantsOf({ ...happened, key: null })).toHaveLength(1);
    expect(await store().dependantsOf({ ...happened, change: d, key: null })).toEqual([]);
  });

  it('tells what happened last to those that others depend on, within a part of the stream', async () => {
    const [a = '', b = '', c = ''] = await changes(3);
    await store().commit([depend(c, 1, [edge(a)])]);
    const after = await seq();
    const revised = step(a, 1, { entries: [entry({ version: 2, event: 'change.revise' })] });
    await store().commit([revised, ended(b, 1)]);
    const middle = await seq();
    await store().commit([step(a, 2)]);
    await store().commit([ended(a, 3, 'withdrawn')]);
    const { title, project } = facts();
    const told = { change: a, project, title, key: `key-${a}` };
    expect(await store().happenedIn(TENANT, after, middle)).toEqual([
      { ...told, version: 2, event: 'change.revise', outcome: null },
    ]);
    expect(await store().happenedIn(TENANT, after, await seq())).toEqual([
      { ...told, version: 4, event: 'approve', outcome: 'withdrawn' },
    ]);
    const ending = await seq();
    await store().commit([
      step(a, 4, { entries: [entry({ version: 5, event: 'reopen', from: 'ended', to: 'open' })] }),
    ]);
    expect(await store().happenedIn(TENANT, ending, await seq())).toEqual([
      { ...told, version: 5, event: 'reopen', outcome: null },
    ]);
    const reopening = await seq();
    await store().commit([step(a, 5)]);
    expect(await store().happenedIn(TENANT, reopening, await seq())).toEqual([]);
    expect(await store().happenedIn(TENANT, await seq(), (await seq()) + 9)).toEqual([]);
    expect(await store().happenedIn('other', after, await seq())).toEqual([]);
  });

  it('tells that somebody was proposed whom others meant by key', async () => {
    const [a = ''] = await changes(1);
    const late = fresh();
    await store().commit([depend(a, 1, [edge(null, { target: `key-${late}` })])]);
    const after = await seq();
    await store().commit([proposal(late, { facts: facts({ key: `key-${late}` }) })]);
    expect(await store().happenedIn(TENANT, after, await seq())).toMatchObject([
      { change: late, event: 'propose', version: 1, outcome: null },
    ]);
  });

  it('begins a cascade with the first edge of a tenant, before it, and never moves it back', async () => {
    const tenant = `cascade-${fresh()}`;
    const [a, b] = [fresh(), fresh()];
    const own = async () => (await store().cascadePositions()).filter((each) => each.tenant === tenant);
    await store().createTenant({ tenant, title: 'T', createdAt: 1 });
    await store().commit([proposal(a, { tenant }), proposal(b, { tenant })]);
    expect(await own()).toEqual([]);
    await store().commit([depend(b, 1, [edge(a)], { tenant })]);
    expect(await own()).toEqual([{ tenant, seq: 2, head: 3, directorySeq: 0, directoryHead: 0 }]);
    await store().moveCascade(tenant, 3);
    await store().moveCascade(tenant, 1);
    await store().commit([depend(b, 2, [], { tenant })]);
    expect(await own()).toMatchObject([{ tenant, seq: 3, head: 4 }]);
  });

  it('remembers how far the directory was looked through for those that depend on others, and who these are', async () => {
    const tenant = `rules-${fresh()}`;
    const [a, b, c] = [fresh(), fresh(), fresh()].sort() as [string, string, string];
    await store().createTenant({ tenant, title: 'T', createdAt: 1 });
    await store().commit([a, b, c].map((change) => proposal(change, { tenant })));
    await store().commit([depend(b, 1, [edge(a)], { tenant }), depend(c, 1, [edge(a)], { tenant })]);
    const value = { dependencies: { policies: { textual: 'warn' } } };
    const said = { kind: 'project', name: 'web', value } as const;
    await store().addDirectoryEntries({ tenant, setBy: 'ops', reason: null, setAt: 1 }, [said]);
    const own = async () => (await store().cascadePositions()).filter((each) => each.tenant === tenant);
    expect(await own()).toMatchObject([{ directorySeq: 0, directoryHead: 1 }]);
    await store().moveCascadeRules(tenant, 1);
    await store().moveCascadeRules(tenant, 0);
    expect(await own()).toMatchObject([{ directorySeq: 1, directoryHead: 1 }]);
    const changes = async (after: string, limit: number) =>
      (await store().openDependants(tenant, after, limit)).map(({ change }) => change);
    expect(await changes('', 10)).toEqual([b, c]);
    expect(await changes('', 1)).toEqual([b]);
    expect(await changes(b, 10)).toEqual([c]);
    await store().commit([depend(c, 2, [], { tenant })]);
    expect(await changes('', 10)).toEqual([b]);
  });

  it('loses a commit that was judged by another change at another version, without a trace', async () => {
    const [a = '', b = '', c = ''] = await changes(3);
    await store().commit([step(b, 1)]);
    const before = await seq();
    const key = { principal: 'alice', key: `requires-${a}`, digest: 'd', entry: 0 };
    const lost = depend(a, 1, [edge(b)], { requires: [{ change: b, version: 1 }], keys: [key] });
    const unseen = step(c, 1, { requires: [{ change: fresh(), version: 1 }] });
    expect(await store().commit([lost, unseen])).toEqual([LOST, LOST]);
    expect(await seq()).toBe(before);
    expect(await store().edgesAt(TENANT, [a], 'up')).toEqual([]);
    expect(await store().answers([{ tenant: TENANT, ...key }])).toEqual([]);
    const seen = {
      ...lost,
      requires: [
        { change: b, version: 2 },
        { change: b, version: 2 },
      ],
    };
    expect(await store().commit([seen])).toEqual([DONE]);
  });

  it('commits two that were judged by the same third one at once, and lets neighbours of a loser through', async () => {
    const [a = '', b = '', c = '', d = ''] = await changes(4);
    const requires = [{ change: a, version: 1 }];
    const stale = [{ change: a, version: 7 }];
    const before = await seq();
    const three = [step(b, 1, { requires }), step(c, 1, { requires: stale }), step(d, 1, { requires })];
    expect(await store().commit(three)).toEqual([
      { ok: true, seq: before + 1 },
      LOST,
      { ok: true, seq: before + 2 },
    ]);
  });

  it('loses one that was judged by a change the same batch moves on before it', async () => {
    const [a = '', b = ''] = await changes(2);
    const judged = step(b, 1, { requires: [{ change: a, version: 1 }] });
    expect(await store().commit([step(a, 1), judged])).toEqual([DONE, LOST]);
    expect(await store().change({ tenant: TENANT, change: b })).toMatchObject({ version: 1 });
    const again = { ...judged, requires: [{ change: a, version: 2 }] };
    const both = await store().commit([again, step(a, 2)]);
    // Written in this order, or the judged one lost: never the other way round.
    expect(both[1]).toEqual(DONE);
    const [first, second] = both;
    if (first?.ok && second?.ok) expect(first.seq).toBeLessThan(second.seq);
    else expect(first).toEqual(LOST);
  });

  it('commits nothing of what stays together where one was judged by what moved on', async () => {
    const [a = '', b = '', c = ''] = await changes(3);
    const judged = step(b, 1, { requires: [{ change: c, version: 9 }] });
    const before = await seq();
    expect(await store().commit([step(a, 1), judged], { together: true })).toEqual([
      { ok: false, conflict: 'together' },
      LOST,
    ]);
    expect(await seq()).toBe(before);
  });

  it('loses one that names a change as nobody, where it has been proposed, also by the same batch', async () => {
    const [a = '', b = ''] = await changes(2);
    const naming = (change: string, key: string) => depend(change, 1, [edge(null, { target: key })]);
    expect(await store().commit([naming(a, `key-${b}`)])).toEqual([LOST]);
    const late = fresh();
    const proposed = proposal(late, { facts: facts({ key: `key-${late}` }) });
    expect(await store().commit([proposed, naming(a, `key-${late}`)])).toEqual([DONE, LOST]);
    const elsewhere = depend(a, 1, [edge(null, { target: `key-${b}`, project: 'api' })]);
    expect(await store().commit([elsewhere])).toEqual([DONE]);
  });
}
