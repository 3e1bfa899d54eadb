/**
 * What the verdict rests on. A definition is sound whatever the conditions say where every configuration has a way to an
 * outcome that asks for none; otherwise it is sound only as long as some conditions can come to hold, which no analysis of
 * the workflow can promise: people have to vote, and facts have to become so.
 */
import { chanceOf, knownIn } from './check-chance.ts';
import type { Node, Way } from './check-explore.ts';
import type { WaysBack } from './check-ways-back.ts';
import type { ConditionText } from './definition.ts';
import { treeOf } from './facts.ts';

/** In this state the way on needs one of these conditions to come to hold. */
export interface Proviso {
  readonly state: string;
  readonly conditions: readonly ConditionText[];
}

/** The conditions without which some configuration could not come to an end, the nearest to an outcome first. */
export function providedIn(
  nodes: readonly Node[],
  ends: readonly Node[],
  back: WaysBack,
  wrong: ReadonlySet<ConditionText> = new Set(),
): Proviso[] {
  const isFree = ({ from, conditions }: Way) =>
    conditions.every((text) => !wrong.has(text) && isSure(from, text));
  const needed = new Map<string, Set<ConditionText>>();
  let safe = back.leadingTo(ends, isFree);
  while (safe.all.length < nodes.length) {
    const before = safe;
    const opened = nodes.filter((node) => !before.has(node) && node.ways.some(({ to }) => before.has(to)));
    if (opened.length === 0) break;
    for (const { at, ways } of opened)
      for (const { to, conditions } of ways)
        if (before.has(to))
          for (const each of conditions)
            needed.set(at.top.path, (needed.get(at.top.path) ?? new Set()).add(each));
    safe = back.leadingTo([...before.all, ...opened], isFree);
  }
  return [...needed].map(([state, conditions]) => ({ state, conditions: [...conditions] }));
}

/** Whether the condition holds there anyhow: which times are over and where the regions are is known. */
function isSure({ at }: Node, text: ConditionText): boolean {
  return /\b(elapsed|regions)\b/.test(text) && chanceOf(treeOf(text), knownIn(at)) === true;
}
