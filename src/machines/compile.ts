/**
 * From a definition to an XState machine: states become state nodes, regions a parallel node, rules guards, joins `onDone`
 * or guarded `always`, timers named `after` delays. The machine holds no code of the author's.
 */
import type { AnyStateMachine } from 'xstate';
import { and } from 'xstate/guards';
import { BUILT_IN } from './built-in.ts';
import type { CompiledWorkflow } from './compiled.ts';
import { Configurations } from './configurations.ts';
import type { ChangeContext } from './context.ts';
import type { Conditional, Definition, Joined, Region, Revised, State, Voiding } from './definition.ts';
import { clear, gated, gatedRevision, goingOn, hasGate, heldName } from './gates.ts';
import { conditionGuard } from './guards.ts';
import { configure } from './implementations.ts';
import { joinGuard } from './joins.ts';
import { latePlaces } from './late.ts';
import { type Leaving, leavingByPath, leavingByTrigger, type Scope } from './paths.ts';
import { DUE } from './scheduled.ts';
import { type NamedTimer, timersOf } from './timers.ts';

// What runs a workflow imports from here alone.
export * from './advance.ts';
export { builtInRefusal, isBuiltIn } from './built-in.ts';
export { type CompiledWorkflow, enabled, enabledBy } from './compiled.ts';
export { lateFor, latePlacesFor } from './late.ts';
export { configuration, type Leaving } from './paths.ts';
export { refusalOf } from './permission.ts';
export { type ChangeContext, decidingRole, denial, type TriggerEvent } from './rules.ts';

/** Cycles of joins are refused by `check`; this bound keeps one that slipped through from taking the process along. */
const MAX_MICROSTEPS = 1000;

/** Compiles a definition that `check` finds no structural error in; others may throw. */
export function compile(definition: Definition): CompiledWorkflow {
  const timers = timersOf(definition);
  const leaving = leavingByPath(definition);
  const parts: Parts = { definition, leaving, timers };
  const machine = configure(definition, timers).createMachine({
    id: definition.name,
    context: ({ input }: { input?: Partial<ChangeContext> }) => ({ author: '', escalated: {}, ...input }),
    options: { maxIterations: MAX_MICROSTEPS },
    initial: definition.initial,
    on: {
      ...builtIns(definition),
      [DUE]: { actions: 'scheduled' },
    },
    states: stateNodes({ ...definition, prefix: '' }, definition.name, parts),
  } as never) as unknown as AnyStateMachine;
  return {
    definition,
    machine,
    configurations: new Configurations(machine),
    leaving,
    byTrigger: leavingByTrigger(leaving),
    timers: new Map(timers.map((timer) => [eventOf(timer, definition.name), timer])),
    outcomes: new Map(
      Object.entries(definition.states).flatMap(([name, { final }]) =>
        final ? [[name, final] as const] : [],
      ),
    ),
    late: latePlaces(definition, leaving),
    calendarNames: [...new Set(timers.flatMap(({ calendar }) => calendar ?? []))],
    calendars: {},
  };
}

/** Heard everywhere; being superseded is the only one that leads somewhere by itself. */
function builtIns({ supersede }: Definition): Record<string, unknown> {
  const heard = { guard: 'builtIn', actions: 'builtIn' };
  const all = Object.fromEntries(BUILT_IN.map((event) => [event, heard]));
  return supersede ? { ...all, 'change.supersede': { ...heard, target: `.${supersede.to}` } } : all;
}

interface Parts {
  readonly definition: Definition;
  readonly leaving: ReadonlyMap<string, readonly Leaving[]>;
  readonly timers: readonly NamedTimer[];
}

/** XState composes the event of a delay like this (`createAfterEvent`); a test holds us to it. */
function eventOf(timer: NamedTimer, machineId: string): string {
  return `xstate.after.${timer.name}.${machineId}.${timer.path}`;
}

