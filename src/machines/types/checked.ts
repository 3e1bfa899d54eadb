/**
 * The rules of `check.ts` that `tsc` can decide, as types: each gives back what is expected at a property, and where a rule
 * is broken, a type whose one property is the sentence that says so. Editors complete from the same types.
 */
import type { At, ByName, Form, Keys } from './form.ts';
import type { Finals, Names } from './graph.ts';
import type { Known, Problem, Several } from './problem.ts';
import type { CheckedRule, Declared } from './rule.ts';
import type { Placed, Reachable, Scope } from './scope.ts';
import type { CheckedState, WithRegions } from './state.ts';
import type { Around, CheckedTransition, Proposed } from './transition.ts';

/** All states of a scope; `S` is the literal the author wrote. Nothing is known while an editor completes inside it. */
export type CheckedStates<
  S extends Scope,
  D extends Declared,
  Siblings = S['states'],
> = string extends keyof S['states']
  ? unknown
  : [Finals<S['states']>] extends [never]
    ? Problem<"no state is final: mark one, as in { final: 'approved' }">
    : {
        readonly [N in keyof S['states']]: CheckedState<S['states'][N], Siblings, D> &
          CheckedRegions<S['states'][N], D> &
          Placed<S, N & string, Reachable<S>>;
      };

type CheckedRegions<State, D extends Declared> = State extends { final: unknown }
  ? unknown
  : State extends { regions: infer Regions }
    ? { readonly regions: { readonly [R in keyof Regions]: CheckedRegion<Regions[R], D> } }
    : unknown;

type CheckedRegion<R, D extends Declared> = R extends Scope ? Form<R, RegionKeys<R, D>> : unknown;

interface RegionKeys<R extends Scope, D extends Declared> {
  readonly title: string;
  readonly initial: Known<R['initial'], Names<R['states']>, 'state'>;
  readonly states: CheckedStates<R, D, never>;
  readonly transitions: CheckedTransitions<R['transitions'], R['states'], D>;
}

/**
 * The transitions that are written are judged. While an editor completes inside them, nothing is known of what is written,
 * and it completes from those an author may write.
 */
export type CheckedTransitions<Transitions, States, D extends Declared> = string extends keyof Transitions
  ? OfferedTransitions<Exclude<Names<States>, Finals<States>>, Names<States>, AroundOf<States, D>>
  : CheckedEdges<Transitions, States, AroundOf<States, D>>;

/** Only states with regions are left by a join. The two kinds of value are the same for every key, to keep the cost low. */
type OfferedTransitions<From extends string, To extends string, A extends Around> = {
  readonly [E in `${Exclude<From, A['joinable']>} -> ${To}`]?: Proposed<` -> `, A>;
} & { readonly [E in `${From & A['joinable']} -> ${To}`]?: Proposed<`${A['joinable']} -> `, A> };

type CheckedEdges<Transitions, States, A extends Around> = {
  readonly [E in Names<Transitions>]: CheckedEdge<E, States> & CheckedTransition<Transitions[E], E, A>;
};

interface AroundOf<States, D extends Declared> extends Around {
  readonly joinable: WithRegions<States>;
  readonly role: D['role'];
  readonly trigger: D['trigger'];
  readonly ballot: D['ballot'];
}

type CheckedEdge<E, States> = E extends `${infer From} -> ${infer To}`
  ? From extends Finals<States>
    ? Problem<`state '${From}' is final and cannot be left`>
    : Exclude<From | To, Names<States>> extends infer Unknown extends string
      ? [Unknown] extends [never]
        ? unknown
        : Problem<`unknown state '${Unknown}' in '${E}'`>
      : never
  : Problem<`'${E & string}' must read 'From -> To'`>;

/** Which roles hold others: declared ones on both sides. */
export type CheckedIncludes<T, Role extends string> = ByName<
  T,
  Role,
  'role',
  { readonly [R in Role]: Several<At<T, R>, Role, 'role'> }
>;

/** Who may put a change to rest, and who may let it go on. */
export type CheckedSuspension<T, D extends Declared> = Form<T, SuspensionKeys<T, D>>;

export interface SuspensionKeys<T, D extends Declared> {
  readonly suspend: CheckedRule<At<T, 'suspend'>, D>;
  readonly resume: CheckedRule<At<T, 'resume'>, D>;
}

/** What the author wrote at a key that may be left out. */
export type Part<W, K extends string> = K extends Keys<W> ? Exclude<At<W, K>, undefined> : unknown;
