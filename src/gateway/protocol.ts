/**
 * The frames of the WebSocket protocol, subprotocol `countersign.v1.json`; `docs/protocol.md` says what they mean.
 * Clients send commands with ids; the server answers each with a reply or an error, and pushes events on its own.
 */
import { z } from '@hono/zod-openapi';
import { idempotencyKey } from './http/command.ts';
import * as field from './http/fields.ts';
import { check } from './http/input.ts';
import type { TransitionDocument } from './http/schemas.ts';
import { parseJson } from './json.ts';
import type { Problem } from './problem.ts';

export const SUBPROTOCOL = 'countersign.v1.json';
/** Before a token that is offered as a second subprotocol. */
export const BEARER_PREFIX = 'bearer.';

const id = z.union([z.string().min(1).max(64), z.int()]);
export type FrameId = z.output<typeof id>;

const streamName = z
  .string()
  .max(200)
  .regex(/^(tenant|change:.+|project:.+)$/, 'must be "tenant", "change:<id>" or "project:<name>"')
  .refine((stream) => !stream.startsWith('change:') || field.uuid.safeParse(stream.slice(7)).success, {
    message: 'names a change by something that is not its id',
  });

const seq = z.int().min(0);

export const commandSchema = z.discriminatedUnion('type', [
  z.strictObject({ id, type: z.literal('connect'), token: z.string().min(1) }),
  z.strictObject({
    id,
    type: z.literal('subscribe'),
    stream: streamName,
    since: seq.optional(),
    epoch: z.string().max(100).optional(),
  }),
  z.strictObject({ id, type: z.literal('unsubscribe'), subscription: z.string().max(64) }),
  z.strictObject({ id, type: z.literal('ping') }),
  z.strictObject({
    id,
    type: z.literal('event'),
    change: field.uuid,
    trigger: field.name,
    reason: field.reason.optional(),
    data: field.json.optional(),
    for: field.principalId.optional(),
    expected_version: seq.optional(),
    idempotency_key: idempotencyKey.optional(),
  }),
]);

export type Command = z.output<typeof commandSchema>;
export type CommandOf<T extends Command['type']> = Extract<Command, { type: T }>;

/** Whose connection it is now, and until when (ISO 8601). */
export interface Connected {
  readonly tenant: string;
  readonly principal: string;
  readonly expires_at: string;
}

export interface Subscribed {
  readonly subscription: string;
  readonly epoch: string;
  /** Events after this position follow. */
  readonly since: number;
  /** False where the position asked for means nothing here: what lies between is not sent. */
  readonly recovered: boolean;
}

export type ReplyBody =
  | Connected
  | Subscribed
  | Record<string, never>
  | { readonly transition: TransitionDocument; readonly replayed: boolean };

/** A frame that could be read; throws MALFORMED_JSON or INVALID_INPUT. */
export function parseCommand(text: string): Command {
  return check(commandSchema, parseJson(text), '');
}

/** The id of a frame that is refused, where it has a usable one: the client is waiting for it. */
export function idOf(text: string): FrameId | null {
  try {
    const frame: unknown = JSON.parse(text);
    return id.parse(typeof frame === 'object' && frame !== null && 'id' in frame ? frame.id : undefined);
  } catch {
    return null;
  }
}

export function replyFrame(to: FrameId, body: ReplyBody): string {
  return JSON.stringify({ id: to, type: 'reply', ...body });
}

export function errorFrame(to: FrameId | null, error: Problem): string {
  return JSON.stringify({ id: to, type: 'error', error });
}

/** Sent without being asked where the token came as a subprotocol. */
export function connectedFrame(connected: Connected): string {
  return JSON.stringify({ type: 'connected', ...connected });
}

/** `transition` is JSON already, made once for all subscriptions. `subscription` is one of ours: it needs no escaping. */
export function eventFrame(subscription: string, at: number, prev: number, transition: string): string {
  return `{"type":"event","subscription":"${subscription}","seq":${at},"prev":${prev},"transition":${transition}}`;
}

export function advanceFrame(subscription: string, at: number): string {
  return `{"type":"advance","subscription":"${subscription}","seq":${at}}`;
}
