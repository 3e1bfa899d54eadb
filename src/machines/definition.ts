/**
 * The definition: a workflow as plain data. Authors write it in TypeScript, TOML or JSON (`source.ts` holds that grammar);
 * all three are normalised to this shape, which is digested, stored, checked and compiled.
 */

import type { Ballot } from './ballot.ts';
import type { ConditionText, Rule, Voiding } from './who-may.ts';

export * from './who-may.ts';

/** What a final state means. */
export const OUTCOMES = ['approved', 'rejected', 'withdrawn', 'applied'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** A time in a state. When it is over, `elapsed.<name>` holds until the state is left, and what is named here happens. */
export interface StateTimer {
  readonly afterMs: number;
  /** The tenant's calendar in which it is working time; elapsed time without one. */
  readonly calendar?: string;
  /** Another role is asked, and may from then on act in that state too. */
  readonly escalate?: string;
  /** Those who hold this role are reminded. */
  readonly remind?: string;
}

export interface State {
  readonly title?: string;
  /** Present on final states only. */
  readonly final?: Outcome;
  /** Regions start together when the state is entered; only top-level states have them. */
  readonly regions?: Readonly<Record<string, Region>>;
  readonly timers?: Readonly<Record<string, StateTimer>>;
  /** Of a top-level final state: who may open the change again, and where it goes on. */
  readonly reopen?: Reopening;
}

/** A small workflow of its own that runs beside its siblings. */
export interface Region {
  readonly title?: string;
  readonly initial: string;
  readonly states: Readonly<Record<string, State>>;
  readonly transitions: readonly Transition[];
}

export interface Triggered extends Rule, Voiding {
  readonly on: 'trigger';
  readonly from: string;
  readonly to: string;
  readonly trigger: string;
  /** What happens to this trigger when its region is already done: noted in the log, or refused with LATE. */
  readonly late: 'record' | 'refuse';
}

/** Taken by itself as soon as the condition holds. */
export interface Conditional extends Voiding {
  readonly on: 'when';
  readonly from: string;
  readonly to: string;
  readonly when: ConditionText;
}

/** Taken when a new revision comes. */
export interface Revised extends Voiding {
  readonly on: 'revision';
  readonly from: string;
  readonly to: string;
}

export interface Reopening extends Rule, Voiding {
  readonly to: string;
  readonly trigger: string;
}

export interface Timed extends Voiding {
  readonly on: 'time';
  readonly from: string;
  readonly to: string;
  readonly afterMs: number;
  /** The tenant's calendar in which it is working time; elapsed time without one. */
  readonly calendar?: string;
  /** The time starts anew with everything that happens to the change. */
  readonly idle?: true;
  /** Where this does not hold when the time is over, the change stays. */
  readonly if?: ConditionText;
}

/** Fires by itself when enough regions of `from` are done (with outcome `ending`, where given). */
export interface Joined extends Voiding {
  readonly on: 'join';
  readonly from: string;
  readonly to: string;
  readonly join: 'all' | 'any' | number;
  readonly ending?: Outcome;
}

export type Transition = Triggered | Timed | Joined | Conditional | Revised;

/** A declared fact about a change. */
export interface Attribute {
  readonly type: 'text' | 'int' | 'bool' | 'list';
  /** The texts it may be. */
  readonly oneOf?: readonly string[];
  /** What it is until somebody says otherwise. */
  readonly initial: AttributeValue;
  /** Where it may be changed after the proposal, and by whom; nowhere without this. */
  readonly amend?: Amending;
}

export type AttributeValue = string | number | boolean | readonly string[];

export interface Amending extends Rule {
  readonly in: readonly string[];
}

export interface Definition {
  readonly name: string;
  readonly title?: string;
  readonly roles: readonly string[];
  /** Holding the key's role means holding these too. */
  readonly includes?: Readonly<Record<string, readonly string[]>>;
  readonly triggers: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly ballots?: Readonly<Record<string, Ballot>>;
  /** Who may bring in a new revision; where nothing is said, nobody is restricted but by the API. */
  readonly revisions?: Rule;
  readonly suspension?: Suspension;
  readonly supersede?: Superseding;
  readonly initial: string;
  readonly states: Readonly<Record<string, State>>;
  readonly transitions: readonly Transition[];
}

/** Who may say that another change takes this one's place, wherever it is, and in which final state it ends then. */
export interface Superseding extends Rule {
  readonly to: string;
}

/** Who may put a change to rest wherever it is, and who may let it go on from there. */
export interface Suspension {
  readonly suspend: Rule;
  readonly resume: Rule;
}
