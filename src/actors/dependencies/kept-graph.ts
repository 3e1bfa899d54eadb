/**
 * The whole graph of a tenant as it is kept between questions: changes that point at each other, so that a walk asks nobody
 * and a change that moved is put right where it stands. Kept are changes with edges only. Patching never waits, so whoever
 * walks without waiting sees one state.
 */
import type { EdgeRow, GraphNode as StoredNode } from '../../persistence/records.ts';
import type { EdgeKind } from './edge.ts';

export interface KeptNode {
  /** Its id; of a change that nobody has proposed yet, what others call it. */
  readonly change: string;
  /** Undefined as long as nobody has proposed it. */
  stored: StoredNode | undefined;
  /** What it depends on, and what depends on it. */
  up: KeptEdge[];
  down: KeptEdge[];
  /** The number of the walk that came by last. */
  mark: number;
}

export interface KeptEdge {
  /** Depends on `to`. */
  readonly from: KeptNode;
  readonly to: KeptNode;
  readonly kind: EdgeKind;
  readonly rule: string;
}

export interface KeptGraph {
  readonly nodes: Map<string, KeptNode>;
  /** Kinds and rules, each once: every row brings its own copy. */
  readonly words: Map<string, string>;
  edges: number;
  /** Walks so far. */
  walks: number;
}

export interface Patch {
  /** Changes of which `edges` are all that they depend on now. */
  readonly moved: Iterable<string>;
  readonly edges: readonly EdgeRow[];
  /** As these stand now; those without edges are not kept. */
  readonly nodes: Iterable<StoredNode>;
}

export const emptyGraph = (): KeptGraph => ({ nodes: new Map(), words: new Map(), edges: 0, walks: 0 });

export const keptNode = (change: string, stored?: StoredNode): KeptNode => ({
  change,
  stored,
  up: [],
  down: [],
  mark: 0,
});

/** Changes at the ends of these edges that the graph does not know, or that nobody had proposed when it last looked. */
export function strangers({ nodes }: KeptGraph, edges: readonly EdgeRow[]): Set<string> {
  const found = new Set<string>();
  const look = (change: string) => nodes.get(change)?.stored === undefined && found.add(change);
  for (const { change, on } of edges) {
    look(change);
    look(on);
  }
  return found;
}

export function patchGraph(graph: KeptGraph, { moved, edges, nodes }: Patch): void {
  const touched = unlink(graph, moved);
  linkEdges(graph, edges);
  for (const stored of nodes) {
    const node = graph.nodes.get(stored.change);
    if (node) node.stored = stored;
  }
  for (const { change, up, down } of touched)
    if (up.length === 0 && down.length === 0) graph.nodes.delete(change);
}

export function linkEdges(graph: KeptGraph, edges: readonly EdgeRow[]): void {
  for (const { change, on, kind, rule } of edges) {
    const [from, to] = [nodeAt(graph, change), nodeAt(graph, on)];
    const edge: KeptEdge = { from, to, kind: word(graph, kind) as EdgeKind, rule: word(graph, rule) };
    from.up.push(edge);
    to.down.push(edge);
  }
  graph.edges += edges.length;
}

/** Takes away what these depend on; returns whoever may stand without edges now. */
function unlink(graph: KeptGraph, moved: Iterable<string>): Set<KeptNode> {
  const ended = new Set<KeptEdge>();
  const touched = new Set<KeptNode>();
  for (const change of moved) {
    const node = graph.nodes.get(change);
    if (!node) continue;
    touched.add(node);
    for (const edge of node.up) ended.add(edge);
    node.up = [];
  }
  // All at once: many may have depended on the same change, whose edges are gone through once.
  const targets = new Set(Array.from(ended, ({ to }) => to));
  for (const target of targets) {
    target.down = target.down.filter((edge) => !ended.has(edge));
    touched.add(target);
  }
  graph.edges -= ended.size;
  return touched;
}

function nodeAt({ nodes }: KeptGraph, change: string): KeptNode {
  const known = nodes.get(change);
  if (known) return known;
  const made = keptNode(change);
  nodes.set(change, made);
  return made;
}

function word({ words }: KeptGraph, text: string): string {
  const known = words.get(text);
  if (known !== undefined) return known;
  words.set(text, text);
  return text;
}
