/**
 * The definition: a workflow as plain data. Authors write it in TypeScript, TOML or JSON (`source.ts` holds that grammar);
 * all three are normalised to this shape, which is digested, stored, checked and compiled.
 */

/** What a final state means. */
export const OUTCOMES = ['approved', 'rejected', 'withdrawn', 'applied'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const PRINCIPAL_KINDS = ['person', 'agent', 'system'] as const;
export type PrincipalKind = (typeof PRINCIPAL_KINDS)[number];

/** After a time in a state, another role is asked, and may from then on act in that state too. */
export interface Escalation {
  readonly afterMs: number;
  readonly escalate: string;
}

export interface State {
  readonly title?: string;
  /** Present on final states only. */
  readonly final?: Outcome;
  /** Regions start together when the state is entered; only top-level states have them. */
  readonly regions?: Readonly<Record<string, Region>>;
  readonly timers?: Readonly<Record<string, Escalation>>;
}

/** A small workflow of its own that runs beside its siblings. */
export interface Region {
  readonly title?: string;
  readonly initial: string;
  readonly states: Readonly<Record<string, State>>;
  readonly transitions: readonly Transition[];
}

/** Who may take a transition, and how. Empty lists mean "no restriction". */
export interface Rule {
  /** Any one of these roles. */
  readonly roles: readonly string[];
  readonly by: readonly PrincipalKind[];
  /** Whose act does not count: today the author of the change. */
  readonly exclude: readonly 'author'[];
  readonly reason: 'optional' | 'required';
}

export interface Triggered extends Rule {
  readonly on: 'trigger';
  readonly from: string;
  readonly to: string;
  readonly trigger: string;
  /** What happens to this trigger when its region is already done: noted in the log, or refused with LATE. */
  readonly late: 'record' | 'refuse';
}

export interface Timed {
  readonly on: 'time';
  readonly from: string;
  readonly to: string;
  readonly afterMs: number;
}

/** Fires by itself when enough regions of `from` are done (with outcome `ending`, where given). */
export interface Joined {
  readonly on: 'join';
  readonly from: string;
  readonly to: string;
  readonly join: 'all' | 'any' | number;
  readonly ending?: Outcome;
}

export type Transition = Triggered | Timed | Joined;

export interface Definition {
  readonly name: string;
  readonly title?: string;
  readonly roles: readonly string[];
  readonly triggers: readonly string[];
  readonly initial: string;
  readonly states: Readonly<Record<string, State>>;
  readonly transitions: readonly Transition[];
}
