/** What may stand in one transition, as types: the counterpart of the transition schema in `source.ts`. */
import type { Outcome, PrincipalKind } from '../definition.ts';
import type { FromOf } from './graph.ts';
import type { Known, Problem } from './problem.ts';

/** Facts that a transition is judged by. */
export interface Around {
  /** Names of states with regions. */
  readonly joinable: string;
  readonly role: string;
  readonly trigger: string;
}

/** One transition or several under one key `E`. */
export type CheckedRules<Rules, E, A extends Around> = Rules extends readonly unknown[]
  ? { readonly [I in keyof Rules]: CheckedRule<Rules[I], E, A> }
  : CheckedRule<Rules, E, A>;

/** What an editor may propose where nothing is known yet. */
export type Proposed<E, A extends Around> =
  | CheckedRule<unknown, E, A>
  | readonly CheckedRule<unknown, E, A>[];

/** A mapped type over all keys, so that nothing in a list of rules looks like an excess property. */
export type CheckedRule<Rule, E, A extends Around> = {
  readonly [K in keyof Expected<A> | keyof Rule]?: K extends keyof Expected<A>
    ? Misplaced<Rule, K> extends never
      ? K extends 'join'
        ? Joinable<Written<Rule, K, Expected<A>[K]>, FromOf<E>, A>
        : Judged<Written<Rule, K, Expected<A>[K]>, Expected<A>[K], K>
      : Misplaced<Rule, K>
    : Problem<`unknown key '${K & string}'`>;
};

interface Expected<A extends Around> {
  readonly trigger: A['trigger'];
  readonly after: Duration;
  readonly join: 'all' | 'any' | number;
  readonly ending: Outcome;
  readonly role: A['role'];
  readonly by: PrincipalKind;
  readonly exclude: 'author';
  readonly reason: 'required';
  readonly late: 'record' | 'refuse';
}

type Start = 'trigger' | 'after' | 'join';
type Listable = 'role' | 'by' | 'exclude';

/** A key that does not go with the way the transition starts. */
type Misplaced<Rule, K> = Rule extends object
  ? K extends keyof Rule
    ? K extends Start
      ? Exclude<keyof Rule & Start, K> extends never
        ? never
        : Problem<"give exactly one of 'trigger', 'after' and 'join'">
      : K extends 'ending'
        ? 'join' extends keyof Rule
          ? never
          : Problem<"'ending' belongs to a 'join'">
        : 'trigger' extends keyof Rule
          ? never
          : Problem<`'${K & string}' belongs to a 'trigger'`>
    : never
  : never;

/** What the author wrote at `K`, or `All` where nothing is written yet. */
type Written<T, K, All> = K extends keyof T ? T[K] : All;

type Judged<Value, All, K> = Value extends readonly unknown[]
  ? { readonly [I in keyof Value]: Known<Value[I], All, K & string> }
  : K extends Listable
    ? Known<Value, All, K> | readonly All[]
    : Known<Value, All, K & string>;

type Joinable<Value, From extends string, A extends Around> = From extends A['joinable']
  ? Known<Value, 'all' | 'any' | number, 'join'>
  : Problem<`state '${From}' has no regions to join`>;

/** `30s`, `15m`, `24h`, `3d`, and descending combinations such as `1h30m`. */
export type Duration = `${Days}${Hours}${Minutes}${Seconds}`;
type Days = '' | `${bigint}d`;
type Hours = '' | `${bigint}h`;
type Minutes = '' | `${bigint}m`;
type Seconds = '' | `${bigint}s`;
