/**
 * What a change takes along to another version of its definition: votes, attributes, what escalations and operators
 * arranged, and its timers. A timer that both versions have goes on to its due time; one that is new begins; a transition by
 * time that is not running any more (it was over and held back, or an operator cancelled it) begins anew, since in the new
 * version it may be the only way on.
 */
import type { StateValue } from 'xstate';
import { misfit } from './built-in.ts';
import type { CompiledWorkflow } from './compiled.ts';
import type { ChangeContext } from './context.ts';
import type { Definition } from './definition.ts';
import type { MigrationPlan } from './migration.ts';
import { isActive } from './paths.ts';
import { DUE } from './scheduled.ts';
import type { NamedTimer } from './timers.ts';

/** Old paths to new ones, as the landing says. */
export type Paths = ReadonlyMap<string, string>;

/** The context in the new version; the same object where nothing of it is another. */
export function carried(
  context: ChangeContext,
  to: CompiledWorkflow,
  paths: Paths,
  plan: MigrationPlan,
): ChangeContext {
  const { definition } = to;
  const parts = {
    escalated: escalatedIn(context, definition, paths),
    elapsed: elapsedIn(context, to, paths, plan),
    attributes: context.attributes && fitting(context.attributes, definition),
    votes: context.votes && keptVotes(context.votes, definition, plan),
    scheduled: context.scheduled && scheduledIn(context.scheduled, definition, paths, plan),
  };
  const changed = Object.entries(parts).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(context[name as keyof ChangeContext]),
  );
  if (changed.length === 0) return context;
  const next: Record<string, unknown> = { ...context, ...Object.fromEntries(changed) };
  for (const [name, value] of changed) if (value === undefined) delete next[name];
  return next as unknown as ChangeContext;
}

function escalatedIn({ escalated }: ChangeContext, { roles }: Definition, paths: Paths) {
  const moved = Object.entries(escalated).flatMap(([path, added]) => {
    const there = paths.get(path);
    const known = added.filter((role) => roles.includes(role));
    return there === undefined || known.length === 0 ? [] : [[there, known] as const];
  });
  return Object.fromEntries(moved);
}

/** Of what is over, only timers that note and remind: those lead nowhere by themselves. */
function elapsedIn({ elapsed }: ChangeContext, to: CompiledWorkflow, paths: Paths, plan: MigrationPlan) {
  if (elapsed === undefined) return undefined;
  const known = new Set([...to.timers.values()].flatMap(({ name, to: goes }) => (goes ? [] : [name])));
  return elapsed.flatMap((name) => {
    if (name.startsWith(OPERATORS)) return [name];
    const moved = timerIn(name, paths, plan);
    return moved !== undefined && known.has(moved) && plan.timers[moved] !== 'reset' ? [moved] : [];
  });
}

function fitting(attributes: NonNullable<ChangeContext['attributes']>, definition: Definition) {
  const known = Object.entries(attributes).filter(
    ([name, value]) =>
      Object.hasOwn(definition.attributes ?? {}, name) && misfit(definition, name, value) === undefined,
  );
  return Object.fromEntries(known);
}

function keptVotes(
  votes: NonNullable<ChangeContext['votes']>,
  { ballots = {} }: Definition,
  plan: MigrationPlan,
) {
  const kept = Object.entries(votes).filter(
    ([ballot]) => Object.hasOwn(ballots, ballot) && plan.votes[ballot] !== 'drop',
  );
  return Object.fromEntries(kept);
}

function scheduledIn(
  scheduled: NonNullable<ChangeContext['scheduled']>,
  { roles }: Definition,
  paths: Paths,
  plan: MigrationPlan,
) {
  const moved = Object.entries(scheduled).flatMap(([name, what]) => {
    const path = paths.get(what.path);
    const timer = name.startsWith(OPERATORS) ? name : timerIn(name, paths, plan);
    const role = what.escalate ?? what.remind ?? '';
    return path === undefined || timer === undefined || !roles.includes(role)
      ? []
      : [[timer, { ...what, path }] as const];
  });
  return Object.fromEntries(moved);
}

/** How timers that operators added are called. */
const OPERATORS = 'operator:';

/** The name of a timer in the new version: `Review:overdue`, or `Review->Expired` after where it leads. */
export function timerIn(name: string, paths: Paths, plan: MigrationPlan): string | undefined {
  const arrow = name.indexOf('->');
  const end = arrow < 0 ? name.lastIndexOf(':') : arrow;
  const path = paths.get(name.slice(0, end));
  if (path === undefined) return undefined;
  if (arrow < 0) return path + name.slice(end);
  const prefix = name.slice(0, name.lastIndexOf('.', end) + 1);
  const [target = '', count] = name.slice(arrow + 2).split('#');
  const moved = plan.states[prefix + target]?.split('.').at(-1) ?? target;
  return `${path}->${moved}${count === undefined ? '' : `#${count}`}`;
}

/** A timer that goes on under its name in the new version, and those that begin. */
export interface CarriedTimers<T> {
  readonly kept: readonly { readonly timer: T; readonly name: string; readonly event: string }[];
  readonly begun: readonly { readonly name: string; readonly event: string; readonly delayMs: number }[];
}

/** What becomes of the timers of a change; `context` is the one it has in the new version. */
export function carriedTimers<T extends { readonly name: string; readonly event: string }>(
  running: readonly T[],
  context: ChangeContext,
  to: CompiledWorkflow,
  { value, paths }: { readonly value: StateValue; readonly paths: Paths },
  plan: MigrationPlan,
): CarriedTimers<T> {
  const byName = new Map(running.map((timer) => [timerIn(timer.name, paths, plan), timer]));
  const active = [...to.timers].filter(([, { path }]) => isActive(value, path));
  const isKept = ({ name }: NamedTimer) => byName.has(name) && plan.timers[name] !== 'reset';
  const arranged = running.filter(
    ({ name, event }) => event === DUE && Object.hasOwn(context.scheduled ?? {}, name),
  );
  return {
    kept: [
      ...active.flatMap(([event, timer]) => {
        const before = isKept(timer) ? byName.get(timer.name) : undefined;
        return before ? [{ timer: before, name: timer.name, event }] : [];
      }),
      ...arranged.map((timer) => ({ timer, name: timer.name, event: timer.event })),
    ],
    begun: active.flatMap(([event, timer]) =>
      isKept(timer) || context.elapsed?.includes(timer.name)
        ? []
        : [{ name: timer.name, event, delayMs: timer.delayMs }],
    ),
  };
}
