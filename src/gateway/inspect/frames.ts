/** The frames of `@statelyai/inspect` 0.7, as schemas: from these they are typed, and described in `/asyncapi.json`. */
import { z } from 'zod';
import type { Json } from '../../persistence/records.ts';

const json = z.custom<Json>((value) => value !== undefined, 'is missing');

const base = {
  sessionId: z.uuid().describe('The change: unique across servers'),
  rootId: z.uuid().describe('The same'),
  createdAt: z.string().regex(/^\d+$/).describe('Milliseconds since the epoch'),
  id: z.string().describe('The position of the row in the stream; of an actor, its session id'),
  _version: z.string().describe('Of @statelyai/inspect'),
};

const eventOfRow = z.object({
  type: z.string(),
  kind: z.string(),
  role: z.string().nullable(),
  refusal: z.string().nullable().describe('The code of the refusal'),
});
export type EventOfRow = Readonly<z.output<typeof eventOfRow>>;

/** As a machine has one, without the context in which people's words are. */
const snapshotOfChange = z.object({
  status: z.enum(['active', 'done']),
  value: json,
  output: z.string().optional().describe('The outcome of a change that has come to its end'),
  context: z.object({ version: z.int(), outcome: z.string().nullable() }),
});
export type SnapshotOfChange = Readonly<z.output<typeof snapshotOfChange>>;

export const inspectSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('@xstate.actor'),
    name: z.string(),
    definition: z.string().describe('The configuration of the machine, as JSON'),
    snapshot: snapshotOfChange,
    ...base,
  }),
  z.object({
    type: z.literal('@xstate.event'),
    event: eventOfRow,
    sourceId: z.string().describe('Who sent it'),
    ...base,
  }),
  z.object({
    type: z.literal('@xstate.snapshot'),
    event: eventOfRow,
    snapshot: snapshotOfChange,
    ...base,
  }),
]);
export type InspectFrame = Readonly<z.output<typeof inspectSchema>>;
export type ActorFrame = Extract<InspectFrame, { type: '@xstate.actor' }>;
export type EventFrame = Extract<InspectFrame, { type: '@xstate.event' }>;
export type SnapshotFrame = Extract<InspectFrame, { type: '@xstate.snapshot' }>;
