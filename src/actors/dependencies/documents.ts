/**
 * The graph as a document a screen can draw: as much of it as fits, with a sentence on what was left out. Around one change
 * the nearest are kept; without one, those that block or wait, then the other open ones, then the rest, older ones first.
 */

import { cyclesIn } from './cycles.ts';
import type { Edge, Policy } from './edge.ts';
import {
  BLOCKING,
  buildGraph,
  changesOf,
  type Graph,
  type GraphNode,
  isOpen,
  policyOfEdge,
} from './graph.ts';
import { layersOf } from './layers.ts';
import { edgesAt } from './rows.ts';

export interface DocumentEdge extends Edge {
  readonly policy: Policy;
  /** Its policy is to block and both ends are open. */
  readonly blocking: boolean;
}

export interface GraphDocument {
  /** In order of age. */
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly DocumentEdge[];
  /** Of edges whose policy is to block, among open changes. */
  readonly cycles: readonly (readonly string[])[];
  /** For the layout: the first layer depends on nothing in the document; members of a cycle share one. */
  readonly layers: readonly (readonly string[])[];
  /** How much the graph holds. */
  readonly total: { readonly nodes: number; readonly edges: number };
  /** A sentence where something is missing. */
  readonly leftOut: string | null;
}

export interface DocumentOptions {
  /** The change everything is drawn around. */
  readonly around?: string;
  readonly maxNodes?: number;
  readonly maxEdges?: number;
}

export const MAX_NODES = 500;
export const MAX_EDGES = 2_000;

export function graphDocument(graph: Graph, options: DocumentOptions = {}): GraphDocument {
  const { around, maxNodes = MAX_NODES, maxEdges = MAX_EDGES } = options;
  const kept = new Set(preferred(graph, around, maxNodes));
  const between = Array.from(graph.edges.keys()).filter(
    (edge) => kept.has(graph.from[edge] ?? -1) && kept.has(graph.to[edge] ?? -1),
  );
  const drawn = strongest(graph, between).slice(0, maxEdges);
  const nodes = [...kept].sort((a, b) => (graph.age[a] ?? 0) - (graph.age[b] ?? 0));
  const part = partOf(graph, nodes, drawn);
  const total = { nodes: graph.nodes.length, edges: graph.edges.length };
  return {
    nodes: part.nodes,
    edges: drawn.flatMap((edge) => drawnEdge(graph, edge)),
    cycles: cyclesIn(part, BLOCKING),
    layers: layersOf(part, () => true).map((layer) => changesOf(part, layer)),
    total,
    leftOut: leftOut(total, nodes.length, drawn.length, around !== undefined && graph.places.has(around)),
  };
}

function preferred(graph: Graph, around: string | undefined, limit: number): number[] {
  const start = around === undefined ? undefined : graph.places.get(around);
  if (start !== undefined) return nearest(graph, start, limit);
  const importance = new Uint8Array(graph.nodes.length);
  graph.nodes.forEach((node, at) => {
    importance[at] = isOpen(node) ? 1 : 0;
  });
  graph.blocking.forEach((blocks, edge) => {
    if (blocks === 0) return;
    importance[graph.from[edge] ?? 0] = 2;
    importance[graph.to[edge] ?? 0] = 2;
  });
  const order = Array.from(graph.nodes.keys());
  order.sort(
    (a, b) => (importance[b] ?? 0) - (importance[a] ?? 0) || (graph.age[a] ?? 0) - (graph.age[b] ?? 0),
  );
  return order.slice(0, Math.max(0, limit));
}

/** In breadth, in both directions, until enough are found. */
function nearest(graph: Graph, start: number, limit: number): number[] {
  const found = new Set([start]);
  for (const node of found) {
    if (found.size >= limit) break;
    const others = [
      ...Array.from(edgesAt(graph.up, node), (edge) => graph.to[edge] ?? 0),
      ...Array.from(edgesAt(graph.down, node), (edge) => graph.from[edge] ?? 0),
    ];
    others.sort((a, b) => (graph.age[a] ?? 0) - (graph.age[b] ?? 0));
    for (const other of others) found.add(other);
  }
  return [...found].slice(0, Math.max(0, limit));
}

/** What blocks first, then the stronger policies, then as they were told. */
function strongest({ blocking, policy }: Graph, edges: readonly number[]): number[] {
  const weakness = (edge: number) => (1 - (blocking[edge] ?? 0)) * 3 + (policy[edge] ?? 0);
  return [...edges].sort((a, b) => weakness(a) - weakness(b) || a - b);
}

/** A graph of these alone. Policies are as in the whole graph, since they may differ by project. */
function partOf(graph: Graph, nodes: readonly number[], edges: readonly number[]): Graph {
  const part = buildGraph({
    nodes: nodes.flatMap((node) => graph.nodes[node] ?? []),
    edges: edges.flatMap((edge) => graph.edges[edge] ?? []),
  });
  const { blocking, policy } = graph;
  return {
    ...part,
    policy: Uint8Array.from(edges, (edge) => policy[edge] ?? 0),
    blocking: Uint8Array.from(edges, (edge) => blocking[edge] ?? 0),
  };
}

function drawnEdge(graph: Graph, edge: number): DocumentEdge[] {
  const told = graph.edges[edge];
  if (!told) return [];
  return [{ ...told, policy: policyOfEdge(graph, edge), blocking: graph.blocking[edge] === 1 }];
}

function leftOut(
  total: GraphDocument['total'],
  nodes: number,
  edges: number,
  isAround: boolean,
): string | null {
  if (nodes === total.nodes && edges === total.edges) return null;
  const which = isAround ? 'those nearest to the change' : 'blocking and open ones first';
  return `Shown are ${nodes} of ${total.nodes} changes (${which}) and ${edges} of ${total.edges} dependencies; ask for one change or a larger limit to see more.`;
}
