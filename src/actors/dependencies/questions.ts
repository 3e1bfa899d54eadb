/**
 * What people and programs ask of the graph: what blocks a change and what it blocks, who edits the same lines, in which order
 * changes can land, and what would follow if. Answers are bounded, and say in a sentence where they were cut.
 */
import type { ChangeRef } from '../../persistence/records.ts';
import type { Store } from '../ports.ts';
import { type ConflictsAnswer, conflictsWith } from './conflict-question.ts';
import { type GraphDocument, graphDocument } from './documents.ts';
import { dotGraph } from './dot.ts';
import type { EdgeKind, Happening } from './edge.ts';
import type { Direction, Graph } from './graph.ts';
import { type LoadedGraph, loadGraph } from './loading.ts';
import { masked } from './masked.ts';
import { type MergeOrder, mergeOrder } from './merge-order.ts';
import { type Drawing, mermaidFlowchart } from './mermaid.ts';
import { edgesAt } from './rows.ts';
import { type WaitingQuestions, type WaitingWorld, waitingFrom } from './waiting.ts';
import { ifEnded, ifLandsFirst, type WhatIf } from './what-if.ts';

export type { Blockers, Listed, Related } from './waiting.ts';

export const MAX_ORDERED = 200;

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
export interface GraphQuestions extends WaitingQuestions {
  draw(ref: ChangeRef, question: DrawQuestion): Promise<Drawn | undefined>;
  /** Changes of `hidden` projects are drawn with their id and nothing else. */
  text(
    ref: ChangeRef,
    question: DrawQuestion,
    format: 'mermaid' | 'dot',
    hidden: ReadonlySet<string>,
  ): Promise<Drawing | undefined>;
  conflicts(ref: ChangeRef, limit: number): Promise<ConflictsAnswer | undefined>;
  /** At most `MAX_ORDERED` changes; those that do not exist are named in `leftOut`. */
  order(tenant: string, changes: readonly string[]): Promise<Ordered>;
  whatIf(ref: ChangeRef, supposed: Supposed): Promise<Supposition | undefined>;
}

export interface QuestionsWorld extends WaitingWorld {
  readonly store: WaitingWorld['store'] &
    Pick<Store, 'contents' | 'revisionFiles' | 'hunksTouching' | 'hunksOfCommits'>;
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
    ...waitingFrom(world),
    async draw(ref, question) {
      const found = await drawn(ref, question);
      if (!found) return undefined;
      const document = graphDocument(found.graph, { around: ref.change, maxNodes: question.limit });
      const truncated = joined(document.leftOut, found.truncated);
      return { document, member: found.member, truncated };
    },
    async text(ref, question, format, hidden) {
      const found = await drawn(ref, question);
      const options = { around: ref.change, maxNodes: question.limit };
      return found && (format === 'dot' ? dotGraph : mermaidFlowchart)(masked(found.graph, hidden), options);
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

async function supposition(
  world: QuestionsWorld,
  ref: ChangeRef,
  supposed: Supposed,
): Promise<Supposition | undefined> {
  const { tenant, change } = ref;
  const isLanding = 'landsBefore' in supposed;
  const changes = isLanding ? [change, supposed.landsBefore] : [change];
  const directions = isLanding ? BOTH : (['down'] as const);
  let found = await loadGraph(world, { tenant, changes, directions });
  const nearest = isLanding ? directDependants(found.graph, change) : [];
  // Whether they wait for others too is not known yet.
  if (nearest.length > 0)
    found = await loadGraph(world, { tenant, changes: [...changes, ...nearest], directions });
  const { graph, member, reactions, truncated } = found;
  if (!graph.places.has(change)) return undefined;
  if (!isLanding) return { ...ifEnded(graph, change, supposed.happens, reactions), member, truncated };
  const met = (await conflictsWith(world.store, ref, found, Number.MAX_SAFE_INTEGER)).items.find(
    ({ conflict }) => conflict.with === supposed.landsBefore,
  );
  const options = { reactions, ...(met && { proximity: met.conflict.closeness }) };
  return { ...ifLandsFirst(graph, change, supposed.landsBefore, options), member, truncated };
}

function directDependants({ places, down, from, nodes }: Graph, change: string): string[] {
  const place = places.get(change);
  if (place === undefined) return [];
  return [...new Set([...edgesAt(down, place)].flatMap((edge) => nodes[from[edge] ?? -1]?.change ?? []))];
}

function joined(...sentences: readonly (string | null)[]): string | null {
  return sentences.filter((each) => each !== null).join(' ') || null;
}
