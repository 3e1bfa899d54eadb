/** A graph as it may be drawn for somebody who may not read some of its projects: their changes have an id and nothing else. */
import type { Graph, GraphNode } from './graph.ts';

/** The same graph; what changes of `hidden` projects are called stands nowhere in it, not in the texts of others either. */
export function masked(graph: Graph, hidden: ReadonlySet<string>): Graph {
  const names = new Map(
    graph.nodes.flatMap(({ change, key, project }) => (hidden.has(project) ? [[key, change] as const] : [])),
  );
  if (names.size === 0) return graph;
  const shown = (node: GraphNode): GraphNode =>
    hidden.has(node.project)
      ? { ...node, key: node.change, title: '', project: '', outcome: null }
      : { ...node, title: withoutNames(node.title, names) };
  const edges = graph.edges.map((edge) => ({ ...edge, rule: withoutNames(edge.rule, names) }));
  return { ...graph, nodes: graph.nodes.map(shown), edges };
}

/** A sentence with ids where it names changes by their keys; `names` has the id of each key. */
export function withoutNames(text: string, names: ReadonlyMap<string, string>): string {
  let left = text;
  for (const [key, id] of names) {
    const escaped = key.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    left = left.replace(new RegExp(`(?<![\\w-])${escaped}(?![\\w-])`, 'g'), id);
  }
  return left;
}
