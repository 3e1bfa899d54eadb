/**
 * What follows for others when something happens to a change: who is told, who is held, who is reopened, each with the
 * reason as a sentence. What blocks carries on: whoever needs a change that is held or reopened gets the same question put.
 * What only warns reaches direct dependents, who are told. Ended changes cannot be held: they are told, where it matters.
 */
import {
  DEFAULT_REACTIONS,
  type Edge,
  type Happening,
  POLICIES,
  type Policy,
  type Reaction,
  type Reactions,
} from './edge.ts';
import { byAge, type Graph, type GraphNode } from './graph.ts';
import { edgesAt } from './rows.ts';

export interface Effect {
  readonly change: string;
  readonly reaction: Reaction;
  /** Edges between it and the change it happened to, at least 1. */
  readonly distance: number;
  /** The strongest edge by which it was reached. */
  readonly edge: Edge;
  readonly reason: string;
}

/** By project, since the project of the change that reacts decides; or the same for all. */
export type ReactionsBy = Reactions | ((project: string) => Reactions);

const HAPPENS: Readonly<Record<Happening, string>> = {
  rejected: 'is rejected',
  withdrawn: 'is withdrawn',
  superseded: 'is superseded',
  revised: 'gets a new revision',
};
export const REACTS: Readonly<Record<Reaction, string>> = {
  tell: 'is told',
  hold: 'is held',
  reopen: 'is reopened',
};

/** Everybody who reacts, nearest first, the older first at the same distance. */
export function reactionsTo(
  graph: Graph,
  change: string,
  happening: Happening,
  reactions: ReactionsBy = DEFAULT_REACTIONS,
): readonly Effect[] {
  const start = graph.places.get(change);
  if (start === undefined) return [];
  const event = `If ${graph.nodes[start]?.key} ${HAPPENS[happening]}`;
  const seen = new Set([start]);
  const byChange = new Map<string, Effect>();
  for (let level = [start], distance = 1; level.length > 0; distance++) {
    const strongest = strongestInto(graph, level, seen, distance === 1);
    level = [];
    for (const node of byAge(graph, strongest.keys())) {
      const edge = strongest.get(node) ?? 0;
      const here = graph.nodes[node];
      const told = graph.edges[edge];
      const policy = POLICIES[graph.policy[edge] ?? 0] ?? 'block';
      if (!here || !told) continue;
      const all = typeof reactions === 'function' ? reactions(here.project) : reactions;
      const before = byChange.get(told.on)?.reaction;
      const reaction = reactionOf(here, policy, wantedOf(all, here, happening, before));
      if (!reaction) continue;
      // Whoever was told of a warning may still be held for another change that it needs.
      if (policy === 'block') seen.add(node);
      if (byChange.has(here.change) && reaction === 'tell') continue;
      if (reaction !== 'tell') level.push(node);
      const reason = `${event}, ${here.key} ${REACTS[reaction]}: ${because(graph, here, told, policy, before)}`;
      byChange.delete(here.change);
      byChange.set(here.change, { change: here.change, reaction, distance, edge: told, reason });
    }
  }
  return [...byChange.values()];
}

/** The strongest edge by which each dependent of these nodes is reached. */
function strongestInto(graph: Graph, level: readonly number[], seen: ReadonlySet<number>, isFirst: boolean) {
  const strongest = new Map<number, number>();
  const weakness = (edge: number) => graph.policy[edge] ?? 0;
  for (const node of level) {
    for (const edge of edgesAt(graph.down, node)) {
      const dependent = graph.from[edge] ?? 0;
      const known = strongest.get(dependent);
      if (seen.has(dependent) || (!isFirst && POLICIES[weakness(edge)] !== 'block')) continue;
      if (known === undefined || weakness(edge) < weakness(known)) strongest.set(dependent, edge);
    }
  }
  return strongest;
}

/** What is reopened is open again, as a revised one is: who needs it and is open waits for it. */
function wantedOf(
  reactions: Reactions,
  node: GraphNode,
  happening: Happening,
  before: Reaction | undefined,
): Reaction {
  if (before !== 'reopen') return reactions[happening];
  return node.outcome === null ? 'hold' : reactions.revised;
}

function reactionOf(node: GraphNode, policy: Policy, wanted: Reaction): Reaction | undefined {
  if (policy === 'allow' || node.outcome === 'rejected' || node.outcome === 'withdrawn') return undefined;
  if (policy === 'warn') return 'tell';
  if (node.outcome === null) return wanted === 'tell' ? 'tell' : 'hold';
  return node.outcome === 'approved' && wanted === 'reopen' ? 'reopen' : 'tell';
}

function because(
  graph: Graph,
  node: GraphNode,
  edge: Edge,
  policy: Policy,
  before: Reaction | undefined,
): string {
  const on = graph.nodes[graph.places.get(edge.on) ?? -1]?.key ?? edge.on;
  const found = `(${edge.kind}, ${edge.rule})`;
  if (policy === 'warn') return `it is related to ${on} ${found}, which is worth a look.`;
  const then = before ? `, which ${REACTS[before]}` : '';
  if (node.outcome === null) return `it needs ${on} ${found}${then}.`;
  return `it needs ${on} ${found}${then}, and is ${node.outcome} already.`;
}
