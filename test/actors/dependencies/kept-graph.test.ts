/** The graph that is kept between questions: it answers as the one that is loaded for each, whatever happened since. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { criticalPath } from '../../../src/actors/dependencies/critical-path.ts';
import { DEFAULT_POLICIES, type Edge } from '../../../src/actors/dependencies/edge.ts';
import { BLOCKING, buildGraph } from '../../../src/actors/dependencies/graph.ts';
import { emptyGraph, type KeptGraph, patchGraph } from '../../../src/actors/dependencies/kept-graph.ts';
import { KEPT_LIMITS, type KeptStore, keptGraphs } from '../../../src/actors/dependencies/kept-graphs.ts';
import {
  blockingTest,
  reachedOf,
  sectionOf,
  visitedFrom,
} from '../../../src/actors/dependencies/kept-walks.ts';
import { loadGraph } from '../../../src/actors/dependencies/loading.ts';
import {
  allDependenciesOf,
  allDependentsOf,
  blockedBy,
  blockersOf,
  lostOf,
} from '../../../src/actors/dependencies/reach.ts';
import { EMPTY } from '../../../src/actors/directory/state.ts';
import type { ChangeEdge, EdgeRow } from '../../../src/persistence/records.ts';
import { entry, facts, proposal, state, step, TENANT } from '../../support/commits.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { small } from './graphs.ts';

const policies = () => DEFAULT_POLICIES;
const reachedFrom = (...walk: Parameters<typeof visitedFrom>) => reachedOf(visitedFrom(...walk));
const row = (edge: Edge): EdgeRow => ({ ...edge, target: edge.on, known: true });

function startOf(graph: KeptGraph, change: string) {
  const node = graph.nodes.get(change);
  if (!node) throw new Error(`${change} is not kept`);
  return node;
}

describe('on random graphs', () => {
  it('a walk reaches what the graph in arrays says, by the same edges in the same order', () => {
    fc.assert(
      fc.property(small(), ({ nodes, edges }) => {
        const graph = buildGraph({ nodes, edges });
        const kept = emptyGraph();
        patchGraph(kept, { moved: [], edges: edges.map(row), nodes });
        for (const { change } of nodes) {
          const start = kept.nodes.get(change);
          if (!start) {
            expect(edges.filter((each) => each.change === change || each.on === change)).toEqual([]);
            continue;
          }
          const blocking = blockingTest(policies);
          expect(reachedFrom(kept, start, 'up')).toEqual(allDependenciesOf(graph, change));
          expect(reachedFrom(kept, start, 'down')).toEqual(allDependentsOf(graph, change));
          expect(reachedFrom(kept, start, 'up', blocking)).toEqual(blockersOf(graph, change));
          expect(reachedFrom(kept, start, 'down', blocking)).toEqual(blockedBy(graph, change));
        }
      }),
    );
  });

  it('the part around a change has the same critical path and has lost the same', () => {
    fc.assert(
      fc.property(small(), ({ nodes, edges }) => {
        const graph = buildGraph({ nodes, edges });
        const kept = emptyGraph();
        patchGraph(kept, { moved: [], edges: edges.map(row), nodes });
        const estimate = (change: string) => (change.charCodeAt(1) % 3) * 10;
        for (const [change, start] of kept.nodes) {
          const near = reachedFrom(kept, start, 'up', blockingTest(policies));
          const part = new Set([start, ...start.up.map(({ to }) => to)]);
          for (const one of near) part.add(startOf(kept, one.change));
          const section = sectionOf(kept, [...part], policies);
          expect(criticalPath(section, change, estimate)).toEqual(criticalPath(graph, change, estimate));
          expect(lostOf(section, change)).toEqual(lostOf(graph, change));
          expect(allDependenciesOf(section, change, BLOCKING)).toEqual(near);
        }
      }),
    );
  });
});

const IDS = ['a', 'b', 'c', 'd', 'e'] as const;

type Happens =
  | { readonly does: 'propose' | 'end'; readonly change: string }
  | { readonly does: 'depend'; readonly change: string; readonly on: readonly string[] };

const happens: fc.Arbitrary<Happens> = fc.oneof(
  fc.record({ does: fc.constantFrom('propose' as const, 'end' as const), change: fc.constantFrom(...IDS) }),
  fc.record({
    does: fc.constant('depend' as const),
    change: fc.constantFrom(...IDS),
    on: fc.uniqueArray(fc.constantFrom(...IDS), { maxLength: 3 }),
  }),
);

/** A tenant whose changes are called by key until they are proposed. */
async function history() {
  const store = new MemoryStore();
  await store.createTenant({ tenant: TENANT, title: 'T', createdAt: 1 });
  const versions = new Map<string, number>();
  const moved = (change: string) => {
    const base = versions.get(change) ?? 0;
    versions.set(change, base + 1);
    return base;
  };
  const edge = (target: string): ChangeEdge => ({
    ...{ target: `key-${target}`, kind: 'declared', rule: 'trailer', project: 'web' },
    on: versions.has(target) ? target : null,
  });
  return {
    store,
    async take(given: Happens) {
      const { does, change } = given;
      if ((does === 'propose') === versions.has(change)) return;
      const base = moved(change);
      const entries = [entry({ version: base + 1, event: 'moved' })];
      const commit =
        does === 'propose'
          ? proposal(change, { facts: facts({ key: `key-${change}`, createdAt: change.charCodeAt(0) }) })
          : given.does !== 'depend'
            ? step(change, base, { entries, state: state(base + 1, { outcome: 'rejected' }) })
            : step(change, base, { entries, edges: given.on.map(edge) });
      expect(await store.commit([commit])).toMatchObject([{ ok: true }]);
    },
  };
}

