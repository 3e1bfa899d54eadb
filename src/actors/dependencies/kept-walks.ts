/**
 * What a change reaches in a kept graph, and the part of it around a change as a graph of its own. The walk is that of
 * `reach.ts`: in breadth, each level with its oldest change first; both give the same answers.
 */
import { byText } from '../owners/ownership.ts';
import { type Policies, policyOf } from './edge.ts';
import { buildGraph, type Direction, type Graph } from './graph.ts';
import type { KeptEdge, KeptGraph, KeptNode } from './kept-graph.ts';
import { nodeOf, unknownNode } from './nodes.ts';
import type { Reached } from './reach.ts';

export type PoliciesBy = (project: string) => Policies;
export type KeptTest = (edge: KeptEdge) => boolean;

/** What a walk came to: `edge` is the one by which it got there, `distance` edges from where it began. */
export interface Visited {
  readonly node: KeptNode;
  readonly edge: KeptEdge;
  readonly distance: number;
}

/** Of a change that nobody has proposed yet: it is younger than all. */
const ageOf = ({ stored }: KeptNode): number => stored?.since ?? Number.MAX_SAFE_INTEGER;

const isOpen = ({ stored }: KeptNode): boolean => stored === undefined || stored.outcome === null;

/** Edges whose policy is to block and whose ends are both open. */
export function blockingTest(policies: PoliciesBy): KeptTest {
  return ({ from, to, kind }) =>
    isOpen(from) && isOpen(to) && policyOf(policies(from.stored?.project ?? ''), kind) === 'block';
}

/** Nearest first; never the change itself. What it visited is marked with the number of the walk. */
export function visitedFrom(
  graph: KeptGraph,
  start: KeptNode,
  direction: Direction,
  takes: KeptTest = () => true,
): readonly Visited[] {
  const far = direction === 'up' ? 'to' : 'from';
  const walk = ++graph.walks;
  start.mark = walk;
  const visited: Visited[] = [];
  for (let level = [start], distance = 1; level.length > 0; distance++) {
    const next: Visited[] = [];
    for (const node of level) {
      for (const edge of node[direction]) {
        const other = edge[far];
        if (other.mark === walk || !takes(edge)) continue;
        other.mark = walk;
        next.push({ node: other, edge, distance });
      }
    }
    next.sort((a, b) => ageOf(a.node) - ageOf(b.node) || byText(a.node.change, b.node.change));
    for (const each of next) visited.push(each);
    level = next.map(({ node }) => node);
  }
  return visited;
}

export function reachedOf(visited: readonly Visited[]): readonly Reached[] {
  return visited.map(({ node, edge, distance }) => ({ change: node.change, distance, edge: edgeOf(edge) }));
}

/** These changes, and the edges between them. */
export function sectionOf(graph: KeptGraph, nodes: readonly KeptNode[], policies: PoliciesBy): Graph {
  const walk = ++graph.walks;
  for (const node of nodes) node.mark = walk;
  return buildGraph({
    nodes: nodes.map((node) =>
      node.stored ? nodeOf(node.stored) : unknownNode(node.change, node.down[0]?.from.stored?.project ?? ''),
    ),
    edges: nodes.flatMap(({ up }) => up.filter(({ to }) => to.mark === walk).map(edgeOf)),
    policies,
  });
}

function edgeOf({ from, to, kind, rule }: KeptEdge) {
  return { change: from.change, on: to.change, kind, rule };
}
