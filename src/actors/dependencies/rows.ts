/**
 * For each node its edges in a row, all rows in one typed array (compressed sparse rows); and, with the help of rows, each
 * edge once: edges between the same two nodes are compared with each other only, so telling them apart takes linear time.
 */
import type { Edge } from './edge.ts';

/** The edges of node n are `edges[starts[n]]` to `edges[starts[n + 1] - 1]`, in the order in which they were told. */
export interface Rows {
  readonly starts: Int32Array;
  readonly edges: Int32Array;
}

/** `ends`: by edge, the node in whose row it belongs. */
export function rowsBy(ends: Int32Array, size: number): Rows {
  const starts = new Int32Array(size + 1);
  for (const end of ends) starts[end + 1] = (starts[end + 1] ?? 0) + 1;
  for (let node = 0; node < size; node++) starts[node + 1] = (starts[node + 1] ?? 0) + (starts[node] ?? 0);
  const next = starts.slice();
  const edges = new Int32Array(ends.length);
  for (let edge = 0; edge < ends.length; edge++) {
    const end = ends[edge] ?? 0;
    const at = next[end] ?? 0;
    edges[at] = edge;
    next[end] = at + 1;
  }
  return { starts, edges };
}

/** The edges in the row of a node. */
export function edgesAt({ starts, edges }: Rows, node: number): Int32Array {
  return edges.subarray(starts[node], starts[node + 1]);
}

export interface Ends {
  readonly edges: readonly Edge[];
  readonly from: Int32Array;
  readonly to: Int32Array;
}

/** The same without what is said twice: the same two changes, the same kind, the same rule. */
export function distinct({ edges, from, to }: Ends, size: number): Ends {
  const { edges: sorted } = rowsBy(from, size);
  /** By target, the newest edge kept; by edge, the one kept before it between the same two. */
  const newest = new Int32Array(size).fill(-1);
  const before = new Int32Array(edges.length).fill(-1);
  const isKept = new Uint8Array(edges.length);
  for (const edge of sorted) {
    const end = to[edge] ?? 0;
    const last = newest[end] ?? -1;
    const start = last !== -1 && from[last] === from[edge] ? last : -1;
    let same = start;
    while (same !== -1 && !isSame(edges[same], edges[edge])) same = before[same] ?? -1;
    if (same !== -1) continue;
    isKept[edge] = 1;
    before[edge] = start;
    newest[end] = edge;
  }
  const kept = (_: unknown, edge: number) => isKept[edge] === 1;
  return { edges: edges.filter(kept), from: from.filter(kept), to: to.filter(kept) };
}

const isSame = (a: Edge | undefined, b: Edge | undefined): boolean =>
  a?.kind === b?.kind && a?.rule === b?.rule;
