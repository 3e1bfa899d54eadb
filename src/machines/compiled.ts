/** What compiling a definition gives: the machine, and beside it what is looked up on every event. */
import type { AnyStateMachine, StateValue } from 'xstate';
import type { Calendar } from './calendars.ts';
import type { Configurations } from './configurations.ts';
import type { Definition, Outcome } from './definition.ts';
import { activePaths, isActive, type Leaving } from './paths.ts';
import type { NamedTimer } from './timers.ts';

/** What is looked up to tell a late vote from a wrong one. */
export interface LatePlaces {
  /** Region transitions by trigger. */
  readonly regional: ReadonlyMap<string, readonly Leaving[]>;
  /** For each top-level state: the states with regions that lie behind a change that is there. */
  readonly behind: ReadonlyMap<string, ReadonlySet<string>>;
}

/** A machine with what is looked up beside it on every event. Build it once per definition and keep it. */
export interface CompiledWorkflow {
  readonly definition: Definition;
  readonly machine: AnyStateMachine;
  readonly configurations: Configurations;
  /** Triggered transitions by the path of the state they leave. */
  readonly leaving: ReadonlyMap<string, readonly Leaving[]>;
  /** The same by trigger, those of inner states first: the order in which the machine asks them. */
  readonly byTrigger: ReadonlyMap<string, readonly Leaving[]>;
  /** Timers by the event that reports them. */
  readonly timers: ReadonlyMap<string, NamedTimer>;
  /** Meaning of the top-level final states. */
  readonly outcomes: ReadonlyMap<string, Outcome>;
  readonly late: LatePlaces;
  /** Calendars its timers count by; `calendars` holds them once the workflow runs for a tenant. */
  readonly calendarNames: readonly string[];
  readonly calendars: Readonly<Record<string, Calendar>>;
}

/** The triggered transitions that leave the current configuration, in the order in which the machine tries them. */
export function enabled(compiled: CompiledWorkflow, value: StateValue): Leaving[] {
  return activePaths(value).flatMap((path) => compiled.leaving.get(path) ?? []);
}

/** The same for one trigger, without looking at the others. */
export function enabledBy(compiled: CompiledWorkflow, value: StateValue, trigger: string): Leaving[] {
  return (compiled.byTrigger.get(trigger) ?? []).filter(({ from }) => isActive(value, from));
}
