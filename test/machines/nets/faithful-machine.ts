/**
 * What the XState machine of a definition can do, as configurations and edges, by sending everything to everything. Before
 * every event the facts become each of the given contexts; a configuration is the state value, the times that are over, and
 * whether the change is suspended. Nothing from outside is called `xstate.done.*`; timers are sent only while they are pending.
 */

import type { StateValue } from 'xstate';
import {
  type CompiledWorkflow,
  next,
  restore,
  type Snapshot,
  start,
  type TriggerEvent,
} from '../../../src/machines/compile.ts';
import type { ChangeContext, Vote } from '../../../src/machines/context.ts';
import type { Timed } from '../../../src/machines/definition.ts';
import { formatDuration } from '../../../src/machines/duration.ts';
import { LOOK } from '../../../src/machines/nets/from-definition/index.ts';
import { configuration, scopesOf } from '../../../src/machines/paths.ts';
import type { NamedTimer } from '../../../src/machines/timers.ts';
import { person } from '../build.ts';
import type { Graph } from './faithful-net.ts';

const vote = (by: string): Vote => ({ by, parties: [by], value: 1, revision: 0, at: 0 });

/** Every way in which the facts of random definitions can be. */
export function contextsFor({ definition }: CompiledWorkflow): Partial<ChangeContext>[] {
  const text = JSON.stringify(definition);
  const reads = (part: string) => text.includes(part);
  const isCounted = reads('ballots.v.passed');
  const booleans = (name: string) => (reads(`attributes.${name}`) ? [true, false] : [false]);
  const risks = ['low', 'high'].filter((risk) => reads(`attributes.risk == \\"${risk}`)).concat('middle');
  const votes = isCounted ? [[], [vote('carl')], [vote('carl'), vote('dora')]] : [[]];
  return booleans('a').flatMap((a) =>
    booleans('b').flatMap((b) =>
      risks.flatMap((risk) => votes.map((v) => ({ attributes: { a, b, risk }, votes: { v } }))),
    ),
  );
}

interface Rest {
  readonly value: StateValue;
  readonly elapsed: readonly string[];
  /** Names of the timers that run. */
  readonly pending: ReadonlySet<string>;
  readonly isSuspended: boolean;
}

/** Undefined where there are more than `limit` configurations. */
export function graphOfMachine(workflow: CompiledWorkflow, limit = 3_000): Graph | undefined {
  const contexts = contextsFor(workflow);
  const marks = marksOf(workflow);
  const known = new Map<string, Rest>();
  const edges = new Set<string>();
  const keyOf = ({ value, pending, elapsed, isSuspended }: Rest) => {
    const over = [...marks].flatMap(([timer, { mark, path, isClock }]) => {
      if (!isActive(value, path)) return [];
      return (isClock ? elapsed.includes(timer) : !pending.has(timer)) ? [`${mark}!`] : [];
    });
    return [...paths(value), ...over, ...(isSuspended ? ['suspended'] : [])].sort().join(' ');
  };
  const rest = (made: Rest): string => {
    const key = keyOf(made);
    if (!known.has(key)) known.set(key, made);
    return key;
  };
  for (const facts of contexts)
    attempt(() => {
      const { snapshot, timersSet } = start(workflow, { author: 'ann', ...facts });
      // The context factory takes what a proposal brings; votes come later.
      return rest(restOf(snapshot, new Set(timersSet.map(({ name }) => name))));
    });
  for (const [from, at] of known) {
    if (known.size > limit) return undefined;
    for (const { event, label } of eventsIn(workflow, at, marks))
      for (const facts of contexts) {
        const before = restore(workflow, {
          value: at.value,
          status: 'active',
          context: {
            author: 'ann',
            escalated: {},
            elapsed: at.elapsed,
            ...facts,
            ...(at.isSuspended && { suspended: { by: 'ann', at: 0 } }),
          },
        });
        // Facts have changed since the last step: what may go on now is not for an event that nobody hears.
        const told = { value: before.value, ...event };
        if (workflow.machine.getTransitionData(before, told).length === 0) continue;
        const to = attempt(() => {
          const step = next(workflow, before, event);
          if (!step.changed) return undefined;
          const pending = new Set(at.pending);
          for (const name of step.timersCancelled) pending.delete(name);
          if ('over' in event) pending.delete(event.over as string);
          for (const { name } of step.timersSet) pending.add(name);
          return rest(restOf(step.snapshot, pending));
        });
        if (to !== undefined) edges.add(`${from} --${label}--> ${to}`);
      }
  }
  return { configurations: new Set(known.keys()), edges };
}

