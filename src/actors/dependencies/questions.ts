/**
 * What people and programs ask of the graph: what blocks a change and what it blocks, who edits the same lines, in which order
 * changes can land, and what would follow if. Answers are bounded, and say in a sentence where they were cut.
 */
import type { ChangeRef } from '../../persistence/records.ts';
import type { Estimate } from '../estimates/estimates.ts';
import type { Store } from '../ports.ts';
import { type ConflictsAnswer, conflictsWith } from './conflict-question.ts';
import { type CriticalPath, criticalPath } from './critical-path.ts';
import { type GraphDocument, graphDocument } from './documents.ts';
import { dotGraph } from './dot.ts';
import type { Edge, EdgeKind, Happening } from './edge.ts';
import type { Direction } from './graph.ts';
import { type LoadedGraph, type LoadingWorld, loadGraph, type Member } from './loading.ts';
import { type MergeOrder, mergeOrder } from './merge-order.ts';
import { type Drawing, mermaidFlowchart } from './mermaid.ts';
import { allDependentsOf, blockedBy, blockersOf, lostOf, type Reached, waysAmong } from './reach.ts';
import { ifEnded, ifLandsFirst, type WhatIf } from './what-if.ts';

/** Changes of which a critical path knows how long they take: the nearest. Asking costs two queries each. */
export const MAX_ESTIMATED = 25;
export const MAX_ORDERED = 200;
const STEPS_NAMED = 5;

export interface DrawQuestion {
  readonly directions: readonly Direction[];
  readonly kinds?: readonly EdgeKind[];
  /** Changes to draw, the nearest. */
  readonly limit: number;
}

export interface Drawn {
  readonly document: GraphDocument;
  readonly member: LoadedGraph['member'];
  /** A sentence where anything is missing. */
  readonly truncated: string | null;
}

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
  readonly member: LoadedGraph['member'];
}

export interface Ordered extends MergeOrder {
  readonly member: LoadedGraph['member'];
  readonly truncated: string | null;
}

export type Supposed = { readonly happens: Happening } | { readonly landsBefore: string };

export interface Supposition extends WhatIf {
  readonly member: LoadedGraph['member'];
  readonly truncated: string | null;
}

/** Undefined where the tenant has no such change. */
export interface GraphQuestions {
  draw(ref: ChangeRef, question: DrawQuestion): Promise<Drawn | undefined>;
  text(ref: ChangeRef, question: DrawQuestion, format: 'mermaid' | 'dot'): Promise<Drawing | undefined>;
  blockers(ref: ChangeRef, limit: number): Promise<Blockers | undefined>;
  dependants(ref: ChangeRef, limit: number): Promise<Listed | undefined>;
  conflicts(ref: ChangeRef, limit: number): Promise<ConflictsAnswer | undefined>;
  /** At most `MAX_ORDERED` changes; those that do not exist are named in `leftOut`. */
  order(tenant: string, changes: readonly string[]): Promise<Ordered>;
  whatIf(ref: ChangeRef, supposed: Supposed): Promise<Supposition | undefined>;
}

export interface QuestionsWorld extends LoadingWorld {
  readonly store: LoadingWorld['store'] & Pick<Store, 'contents' | 'revisionFiles' | 'hunksTouching'>;
  readonly estimate: (ref: ChangeRef) => Promise<Estimate | undefined>;
}

const UP: readonly Direction[] = ['up'];
const BOTH: readonly Direction[] = ['up', 'down'];

