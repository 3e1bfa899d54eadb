/**
 * Completion inside states. An editor infers nothing from the part it completes in, so the names in there are inferred by
 * other ways: `Inner` backwards through mapped types (region by region, its state names), `State` and `Region` as bare keys.
 * Nothing is refused here: that is for `checked.ts`.
 */
import type { Outcome } from '../definition.ts';
import type { Names } from './graph.ts';
import type { Problem } from './problem.ts';
import type { Proposed } from './rules.ts';

/** Transition keys of each region. */
export type RegionKeys<Inner> = {
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

/** Outcomes, roles and triggers wherever they may stand in a state. */
export type StateHints<
  State extends string,
  Region extends string,
  Role extends string,
  Trigger extends string,
> = {
  readonly [S in State]: InnerHints<Role> & {
    readonly regions?: { readonly [R in Region]: RegionHints<Role, Trigger> };
  };
};

interface InnerHints<Role extends string> {
  readonly final?: Hint<Outcome>;
  readonly timers?: {
    readonly [timer: string]: { readonly after: string; readonly escalate: Hint<Role> };
  };
  readonly [key: string]: unknown;
}

interface RegionHints<Role extends string, Trigger extends string> {
  readonly states?: { readonly [state: string]: InnerHints<Role> };
  readonly transitions?: {
    readonly [edge: string]: Proposed<string, { joinable: never; role: Role; trigger: Trigger }> | object;
  };
  readonly [key: string]: unknown;
}

/** Proposes `Names`; the rest is refused in `checked.ts`, whose sentence must not drown in a `never`. */
type Hint<Names extends string> = Names | Problem<'choose a declared one'>;