function restOf({ value, context }: Snapshot, pending: ReadonlySet<string>): Rest {
  const { elapsed = [], suspended } = context as ChangeContext;
  return { value, elapsed, pending, isSuspended: suspended !== undefined };
}

/** A step that never ends is stopped by the machine's bound. */
function attempt(step: () => string | undefined): string | undefined {
  try {
    return step();
  } catch (error) {
    if (/Infinite loop|maxIterations|microstep/i.test(String(error))) return 'for ever';
    throw error;
  }
}

function paths(value: StateValue): string[] {
  return typeof value === 'string' ? [value] : [...Object.keys(value), ...configuration(value)];
}

function isActive(value: StateValue, path: string): boolean {
  return paths(value).includes(path);
}

interface Mark {
  readonly mark: string;
  readonly path: string;
  readonly isClock: boolean;
}

/** Timers whose being over is part of a configuration, by name: those that conditions read, and those with a condition. */
function marksOf({ definition, timers }: CompiledWorkflow): Map<string, Mark> {
  const marks = new Map<string, Mark>();
  const isRead = JSON.stringify(definition).includes('elapsed.quiet');
  for (const { name, path, to } of timers.values())
    if (to === undefined && isRead) marks.set(name, { mark: name, path, isClock: true });
  for (const { prefix, states, transitions } of scopesOf(definition))
    for (const state of Object.keys(states)) {
      const timed = transitions.filter((each): each is Timed => each.on === 'time' && each.from === state);
      const names = [...timers.values()].filter(
        ({ path, to }) => path === prefix + state && to !== undefined,
      );
      const live = timed.filter((each) => !isForestalled(each, timed));
      for (const [index, each] of live.entries())
        if (each.if !== undefined)
          marks.set(names[timed.indexOf(each)]?.name ?? '', {
            mark: `${prefix}${state}->${index}`,
            path: prefix + state,
            isClock: false,
          });
    }
  return marks;
}

type Due = Pick<Timed, 'afterMs' | 'if'>;

/** All times of a state start together, so one without a condition comes before every longer one. */
function isForestalled(each: Due, timed: readonly Due[]): boolean {
  const sure = timed.filter((other) => other.if === undefined);
  const soonest = sure.find((other) => sure.every(({ afterMs }) => afterMs >= other.afterMs));
  if (!soonest || soonest === each || each.afterMs < soonest.afterMs) return false;
  return each.afterMs > soonest.afterMs || each.if === undefined;
}

interface Sent {
  readonly event: TriggerEvent | { readonly type: string; readonly over: string };
  readonly label: string;
}

function eventsIn(workflow: CompiledWorkflow, at: Rest, marks: ReadonlyMap<string, Mark>): Sent[] {
  const { definition, timers } = workflow;
  const sendersOf = (trigger: string) => {
    const asked = new Set((workflow.byTrigger.get(trigger) ?? []).flatMap(({ roles }) => roles));
    return subsets([...asked]).map((roles) => person('bob', ...roles));
  };
  const ann = person('ann');
  const asNamed = (timer: NamedTimer): Due => ({ afterMs: timer.delayMs, ...(timer.if && { if: timer.if }) });
  const due = [...timers].flatMap(([type, timer]): Sent[] => {
    const { name, path, to } = timer;
    const isTold = to !== undefined || marks.has(name);
    if (at.isSuspended || !isTold || !at.pending.has(name)) return [];
    const siblings = [...timers.values()].filter((each) => each.path === path && each.to !== undefined);
    const all = siblings.map(asNamed);
    const self = all[siblings.indexOf(timer)];
    if (self && isForestalled(self, all)) return [];
    return [{ event: { type, over: name }, label: `after ${formatDuration(timer.delayMs)}` }];
  });
  const builtIn = (type: string, data?: unknown, label = type): Sent => ({
    event: { type, principal: ann, data },
    label,
  });
  return [
    ...definition.triggers.flatMap((type) =>
      sendersOf(type).map((principal): Sent => ({ event: { type, principal }, label: type })),
    ),
    ...due,
    builtIn('change.revise', {}),
    builtIn('thread.open', { thread: 'a' }, LOOK),
    builtIn('change.suspend'),
    builtIn('change.resume'),
    builtIn('change.supersede', { by: '01890a5d-ac96-774b-bcce-b302099a8057' }),
  ];
}

function subsets(roles: readonly string[]): string[][] {
  return roles.reduce<string[][]>((all, role) => all.flatMap((each) => [each, [...each, role]]), [[]]);
}
