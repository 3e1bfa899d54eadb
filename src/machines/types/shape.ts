/**
 * The author's grammar as TypeScript sees it before anything is looked up. It is wide on purpose: a value that did not fit
 * here would be reported far from its place; `checked.ts` narrows it where the value stands.
 */

type OneOrMore<T> = T | readonly T[];

export interface RuleShape {
  /** The transition is taken when somebody who satisfies the rule sends this trigger … */
  readonly trigger?: string;
  /** … or by itself after a time in the state, such as `30s`, `15m`, `24h`, `3d` or `1h30m` … */
  readonly after?: string;
  /** … or by itself when `all`, `any` or this many regions are done. */
  readonly join?: string | number;
  /** Only regions that ended with this outcome count for the join. */
  readonly ending?: string;
  /** Any one of these roles may send the trigger; none given: no role is needed. */
  readonly role?: OneOrMore<string>;
  /** Kinds of principal that may send the trigger; none given: all. */
  readonly by?: OneOrMore<string>;
  /** Whose act does not count. */
  readonly exclude?: OneOrMore<string>;
  readonly reason?: string;
  /** What happens to a vote that comes when its region is done; refused where nothing is said. */
  readonly late?: string;
  readonly [key: string]: unknown;
}

export type TransitionsShape = Readonly<Record<string, OneOrMore<RuleShape>>>;

export interface InnerStateShape {
  readonly title?: string;
  /** Makes the state final and says what it means. */
  readonly final?: string;
  readonly timers?: Readonly<Record<string, { readonly after: string; readonly escalate: string }>>;
  readonly [key: string]: unknown;
}

export interface ScopeShape {
  readonly title?: string;
  readonly initial: string;
  readonly states: Readonly<Record<string, InnerStateShape>>;
  readonly transitions: TransitionsShape;
}

export interface StateShape extends InnerStateShape {
  /** Regions start together when the state is entered. */
  readonly regions?: Readonly<Record<string, ScopeShape>>;
}

/** A whole workflow. */
export interface WorkflowShape extends ScopeShape {
  readonly name: string;
  readonly roles: readonly string[];
  readonly triggers: readonly string[];
  readonly states: Readonly<Record<string, StateShape>>;
}
