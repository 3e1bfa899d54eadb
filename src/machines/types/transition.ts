/** What may stand in one transition, as types: the counterpart of the transition schema in `source-rules.ts`. */
import type { Outcome } from '../definition.ts';
import type { CalendarName, Duration } from './duration.ts';
import type { At, AtLeastOne, Keys, OnlyOne } from './form.ts';
import type { FromOf } from './graph.ts';
import type { Known, Problem } from './problem.ts';
import type { Declared, Given, RuleKeys, Voided } from './rule.ts';

/** Facts that a transition is judged by. */
export interface Around extends Declared {
  /** Names of states with regions. */
  readonly joinable: string;
}

/** One transition or several under one key `E`. */
export type CheckedTransition<T, E, A extends Around> = T extends readonly unknown[]
  ? T extends readonly []
    ? Problem<'an empty list is no transition: write one, or leave the key out'>
    : { readonly [I in keyof T]: CheckedOne<T[I], E, A> }
  : CheckedOne<T, E, A>;

/** What an editor may propose where nothing is known yet. */
export type Proposed<E, A extends Around> = CheckedOne<unknown, E, A> | readonly CheckedOne<unknown, E, A>[];

/** A mapped type over all keys, so that nothing in a list of transitions looks like an excess property. */
type CheckedOne<T, E, A extends Around> = {
  readonly [K in keyof TransitionKeys<T, E, A> | Keys<T>]?: K extends keyof TransitionKeys<T, E, A>
    ? Misplaced<T, K> extends never
      ? TransitionKeys<T, E, A>[K]
      : Misplaced<T, K>
    : Problem<`unknown key '${K & string}'`>;
} & (Keys<T> & OfTrigger extends never ? AtLeastOne<T, Start, Starts> : unknown);

export interface TransitionKeys<T, E, A extends Around> extends RuleKeys<T, A> {
  readonly trigger: Known<At<T, 'trigger'>, A['trigger'], 'trigger'>;
  readonly after: Known<At<T, 'after'>, Duration, 'duration'>;
  readonly idle: Known<At<T, 'idle'>, Duration, 'duration'>;
  readonly calendar: CalendarName<At<T, 'calendar'>>;
  readonly join: Joinable<At<T, 'join'>, FromOf<E>, A>;
  readonly when: Given<At<T, 'when'>>;
  readonly revision: At<T, 'revision'> extends false
    ? Problem<"'revision' is true, or is left out">
    : Known<At<T, 'revision'>, true, 'revision'>;
  readonly ending: Known<At<T, 'ending'>, Outcome, 'outcome'>;
  readonly late: Known<At<T, 'late'>, 'record' | 'refuse', 'late'>;
  readonly void: Voided<At<T, 'void'>, A['ballot']>;
}

type Start = 'trigger' | 'after' | 'idle' | 'join' | 'when' | 'revision';
type Starts = "'trigger', 'after', 'idle', 'join', 'when' and 'revision'";
type OfTrigger = 'role' | 'by' | 'exclude' | 'reason' | 'late' | 'sign';

/** A key that does not go with the way the transition starts. */
type Misplaced<T, K> =
  K extends Keys<T>
    ? K extends Start
      ? OnlyOne<T, K, Start, Starts>
      : K extends OfTrigger
        ? Belongs<T, 'trigger', `'${K}' belongs to a 'trigger'`>
        : K extends 'if'
          ? Belongs<
              T,
              'trigger' | 'after' | 'idle',
              "'if' belongs to a 'trigger', an 'after' or an 'idle'; a transition by condition alone says 'when'"
            >
          : K extends 'calendar'
            ? Belongs<T, 'after' | 'idle', "'calendar' belongs to an 'after' or an 'idle'">
            : K extends 'ending'
              ? Belongs<T, 'join', "'ending' belongs to a 'join'">
              : never
    : never;

type Belongs<T, Owner extends string, Sentence extends string> = Keys<T> & Owner extends never
  ? Problem<Sentence>
  : never;

type Joinable<Value, From extends string, A extends Around> = From extends A['joinable']
  ? Known<Value, 'all' | 'any' | number, 'join'>
  : Problem<`state '${From}' has no regions to join`>;
