/** Who depends on whom, directly and through others, and who goes in circles, against naive answers. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cycleOf, cyclesIn } from '../../../src/actors/dependencies/cycles.ts';
import {
  DEFAULT_POLICIES,
  DEFAULT_REACTIONS,
  policiesSchema,
  policyOf,
  resolvePolicies,
  resolveReactions,
} from '../../../src/actors/dependencies/edge.ts';
import { BLOCKING, buildGraph, policyOfEdge } from '../../../src/actors/dependencies/graph.ts';
import {
  allDependenciesOf,
  allDependentsOf,
  blockedBy,
  blockersOf,
  dependenciesOf,
  dependentsOf,
  lostOf,
  wayTo,
} from '../../../src/actors/dependencies/reach.ts';
import { blocks, distances, edge, graphOf, node, small } from './graphs.ts';

describe('policies and reactions', () => {
  it('are taken from the narrowest layer that says something', () => {
    const tenant = { near: 'block', order: 'warn' } as const;
    const project = { near: 'allow', textual: undefined } as const;
    expect(resolvePolicies(tenant, null, project)).toEqual({
      ...DEFAULT_POLICIES,
      order: 'warn',
      near: 'allow',
    });
    expect(resolveReactions(undefined, { revised: 'reopen' })).toEqual({
      ...DEFAULT_REACTIONS,
      revised: 'reopen',
    });
    expect(policyOf({ near: 'block' }, 'near')).toBe('block');
    expect(policyOf({}, 'near')).toBe('warn');
  });

  it('are refused where a kind or a policy does not exist', () => {
    expect(policiesSchema.safeParse({ textual: 'never' }).success).toBe(false);
    expect(policiesSchema.safeParse({ textural: 'block' }).success).toBe(false);
    expect(policiesSchema.parse({ order: 'warn' })).toEqual({ order: 'warn' });
  });
});

describe('a graph', () => {
  it('keeps each edge once, no loops, and apart what leads to unknown changes', () => {
    const edges = [edge('b', 'a'), edge('b', 'a'), edge('b', 'a', 'near'), edge('a', 'a'), edge('b', 'x')];
    const graph = buildGraph({ nodes: [node('a'), node('b')], edges });
    expect(graph.edges).toEqual([edge('b', 'a'), edge('b', 'a', 'near')]);
    expect(graph.unknown).toEqual([edge('b', 'x')]);
  });

  it('takes the policy from the project of the change that depends', () => {
    const graph = buildGraph({
      nodes: [node('a', { project: 'lax' }), node('b', { project: 'strict' })],
      edges: [edge('a', 'b', 'near'), edge('b', 'a', 'near')],
      policies: (project) => resolvePolicies(project === 'lax' ? { near: 'allow' } : { near: 'block' }),
    });
    expect(graph.edges.map((_, at) => policyOfEdge(graph, at))).toEqual(['allow', 'block']);
    expect(blockersOf(graph, 'b').map(({ change }) => change)).toEqual(['a']);
    expect(blockersOf(graph, 'a')).toEqual([]);
  });

  it('tells what is direct, the oldest first, and nothing of a change it does not know', () => {
    const graph = graphOf('d>c d>a d>b e>d');
    expect(dependenciesOf(graph, 'd').map(({ on }) => on)).toEqual(['a', 'b', 'c']);
    expect(dependentsOf(graph, 'd')).toEqual([edge('e', 'd')]);
    expect(dependenciesOf(graph, 'd', { kinds: ['near'] })).toEqual([]);
    expect([dependenciesOf(graph, 'x'), allDependentsOf(graph, 'x'), cycleOf(graph, 'x')]).toEqual([
      [],
      [],
      [],
    ]);
  });

  it('does not wait through a change that has landed, and names what was lost', () => {
    const nodes = [node('b', { outcome: 'applied' }), node('r', { outcome: 'rejected' })];
    const graph = graphOf('c>b b>a c>r', nodes);
    expect(blockersOf(graph, 'c')).toEqual([]);
    expect(lostOf(graph, 'c')).toEqual([edge('c', 'r')]);
  });

  it('knows the way to whatever it reaches', () => {
    const graph = graphOf('d>c c>b b>a d>a2 a2>a');
    const reached = allDependenciesOf(graph, 'd');
    expect(wayTo(reached, 'b')).toEqual([edge('d', 'c'), edge('c', 'b')]);
    expect(wayTo(reached, 'a')).toEqual([edge('d', 'a2'), edge('a2', 'a')]);
    expect(wayTo(allDependentsOf(graph, 'a'), 'd')).toEqual([edge('a2', 'a'), edge('d', 'a2')]);
  });
});

describe('on random graphs', () => {
  it('everything is reached at its shortest distance, nearest first, as Floyd and Warshall say', () => {
    fc.assert(
      fc.property(small(), fc.constantFrom('all', 'near', 'blocking'), (given, which) => {
        const graph = buildGraph(given);
        const only = { all: {}, near: { kinds: ['near'] as const }, blocking: BLOCKING }[which];
        const taken = given.edges.filter(
          (one) => which === 'all' || (which === 'near' ? one.kind === 'near' : blocks(given, one)),
        );
        const distance = distances(given, taken);
        for (const { change } of given.nodes) {
          const others = given.nodes.map((one) => one.change).filter((other) => other !== change);
          for (const [reached, at] of [
            [allDependenciesOf(graph, change, only), (other: string) => distance(change, other)],
            [allDependentsOf(graph, change, only), (other: string) => distance(other, change)],
          ] as const) {
            const expected = others.filter((other) => at(other) < Number.POSITIVE_INFINITY);
            expect(reached.map((one) => one.change).sort()).toEqual(expected.sort());
            expect(reached.map((one) => one.distance)).toEqual(reached.map((one) => at(one.change)));
            const order = reached.map((one) => one.distance);
            expect(order).toEqual([...order].sort((a, b) => a - b));
            for (const one of reached) expect(wayTo(reached, one.change)).toHaveLength(one.distance);
          }
        }
      }),
    );
  });

  it('what blocks me is blocked by nobody but those whom I am blocked by', () => {
    fc.assert(
      fc.property(small(), (given) => {
        const graph = buildGraph(given);
        for (const { change } of given.nodes)
          for (const blocker of blockersOf(graph, change))
            expect(blockedBy(graph, blocker.change).map((one) => one.change)).toContain(change);
      }),
    );
  });

  it('changes are in one cycle when each reaches the other', () => {
    fc.assert(
      fc.property(small(), (given) => {
        const graph = buildGraph(given);
        const distance = distances(given, given.edges);
        const together = (a: string, b: string) =>
          distance(a, b) < Number.POSITIVE_INFINITY && distance(b, a) < Number.POSITIVE_INFINITY;
        const ids = given.nodes.map(({ change }) => change);
        const cycles = cyclesIn(graph, {});
        for (const id of ids) {
          const mates = ids.filter((other) => together(id, other)).sort();
          expect([...cycleOf(graph, id, {})].sort()).toEqual(mates);
          const found = cycles.find((cycle) => cycle.includes(id));
          expect(found ? [...found].sort() : [id]).toEqual(mates);
        }
        expect(cycles.flat()).toHaveLength(new Set(cycles.flat()).size);
      }),
    );
  });

  it('a circle of twenty thousand changes ends as any other', () => {
    const size = 20_000;
    const nodes = Array.from({ length: size }, (_, at) => node(`c${at}`, { since: at }));
    const edges = nodes.map((_, at) => edge(`c${at}`, `c${(at + 1) % size}`));
    const graph = buildGraph({ nodes, edges });
    expect(cyclesIn(graph).map(({ length }) => length)).toEqual([size]);
    expect(blockersOf(graph, 'c0')).toHaveLength(size - 1);
  });
});
