/** Which of some transitions is taken: every way in which the first of them that holds can come out. */
import type { Situation } from './check-chance.ts';
import type { Configuration } from './check-configuration.ts';
import type { Knowledge } from './check-knowledge.ts';
import type { Candidate, Model } from './check-model.ts';
import type { Conditional, Joined } from './definition.ts';
import { needed } from './joins.ts';

interface First {
  readonly take: (each: Conditional, index: number, facts: Knowledge) => void;
  readonly none: (facts: Knowledge) => void;
}

/** Follows every way in which the first of some conditions comes to hold, or none does. */
export function firstOf(
  { knowing }: Model,
  whens: readonly Conditional[],
  facts: Knowledge,
  at: Situation,
  { take, none }: First,
): void {
  const ask = (index: number, so: Knowledge): void => {
    const each = whens[index];
    if (!each) {
      none(so);
      return;
    }
    knowing.ask(
      each.when,
      so,
      at,
      (yes) => take(each, index, yes),
      (no) => ask(index + 1, no),
    );
  };
  ask(0, facts);
}

/** The same for rules of a trigger: the first one whose condition holds, or none. */
export function firstRule(
  { knowing }: Model,
  rules: readonly Candidate[],
  facts: Knowledge,
  at: Situation,
  found: (pick: Candidate | undefined, facts: Knowledge) => void,
): void {
  const ask = (index: number, so: Knowledge): void => {
    const each = rules[index];
    const text = each?.rule.if;
    if (text === undefined) found(each, so);
    else
      knowing.ask(
        text,
        so,
        at,
        (yes) => found(each, yes),
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
