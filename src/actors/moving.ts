/**
 * A migration's input to one change: over to another version of its definition, or back. Pure, like every step. What the
 * change had and has no more stands in the log row, so that as long as nothing has happened since it can be brought back
 * exactly.
 */
import { isDeepStrictEqual } from 'node:util';
import type { StateValue } from 'xstate';
import {
  type ChangeContext,
  type CompiledWorkflow,
  next,
  type PersistedSnapshot,
  persist,
  restore,
  type Step,
} from '../machines/compile.ts';
import { landing, type MigrationPlan, partsOf, placeKey } from '../machines/migration.ts';
import { carried, carriedTimers, type Paths } from '../machines/migration-carry.ts';
import type { Json, LogRow, TimerRecord } from '../persistence/records.ts';
import type { Live } from './live.ts';
import { dueAfter } from './working-time.ts';

export const MIGRATE = 'definition.migrate';

interface Versions {
  /** The migration's id. */
  readonly migration: string;
  readonly from: number;
  readonly to: number;
  /** The version it goes to, as it runs for the tenant. */
  readonly target: CompiledWorkflow;
}

export type Move =
  | (Versions & {
      readonly direction: 'over';
      readonly plan: MigrationPlan;
      /** Keys of the configurations that were proven to land well; a change that is elsewhere stays. */
      readonly proven: ReadonlySet<string>;
    })
  | (Versions & { readonly direction: 'back'; readonly row: LogRow });

/** What stands in the log row of a change that was brought over. */
export interface MoveData {
  readonly migration: string;
  readonly from: number;
  readonly to: number;
  /** What was otherwise before: parts of the context (null: absent), and the timers. */
  readonly before?: {
    readonly context: Readonly<Record<string, Json>>;
    readonly timers: readonly Omit<TimerRecord, 'setVersion'>[];
  };
}

export interface Moved {
  /** At the version it had, in its new place. */
  readonly live: Live;
  /** What the machine does as it finds the change there; undefined where it rests. */
  readonly going: Step | undefined;
  readonly data: MoveData;
}

/** Undefined where the move no longer counts: the change is closed, elsewhere, moved on, or has no place there. */
export function moved(live: Live, move: Move, now: number): Moved | undefined {
  const { snapshot, facts, outcome } = live;
  if (!snapshot || outcome !== null || facts.definitionVersion !== move.from) return undefined;
  const arrived = move.direction === 'over' ? movedOver(live, snapshot, move, now) : movedBack(live, move);
  if (!arrived) return undefined;
  const { migration, from, to, target } = move;
  const after: Live = {
    ...live,
    workflow: target,
    facts: { ...facts, definitionVersion: to },
    snapshot: arrived.snapshot,
    timers: arrived.timers,
  };
  const before = move.direction === 'over' && {
    before: { context: lostOf(snapshot.context, arrived.snapshot.context), timers: live.timers.map(bare) },
  };
  return {
    live: after,
    going: move.direction === 'over' ? goingOn(target, arrived.snapshot) : undefined,
    data: { migration, from, to, ...before },
  };
}

interface Arrived {
  readonly snapshot: PersistedSnapshot;
  readonly timers: readonly TimerRecord[];
}

function movedOver(
  live: Live,
  { value, context }: PersistedSnapshot,
  { target, plan, proven }: Move & { direction: 'over' },
  now: number,
): Arrived | undefined {
  if (!proven.has(placeKey(value))) return undefined;
  const at = landing(value, target.definition, plan);
  if (!('value' in at)) return undefined;
  const { suspended } = context;
  // It could neither go on nor be resumed there.
  if (suspended && (!target.definition.suspension || isEnded(target, at.value))) return undefined;
  const own = carried(context, target, at.paths, plan);
  const snapshot = (kept: ChangeContext): PersistedSnapshot =>
    persist(target, restore(target, { value: at.value, context: kept, status: 'active' }));
  if (suspended) {
    const resting = restingTimers(suspended.timers ?? [], own, target, at, plan);
    return { snapshot: snapshot({ ...own, suspended: { ...suspended, timers: resting } }), timers: [] };
  }
  const { kept, begun } = carriedTimers(live.timers, own, target, at, plan);
  const setVersion = live.version + 1;
  const timers = [
    ...kept.map(({ timer, name, event }) =>
      timer.name === name && timer.event === event ? timer : { ...timer, name, event, setVersion },
    ),
    ...begun.map(({ name, event, delayMs }) => ({
      ...{ name, event, setVersion },
      dueAt: dueAfter(target, event, now, delayMs),
    })),
  ];
  return { snapshot: snapshot(own), timers };
}

