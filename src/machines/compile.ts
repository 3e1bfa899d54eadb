/**
 * From a definition to an XState machine: states become state nodes, regions a parallel node, rules guards, joins `onDone`
 * or guarded `always`, timers named `after` delays. The machine holds no code of the author's.
 */
import { type AnyStateMachine, assign, setup } from 'xstate';
import type { CompiledWorkflow } from './compiled.ts';
import { Configurations } from './configurations.ts';
import type { Definition, Joined, Region, State } from './definition.ts';
import { joinGuard } from './joins.ts';
import { latePlaces } from './late.ts';
import { type Leaving, leavingByPath, leavingByTrigger, type Scope } from './paths.ts';
import { type ChangeContext, denial, type TriggerEvent } from './rules.ts';
import { type NamedTimer, timersOf } from './timers.ts';

// What runs a workflow imports from here alone.
export * from './advance.ts';
export { type CompiledWorkflow, enabled, enabledBy } from './compiled.ts';
export { lateFor, latePlacesFor } from './late.ts';
export { configuration, type Leaving } from './paths.ts';
export { type ChangeContext, decidingRole, denial, type TriggerEvent } from './rules.ts';

/** Cycles of joins are refused by `check`; this bound keeps one that slipped through from taking the process along. */
const MAX_MICROSTEPS = 1000;

/** Compiles a definition that `check` finds no structural error in; others may throw. */
export function compile(definition: Definition): CompiledWorkflow {
  const timers = timersOf(definition);
  const leaving = leavingByPath(definition);
  const parts: Parts = { leaving, timers };
  const machine = configure(timers).createMachine({
    id: definition.name,
    context: ({ input }: { input?: { author?: string } }) => ({ author: input?.author ?? '', escalated: {} }),
    options: { maxIterations: MAX_MICROSTEPS },
    initial: definition.initial,
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
  };
}

interface Parts {
  readonly leaving: ReadonlyMap<string, readonly Leaving[]>;
  readonly timers: readonly NamedTimer[];
}

/** XState composes the event of a delay like this (`createAfterEvent`); a test holds us to it. */
function eventOf(timer: NamedTimer, machineId: string): string {
  return `xstate.after.${timer.name}.${machineId}.${timer.path}`;
}

function configure(timers: readonly NamedTimer[]) {
  return setup({
    types: {} as { context: ChangeContext; events: TriggerEvent; input: { author: string } },
    delays: Object.fromEntries(timers.map(({ name, delayMs }) => [name, delayMs])),
    guards: {
      permitted: ({ context, event }, rule: Leaving) => denial(rule, context, event) === undefined,
    },
    actions: {
      escalate: assign(({ context }, { path, role }: { path: string; role: string }) => ({
        escalated: {
          ...context.escalated,
          [path]: [...new Set([...(context.escalated[path] ?? []), role])],
        },
      })),
      endEscalation: assign(({ context }, { path }: { path: string }) => {
        const { [path]: _ended, ...escalated } = context.escalated;
        return { escalated };
      }),
      /** Makes a transition visible that leads back to where it started. */
      returned: () => {},
    },
  });
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
  if (state.final) return { type: 'final', meta };
  const path = scope.prefix + name;
  const id = `${parentId}.${name}`;
  const timers = parts.timers.filter((timer) => timer.path === path);
  const escalates = timers.some((timer) => timer.escalate !== undefined);
  return {
    meta,
    on: triggers(parts.leaving.get(path) ?? []),
    after: Object.fromEntries(timers.map((timer) => [timer.name, timerTransition(timer)])),
    ...(escalates && { exit: { type: 'endEscalation', params: { path } } }),
    ...(state.regions && parallel(path, id, state.regions, joinsOf(scope, name), parts)),
  };
}

function joinsOf(scope: Scope, from: string): Joined[] {
  return scope.transitions.filter((each): each is Joined => each.on === 'join' && each.from === from);
}

function triggers(leaving: readonly Leaving[]): Record<string, unknown[]> {
  const on: Record<string, unknown[]> = {};
  for (const rule of leaving) {
    on[rule.trigger] ??= [];
    on[rule.trigger]?.push({
      target: lastName(rule.to),
      guard: { type: 'permitted', params: rule },
      ...(rule.from === rule.to && { reenter: true, actions: { type: 'returned' } }),
    });
  }
  return on;
}

function timerTransition(timer: NamedTimer) {
  if (timer.escalate === undefined)
    return { target: timer.to, ...(lastName(timer.path) === timer.to && { reenter: true }) };
  return { actions: { type: 'escalate', params: { path: timer.path, role: timer.escalate } } };
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

/** `onDone` where all regions must be done in any way; otherwise guarded `always`, which also keeps the author's order. */
function parallel(
  path: string,
  id: string,
  regions: Readonly<Record<string, Region>>,
  joins: readonly Joined[],
  parts: Parts,
) {
  const plain = joins.every(({ join, ending }) => join === 'all' && ending === undefined);
  return {
    type: 'parallel',
    states: Object.fromEntries(
      Object.entries(regions).map(([name, region]) => {
        const prefix = `${path}.${name}.`;
        const states = stateNodes({ ...region, prefix }, `${id}.${name}`, parts);
        return [name, { meta: region.title ? { title: region.title } : {}, initial: region.initial, states }];
      }),
    ),
    ...(plain
      ? { onDone: joins.map(({ to }) => ({ target: to })) }
      : { always: joins.map((join) => ({ target: join.to, guard: joinGuard(join, regions, id) })) }),
  };
}
