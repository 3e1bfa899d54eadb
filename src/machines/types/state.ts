/** What may stand in one state, as types; its regions are `checked.ts`'s matter. */
import type { Outcome } from '../definition.ts';
import type { CalendarName, Duration } from './duration.ts';
import type { At, Form, Requires } from './form.ts';
import type { Finals, Names } from './graph.ts';
import type { Known, Problem } from './problem.ts';
import type { Declared, RuleKeys, Voided } from './rule.ts';

/** `States` are its siblings; `never` in a region, where states are simpler. */
export type CheckedState<State, States, D extends Declared> = Form<State, StateKeys<State, States, D>>;

export interface StateKeys<State, States, D extends Declared> {
  readonly title: string;
  readonly final: Known<At<State, 'final'>, Outcome, 'outcome'>;
  readonly timers: State extends { final: unknown }
    ? Problem<'a final state has no timers'>
    : CheckedTimers<At<State, 'timers'>, D['role']>;
  readonly regions: State extends { final: unknown }
    ? Problem<'a final state has no regions'>
    : [States] extends [never]
      ? Problem<'regions stand in states of the workflow itself, not in other regions'>
      : unknown;
  readonly reopen: [States] extends [never]
    ? Problem<"'reopen' belongs to a final state of the workflow itself">
    : State extends { final: unknown }
      ? CheckedReopening<At<State, 'reopen'>, States, D>
      : Problem<"'reopen' belongs to a final state">;
}

/** Names of the states that have regions. */
export type WithRegions<States> = {
  [N in Names<States>]: States[N] extends { regions: object } ? N : never;
}[Names<States>];

type CheckedTimers<Timers, Role extends string> = {
  readonly [T in keyof Timers]: Form<Timers[T], TimerKeys<Timers[T], Role>>;
};

export interface TimerKeys<Timer, Role extends string> {
  readonly after: Known<At<Timer, 'after'>, Duration, 'duration'>;
  readonly calendar: CalendarName<At<Timer, 'calendar'>>;
  readonly escalate: Known<At<Timer, 'escalate'>, Role, 'role'>;
  readonly remind: Known<At<Timer, 'remind'>, Role, 'role'>;
}

/** How a final state is left after all. */
export type CheckedReopening<T, States, D extends Declared> = Form<T, ReopenKeys<T, States, D>> &
  Requires<T, 'trigger', "'reopen' says by which trigger, as in { trigger: 'reopen', to: 'Review' }"> &
  Requires<T, 'to', "'reopen' says where the change goes on, as in { trigger: 'reopen', to: 'Review' }">;

export interface ReopenKeys<T, States, D extends Declared> extends RuleKeys<T, D> {
  readonly trigger: Known<At<T, 'trigger'>, D['trigger'], 'trigger'>;
  readonly to: At<T, 'to'> extends Finals<States>
    ? Problem<`state '${At<T, 'to'> & string}' is final: reopen to one that is not`>
    : Known<At<T, 'to'>, Exclude<Names<States>, Finals<States>>, 'state'>;
  readonly void: Voided<At<T, 'void'>, D['ballot']>;
}

/** Who may say that another change takes this one's place, and where it ends then. */
export type CheckedSuperseding<T, States, D extends Declared> = Form<T, SupersedeKeys<T, States, D>> &
  Requires<T, 'to', "'supersede' says in which final state, as in { to: 'Withdrawn' }">;

export interface SupersedeKeys<T, States, D extends Declared> extends RuleKeys<T, D> {
  readonly to: At<T, 'to'> extends Exclude<Names<States>, Finals<States>>
    ? Problem<`state '${At<T, 'to'> & string}' is not final: superseded changes end in one that is`>
    : Known<At<T, 'to'>, Finals<States>, 'state'>;
}

/** Reopenings as transition keys: a state may be there only for them. */
export type Reopenings<States> = {
  [N in Names<States>]: States[N] extends { final: string; reopen: { to: infer To extends string } }
    ? `${N} -> ${To}`
    : never;
}[Names<States>];
