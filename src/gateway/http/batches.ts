/**
 * Batches: one event for many changes, with one reason. Each change judges it by its own rules, and the report says for each
 * what came of it: a batch saves its sender time, not a rule. An atomic one is done whole, in one transaction, or not at all.
 */
import { z } from '@hono/zod-openapi';
import type { Answer, Envelope, EventCommand } from '../../actors/commands.ts';
import { MAX_GROUP } from '../../actors/group.ts';
import type { Backend } from '../backend.ts';
import { holdContentTo } from '../content.ts';
import { problemOf, problemOfRefusal } from '../problem.ts';
import { jsonResponse } from '../response.ts';
import { eventBody } from './changes.ts';
import { envelopeOf, idempotencyKey } from './command.ts';
import * as field from './fields.ts';
import { requireReadable } from './hidden.ts';
import type { Routes } from './route.ts';
import * as schema from './schemas.ts';
import type { Services } from './services.ts';
import { transitionDocument } from './wire.ts';

export const MAX_ITEMS = 500;

const item = z.strictObject({
  change: field.uuid,
  trigger: field.name.optional().openapi({ description: "Of this change, instead of the batch's" }),
  expected_version: z.int().min(1).optional(),
});

export const batchBody = eventBody
  .extend({
    atomic: z
      .boolean()
      .optional()
      .openapi({
        description: `All changes or none, for at most ${MAX_GROUP} of them. Their rows stand one behind the other in the log, in the order of "items"`,
      }),
    items: z
      .array(item)
      .min(1)
      .max(MAX_ITEMS)
      .refine((items) => new Set(items.map(({ change }) => change)).size === items.length, {
        error: 'names a change twice',
      }),
  })
  .refine(({ atomic, items }) => !atomic || items.length <= MAX_GROUP, {
    path: ['items'],
    error: `must be at most ${MAX_GROUP} in an atomic batch`,
  })
  .openapi('Batch');
type BatchBody = z.output<typeof batchBody>;

/** With a key, each item has its own: the batch can be sent again, whole, and what was done is not done twice. */
const headers = z.object({ 'idempotency-key': idempotencyKey.max(150).optional() });

export function addBatchRoutes(routes: Routes, { backend }: Services): void {
  routes.authorised(
    {
      method: 'post',
      path: '/v1/batches',
      summary: 'Send one event to many changes',
      tag: 'changes',
      headers,
      body: batchBody,
      answers: { 200: { description: 'What came of it, item by item', schema: schema.batchReport } },
    },
    async ({ body, headers: { 'idempotency-key': key }, principal, requestId, hidden }) => {
      const commands = commandsOf(body);
      const named = commands.map(({ change }) => change);
      await requireReadable(backend.store, principal, named, hidden);
      for (const command of commands) holdContentTo(principal, command);
      const envelope = envelopeOf(principal, body, key);
      const items = body.atomic
        ? await sendTogether(backend, commands, envelope, requestId)
        : await Promise.all(commands.map((command) => sendOne(backend, command, envelope, requestId)));
      const done = items.filter(({ transition }) => transition !== null).length;
      return jsonResponse(200, { done, refused: items.length - done, items });
    },
  );
}

function commandsOf({ items, trigger, reason, data, revision }: BatchBody): EventCommand[] {
  return items.map(({ change, trigger: own = trigger, expected_version: expectedVersion }) => ({
    change,
    trigger: own,
    ...(reason !== undefined && { reason }),
    ...(data !== undefined && { data }),
    ...(revision !== undefined && { revision }),
    ...(expectedVersion !== undefined && { expectedVersion }),
  }));
}

async function sendTogether(
  backend: Backend,
  commands: readonly EventCommand[],
  envelope: Envelope,
  requestId: string,
) {
  const { answers } = await backend.sendGroup(commands, envelope);
  return answers.map((answer, index) => reported(commands[index]?.change ?? '', answer, requestId));
}

/** One bad item must not hide what became of the others. */
async function sendOne(
  backend: Backend,
  command: EventCommand,
  { idempotencyKey: key, ...envelope }: Envelope,
  requestId: string,
) {
  const { change } = command;
  try {
    const own = { ...envelope, ...(key !== undefined && { idempotencyKey: `${key}/${change}` }) };
    return reported(change, await backend.send(command, own), requestId);
  } catch (error) {
    return { change, transition: null, problem: problemOf(error, requestId) };
  }
}

function reported(change: string, answer: Answer, requestId: string) {
  return answer.ok
    ? { change, transition: transitionDocument(answer.row), problem: null }
    : { change, transition: null, problem: problemOfRefusal(answer.refusal, requestId) };
}
