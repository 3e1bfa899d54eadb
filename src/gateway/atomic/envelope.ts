/**
 * The envelope in which clients of Atomic speak over a WebSocket: every message has an id, and an answer names the id of
 * what it answers. `docs/atomic.md` says what each message means here.
 */
import { randomUUID } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import * as field from '../http/fields.ts';
import { check } from '../http/input.ts';

export const ATOMIC_PATH = '/atomic/ws';
/** Offered by clients that offer any. */
export const ATOMIC_SUBPROTOCOL = 'atomic.v1.json';

const SENDER = 'countersign';

const subscribe = z.object({
  message_types: z.array(z.string().max(100)).max(100).default([]),
  filters: z.record(z.string().max(100), z.unknown()).default({}),
});

const stateTransition = z.object({
  resource_id: field.uuid,
  from_state: field.text(500),
  to_state: field.text(500).nullish(),
  action: field.name,
  actor: field.principalId.nullish(),
  context: z
    .object({ reason: field.reason.nullish(), data: field.json.optional() })
    .nullish()
    .transform((context) => context ?? {}),
});

const payload = z.discriminatedUnion('type', [
  z.object({ type: z.literal('Subscribe'), data: subscribe }),
  z.object({ type: z.literal('StateTransition'), data: stateTransition }),
  z.object({ type: z.literal('HealthCheck'), data: z.unknown().optional() }),
]);

/** Fields that are not ours to understand are left alone: clients of another system may well send more. */
const envelope = z.object({
  id: field.text(200),
  sender: field.text(200).nullish(),
  payload,
});

const outermost = z.object({ id: field.text(200), sender: field.text(200).nullish().catch(undefined) });

export type Request = z.output<typeof payload>;
export type RequestOf<T extends Request['type']> = Extract<Request, { type: T }>['data'];

/** To whom an answer goes, and what it answers. */
export interface Address {
  readonly id: string | undefined;
  readonly sender: string | undefined;
}

/** The message in a document; throws INVALID_INPUT with every defect. */
export function readRequest(document: unknown): Request {
  return check(envelope, document, '').payload;
}

/** As much of it as a message that is refused has. */
export function addressOf(document: unknown): Address {
  const found = outermost.safeParse(document);
  return { id: found.data?.id, sender: found.data?.sender ?? undefined };
}

export interface Payload {
  readonly type: 'Subscribe' | 'StateChanged' | 'HealthCheck' | 'Error';
  readonly data: Readonly<Record<string, unknown>>;
}

export function written(content: Payload, to?: Address): string {
  return JSON.stringify({
    id: randomUUID(),
    timestamp: new Date().toISOString(),
    sender: SENDER,
    ...(to?.sender !== undefined && { recipient: to.sender }),
    ...(to?.id !== undefined && { correlation_id: to.id }),
    payload: content,
  });
}