function stateNodes(scope: Scope, parentId: string, parts: Parts): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(scope.states).map(([name, state]) => [
      name,
      stateNode(name, state, scope, parentId, parts),
    ]),
  );
}

function stateNode(name: string, state: State, scope: Scope, parentId: string, parts: Parts) {
  const meta = { ...(state.title && { title: state.title }), ...(state.final && { outcome: state.final }) };
  const path = scope.prefix + name;
  const own = triggers(parts.leaving.get(path) ?? []);
  // XState never leaves a final state: one that can be reopened is only an end to us.
  if (state.final) return state.reopen ? { meta, on: own, exit: 'reopened' } : { type: 'final', meta };
  const id = `${parentId}.${name}`;
  const timers = parts.timers.filter((timer) => timer.path === path);
  const leaves = (on: string) => scope.transitions.filter((each) => each.on === on && each.from === name);
  const inside = state.regions
    ? parallel(path, id, state.regions, scope, parts)
    : always(leaves('when') as Conditional[], scope, parts);
  const goesOn = goingOn(timers.flatMap((timer) => held(timer, scope, parts)));
  const isNoted = timers.some(({ to }) => to === undefined || hasGate(scope, to));
  return {
    meta,
    on: { ...own, ...revisions(leaves('revision') as Revised[], scope) },
    after: Object.fromEntries(timers.map((timer) => [timer.name, timerTransitions(timer, scope, parts)])),
    ...(isNoted && { exit: { type: 'endTimers', params: { path } } }),
    ...inside,
    ...(goesOn.length > 0 && { always: [...(inside.always ?? []), ...goesOn] }),
  };
}

/** Taken as soon as the condition holds; in the author's order. */
function always(conditionals: readonly Conditional[], scope: Scope, parts: Parts): Inside {
  if (conditionals.length === 0) return {};
  return {
    always: conditionals.map((each) => ({
      target: each.to,
      guard: gated(
        each.to,
        scope,
        conditionGuard(each.when, parts.definition, scope.prefix || `${each.from}.`),
      ),
      ...voiding(each),
    })),
  };
}

function revisions(revised: readonly Revised[], scope: Scope): Record<string, unknown> {
  if (revised.length === 0) return {};
  const transitions = revised.map((each) => ({
    target: each.to,
    guard: gatedRevision(each.to, scope),
    reenter: true,
    actions: ['builtIn', ...(each.void ? [{ type: 'void', params: { ballots: each.void } }] : [])],
  }));
  return { 'change.revise': transitions };
}

function triggers(leaving: readonly Leaving[]): Record<string, unknown[]> {
  const on: Record<string, unknown[]> = {};
  for (const rule of leaving) {
    on[rule.trigger] ??= [];
    const actions = [
      ...(rule.ballot !== undefined ? [{ type: 'cast', params: rule }] : []),
      ...(rule.void ? [{ type: 'void', params: { ballots: rule.void } }] : []),
      ...(rule.sign !== undefined ? [{ type: 'sign' }] : []),
    ];
    const returns = rule.from === rule.to && rule.ballot === undefined;
    on[rule.trigger]?.push({
      ...(rule.ballot === undefined && { target: lastName(rule.to) }),
      guard: { type: 'permitted', params: rule },
      ...(returns && { reenter: true }),
      ...((returns || actions.length > 0) && {
        actions: [...actions, ...(returns ? [{ type: 'returned' }] : [])],
      }),
    });
  }
  return on;
}

function voiding({ void: ballots }: Voiding): { actions?: readonly unknown[] } {
  return ballots ? { actions: [{ type: 'void', params: { ballots } }] } : {};
}

