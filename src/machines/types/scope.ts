/** One scope, the workflow itself or a region: which states can be reached, and which hold a change for good. */
import type { Finals, FromOf, Names, Reached, Successors } from './graph.ts';
import type { Problem } from './problem.ts';
import type { Reopenings, WithRegions } from './state.ts';

/** A set of states with transitions. */
export interface Scope {
  readonly initial: string;
  readonly states: object;
  readonly transitions: object;
}

/** Without a known initial state nothing can be said about reachability. */
export type Reachable<S extends Scope> =
  S['initial'] extends Names<S['states']>
    ? Reached<
        Successors<Names<S['transitions']> | Reopenings<S['states']>>,
        S['initial'] | (Superseded<S> & Names<S['states']>)
      >
    : Names<S['states']>;

/** Where superseded changes end, wherever they were. */
type Superseded<S> = S extends { readonly supersede: { readonly to: infer To extends string } } ? To : never;

/** A state among the others: reachable, and left unless it is final. */
export type Placed<S extends Scope, Name extends string, Reach> = Name extends Reach
  ? Name extends Finals<S['states']> | FromOf<keyof S['transitions']>
    ? unknown
    : Name extends WithRegions<S['states']>
      ? Problem<`nothing joins the regions of state '${Name}' and nothing leaves it`>
      : Problem<`state '${Name}' is not final and nothing leaves it`>
  : Problem<`state '${Name}' cannot be reached from '${S['initial']}'`>;
