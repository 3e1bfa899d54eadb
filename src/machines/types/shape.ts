/**
 * The author's grammar as TypeScript sees it before anything is looked up. It is wide on purpose: a value that did not fit
 * here would be reported far from its place; `checked.ts` narrows it where the value stands. What editors show about a key
 * is written here.
 */

import type { AttributeShape, BallotShape } from './shape-ballots.ts';
import type { Anything, Loose, OneOrMore, RuleShape } from './shape-rule.ts';

export interface TransitionShape extends RuleShape {
  /** The transition is taken when somebody who satisfies the rule sends this trigger … */
  readonly trigger?: string;
  /** … or by itself after a time in the state, such as `30s`, `15m`, `24h`, `3d` or `1h30m` … */
  readonly after?: string;
  /** … or by itself after a time in which nothing happened to the change … */
  readonly idle?: string;
  /** The tenant's calendar in which a time is working time; elapsed time without one. */
  readonly calendar?: Anything;
  /** … or by itself when `all`, `any` or this many regions are done … */
  readonly join?: string | number;
  /** … or by itself as soon as this condition holds … */
  readonly when?: Anything;
  /** … or when a new revision comes. */
  readonly revision?: Anything;
  /** Only regions that ended with this outcome count for the join. */
  readonly ending?: string;
  /** What happens to a vote that comes when its region is done; refused where nothing is said. */
  readonly late?: string;
  /** Ballots that lose all their votes: `all`, or some by name. */
  readonly void?: OneOrMore<string>;
}

export type TransitionsShape = Readonly<Record<string, OneOrMore<TransitionShape>>>;

export interface TimerShape {
  /** The time in the state, such as `24h`; when it is over, `elapsed.<timer>` holds until the state is left. */
  readonly after: string;
  /** The tenant's calendar in which it is working time; elapsed time without one. */
  readonly calendar?: Anything;
  /** Another role that is asked then, and may act in that state too. */
  readonly escalate?: string;
  /** Those who hold this role are reminded. */
  readonly remind?: string;
  readonly [key: string]: Anything;
}

export interface InnerStateShape {
  readonly title?: string;
  /** Makes the state final and says what it means. */
  readonly final?: string;
  readonly timers?: Readonly<Record<string, TimerShape>>;
  readonly [key: string]: Anything;
}

export interface ScopeShape {
  readonly title?: string;
  readonly initial: string;
  readonly states: Readonly<Record<string, InnerStateShape>>;
  readonly transitions: TransitionsShape;
}

export interface ReopenShape extends RuleShape {
  /** Who satisfies the rule sends this trigger … */
  readonly trigger?: string;
  /** … and the change goes on in this state, which is not final. */
  readonly to?: string;
  /** Ballots that lose all their votes: `all`, or some by name. */
  readonly void?: OneOrMore<string>;
}

export interface StateShape extends InnerStateShape {
  /** Regions start together when the state is entered. */
  readonly regions?: Readonly<Record<string, ScopeShape>>;
  /** Of a final state: who may open the change again, and where it goes on. */
  readonly reopen?: Loose<ReopenShape>;
}

/** A whole workflow. */
export interface WorkflowShape extends ScopeShape {
  readonly name: string;
  readonly roles: readonly string[];
  /** Holding the key's role means holding these too. */
  readonly includes?: Readonly<Record<string, OneOrMore<string>>>;
  readonly triggers: readonly string[];
  /** Facts a change is proposed with, which conditions may read. */
  readonly attributes?: Readonly<Record<string, Loose<AttributeShape>>>;
  /** Votes on one question, and what they must come to. */
  readonly ballots?: Readonly<Record<string, Loose<BallotShape>>>;
  /** Who may bring in a new revision. */
  readonly revisions?: Loose<RuleShape>;
  /** Who may put a change to rest wherever it is, and who may let it go on from there. */
  readonly suspension?: Loose<SuspensionShape>;
  /** Who may say that another change takes this one's place, and in which final state it ends then. */
  readonly supersede?: Loose<SupersedeShape>;
  readonly states: Readonly<Record<string, StateShape>>;
}

export interface SupersedeShape extends RuleShape {
  /** The final state in which superseded changes end. */
  readonly to?: string;
}

export interface SuspensionShape {
  readonly suspend?: Loose<RuleShape>;
  readonly resume?: Loose<RuleShape>;
  readonly [key: string]: Anything;
}
