/** A change as it is stored, as a node of a graph, and as it looks from outside. */
import type { Outcome } from '../../machines/definition.ts';
import type { Json, GraphNode as StoredNode } from '../../persistence/records.ts';
import type { Graph, GraphNode } from './graph.ts';

/** What a node looks like from outside. */
export interface Member extends Omit<GraphNode, 'state'> {
  readonly state: Json;
  /** False for a change that others name and nobody has proposed yet; its `change` is the name. */
  readonly known: boolean;
}

const NO_STATE = 'unknown';

export function nodeOf({ change, key, title, project, outcome, since }: StoredNode): GraphNode {
  const named = { change, key: key ?? change, title, project };
  return { ...named, state: '', outcome: outcome as Outcome | null, since };
}

/** A change that others name and nobody has proposed yet: open, and younger than all. */
export function unknownNode(change: string, project: string): GraphNode {
  const named = { change, key: change, title: 'not proposed yet', project };
  return { ...named, state: '', outcome: null, since: Number.MAX_SAFE_INTEGER };
}

export function memberOf(graph: Graph, stored: ReadonlyMap<string, StoredNode>, change: string): Member {
  const node = graph.nodes[graph.places.get(change) ?? -1];
  const found = stored.get(change);
  const none = { change, key: change, title: '', project: '', outcome: null, since: 0 };
  return { ...(node ?? none), state: found?.state ?? NO_STATE, known: found !== undefined };
}
