/**
 * Batches: one event for many changes, with one reason. Each change judges it by its own rules, and the report says for each
 * what came of it: a batch saves its sender time, not a rule.
 */
import { z } from '@hono/zod-openapi';
import type { Envelope } from '../../actors/commands.ts';
import type { Backend } from '../backend.ts';
import { holdContentTo } from '../content.ts';
import { type Problem, problemOf, problemOfRefusal } from '../problem.ts';
import { jsonResponse } from '../response.ts';
import { eventBody } from './changes.ts';
import { envelopeOf, idempotencyKey } from './command.ts';
import * as field from './fields.ts';
import type { Routes } from './route.ts';
import * as schema from './schemas.ts';
import type { Services } from './services.ts';
import { transitionDocument } from './wire.ts';

export const MAX_ITEMS = 500;

const item = z.strictObject({
  change: field.uuid,
  expected_version: z.int().min(1).optional(),
});

export const batchBody = eventBody
  .extend({
    items: z
      .array(item)
      .min(1)
      .max(MAX_ITEMS)
      .refine((items) => new Set(items.map(({ change }) => change)).size === items.length, {
        error: 'names a change twice',
      }),
  })
  .openapi('Batch');

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
    async ({ body, headers: { 'idempotency-key': key }, principal, requestId }) => {
      const { items, as: _as, occurred_at: _at, trigger, reason, data, revision } = body;
      holdContentTo(principal, body);
      const command = {
        trigger,
        ...(reason !== undefined && { reason }),
        ...(data !== undefined && { data }),
        ...(revision !== undefined && { revision }),
      };
      const report = await Promise.all(
        items.map(({ change, expected_version: expectedVersion }) => {
          const envelope = envelopeOf(principal, body, key === undefined ? undefined : `${key}/${change}`);
          const own = { ...command, change, ...(expectedVersion !== undefined && { expectedVersion }) };
          return sendOne(backend, own, envelope, requestId);
        }),
      );
      const done = report.filter(({ transition }) => transition !== null).length;
      return jsonResponse(200, { done, refused: report.length - done, items: report });
    },
  );
}

/** One bad item must not hide what became of the others. */
async function sendOne(
  backend: Backend,
  command: Parameters<Backend['send']>[0],
  envelope: Envelope,
  requestId: string,
) {
  const { change } = command;
  const failed = (problem: Problem) => ({ change, transition: null, problem });
  try {
    const answer = await backend.send(command, envelope);
    return answer.ok
      ? { change, transition: transitionDocument(answer.row), problem: null }
      : failed(problemOfRefusal(answer.refusal, requestId));
  } catch (error) {
    return failed(problemOf(error, requestId));
  }
}
