/**
 * The rules of `check.ts` that `tsc` can decide, as types: each gives back what is expected at a property, and where a rule
 * is broken, a type whose one property is the sentence that says so. Editors complete from the same types.
 */
import type { Outcome } from '../definition.ts';
import type { Finals, FromOf, Names, Reached, Successors } from './graph.ts';
import type { Known, NoOtherKeys, Problem } from './problem.ts';
import type { Around, CheckedRules, Duration, Proposed } from './rules.ts';

/** A set of states with transitions: the workflow itself or a region. */
interface Scope {
  readonly initial: string;
  readonly states: object;
  readonly transitions: object;
}

/** All states of a scope; `S` is the literal the author wrote. Nothing is known while an editor completes inside it. */
export type CheckedStates<
  S extends Scope,
  Role extends string,
  Trigger extends string,
> = string extends keyof S['states']
  ? unknown
  : [Finals<S['states']>] extends [never]
    ? Problem<"no state is final: mark one, as in { final: 'approved' }">
    : {
        readonly [N in keyof S['states']]: CheckedState<S['states'][N], Role, Trigger> &
          Placed<S, N & string, Reachable<S>>;
      };

/** Without a known initial state nothing can be said about reachability. */
type Reachable<S extends Scope> =
  S['initial'] extends Names<S['states']>
    ? Reached<Successors<Names<S['transitions']>>, S['initial']>
    : Names<S['states']>;

/** A state among the others: reachable, and left unless it is final. */
type Placed<S extends Scope, Name extends string, Reach> = Name extends Reach
  ? Name extends Finals<S['states']> | FromOf<keyof S['transitions']>
    ? unknown
    : Name extends WithRegions<S['states']>
      ? Problem<`nothing joins the regions of state '${Name}' and nothing leaves it`>
      : Problem<`state '${Name}' is not final and nothing leaves it`>
  : Problem<`state '${Name}' cannot be reached from '${S['initial']}'`>;

/** Names of the states that have regions. */
export type WithRegions<States> = {
  [N in Names<States>]: States[N] extends { regions: object } ? N : never;
}[Names<States>];

type CheckedState<State, Role extends string, Trigger extends string> = {
  readonly title?: string;
  readonly final?: State extends { final: infer F } ? Known<F, Outcome, 'outcome'> : Outcome;
  readonly timers?: State extends { timers: infer Timers }
    ? { readonly [T in keyof Timers]: CheckedTimer<Timers[T], Role> }
    : unknown;
  readonly regions?: State extends { regions: infer Regions }
    ? { readonly [R in keyof Regions]: CheckedRegion<Regions[R], Role, Trigger> }
    : unknown;
} & NoOtherKeys<State, 'title' | 'final' | 'regions' | 'timers'>;

type CheckedRegion<R, Role extends string, Trigger extends string> = R extends Scope
  ? {
      readonly initial: Known<R['initial'], Names<R['states']>, 'state'>;
      readonly states: CheckedStates<R, Role, Trigger>;
      readonly transitions: CheckedTransitions<R['transitions'], R['states'], Role, Trigger>;
    } & NoOtherKeys<R, 'title' | 'initial' | 'states' | 'transitions'>
  : unknown;

interface CheckedTimer<Timer, Role extends string> {
  readonly after: Timer extends { after: infer D } ? Known<D, Duration, 'duration'> : Duration;
  readonly escalate: Timer extends { escalate: infer R } ? Known<R, Role, 'role'> : Role;
}

/**
 * The keys an author may write, and those written: the first complete in editors, the second are judged. While an editor
 * completes inside them, nothing is known of what is written, and only the first are left.
 */
export type CheckedTransitions<
  Transitions,
  States,
  Role extends string,
  Trigger extends string,
> = string extends keyof Transitions
  ? { readonly [E in Offered<States>]?: Proposed<E, AroundOf<States, Role, Trigger>> }
  : {
      readonly [E in Offered<States> | Names<Transitions>]?: E extends keyof Transitions
        ? CheckedEdge<E, States> & CheckedRules<Transitions[E], E, AroundOf<States, Role, Trigger>>
        : Proposed<E, AroundOf<States, Role, Trigger>>;
    };

interface AroundOf<States, Role extends string, Trigger extends string> extends Around {
  readonly joinable: WithRegions<States>;
  readonly role: Role;
  readonly trigger: Trigger;
}

type Offered<States> = `${Exclude<Names<States>, Finals<States>>} -> ${Names<States>}`;

type CheckedEdge<E, States> = E extends `${infer From} -> ${infer To}`
  ? From extends Finals<States>
    ? Problem<`state '${From}' is final and cannot be left`>
    : Exclude<From | To, Names<States>> extends infer Unknown extends string
      ? [Unknown] extends [never]
        ? unknown
        : Problem<`unknown state '${Unknown}' in '${E}'`>
      : never
  : Problem<`'${E & string}' must read 'From -> To'`>;
