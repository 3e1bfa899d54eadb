/**
 * What a change waits for and what waits for it, through others too, with the reason for each: asked of the kept graph of its
 * tenant; of the stored one where that is too large to be kept. What an answer shows is copied before anybody waits, so it
 * stays what it was whatever moves meanwhile.
 */
import type { ChangeRef, GraphNode as StoredNode } from '../../persistence/records.ts';
import { dependencyRules } from '../directory/state.ts';
import type { Estimate } from '../estimates/estimates.ts';
import { type CriticalPath, criticalPath } from './critical-path.ts';
import type { Edge, EdgeKind } from './edge.ts';
import type { Direction, Graph } from './graph.ts';
import { type KeptGraph, type KeptNode, keptNode } from './kept-graph.ts';
import { type KeptStore, keptGraphs } from './kept-graphs.ts';
import { blockingTest, type PoliciesBy, reachedOf, sectionOf, visitedFrom } from './kept-walks.ts';
import { type LoadingWorld, loadGraph } from './loading.ts';
import { type Member, memberOf } from './nodes.ts';
import { allDependentsOf, blockedBy, blockersOf, lostOf, type Reached, waysAmong } from './reach.ts';
import { remembered } from './remembered.ts';

/** A critical path among fewer changes than this knows how long they take. Asking costs two queries each. */
export const MAX_ESTIMATED = 25;
/** Changes among which a critical path is looked for: the nearest. */
export const MAX_ON_PATHS = 2_000;
const STEPS_NAMED = 5;

export interface Related extends Reached {
  readonly about: Member;
  /** Why it is in the answer: the way to it. */
  readonly why: string;
  /** Whether one has to wait for the other. */
  readonly blocking: boolean;
}

export interface Listed {
  readonly about: Member;
  /** Nearest first. */
  readonly items: readonly Related[];
  /** How many there are, and how many of them are a matter of waiting. */
  readonly total: number;
  readonly blocking: number;
  readonly truncated: string | null;
}

export interface Blockers extends Listed {
  /** Direct dependencies that were rejected or withdrawn, which only a new revision does without. */
  readonly lost: readonly Related[];
  readonly path: CriticalPath;
  readonly member: (change: string) => Member;
}

export interface WaitingWorld extends LoadingWorld {
  readonly store: LoadingWorld['store'] & KeptStore;
  readonly estimate: (ref: ChangeRef) => Promise<Estimate | undefined>;
}

/** Undefined where the tenant has no such change. */
export interface WaitingQuestions {
  blockers(ref: ChangeRef, limit: number): Promise<Blockers | undefined>;
  dependants(ref: ChangeRef, limit: number): Promise<Listed | undefined>;
}

/** What was found around a change. The graph holds the nearest of what was reached, and what was lost. */
interface Around {
  readonly graph: Graph;
  readonly member: (change: string) => Member;
  /** The nearest at least, of `total`. */
  readonly reached: readonly Reached[];
  readonly total: number;
  readonly isBlocking: (change: string) => boolean;
  readonly blocking: number;
  readonly truncated: string | null;
}

export function waitingFrom(world: WaitingWorld): WaitingQuestions {
  const kept = keptGraphs(world.store);
  const around = async (ref: ChangeRef, direction: Direction, limit: number) => {
    const [graph, directory] = await Promise.all([kept(ref.tenant), world.directory(ref.tenant)]);
    if (!graph) return loadedAround(world, ref, direction);
    const node = graph.nodes.get(ref.change) ?? (await lonely(world, ref));
    if (!node?.stored) return undefined;
    const policies = remembered((project: string) => dependencyRules(directory, project).policies);
    return keptAround(graph, node, direction, policies, limit);
  };
  return {
    async blockers(ref, limit) {
      const found = await around(ref, 'up', limit);
      return found && blockersIn(found, ref, limit, world.estimate);
    },
    async dependants(ref, limit) {
      const found = await around(ref, 'down', limit);
      return found && listed(found, ref.change, limit);
    },
  };
}

/** A change without edges is not kept. */
async function lonely({ store }: WaitingWorld, { tenant, change }: ChangeRef): Promise<KeptNode | undefined> {
  const [stored] = await store.graphNodes(tenant, [change]);
  return stored && keptNode(change, stored);
}

