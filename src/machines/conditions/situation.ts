/** What an explanation knows while it walks a condition: the values, and what the bound items are called. */
import type { Env, Frame, Functions } from './evaluate.ts';

export interface Situation {
  readonly env: Env;
  readonly functions: Functions;
  readonly frame: Frame | undefined;
  /** How each bound item is called: `f` → "one of files". */
  readonly items: ReadonlyMap<string, string>;
}

/** The situation inside a quantifier, at one of its items. */
export function atItem(situation: Situation, name: string, value: unknown, called: string): Situation {
  return {
    ...situation,
    frame: { name, value, outer: situation.frame },
    items: new Map(situation.items).set(name, called),
  };
}
