/**
 * The frames of the WebSocket protocol, subprotocol `countersign.v1.json`: one file that server and client share, and
 * from which the AsyncAPI document is made. `docs/protocol.md` says what the frames mean. Nothing here is of Node.
 */
import { z } from 'zod';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

const json = z.custom<Json>((value) => value !== undefined, 'is missing');
const id = z.union([z.string().min(1).max(64), z.int()]);
const seq = z.int().min(0);
const uuid = z.uuid().toLowerCase();
const time = z.iso.datetime();
const word = (max: number) => z.string().min(1).max(max);
const name = word(100);
const principal = word(200);

export const frameId = id;
export type FrameId = z.output<typeof id>;

const streamName = z
  .string()
  .max(200)
  .regex(
    /^(tenant|work|query|change:.+|project:.+)$/,
    'must be "tenant", "work", "query", "change:<id>" or "project:<name>"',
  )
  .refine((stream) => !stream.startsWith('change:') || uuid.safeParse(stream.slice(7)).success, {
    message: 'names a change by something that is not its id',
  });

/** Which changes the result of a query holds: those that fit everything it says. */
export const querySchema = z.strictObject({
  project: name.optional(),
  author: principal.optional(),
  definition: name.optional(),
  outcome: z.enum(['approved', 'rejected', 'withdrawn', 'applied', 'open']).optional(),
  /** `Review.code.waiting`; `Review.*` is any within Review. */
  state: word(500)
    .regex(/^[^.]+(\.[^.]+){0,7}$/, 'must be 1 to 8 names joined by "."')
    .optional(),
  /** The name of a region that the change is in now. */
  region: name.optional(),
  /** Stands in the title or the key, in whatever case. */
  text: word(200).optional(),
});
export type Query = z.output<typeof querySchema>;

export const commandSchema = z.discriminatedUnion('type', [
  z.strictObject({ id, type: z.literal('connect'), token: z.string().min(1) }),
  z.strictObject({
    id,
    type: z.literal('subscribe'),
    stream: streamName,
    query: querySchema.optional(),
    since: seq.optional(),
    epoch: z.string().max(100).optional(),
    reader: name.optional(),
  }),
  z.strictObject({ id, type: z.literal('ack'), subscription: z.string().max(64), seq }),
  z.strictObject({
    id,
    type: z.literal('unsubscribe'),
    subscription: z.string().max(64),
    forget: z.boolean().optional(),
  }),
  z.strictObject({ id, type: z.literal('ping') }),
  z.strictObject({
    id,
    type: z.literal('event'),
    change: uuid,
    trigger: name,
    reason: word(4000).optional(),
    data: json.optional(),
    for: principal.optional(),
    expected_version: seq.optional(),
    idempotency_key: z
      .string()
      .regex(/^[\x21-\x7e]{1,200}$/, 'must be 1 to 200 visible ASCII characters')
      .optional(),
  }),
]);
export type Command = z.output<typeof commandSchema>;
export type CommandOf<T extends Command['type']> = Extract<Command, { type: T }>;

const refusal = z.object({ code: z.string(), message: z.string(), accepted: z.array(z.string()) });

export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  hint: z.string().optional(),
  retryable: z.boolean(),
  issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  accepted: z.array(z.string()).optional(),
  request_id: z.string(),
});
export type Problem = z.output<typeof problemSchema>;

export const transitionSchema = z.object({
  seq,
  change: uuid,
  kind: z.enum(['proposed', 'transition', 'late', 'refusal']),
  version: z.int(),
  event: z.string(),
  from: json,
  to: json,
  outcome: z.string().nullable(),
  principal: z.string(),
  principal_kind: z.string(),
  via: z.string().nullable(),
  role: z.string().nullable(),
  reason: z.string().nullable(),
  data: json,
  refusal: refusal.nullable(),
  occurred_at: time,
  recorded_at: time,
});
export type Transition = z.output<typeof transitionSchema>;

const timer = z.object({ name: z.string(), event: z.string(), set_version: z.int(), due_at: time });
const waiting = z.object({
  roles: z.array(z.string()),
  principals: z.array(z.string()),
  stand_ins: z.array(z.object({ principal: z.string(), for: z.string() })),
  triggers: z.array(z.string()),
  reason: z.string(),
  since: time,
});
const possible = z.object({
  trigger: z.string(),
  for: z.string().nullable(),
  from: z.string(),
  to: z.string(),
  reason: z.enum(['optional', 'required']),
});

/** A change in a snapshot; `waits_for` and `enabled` (what its subscriber may do) in "my work" only. */
export const itemSchema = z.object({
  id: uuid,
  project: z.string(),
  key: z.string().nullable(),
  title: z.string(),
  author: z.string(),
  author_kind: z.string(),
  definition: z.string(),
  definition_version: z.int(),
  attributes: json,
  version: z.int(),
  state: json,
  outcome: z.string().nullable(),
  timers: z.array(timer),
  created_at: time,
  updated_at: time,
  waits_for: z.array(waiting).optional(),
  enabled: z.array(possible).optional(),
});
export type Item = z.output<typeof itemSchema>;

/** Whose connection it is now, and until when. */
const connected = { tenant: z.string(), principal: z.string(), expires_at: time };
const subscribed = {
  subscription: z.string(),
  epoch: z.string(),
  /** Events after this position follow. */
  since: seq,
  /** False where the position asked for means nothing here: a snapshot stands for what lies between. */
  recovered: z.boolean(),
};
const done = { transition: transitionSchema, replayed: z.boolean() };
const nothing = {};
/** What the reply to each command holds besides `id` and `type`. */
export const replyBodies = {
  connect: z.object(connected),
  subscribe: z.object(subscribed),
  ack: z.object({ acknowledged: seq }),
  unsubscribe: z.object(nothing),
  ping: z.object(nothing),
  event: z.object(done),
} as const satisfies Record<Command['type'], z.ZodType>;
export type ReplyBodyOf<T extends Command['type']> = z.output<(typeof replyBodies)[T]>;
export type Connected = ReplyBodyOf<'connect'>;
export type Subscribed = ReplyBodyOf<'subscribe'>;
export type Done = ReplyBodyOf<'event'>;

export const errorSchema = z.object({ id: id.nullable(), type: z.literal('error'), error: problemSchema });

const subscription = z.string();
export const pushSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('connected'), ...connected }),
  z.object({
    type: z.literal('event'),
    subscription,
    seq,
    prev: seq,
    critical: z.literal(true).optional(),
    transition: transitionSchema,
  }),
  z.object({ type: z.literal('advance'), subscription, seq }),
  z.object({
    type: z.literal('snapshot'),
    subscription,
    seq,
    first: z.boolean(),
    last: z.boolean(),
    complete: z.boolean(),
    items: z.array(itemSchema),
  }),
  z.object({
    type: z.literal('changed'),
    subscription,
    seq,
    prev: seq,
    items: z.array(itemSchema),
    gone: z.array(uuid),
  }),
]);
export type Push = z.output<typeof pushSchema>;
export type PushOf<T extends Push['type']> = Extract<Push, { type: T }>;
export type ErrorFrame = z.output<typeof errorSchema>;
/** A reply, before one knows to what. */
export type ReplyFrame = { readonly id: FrameId; readonly type: 'reply' } & Readonly<Record<string, unknown>>;
export type ServerFrame = Push | ErrorFrame | ReplyFrame;
