/**
 * Where a screen may place changes: in layers, each change above all it depends on (longest-path layering, Sugiyama's first
 * step), and in a layer near the middle of what it depends on, so that fewer edges cross. Members of a cycle share a layer.
 */
import { componentsOf } from './cycles.ts';
import { byAge, type EdgeTest, type Graph } from './graph.ts';
import { edgesAt } from './rows.ts';

/** Nodes by layer, from those that depend on nothing; edges of all kinds that `takes` lets through count. */
export function layersOf(graph: Graph, takes: EdgeTest): readonly (readonly number[])[] {
  const { of, members } = componentsOf(graph, takes);
  const heights: number[] = [];
  const layers: number[][] = [];
  members.forEach((nodes, component) => {
    let height = 0;
    for (const other of dependencies(graph, nodes, takes)) {
      const below = of[other] ?? -1;
      if (below !== component) height = Math.max(height, (heights[below] ?? 0) + 1);
    }
    heights.push(height);
    while (layers.length <= height) layers.push([]);
    layers[height]?.push(...nodes);
  });
  const column = new Float64Array(graph.nodes.length);
  return layers.map((layer) => {
    const places = new Map(layer.map((node) => [node, middle(column, dependencies(graph, [node], takes))]));
    const sorted = byAge(graph, layer).sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
    sorted.forEach((node, at) => {
      column[node] = at;
    });
    return sorted;
  });
}

function dependencies(graph: Graph, nodes: readonly number[], takes: EdgeTest): number[] {
  return nodes.flatMap((node) =>
    [...edgesAt(graph.up, node)].filter(takes).map((edge) => graph.to[edge] ?? 0),
  );
}

function middle(column: Float64Array, nodes: readonly number[]): number {
  return nodes.reduce((sum, node) => sum + (column[node] ?? 0), 0) / Math.max(nodes.length, 1);
}