type Resting = NonNullable<NonNullable<ChangeContext['suspended']>['timers']>[number];

/** Timers of a suspended change: they wait with what is left of them. */
function restingTimers(
  waiting: readonly Resting[],
  context: ChangeContext,
  target: CompiledWorkflow,
  at: { readonly value: StateValue; readonly paths: Paths },
  plan: MigrationPlan,
): Resting[] {
  const { kept, begun } = carriedTimers(waiting, context, target, at, plan);
  return [
    ...kept.map(({ timer, name, event }) => ({ name, event, leftMs: timer.leftMs })),
    ...begun.map(({ name, event, delayMs }) => ({ name, event, leftMs: delayMs })),
  ];
}

function movedBack(live: Live, { target, row }: Move & { direction: 'back' }): Arrived | undefined {
  const { before } = row.data as unknown as MoveData;
  const { snapshot } = live;
  if (live.version !== row.version || !before || !snapshot) return undefined;
  const context: Record<string, unknown> = { ...snapshot.context, ...before.context };
  for (const [name, was] of Object.entries(before.context)) if (was === null) delete context[name];
  const value = row.from as StateValue;
  const setVersion = live.version + 1;
  const timers = before.timers.map((timer) => {
    const running = live.timers.find((each) => isDeepStrictEqual(bare(each), timer));
    return running ?? { ...timer, setVersion };
  });
  const given = { value, context: context as unknown as ChangeContext, status: 'active' } as const;
  return { snapshot: persist(target, restore(target, given)), timers };
}

/**
 * What goes by itself where the change has landed. Regions tell once that all of them are done, when the last one ends; a
 * change that lands behind that is told in its stead.
 */
function goingOn(target: CompiledWorkflow, snapshot: PersistedSnapshot): Step | undefined {
  const here = restore(target, snapshot);
  const isElsewhere = ({ snapshot: after }: Step) => !isDeepStrictEqual(after.value, here.value);
  if (isEnded(target, snapshot.value)) {
    const { top } = partsOf(snapshot.value);
    const done = next(target, here, { type: `xstate.done.state.${target.definition.name}.${top}` });
    if (isElsewhere(done)) return done;
  }
  const looked = next(target, here, { type: 'dependency.recheck', principal: SYSTEM });
  return isElsewhere(looked) ? looked : undefined;
}

const SYSTEM = { id: 'countersign', kind: 'system', roles: [] } as const;

/** Whether every region of the state has come to its end. */
function isEnded({ definition }: CompiledWorkflow, value: StateValue): boolean {
  const { top, inner } = partsOf(value);
  const regions = definition.states[top]?.regions ?? {};
  return inner.length > 0 && inner.every(([region, at]) => regions[region]?.states[at]?.final !== undefined);
}

/** What of the context is otherwise now; null stands for what was not there. */
function lostOf(before: ChangeContext, after: ChangeContext): Record<string, Json> {
  if (before === after) return {};
  const [was, is] = [before, after] as unknown as Record<string, Json | undefined>[];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return Object.fromEntries(
    [...names]
      .filter((name) => !isDeepStrictEqual(was?.[name], is?.[name]))
      .map((name) => [name, was?.[name] ?? null]),
  );
}

function bare({ name, event, dueAt }: TimerRecord): Omit<TimerRecord, 'setVersion'> {
  return { name, event, dueAt };
}
