/**
 * The frames of `@statelyai/inspect` 0.7, made of rows of the log. What people wrote is left out: reasons, data, titles,
 * attributes, and the sentences of refusals, which name people and what was known of them.
 */
import { isOperation } from '../../actors/operations.ts';
import { isBuiltIn } from '../../machines/compile.ts';
import type { ChangeRecord, Json } from '../../persistence/records.ts';
import type { TransitionDocument } from '../http/schemas.ts';
import type { InspectedWorkflow } from './workflows.ts';

const VERSION = '0.7.2';

interface BaseFrame {
  /** The change: unique across servers. */
  readonly sessionId: string;
  readonly rootId: string;
  /** Milliseconds since the epoch, as text. */
  readonly createdAt: string;
  /** The `seq` of the row, as text; that of an actor is its session's. */
  readonly id: string;
  readonly _version: string;
}

export interface ActorFrame extends BaseFrame {
  readonly type: '@xstate.actor';
  readonly name: string;
  readonly snapshot: SnapshotOfChange;
  /** The configuration of the machine, as JSON. */
  readonly definition: string;
  readonly parentId: undefined;
}

export interface EventFrame extends BaseFrame {
  readonly type: '@xstate.event';
  readonly event: EventOfRow;
  /** Who sent it. */
  readonly sourceId: string;
}

export interface SnapshotFrame extends BaseFrame {
  readonly type: '@xstate.snapshot';
  readonly event: EventOfRow;
  readonly snapshot: SnapshotOfChange;
}

export type InspectFrame = ActorFrame | EventFrame | SnapshotFrame;

interface EventOfRow {
  readonly type: string;
  readonly kind: string;
  readonly role: string | null;
  /** The code of the refusal. */
  readonly refusal: string | null;
}

/** As a machine has one, without the context in which people's words are. */
export interface SnapshotOfChange {
  readonly status: 'active' | 'done';
  readonly value: Json;
  readonly output: string | undefined;
  readonly context: { readonly version: number; readonly outcome: string | null };
}

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
    parentId: undefined,
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

function base(change: string, at: number, id: string): BaseFrame {
  return { sessionId: change, rootId: change, createdAt: String(at), id, _version: VERSION };
}
