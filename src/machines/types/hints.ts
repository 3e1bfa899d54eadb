/**
 * Completion inside states. An editor infers nothing from the part it completes in, so the names in there are inferred by
 * other ways: `Inner` backwards through mapped types (region by region, its state names), `State` and `Region` as bare keys.
 * `Left` are the states that the transitions leave. Nothing is refused here: that is for `checked.ts`.
 */
import type { Outcome } from '../definition.ts';
import type { Names } from './graph.ts';
import type { Problem } from './problem.ts';
import type { Declared } from './rule.ts';
import type { CheckedReopening } from './state.ts';
import type { Around, Proposed } from './transition.ts';

/** Transition keys of each region. */
export type RegionHints<Inner> = {
  readonly [S in keyof Inner]: {
    readonly regions?: { readonly [R in keyof Inner[S]]: KeysOfRegion<Inner[S][R]> };
    readonly [key: string]: unknown;
  };
};

interface KeysOfRegion<States> {
  readonly states: { readonly [N in keyof States]: unknown };
  readonly transitions?: {
    readonly [E in `${Names<States>} -> ${Names<States>}`]?: unknown;
  } & { readonly [edge: string]: unknown };
  readonly [key: string]: unknown;
}

/** Outcomes, roles, triggers and ballots wherever they may stand in a state. */
export type StateHints<
  State extends string,
  Region extends string,
  Left extends string,
  D extends Declared,
> = {
  readonly [S in State]: InnerHints<D['role']> & {
    readonly regions?: { readonly [R in Region]: InRegion<D> };
    readonly reopen?: CheckedReopening<unknown, { readonly [N in Left]: unknown }, D> | object;
  };
};

interface InnerHints<Role extends string> {
  readonly final?: Hint<Outcome>;
  readonly timers?: {
    readonly [timer: string]: {
      readonly after: string;
      readonly calendar?: unknown;
      readonly escalate?: Hint<Role>;
      readonly remind?: Hint<Role>;
      readonly [key: string]: unknown;
    };
  };
  readonly [key: string]: unknown;
}

interface InRegion<D extends Declared> {
  readonly states?: { readonly [state: string]: InnerHints<D['role']> };
  readonly transitions?: { readonly [edge: string]: Proposed<string, AroundHints<D>> | object };
  readonly [key: string]: unknown;
}

interface AroundHints<D extends Declared> extends Around {
  readonly joinable: never;
  readonly role: D['role'];
  readonly trigger: D['trigger'];
  readonly ballot: D['ballot'];
}

/** Proposes `Names`; the rest is refused in `checked.ts`, whose sentence must not drown in a `never`. */
type Hint<Names extends string> = Names | Problem<'choose a declared one'>;
