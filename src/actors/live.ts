/**
 * A change as an actor holds it in memory: plain data, no more than what is stored. XState's live snapshot exists only
 * while a step runs: keeping it would triple what a change holds on to, and most of that is the same for all of them.
 */
import { type CompiledWorkflow, type PersistedSnapshot, persist, restore } from '../machines/compile.ts';
import type { Dependency } from '../machines/dependencies.ts';
import type { ChangeFacts, Json, StateRecord, StoredChange, TimerRecord } from '../persistence/records.ts';

export interface Live {
  readonly workflow: CompiledWorkflow;
  readonly facts: ChangeFacts;
  /** 0 for a change that is being proposed and has no snapshot yet. */
  readonly version: number;
  readonly snapshot: PersistedSnapshot | null;
  readonly outcome: string | null;
  readonly updatedAt: number;
  /** What is stored of its dependencies, where the snapshot has been brought up to date since. */
  readonly stored?: readonly Dependency[];
  /** Pending timers. */
  readonly timers: readonly TimerRecord[];
}

/** A change that exists only as a proposal. */
export function proposed(workflow: CompiledWorkflow, facts: ChangeFacts): Live {
  return {
    workflow,
    facts,
    version: 0,
    snapshot: null,
    outcome: null,
    updatedAt: facts.createdAt,
    timers: [],
  };
}

/** A stored change as an actor holds it. Throws `InvariantError` where its snapshot does not fit its machine. */
export function revive(workflow: CompiledWorkflow, stored: StoredChange): Live {
  const snapshot = persist(workflow, restore(workflow, stored.snapshot as unknown as PersistedSnapshot));
  const { version, outcome, updatedAt, timers } = stored;
  return { workflow, facts: stored, version, snapshot, outcome, updatedAt, timers };
}

/** The state value as data: `"Review"`, or `{"Review":{"security":"pending"}}`; null before the first step. */
export function stateOf(live: Live): Json {
  return live.snapshot === null ? null : (live.snapshot.value as Json);
}

/** The row to store for it. */
export function toRecord(live: Live): StateRecord {
  if (live.snapshot === null)
    throw new TypeError('a proposal that has not been stepped has nothing to store');
  const { version, outcome, updatedAt } = live;
  return { version, state: stateOf(live), snapshot: live.snapshot as unknown as Json, outcome, updatedAt };
}
