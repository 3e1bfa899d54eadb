/**
 * The frames of the WebSocket protocol, subprotocol `countersign.v1.json`; `docs/protocol.md` says what they mean.
 * The schemas are `client/frames.ts`; here frames are read and written. Clients send commands with ids; the server answers each with a reply or an error, and pushes events on its own.
 */
import {
  type Command,
  type Connected,
  commandSchema,
  type Done,
  type FrameId,
  frameId,
  type PushOf,
  type Subscribed,
} from '../client/frames.ts';
import { check } from './http/input.ts';
import { parseJson } from './json.ts';
import type { Problem } from './problem.ts';

export type {
  Command,
  CommandOf,
  Connected,
  Done,
  FrameId,
  Item,
  Query,
  Subscribed,
} from '../client/frames.ts';
export { SUBPROTOCOL } from '../client/names.ts';
export { commandSchema };
/** Before a token that is offered as a second subprotocol. */
export const BEARER_PREFIX = 'bearer.';

export type ReplyBody =
  | Connected
  | Subscribed
  | Done
  | { readonly acknowledged: number }
  | Record<string, never>;

/** A frame that could be read; throws MALFORMED_JSON or INVALID_INPUT. */
export function parseCommand(text: string): Command {
  return check(commandSchema, parseJson(text), '');
}

/** The id of a frame that is refused, where it has a usable one: the client is waiting for it. */
export function idOf(text: string): FrameId | null {
  try {
    const frame: unknown = JSON.parse(text);
    return frameId.parse(typeof frame === 'object' && frame !== null && 'id' in frame ? frame.id : undefined);
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
export function eventFrame(
  subscription: string,
  { seq, critical, text }: { readonly seq: number; readonly critical: boolean; readonly text: string },
  prev: number,
): string {
  const flag = critical ? '"critical":true,' : '';
  return `{"type":"event","subscription":"${subscription}","seq":${seq},"prev":${prev},${flag}"transition":${text}}`;
}

export function advanceFrame(subscription: string, at: number): string {
  return `{"type":"advance","subscription":"${subscription}","seq":${at}}`;
}

/** Items of a snapshot, or of what became of it: few enough to be serialised as they are. */
export function setFrame(frame: PushOf<'snapshot'> | PushOf<'changed'>): string {
  return JSON.stringify(frame);
}