function keptAround(
  kept: KeptGraph,
  start: KeptNode,
  direction: Direction,
  policies: PoliciesBy,
  limit: number,
): Around {
  const isUp = direction === 'up';
  const all = isUp ? [] : visitedFrom(kept, start, direction);
  const waits = visitedFrom(kept, start, direction, blockingTest(policies));
  const visited = isUp ? waits : all;
  const nearest = visited.slice(0, isUp ? Math.max(limit, MAX_ON_PATHS) : limit);
  const blocking = new Set<string>();
  for (const { node } of nearest) if (node.mark === kept.walks) blocking.add(node.change);
  // What was lost is at the other end of a direct edge, and reached by no walk.
  const direct = isUp ? start.up.map(({ to }) => to) : [];
  const shown = [...new Set([start, ...nearest.map(({ node }) => node), ...direct])];
  const graph = sectionOf(kept, shown, policies);
  const stored = new Map<string, StoredNode>();
  for (const node of shown) if (node.stored) stored.set(node.change, node.stored);
  const isCut = isUp && nearest.length < visited.length;
  return {
    ...{ graph, member: (change) => memberOf(graph, stored, change), reached: reachedOf(nearest) },
    ...{ total: visited.length, isBlocking: (change) => blocking.has(change), blocking: waits.length },
    truncated: isCut
      ? `The critical path is that of the nearest ${nearest.length.toLocaleString('en')} changes.`
      : null,
  };
}

async function loadedAround(
  world: WaitingWorld,
  { tenant, change }: ChangeRef,
  direction: Direction,
): Promise<Around | undefined> {
  const found = await loadGraph(world, { tenant, changes: [change], directions: [direction] });
  const { graph } = found;
  if (!graph.places.has(change)) return undefined;
  const waits = direction === 'up' ? blockersOf(graph, change) : blockedBy(graph, change);
  const reached = direction === 'up' ? waits : allDependentsOf(graph, change);
  const waiting = new Set(waits.map(({ change: each }) => each));
  const counts = { total: reached.length, blocking: waits.length };
  return { ...found, reached, ...counts, isBlocking: (each) => waiting.has(each) };
}

async function blockersIn(
  found: Around,
  ref: ChangeRef,
  limit: number,
  estimate: WaitingWorld['estimate'],
): Promise<Blockers> {
  const { graph, member, reached, total } = found;
  const list = listed(found, ref.change, limit);
  // Where there are many, what a few of them take says nothing of the whole way.
  const asked = total < MAX_ESTIMATED ? [ref.change, ...reached.map(({ change }) => change)] : [];
  const estimates = await Promise.all(
    asked.map(async (change) => {
      const told = member(change).known ? await estimate({ ...ref, change }) : undefined;
      return [change, told?.outcome?.likelyMs ?? undefined] as const;
    }),
  );
  const known = new Map(estimates);
  const lost = lostOf(graph, ref.change).map((edge) => ({ change: edge.on, distance: 1, edge }));
  return {
    ...list,
    lost: lost.slice(0, limit).map((each) => related(member, [each.edge], each, true)),
    path: criticalPath(graph, ref.change, (change) => known.get(change)),
    member,
  };
}

function listed({ member, reached, total, ...found }: Around, change: string, limit: number): Listed {
  const shown = reached.slice(0, limit);
  // Whatever is on the way to one that is shown is nearer, so it is shown too.
  const way = waysAmong(shown);
  const isCut = shown.length < total;
  const cut = isCut ? `Shown are the nearest ${shown.length} of ${total}.` : null;
  return {
    about: member(change),
    items: shown.map((each) => related(member, way(each.change), each, found.isBlocking(each.change))),
    total,
    blocking: found.blocking,
    truncated: [cut, found.truncated].filter((each) => each !== null).join(' ') || null,
  };
}

function related(member: Around['member'], way: readonly Edge[], one: Reached, blocking: boolean): Related {
  return { ...one, about: member(one.change), why: wayText(member, way), blocking };
}

/** "I12 needs I11 (textual, does-not-apply-without), and I11 needs I10 (declared, trailer)". */
function wayText(member: Around['member'], way: readonly Edge[]): string {
  const steps = way
    .slice(0, STEPS_NAMED)
    .map(
      ({ change, on, kind, rule }) =>
        `${member(change).key} ${verbOf(kind)} ${member(on).key} (${kind}, ${rule})`,
    );
  const more = way.length - steps.length;
  return `${steps.join(', and ')}${more > 0 ? `, and so on, over ${more} more` : ''}`;
}

const verbOf = (kind: EdgeKind): string => (kind === 'near' || kind === 'order' ? 'is related to' : 'needs');
