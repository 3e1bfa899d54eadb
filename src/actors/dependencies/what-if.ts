/** What would follow if a change were rejected, or if one landed before another; nothing of it has happened. */
import { DEFAULT_REACTIONS, type Edge, type Happening } from './edge.ts';
import { type Graph, type GraphNode, isOpen, policyOfEdge } from './graph.ts';
import { blockersOf, wayTo } from './reach.ts';
import { type Effect, type ReactionsBy, reactionsTo } from './reactions.ts';
import { edgesAt } from './rows.ts';

export interface WhatIf {
  /** Whether it can happen at all as things are. */
  readonly isPossible: boolean;
  /** What would happen, or why it cannot. */
  readonly sentence: string;
  readonly effects: readonly Effect[];
  /** Open changes for which this was the last thing they waited for. */
  readonly freed: readonly string[];
  /** Open changes that have to land before, nearest first. */
  readonly needs: readonly string[];
}

/** How many steps of a way a sentence tells. */
const STEPS_NAMED = 5;

export interface LandingOptions {
  readonly reactions?: ReactionsBy;
  /** How close the edits of the two are, where somebody knows: what overlaps or touches makes the later one a new revision. */
  readonly proximity?: 'overlap' | 'touching' | 'near' | 'apart';
}

export const ifRejected = (graph: Graph, change: string, reactions?: ReactionsBy): WhatIf =>
  ifEnded(graph, change, 'rejected', reactions);

/** Also for the other ways in which a change may go, or go on. */
export function ifEnded(
  graph: Graph,
  change: string,
  happening: Happening,
  reactions: ReactionsBy = DEFAULT_REACTIONS,
): WhatIf {
  const node = nodeOf(graph, change);
  const problem = problemWith(node, change);
  if (!node || problem) return impossible(problem ?? '');
  const effects = reactionsTo(graph, change, happening, reactions);
  const verb = happening === 'revised' ? 'gets a new revision' : `is ${happening}`;
  return {
    isPossible: true,
    sentence: `If ${node.key} ${verb}, ${tally(effects)}.`,
    effects,
    freed: [],
    needs: [],
  };
}

/** `first` lands while `then` is still open. */
export function ifLandsFirst(
  graph: Graph,
  first: string,
  then: string,
  options: LandingOptions = {},
): WhatIf {
  const [a, b] = [nodeOf(graph, first), nodeOf(graph, then)];
  const problem = problemWith(a, first) ?? problemWith(b, then);
  if (!a || !b || problem) return impossible(problem ?? '');
  if (a === b) return impossible(`${a.key} cannot land before itself; name two changes.`);
  const blockers = blockersOf(graph, first);
  const needs = blockers.map(({ change }) => change);
  if (needs.includes(then)) return impossible(waits(graph, a, b, wayTo(blockers, then)), needs);
  const effects = landingEffects(graph, a, b, options);
  const freed = freedBy(graph, first, new Set(needs));
  const before = needs.length === 0 ? '' : ` after ${nounOf(needs.length)} it needs`;
  return {
    isPossible: true,
    sentence: `${a.key} can land before ${b.key}${before}; ${tally(effects)}, and ${nounOf(freed.length)} no longer ${freed.length === 1 ? 'waits' : 'wait'}.`,
    effects,
    freed,
    needs,
  };
}

