/** Which of some transitions is taken: every way in which the first of them that holds can come out. */
import type { Situation } from './check-chance.ts';
import type { Knowledge } from './check-knowledge.ts';
import type { Candidate, Configuration, Model } from './check-model.ts';
import type { Conditional, Joined } from './definition.ts';
import { needed } from './joins.ts';

interface First {
  readonly take: (each: Conditional, index: number, facts: Knowledge) => void;
  readonly none: (facts: Knowledge) => void;
}

/** Follows every way in which the first of some conditions comes to hold, or none does. */
export function firstOf(
  model: Model,
  whens: readonly Conditional[],
  facts: Knowledge,
  at: Situation,
  { take, none }: First,
): void {
  firstHolding(model, whens, whenOf, facts, at, (each, index, so) => {
    if (each) take(each, index, so);
    else none(so);
  });
}

/** The same for rules of a trigger: the first one whose condition holds, or none. */
export function firstRule(
  model: Model,
  rules: readonly Candidate[],
  facts: Knowledge,
  at: Situation,
  found: (pick: Candidate | undefined, facts: Knowledge) => void,
): void {
  firstHolding(model, rules, ifOf, facts, at, (pick, _, so) => found(pick, so));
}

const whenOf = ({ when }: Conditional) => when;
const ifOf = ({ rule }: Candidate) => rule.if;

/** What has no condition always holds. */
function firstHolding<T>(
  { knowing }: Model,
  all: readonly T[],
  conditionOf: (each: T) => string | undefined,
  facts: Knowledge,
  at: Situation,
  found: (pick: T | undefined, index: number, facts: Knowledge) => void,
): void {
  const ask = (index: number, so: Knowledge): void => {
    const each = all[index];
    const text = each && conditionOf(each);
    if (text === undefined) found(each, index, so);
    else
      knowing.ask(
        text,
        so,
        at,
        (yes) => found(each, index, yes),
        (no) => ask(index + 1, no),
      );
  };
  ask(0, facts);
}

interface Around {
  readonly leave: (each: Joined | Conditional, index: number, facts: Knowledge) => void;
  readonly stay: (facts: Knowledge) => void;
}

/** The first join or condition around the regions that holds. */
export function leaving(model: Model, at: Configuration, facts: Knowledge, { leave, stay }: Around): void {
  const ask = (index: number, so: Knowledge): void => {
    const each = at.top.leaving[index];
    const next = (no: Knowledge) => ask(index + 1, no);
    if (!each) stay(so);
    else if (each.on === 'when') model.knowing.ask(each.when, so, at, (yes) => leave(each, index, yes), next);
    else if (isJoined(each, at)) leave(each, index, so);
    else next(so);
  };
  ask(0, facts);
}

function isJoined({ join, ending }: Joined, { inner }: Configuration): boolean {
  let done = 0;
  for (const { final } of inner)
    if (final !== undefined && (ending === undefined || final === ending)) done += 1;
  return done >= needed(join, inner.length);
}

/** What a trace says of transitions that go by themselves. */
export function labelOf(taken: readonly (Joined | Conditional)[]): string[] {
  const label: string[] = [];
  for (const each of taken) if (each.on === 'when') label.push(`when ${each.when}`);
  return label;
}