it('whatever happens to changes, the kept graph is the one that would be loaded now', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happens, { maxLength: 25 }), async (all) => {
      const { store, take } = await history();
      const kept = keptGraphs(store);
      for (const one of all) {
        await take(one);
        const now = await kept(TENANT);
        const again = await keptGraphs(store)(TENANT);
        if (!now || !again) throw new Error('it is kept');
        expect(tellAll(now)).toEqual(tellAll(again));
        expect(now.edges).toBe(again.edges);
        for (const [change, node] of now.nodes) {
          if (!node.stored) continue;
          const question = { tenant: TENANT, changes: [change], directions: ['up'] as const };
          const { graph } = await loadGraph({ store, directory: async () => EMPTY }, question);
          const found = reachedFrom(now, node, 'up').map((each) => [each.change, each.distance]);
          expect(found).toEqual(allDependenciesOf(graph, change).map((each) => [each.change, each.distance]));
        }
      }
    }),
    { numRuns: 60 },
  );
});

function tellAll({ nodes }: KeptGraph) {
  const all = [...nodes.values()].map(({ change, stored, up, down }) => ({
    ...{ change, stored },
    up: up.map(({ from, to }) => `${from.change} ${to.change}`).sort(),
    down: down.map(({ from, to }) => `${from.change} ${to.change}`).sort(),
  }));
  return all.sort((a, b) => (a.change < b.change ? -1 : 1));
}