function landingEffects(
  graph: Graph,
  a: GraphNode,
  b: GraphNode,
  options: LandingOptions,
): readonly Effect[] {
  const effects: Effect[] = [];
  for (const [node, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const edge = warningBetween(graph, node.change, other.change);
    if (!edge) continue;
    const order = node === a ? `it lands before ${b.key}, to which` : `${a.key} lands before it, to which`;
    const reason = `If ${a.key} lands before ${b.key}, ${node.key} is told: ${order} it is related (${edge.kind}, ${edge.rule}).`;
    effects.push({ change: node.change, reaction: 'tell', distance: 1, edge, reason });
  }
  const { proximity } = options;
  if (proximity !== 'overlap' && proximity !== 'touching') return effects;
  const edge: Edge = { change: b.change, on: a.change, kind: 'near', rule: proximity };
  const where = proximity === 'overlap' ? 'the same lines' : 'the same spot';
  const reason = `If ${a.key} lands before ${b.key}, ${b.key} is told: both edit ${where}, so it will need a new revision.`;
  const told = new Set([a.change, b.change]);
  return [
    ...effects.filter(({ change }) => change !== b.change),
    { change: b.change, reaction: 'tell', distance: 1, edge, reason },
    ...reactionsTo(graph, b.change, 'revised', options.reactions)
      .filter(({ change }) => !told.has(change))
      .map((effect) => ({ ...effect, distance: effect.distance + 1 })),
  ];
}

/** A dependency that warns against this order, or asks for a look after it. */
function warningBetween(graph: Graph, change: string, on: string): Edge | undefined {
  const node = graph.places.get(change) ?? -1;
  const other = graph.places.get(on);
  const edge = [...edgesAt(graph.up, node)].find(
    (one) => graph.to[one] === other && policyOfEdge(graph, one) === 'warn',
  );
  return edge === undefined ? undefined : graph.edges[edge];
}

/** Open changes that wait for this one and nothing else. */
function freedBy(graph: Graph, change: string, landed: ReadonlySet<string>): string[] {
  const node = graph.places.get(change) ?? -1;
  const waiting = new Set<number>();
  for (const edge of edgesAt(graph.down, node))
    if (graph.blocking[edge] === 1) waiting.add(graph.from[edge] ?? 0);
  return [...waiting]
    .filter((one) =>
      edgesAt(graph.up, one).every((edge) => {
        const on = graph.to[edge] ?? -1;
        return graph.blocking[edge] !== 1 || on === node || landed.has(graph.nodes[on]?.change ?? '');
      }),
    )
    .sort((x, y) => (graph.age[x] ?? 0) - (graph.age[y] ?? 0))
    .flatMap((one) => graph.nodes[one]?.change ?? []);
}

function waits(graph: Graph, a: GraphNode, b: GraphNode, way: readonly Edge[]): string {
  if (blockersOf(graph, b.change).some(({ change }) => change === a.change))
    return `${a.key} cannot land before ${b.key}: each needs the other, so they land together or one has to be changed.`;
  const steps = way
    .slice(0, STEPS_NAMED)
    .map(
      ({ change, on, kind, rule }) => `${keyOf(graph, change)} needs ${keyOf(graph, on)} (${kind}, ${rule})`,
    );
  const more = way.length > STEPS_NAMED ? `, and so on, over ${nounOf(way.length)}` : '';
  return `${a.key} cannot land before ${b.key}: ${steps.join(', and ')}${more}.`;
}

function problemWith(node: GraphNode | undefined, change: string): string | undefined {
  if (!node) return `Nothing is known of the change ${change}; check its id.`;
  return isOpen(node)
    ? undefined
    : `${node.key} is ${node.outcome} already, so this can no longer happen to it.`;
}

function tally(effects: readonly Effect[]): string {
  const count = (reaction: Effect['reaction']) =>
    effects.filter((effect) => effect.reaction === reaction).length;
  const parts = [
    { number: count('hold'), verb: 'held' },
    { number: count('reopen'), verb: 'reopened' },
    { number: count('tell'), verb: 'told' },
  ].filter(({ number }) => number > 0);
  if (parts.length === 0) return 'no other change is touched';
  return parts
    .map(({ number, verb }) => `${nounOf(number)} ${number === 1 ? 'is' : 'are'} ${verb}`)
    .join(', ');
}

const nounOf = (count: number): string =>
  count === 1 ? '1 change' : `${count === 0 ? 'no' : count} changes`;
const impossible = (sentence: string, needs: readonly string[] = []): WhatIf => ({
  isPossible: false,
  sentence,
  effects: [],
  freed: [],
  needs,
});
const nodeOf = ({ nodes, places }: Graph, change: string) => nodes[places.get(change) ?? -1];
const keyOf = (graph: Graph, change: string) => nodeOf(graph, change)?.key ?? change;
