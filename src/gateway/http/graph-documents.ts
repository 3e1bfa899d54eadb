/** Answers about dependencies as they look on the wire. */
import type { ConflictsAnswer } from '../../actors/dependencies/conflict-question.ts';
import type { Edge } from '../../actors/dependencies/edge.ts';
import type { Member } from '../../actors/dependencies/nodes.ts';
import type {
  Blockers,
  Drawn,
  Listed,
  Ordered,
  Related,
  Supposition,
} from '../../actors/dependencies/questions.ts';
import type {
  BlockersDocument,
  ConflictsDocument,
  DependantsDocument,
  GraphDocument,
  MemberDocument,
  OrderDocument,
  RelatedDocument,
  WhatIfDocument,
} from './graph-schemas.ts';

/** Effects that a what-if tells, and changes that an order or a path names besides. */
export const MAX_TOLD = 1_000;

export function memberDocument({
  change,
  known,
  key,
  title,
  project,
  state,
  outcome,
}: Member): MemberDocument {
  return { id: change, known, key, title, project, state, outcome };
}

const edgeDocument = ({ change, on, kind, rule }: Edge) => ({ change, on, kind, rule });
const cutOf = (sentence: string | null) => ({ truncated: sentence !== null, left_out: sentence });

export function graphDocument(change: string, { document, member, truncated }: Drawn): GraphDocument {
  const { nodes, edges, cycles, layers, total } = document;
  return {
    change,
    nodes: nodes.map((node) => memberDocument(member(node.change))),
    edges: edges.map(({ policy, blocking, ...edge }) => ({ ...edgeDocument(edge), policy, blocking })),
    cycles: cycles.map((each) => [...each]),
    layers: layers.map((each) => [...each]),
    total,
    ...cutOf(truncated),
  };
}

export function listDocument(change: string, listed: Listed): DependantsDocument {
  const { items, total, blocking, truncated } = listed;
  return { change, items: items.map(relatedDocument), total, blocking, ...cutOf(truncated) };
}

function relatedDocument({ about, distance, edge, why, blocking }: Related): RelatedDocument {
  return { ...memberDocument(about), distance, by: edgeDocument(edge), why, blocking };
}

export function blockersDocument(change: string, blockers: Blockers): BlockersDocument {
  const { lost, path, member } = blockers;
  return {
    ...listDocument(change, blockers),
    lost: lost.map(relatedDocument),
    critical_path: {
      steps: path.steps.slice(-MAX_TOLD).map(({ changes, estimateMs }) => ({
        changes: changes.map((each) => memberDocument(member(each))),
        estimate_ms: Math.round(estimateMs),
      })),
      total_ms: Math.round(path.totalMs),
      unestimated: path.unestimated.slice(0, MAX_TOLD),
    },
  };
}

export function conflictsDocument(change: string, answer: ConflictsAnswer): ConflictsDocument {
  const { revision, items, total, why, truncated } = answer;
  return {
    change,
    revision,
    items: items.map(({ conflict, about }) => ({
      with: memberDocument(about),
      closeness: conflict.closeness,
      first: conflict.first,
      because: conflict.because,
      approximate: conflict.approximate,
      sentence: conflict.sentence,
      paths: conflict.paths.map((each) => ({ ...each })),
    })),
    total,
    why,
    ...cutOf(truncated),
  };
}

export function orderDocument({ groups, needs, leftOut, member, truncated }: Ordered): OrderDocument {
  const named = (changes: readonly string[]) => changes.map((each) => memberDocument(member(each)));
  return {
    groups: groups.map(named),
    needs: named(needs.slice(0, MAX_TOLD)),
    unplaced: leftOut.map((each) => ({ ...each })),
    ...cutOf(cutText(truncated, needs.length, 'changes that are needed')),
  };
}

export function whatIfDocument(supposition: Supposition): WhatIfDocument {
  const { isPossible, sentence, effects, freed, needs, member, truncated } = supposition;
  const named = (changes: readonly string[]) =>
    changes.slice(0, MAX_TOLD).map((each) => memberDocument(member(each)));
  const longest = Math.max(effects.length, freed.length, needs.length);
  return {
    possible: isPossible,
    sentence,
    effects: effects.slice(0, MAX_TOLD).map(({ change, reaction, distance, edge, reason }) => ({
      change: memberDocument(member(change)),
      reaction,
      distance,
      by: edgeDocument(edge),
      reason,
    })),
    freed: named(freed),
    needs: named(needs),
    total: effects.length,
    ...cutOf(cutText(truncated, longest, 'changes that something follows for')),
  };
}

function cutText(sentence: string | null, count: number, what: string): string | null {
  if (count <= MAX_TOLD) return sentence;
  return [`Shown are the first ${MAX_TOLD} of ${count} ${what}.`, sentence].filter(Boolean).join(' ');
}