describe('keeping', () => {
  const chain = async () => {
    const { store, take } = await history();
    for (const change of IDS) await take({ does: 'propose', change });
    await take({ does: 'depend', change: 'b', on: ['a'] });
    await take({ does: 'depend', change: 'c', on: ['b'] });
    const asked: string[] = [];
    const told = <K extends keyof KeptStore>(name: K): KeptStore[K] =>
      ((...args: readonly never[]) => {
        asked.push(name);
        return (store[name] as (...given: readonly never[]) => unknown)(...args);
      }) as KeptStore[K];
    const counted: KeptStore = {
      position: (tenant) => store.position(tenant),
      allEdges: told('allEdges'),
      movedIn: told('movedIn'),
      edgesAt: told('edgesAt'),
      graphNodes: told('graphNodes'),
    };
    const asking = () => asked.splice(0);
    return { store, take, counted, asking };
  };

  it('questions at the same time share one look, and none looks where nothing moved', async () => {
    const { counted, asking, take } = await chain();
    const kept = keptGraphs(counted);
    await Promise.all([kept(TENANT), kept(TENANT), kept(TENANT)]);
    expect(asking()).toEqual(['allEdges', 'graphNodes']);
    await kept(TENANT);
    expect(asking()).toEqual([]);
    await take({ does: 'depend', change: 'd', on: ['c'] });
    const found = await Promise.all([kept(TENANT), kept(TENANT)]);
    expect(asking()).toEqual(['movedIn', 'edgesAt', 'graphNodes']);
    expect(found[0]?.nodes.get('d')?.stored?.state).toBe('review');
  });

  it('a question that comes while others look for less looks again', async () => {
    const { counted, take, store } = await chain();
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    let isFirst = true;
    const slow: KeptStore = {
      ...counted,
      allEdges: async (tenant, limit) => {
        const found = await store.allEdges(tenant, limit);
        if (isFirst) await gate;
        isFirst = false;
        return found;
      },
    };
    const kept = keptGraphs(slow);
    const early = kept(TENANT);
    await take({ does: 'depend', change: 'd', on: ['c'] });
    const late = kept(TENANT);
    open();
    await early;
    expect((await late)?.nodes.get('d')?.up).toHaveLength(1);
  });

  it('all is loaded again where much moved, or where the stream is another one', async () => {
    const { counted, asking, take, store } = await chain();
    let epoch: string | undefined;
    const position: KeptStore['position'] = async (tenant) => {
      const now = await store.position(tenant);
      return now && { ...now, epoch: epoch ?? now.epoch };
    };
    const kept = keptGraphs({ ...counted, position }, { ...KEPT_LIMITS, moved: 1 });
    await kept(TENANT);
    await take({ does: 'end', change: 'a' });
    await take({ does: 'depend', change: 'd', on: ['c'] });
    asking();
    expect((await kept(TENANT))?.nodes.get('a')?.stored?.outcome).toBe('rejected');
    expect(asking()).toEqual(['movedIn', 'allEdges', 'graphNodes']);
    epoch = 'restored';
    await kept(TENANT);
    expect(asking()).toEqual(['allEdges', 'graphNodes']);
  });

  it('a graph that is or grows too large is not kept, and is not looked at with every question', async () => {
    const { counted, asking, take } = await chain();
    const kept = keptGraphs(counted, { ...KEPT_LIMITS, edges: 2 });
    expect((await kept(TENANT))?.edges).toBe(2);
    await take({ does: 'depend', change: 'd', on: ['c'] });
    expect(await kept(TENANT)).toBeUndefined();
    asking();
    await take({ does: 'depend', change: 'd', on: [] });
    expect(await kept(TENANT)).toBeUndefined();
    expect(asking()).toEqual([]);
  });

  it('the tenant that was asked about longest ago is forgotten', async () => {
    const { counted, asking, store } = await chain();
    await store.createTenant({ tenant: 'other', title: 'O', createdAt: 1 });
    const kept = keptGraphs(counted, { ...KEPT_LIMITS, tenants: 1 });
    for (const tenant of [TENANT, 'other', TENANT]) await kept(tenant);
    expect(asking().filter((name) => name === 'allEdges')).toHaveLength(3);
  });

  it('a look that fails changes nothing: the next question looks again', async () => {
    const { counted, take } = await chain();
    let isBroken = false;
    const graphNodes: KeptStore['graphNodes'] = async (...args) => {
      if (isBroken) throw new Error('gone');
      return counted.graphNodes(...args);
    };
    const kept = keptGraphs({ ...counted, graphNodes });
    await kept(TENANT);
    await take({ does: 'depend', change: 'd', on: ['c'] });
    isBroken = true;
    await expect(kept(TENANT)).rejects.toThrow('gone');
    isBroken = false;
    expect((await kept(TENANT))?.nodes.get('c')?.down).toHaveLength(1);
  });
});