/** A timer is always heard: where it is held back, its condition does not hold, or it leads nowhere, it is noted as over. */
function timerTransitions(timer: NamedTimer, scope: Scope, parts: Parts): unknown[] {
  const { path, name, escalate, to } = timer;
  const noted = (...names: string[]) => ({
    actions: [
      ...names.map((each) => ({ type: 'elapse', params: { name: each } })),
      ...(escalate !== undefined ? [{ type: 'escalate', params: { path, role: escalate } }] : []),
    ],
  });
  if (to === undefined) return [noted(name)];
  const isGated = hasGate(scope, to);
  const condition = timerGuard(timer, parts);
  const guards = [...(isGated ? [clear(to)] : []), ...(condition ? [condition] : [])];
  const guard = guards.length > 0 && { guard: and(guards as never) };
  const taken = { target: to, ...guard, ...(lastName(path) === to && { reenter: true }), ...voiding(timer) };
  const kept = { ...noted(name, heldName(path, name)), ...(condition ? { guard: condition } : {}) };
  return [taken, ...(isGated ? [kept] : []), ...(condition ? [noted(name)] : [])];
}

function timerGuard({ if: condition, path }: NamedTimer, { definition }: Parts): unknown {
  return condition === undefined ? undefined : conditionGuard(condition, definition, prefixOf(path));
}

/** A timer whose way was not clear when it was over. */
function held(timer: NamedTimer, scope: Scope, parts: Parts) {
  const { to, name, path } = timer;
  if (to === undefined || !hasGate(scope, to)) return [];
  const isOver = { type: 'isOver', params: { name: heldName(path, name) } };
  const condition = timerGuard(timer, parts);
  return [{ to, guard: condition ? and([isOver, condition] as never) : isOver, ...voiding(timer) }];
}

/** Regions tell once that they are done; joins whose way was not clear then. Behind one without a gate none is asked. */
function heldJoins(
  joins: readonly Joined[],
  regions: Readonly<Record<string, Region>>,
  id: string,
  scope: Scope,
) {
  const end = joins.findIndex(({ to }) => !hasGate(scope, to));
  const gates = end < 0 ? joins : joins.slice(0, end);
  return gates.map((each) => ({ to: each.to, guard: joinGuard(each, regions, id), ...voiding(each) }));
}

/** Conditions in a region read its siblings, those of a state with regions read these. */
function prefixOf(path: string): string {
  const [state = ''] = path.split('.');
  return `${state}.`;
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

interface Inside {
  readonly always?: readonly unknown[];
  readonly [key: string]: unknown;
}

/** `onDone` where all regions must be done in any way; otherwise guarded `always`, which also keeps the author's order. */
function parallel(
  path: string,
  id: string,
  regions: Readonly<Record<string, Region>>,
  scope: Scope,
  parts: Parts,
): Inside {
  const from = lastName(path);
  const leaving = scope.transitions.filter(
    (each): each is Joined | Conditional => each.from === from && (each.on === 'join' || each.on === 'when'),
  );
  const plain = leaving.every(
    (each) => each.on === 'join' && each.join === 'all' && each.ending === undefined,
  );
  const guardOf = (each: Joined | Conditional) =>
    each.on === 'join'
      ? joinGuard(each, regions, id)
      : conditionGuard(each.when, parts.definition, `${path}.`);
  return {
    type: 'parallel',
    states: Object.fromEntries(
      Object.entries(regions).map(([name, region]) => {
        const prefix = `${path}.${name}.`;
        const states = stateNodes({ ...region, prefix }, `${id}.${name}`, parts);
        const votes = parts.leaving.get(`${path}.${name}`);
        const on = votes ? { on: triggers(votes) } : {};
        return [
          name,
          { meta: region.title ? { title: region.title } : {}, initial: region.initial, ...on, states },
        ];
      }),
    ),
    ...(plain
      ? {
          onDone: leaving.map((each) => ({
            target: each.to,
            ...(hasGate(scope, each.to) && { guard: clear(each.to) }),
            ...voiding(each),
          })),
          always: goingOn(heldJoins(leaving as readonly Joined[], regions, id, scope)),
        }
      : {
          always: leaving.map((each) => ({
            target: each.to,
            guard: gated(each.to, scope, guardOf(each)),
            ...voiding(each),
          })),
        }),
  };
}
