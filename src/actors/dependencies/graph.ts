/**
 * The dependencies of many changes as one graph: nodes and edges by number in typed arrays, so that a hundred thousand
 * changes are walked in a tenth of a second. A graph never changes; it is built again. Every order in it comes from the age of the changes, so equal input gives equal answers.
 */
import type { Outcome } from '../../machines/definition.ts';
import { byText } from '../owners/ownership.ts';
import {
  DEFAULT_POLICIES,
  EDGE_KINDS,
  type Edge,
  type EdgeKind,
  POLICIES,
  type Policies,
  type Policy,
  policyOf,
} from './edge.ts';
import { remembered } from './remembered.ts';
import { distinct, type Ends, type Rows, rowsBy } from './rows.ts';

export interface GraphNode {
  /** Its id. */
  readonly change: string;
  /** What people call it. */
  readonly key: string;
  readonly title: string;
  readonly project: string;
  readonly state: string;
  /** Null while it is open. */
  readonly outcome: Outcome | null;
  /** When it was submitted, in ms since the epoch: the smaller, the older. */
  readonly since: number;
}

export interface GraphSource {
  readonly nodes: Iterable<GraphNode>;
  /** What is said twice is kept once; a change does not depend on itself. */
  readonly edges: Iterable<Edge>;
  /** By project, since the project of the change that depends decides; or the same for all. */
  readonly policies?: Policies | ((project: string) => Policies);
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly Edge[];
  /** Edges of which an end is no node. They count for nothing; whoever builds the graph says whether that is right. */
  readonly unknown: readonly Edge[];
  /** The number of a change. */
  readonly places: ReadonlyMap<string, number>;
  /** By edge: the number of the change that depends, and of the one it depends on. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** By edge: indices into EDGE_KINDS and POLICIES. */
  readonly kind: Uint8Array;
  readonly policy: Uint8Array;
  /** By edge: 1 where its policy is to block and both ends are open. */
  readonly blocking: Uint8Array;
  /** By node: what it depends on, and what depends on it. */
  readonly up: Rows;
  readonly down: Rows;
  /** By node: its place among all when the oldest comes first. */
  readonly age: Int32Array;
}

export type Direction = 'up' | 'down';

/** Which edges count; all of them where nothing is said. */
export interface Only {
  readonly kinds?: readonly EdgeKind[];
  readonly policies?: readonly Policy[];
  /** Those that block and whose ends are both open. */
  readonly blocking?: boolean;
}

export type EdgeTest = (edge: number) => boolean;

export const BLOCKING: Only = { blocking: true };

export const isOpen = (node: GraphNode | undefined): boolean => node !== undefined && node.outcome === null;

export function buildGraph({ nodes: given, edges: all, policies = DEFAULT_POLICIES }: GraphSource): Graph {
  const nodes = [...new Map([...given].map((node) => [node.change, node])).values()];
  const places = new Map(nodes.map(({ change }, at) => [change, at]));
  const { edges, unknown, from, to } = told(all, places);
  const ofProject = typeof policies === 'function' ? remembered(policies) : () => policies;
  const policy = new Uint8Array(edges.length);
  const blocking = new Uint8Array(edges.length);
  edges.forEach(({ kind }, edge) => {
    const [depends, on] = [nodes[from[edge] ?? 0], nodes[to[edge] ?? 0]];
    const index = POLICIES.indexOf(policyOf(ofProject(depends?.project ?? ''), kind));
    policy[edge] = index;
    blocking[edge] = POLICIES[index] === 'block' && isOpen(depends) && isOpen(on) ? 1 : 0;
  });
  return {
    nodes,
    edges,
    unknown,
    places,
    from,
    to,
    kind: Uint8Array.from(edges, ({ kind }) => EDGE_KINDS.indexOf(kind)),
    policy,
    blocking,
    up: rowsBy(from, nodes.length),
    down: rowsBy(to, nodes.length),
    age: ages(nodes),
  };
}

/** Which edges `only` lets through, by number. */
export function edgeTest({ kind, policy, blocking }: Graph, only: Only): EdgeTest {
  const kinds = bits(EDGE_KINDS, only.kinds);
  const policies = bits(POLICIES, only.policies);
  const least = only.blocking ? 1 : 0;
  return (edge) =>
    ((kinds >> (kind[edge] ?? 0)) & (policies >> (policy[edge] ?? 0)) & 1) === 1 &&
    (blocking[edge] ?? 0) >= least;
}

/** The changes with these numbers. */
export function changesOf({ nodes }: Graph, numbers: Iterable<number>): string[] {
  return Array.from(numbers, (number) => nodes[number]?.change ?? '');
}

/** Numbers with the oldest first. */
export function byAge({ age }: Graph, numbers: Iterable<number>): number[] {
  return [...numbers].sort((a, b) => (age[a] ?? 0) - (age[b] ?? 0));
}

export const policyOfEdge = ({ policy }: Graph, edge: number): Policy =>
  POLICIES[policy[edge] ?? 0] ?? 'block';

/** The edges between changes of the graph, and those that lead elsewhere. */
function told(all: Iterable<Edge>, places: ReadonlyMap<string, number>): Ends & Pick<Graph, 'unknown'> {
  const edges: Edge[] = [];
  const unknown: Edge[] = [];
  const from: number[] = [];
  const to: number[] = [];
  for (const edge of all) {
    const [start, end] = [places.get(edge.change), places.get(edge.on)];
    if (start === undefined || end === undefined) unknown.push(edge);
    else if (start !== end) {
      edges.push(edge);
      from.push(start);
      to.push(end);
    }
  }
  const ends = { edges, from: Int32Array.from(from), to: Int32Array.from(to) };
  return { ...distinct(ends, places.size), unknown };
}

function ages(nodes: readonly GraphNode[]): Int32Array {
  const order = nodes.map((node, at) => ({ node, at }));
  order.sort((a, b) => a.node.since - b.node.since || byText(a.node.change, b.node.change));
  const age = new Int32Array(nodes.length);
  order.forEach(({ at }, place) => {
    age[at] = place;
  });
  return age;
}

function bits<T>(all: readonly T[], wanted: readonly T[] | undefined): number {
  return (wanted ?? all).reduce((sum, one) => sum | (1 << all.indexOf(one)), 0);
}
