/**
 * The frames of `@statelyai/inspect` 0.7, made of rows of the log. What people wrote is left out: reasons, data, titles,
 * attributes, and the sentences of refusals, which name people and what was known of them.
 */
import { isOperation } from '../../actors/operations.ts';
import { isBuiltIn } from '../../machines/compile.ts';
import type { ChangeRecord, Json } from '../../persistence/records.ts';
import type { TransitionDocument } from '../http/schemas.ts';
import type { ActorFrame, EventFrame, EventOfRow, SnapshotFrame, SnapshotOfChange } from './frames.ts';
import type { InspectedWorkflow } from './workflows.ts';

const VERSION = '0.7.2';

/** How a change stands. */
export interface Stand {
  readonly state: Json;
  readonly version: number;
}

export function actorFrame(
  { change, key, createdAt }: Pick<ChangeRecord, 'change' | 'key' | 'createdAt'>,
  workflow: InspectedWorkflow,
  stand: Stand,
): ActorFrame {
  return {
    type: '@xstate.actor',
    name: `${workflow.name} ${key ?? change}`,
    definition: workflow.machine,
    snapshot: snapshotOf(stand, workflow),
    ...base(change, createdAt, change),
  };
}

export function rowFrames(
  row: TransitionDocument,
  workflow: InspectedWorkflow,
): readonly [EventFrame, SnapshotFrame] {
  const event = eventOf(row, workflow);
  const about = base(row.change, Date.parse(row.occurred_at), String(row.seq));
  const snapshot = snapshotOf({ state: row.to as Json, version: row.version }, workflow);
  return [
    { type: '@xstate.event', event, sourceId: row.principal, ...about },
    { type: '@xstate.snapshot', event, snapshot, ...about },
  ];
}

/** The type of an event that nobody knows is whatever its sender wrote. */
function eventOf(
  { event, kind, role, refusal }: TransitionDocument,
  { triggers }: InspectedWorkflow,
): EventOfRow {
  const isKnown = kind !== 'refusal' || triggers.has(event) || isBuiltIn(event) || isOperation(event);
  return { type: isKnown ? event : 'unknown', kind, role, refusal: refusal?.code ?? null };
}

/** A change has come to its end where its state says so. */
function snapshotOf({ state, version }: Stand, { outcomes }: InspectedWorkflow): SnapshotOfChange {
  const outcome = typeof state === 'string' ? (outcomes.get(state) ?? null) : null;
  return {
    status: outcome === null ? 'active' : 'done',
    value: state,
    output: outcome ?? undefined,
    context: { version, outcome },
  };
}

function base(change: string, at: number, id: string) {
  return { sessionId: change, rootId: change, createdAt: String(at), id, _version: VERSION };
}