export function graphFrom(world: QuestionsWorld): GraphQuestions {
  const loaded = async ({ tenant, change }: ChangeRef, directions: readonly Direction[], more = {}) => {
    const found = await loadGraph(world, { tenant, changes: [change], directions, ...more });
    return found.graph.places.has(change) ? found : undefined;
  };
  const drawn = ({ change, ...ref }: ChangeRef, { directions, kinds }: DrawQuestion) =>
    loaded({ ...ref, change }, directions, kinds && { kinds });
  return {
    async draw(ref, question) {
      const found = await drawn(ref, question);
      if (!found) return undefined;
      const document = graphDocument(found.graph, { around: ref.change, maxNodes: question.limit });
      const truncated = joined(document.leftOut, found.truncated);
      return { document, member: found.member, truncated };
    },
    async text(ref, question, format) {
      const found = await drawn(ref, question);
      const options = { around: ref.change, maxNodes: question.limit };
      return found && (format === 'dot' ? dotGraph : mermaidFlowchart)(found.graph, options);
    },
    async blockers(ref, limit) {
      const found = await loaded(ref, UP);
      return found && blockersIn(found, ref, limit, world.estimate);
    },
    async dependants(ref, limit) {
      const found = await loaded(ref, ['down']);
      if (!found) return undefined;
      const { graph } = found;
      const waiting = new Set(blockedBy(graph, ref.change).map(({ change }) => change));
      return listed(found, ref.change, allDependentsOf(graph, ref.change), waiting, limit);
    },
    async conflicts(ref, limit) {
      const found = await loaded(ref, BOTH);
      return found && conflictsWith(world.store, ref, found, limit);
    },
    async order(tenant, changes) {
      const found = await loadGraph(world, { tenant, changes, directions: UP });
      return { ...mergeOrder(found.graph, changes), member: found.member, truncated: found.truncated };
    },
    whatIf: (ref, supposed) => supposition(world, ref, supposed),
  };
}

async function blockersIn(
  found: LoadedGraph,
  ref: ChangeRef,
  limit: number,
  estimate: QuestionsWorld['estimate'],
): Promise<Blockers> {
  const { graph, member } = found;
  const reached = blockersOf(graph, ref.change);
  const all = new Set(reached.map(({ change }) => change));
  const asked = [ref.change, ...all].slice(0, MAX_ESTIMATED);
  const estimates = await Promise.all(
    asked.map(async (change) => {
      const told = member(change).known ? await estimate({ ...ref, change }) : undefined;
      return [change, told?.outcome?.likelyMs ?? undefined] as const;
    }),
  );
  const known = new Map(estimates);
  const lost = lostOf(graph, ref.change).map((edge) => ({ change: edge.on, distance: 1, edge }));
  return {
    ...listed(found, ref.change, reached, all, limit),
    lost: lost.slice(0, limit).map((each) => related(found, [each.edge], each, true)),
    path: criticalPath(graph, ref.change, (change) => known.get(change)),
    member,
  };
}

function listed(
  found: LoadedGraph,
  change: string,
  reached: readonly Reached[],
  blocking: ReadonlySet<string>,
  limit: number,
): Listed {
  const shown = reached.slice(0, limit);
  const way = waysAmong(reached);
  const cut =
    shown.length < reached.length ? `Shown are the nearest ${shown.length} of ${reached.length}.` : null;
  return {
    about: found.member(change),
    items: shown.map((each) => related(found, way(each.change), each, blocking.has(each.change))),
    total: reached.length,
    blocking: blocking.size,
    truncated: joined(cut, found.truncated),
  };
}

function related(found: LoadedGraph, way: readonly Edge[], one: Reached, blocking: boolean): Related {
  return {
    ...one,
    about: found.member(one.change),
    why: wayText(found, way),
    blocking,
  };
}

/** "I12 needs I11 (textual, does-not-apply-without), and I11 needs I10 (declared, trailer)". */
function wayText({ member }: LoadedGraph, way: readonly Edge[]): string {
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

async function supposition(
  world: QuestionsWorld,
  ref: ChangeRef,
  supposed: Supposed,
): Promise<Supposition | undefined> {
  const { tenant, change } = ref;
  const isLanding = 'landsBefore' in supposed;
  const changes = isLanding ? [change, supposed.landsBefore] : [change];
  const directions = isLanding ? BOTH : (['down'] as const);
  const found = await loadGraph(world, { tenant, changes, directions });
  const { graph, member, reactions, truncated } = found;
  if (!graph.places.has(change)) return undefined;
  if (!isLanding) return { ...ifEnded(graph, change, supposed.happens, reactions), member, truncated };
  const met = (await conflictsWith(world.store, ref, found, Number.MAX_SAFE_INTEGER)).items.find(
    ({ conflict }) => conflict.with === supposed.landsBefore,
  );
  const options = { reactions, ...(met && { proximity: met.conflict.closeness }) };
  return { ...ifLandsFirst(graph, change, supposed.landsBefore, options), member, truncated };
}

function joined(...sentences: readonly (string | null)[]): string | null {
  return sentences.filter((each) => each !== null).join(' ') || null;
}
