/** The graph around a change as an indented tree: what it depends on, and what depends on it. Each change is unfolded once. */

import type { Graph, GraphMember } from './graph-wire.ts';
import { stateText } from './state-text.ts';
import { cell, type Paint } from './text.ts';

export type Sides = readonly ('up' | 'down')[];

const HEADINGS = { up: 'depends on', down: 'needed by' } as const;
const NOTHING = { up: 'It depends on no other change.', down: 'No other change depends on it.' } as const;

export function treeText(graph: Graph, root: string, sides: Sides, paint: Paint): string {
  const members = new Map(graph.nodes.map((member) => [member.id, member]));
  const about = members.get(root);
  const circular = new Set(graph.cycles.flat());
  const sections = sides.flatMap((side) => {
    const seen = new Set([root]);
    const lines = branches(graph, members, circular, root, side, seen, 1, paint);
    return lines.length > 0 ? [paint.dim(HEADINGS[side]), ...lines] : [NOTHING[side]];
  });
  const heading = about
    ? `${paint.bold(cell(about.key, 40))}  ${cell(about.title, 60)}  ${standing(about)}`
    : root;
  return [
    heading,
    ...sections,
    ...(graph.left_out === null ? [] : [paint.yellow(cell(graph.left_out, 300))]),
  ].join('\n');
}

function branches(
  graph: Graph,
  members: ReadonlyMap<string, GraphMember>,
  circular: ReadonlySet<string>,
  at: string,
  side: 'up' | 'down',
  seen: Set<string>,
  depth: number,
  paint: Paint,
): string[] {
  const [here, there] = side === 'up' ? (['change', 'on'] as const) : (['on', 'change'] as const);
  const byOther = new Map<string, Graph['edges'][number][]>();
  for (const edge of graph.edges)
    if (edge[here] === at) byOther.set(edge[there], [...(byOther.get(edge[there]) ?? []), edge]);
  return [...byOther].flatMap(([other, edges]) => {
    const member = members.get(other);
    if (!member) return [];
    const isKnown = seen.has(other);
    seen.add(other);
    const how = edges.map(({ kind, rule }) => `${kind}: ${cell(rule, 40)}`).join(', ');
    const isBlocking = edges.some(({ blocking }) => blocking);
    const notes = [
      ...(circular.has(other) && circular.has(at) ? ['in a cycle'] : []),
      ...(isKnown ? ['unfolded elsewhere'] : []),
    ];
    const name = `${cell(member.key, 40)}  ${standing(member)}  (${[how, ...notes].join('; ')})`;
    const line = `${'  '.repeat(depth)}${(isBlocking ? paint.red : paint.dim)(isBlocking ? '●' : '○')} ${name}`;
    if (isKnown) return [line];
    return [line, ...branches(graph, members, circular, other, side, seen, depth + 1, paint)];
  });
}

/** `Review (code: pending)`, `Merged, applied`, or that nobody has proposed it. */
export function standing({ known, state, outcome }: GraphMember): string {
  if (!known) return 'not proposed yet';
  return outcome === null ? cell(stateText(state), 60) : `${cell(stateText(state), 60)}, ${outcome}`;
}
