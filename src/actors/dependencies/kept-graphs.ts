/**
 * Keeps the graphs of the tenants that were asked about last, and brings each up to the end of its stream when the next
 * question comes: what moved since then is read again. A question never sees a graph that is older than the position it read.
 */
import { setImmediate } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { StreamPosition } from '../../persistence/records.ts';
import type { Store } from '../ports.ts';
import { emptyGraph, type KeptGraph, linkEdges, patchGraph, strangers } from './kept-graph.ts';

export type KeptStore = Pick<Store, 'position' | 'allEdges' | 'movedIn' | 'edgesAt' | 'graphNodes'>;

export interface KeptLimits {
  readonly tenants: number;
  /** A tenant with more is not kept: about 300 bytes each. */
  readonly edges: number;
  /** Changes that are read again one by one; where more moved, all are. */
  readonly moved: number;
}

export const KEPT_LIMITS: KeptLimits = { tenants: 4, edges: 400_000, moved: 20_000 };

/** The graph of a tenant; undefined where it is too large to be kept. Whoever has it walks it without waiting. */
export type KeptGraphs = (tenant: string) => Promise<KeptGraph | undefined>;

interface Held extends StreamPosition {
  readonly graph: KeptGraph | undefined;
}

/** Rows of the stream after which a graph that was too large is looked at again. */
const TRIED_AGAIN_AFTER = 100_000;
/** Rows that are looked through for what moved, for each change that may have. */
const ROWS_EACH = 10;
const AT_ONCE = 20_000;
const BEFORE_ALL: StreamPosition = { seq: 0, epoch: '' };

export function keptGraphs(store: KeptStore, limits: KeptLimits = KEPT_LIMITS): KeptGraphs {
  const held = new LRUCache<string, Held>({ max: limits.tenants });
  const running = new Map<string, Promise<Held>>();

  const refresh = (tenant: string, old: Held | undefined, position: StreamPosition): Promise<Held> => {
    const work = refreshed(store, limits, tenant, old, position)
      .then((now) => {
        held.set(tenant, now);
        return now;
      })
      .finally(() => running.delete(tenant));
    running.set(tenant, work);
    return work;
  };

  return async (tenant) => {
    const position = (await store.position(tenant)) ?? BEFORE_ALL;
    for (;;) {
      const now = held.get(tenant);
      if (now && reaches(now, position)) return now.graph;
      const others = running.get(tenant);
      if (!others) return (await refresh(tenant, now, position)).graph;
      const found = await others;
      if (reaches(found, position)) return found.graph;
    }
  };
}

const reaches = (held: Held, { seq, epoch }: StreamPosition): boolean =>
  held.epoch === epoch && held.seq >= seq;

async function refreshed(
  store: KeptStore,
  limits: KeptLimits,
  tenant: string,
  old: Held | undefined,
  position: StreamPosition,
): Promise<Held> {
  const { seq, epoch } = position;
  if (old?.graph && old.epoch === epoch && seq - old.seq <= limits.moved * ROWS_EACH) {
    const moved = await store.movedIn(tenant, old.seq, seq, limits.moved + 1);
    if (moved.length <= limits.moved) {
      await patch(store, tenant, old.graph, moved);
      if (old.graph.edges <= limits.edges) return { ...position, graph: old.graph };
    }
  }
  const graph = await loadAll(store, tenant, limits.edges);
  return { epoch, graph, seq: graph ? seq : seq + TRIED_AGAIN_AFTER };
}

/** Everything is read before anything is changed: what fails changes nothing. */
async function patch(
  store: KeptStore,
  tenant: string,
  graph: KeptGraph,
  moved: readonly string[],
): Promise<void> {
  if (moved.length === 0) return;
  const edges = await store.edgesAt(tenant, moved, 'up');
  const wanted = strangers(graph, edges);
  for (const change of moved) if (graph.nodes.has(change)) wanted.add(change);
  const nodes = wanted.size > 0 ? await store.graphNodes(tenant, [...wanted]) : [];
  patchGraph(graph, { moved, edges, nodes });
}

/** In parts, between which others get their turn: nobody sees the graph yet. */
async function loadAll(store: KeptStore, tenant: string, limit: number): Promise<KeptGraph | undefined> {
  const edges = await store.allEdges(tenant, limit + 1);
  if (edges.length > limit) return undefined;
  const graph = emptyGraph();
  for (let at = 0; at < edges.length; at += AT_ONCE) {
    linkEdges(graph, edges.slice(at, at + AT_ONCE));
    await setImmediate();
  }
  const changes = [...graph.nodes.keys()];
  for (let at = 0; at < changes.length; at += AT_ONCE) {
    const nodes = await store.graphNodes(tenant, changes.slice(at, at + AT_ONCE));
    patchGraph(graph, { moved: [], edges: [], nodes });
  }
  return graph;
}
