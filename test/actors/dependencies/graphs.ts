/** Small graphs for the tests: by hand, at random with cycles, and the naive answers that the real ones are held against. */
import fc from 'fast-check';
import { EDGE_KINDS, type Edge, type EdgeKind } from '../../../src/actors/dependencies/edge.ts';
import { buildGraph, type Graph, type GraphNode } from '../../../src/actors/dependencies/graph.ts';

export const node = (change: string, over: Partial<GraphNode> = {}): GraphNode => ({
  change,
  key: change.toUpperCase(),
  title: `Title of ${change}`,
  project: 'p',
  state: 'review',
  outcome: null,
  since: change.charCodeAt(0),
  ...over,
});

export const edge = (change: string, on: string, kind: EdgeKind = 'declared', rule = 'trailer'): Edge => ({
  change,
  on,
  kind,
  rule,
});

/** `'b>a c>b'`: b depends on a, c on b. Nodes are as old as their letters, unless they are given. */
export function graphOf(text: string, nodes: readonly GraphNode[] = [], more: readonly Edge[] = []): Graph {
  const edges = text
    .split(' ')
    .filter((word) => word.includes('>'))
    .map((word) => edge(word.split('>')[0] ?? '', word.split('>')[1] ?? ''));
  const names = new Set([...text.matchAll(/\w+/g)].map(([name]) => name));
  for (const { change, on } of more) names.add(change).add(on);
  const given = new Set(nodes.map(({ change }) => change));
  return buildGraph({
    nodes: [...nodes, ...[...names].filter((name) => !given.has(name)).map((name) => node(name))],
    edges: [...edges, ...more],
  });
}

export interface Small {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly Edge[];
}

/** Up to `max` nodes of which some have ended or are equally old, with edges of all kinds, cycles, loops and repetitions. */
export const small = (max = 8): fc.Arbitrary<Small> =>
  fc.integer({ min: 1, max }).chain((size) =>
    fc.record({
      nodes: fc
        .tuple(
          ...Array.from({ length: size }, () =>
            fc.record({
              since: fc.integer({ min: 0, max: 4 }),
              outcome: fc.constantFrom(null, null, null, null, 'applied' as const, 'rejected' as const),
            }),
          ),
        )
        .map((all) => all.map((over, at) => node(`c${at}`, over))),
      edges: fc.array(
        fc
          .tuple(
            fc.nat(size - 1),
            fc.nat(size - 1),
            fc.constantFrom(...EDGE_KINDS),
            fc.constantFrom('trailer', 'within-3-lines'),
          )
          .map(([from, to, kind, rule]) => edge(`c${from}`, `c${to}`, kind, rule)),
        { maxLength: size * 3 },
      ),
    }),
  );

/** What counts as blocking, said again in the plainest way. */
export function blocks({ nodes }: Small, { change, on, kind }: Edge): boolean {
  const isOpen = (id: string) => nodes.find((one) => one.change === id)?.outcome === null;
  return change !== on && ['textual', 'declared', 'group'].includes(kind) && isOpen(change) && isOpen(on);
}

/** All shortest distances over these edges (Floyd and Warshall). */
export function distances({ nodes }: Small, edges: readonly Edge[]): (from: string, to: string) => number {
  const ids = nodes.map(({ change }) => change);
  const key = (from: string, to: string) => `${from} ${to}`;
  const known = new Map(edges.map(({ change, on }) => [key(change, on), 1]));
  for (const id of ids) known.set(key(id, id), 0);
  const at = (from: string, to: string) => known.get(key(from, to)) ?? Number.POSITIVE_INFINITY;
  for (const k of ids)
    for (const i of ids) for (const j of ids) known.set(key(i, j), Math.min(at(i, j), at(i, k) + at(k, j)));
  return at;
}
