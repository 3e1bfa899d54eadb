/** How changes of the past would have gone under a draft of a definition: read only, a page at a time. */
import { z } from '@hono/zod-openapi';
import type { Ending, Replayed } from '../../actors/replay.ts';
import type { Travelled } from '../../actors/time-travel.ts';
import { jsonResponse } from '../response.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import * as field from './fields.ts';
import { requireOpen } from './hidden.ts';
import { invalid } from './input.ts';
import type { Routes } from './route.ts';
import type { Services } from './services.ts';

const instant = z.iso
  .datetime()
  .transform((value) => Date.parse(value))
  .openapi({ type: 'string', format: 'date-time' });

export const replayBody = z
  .strictObject({
    definition: field.jsonObject.openapi({ description: 'The draft, in the JSON spelling of the grammar' }),
    project: field.name,
    from: instant,
    to: instant,
    limit: z.int().min(1).max(500).default(200),
    cursor: field.cursor.optional(),
  })
  .openapi('ReplayOf');

const ending = z.strictObject({
  outcome: z.string().nullable().openapi({ description: 'Null: open to this day' }),
  after_ms: z.int().nullable().openapi({ description: 'From the proposal' }),
});

export const replayed = z
  .strictObject({
    change: field.uuid,
    key: z.string().nullable(),
    title: z.string(),
    followed: z.string().openapi({ description: 'What it followed then', example: 'Review v3' }),
    verdict: z.enum(['same', 'other_outcome', 'longer', 'shorter', 'not_finished']),
    was: ending,
    would: ending,
    refused: z.array(
      z.strictObject({
        event: z.string(),
        principal: z.string(),
        code: z.string(),
        message: z.string(),
        at: field.time,
      }),
    ),
    missing: z.array(
      z.strictObject({ roles: z.array(z.string()), principals: z.array(z.string()), reason: z.string() }),
    ),
    unknown: z.record(z.string(), z.int()).openapi({ description: 'Events that the draft does not know' }),
    left_out: z.array(z.string()).openapi({ description: 'Attributes that do not fit the draft' }),
  })
  .openapi('Replayed');
export type ReplayedDocument = z.infer<typeof replayed>;

export const replays = z
  .strictObject({
    definition: z.strictObject({ name: z.string(), digest: z.string() }),
    items: z.array(replayed),
    failed: z.array(z.strictObject({ change: field.uuid, problem: z.string() })),
    next_cursor: z.string().nullable(),
  })
  .openapi('Replays');

export function addReplayRoutes(routes: Routes, { backend }: Services): void {
  routes.authorised(
    {
      method: 'post',
      path: '/v1/replays',
      summary: 'How changes of a period would have gone under a draft; nothing is written',
      tag: 'definitions',
      role: 'deployer',
      body: replayBody,
      answers: { 200: { description: 'A page of changes, the newest first', schema: replays } },
    },
    async ({ body, principal, hidden }) => {
      requireOpen(body.project, hidden);
      const { cursor, ...period } = body;
      if (period.to <= period.from) throw invalid([{ path: 'to', message: 'must be later than "from"' }]);
      const before = cursor === undefined ? {} : { before: decodeCursor(cursor, isText) };
      const { tenant } = principal;
      const travelled = await backend.timeTravel.replay({ tenant, ...period, ...before });
      return jsonResponse(200, document(travelled));
    },
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function document({ name, digest, changes, failed, next }: Travelled): z.infer<typeof replays> {
  return {
    definition: { name, digest },
    items: changes.map(replayedDocument),
    failed: failed.map((each) => ({ ...each })),
    next_cursor: next === null ? null : encodeCursor(next),
  };
}

function replayedDocument({ leftOut, refused, missing, ...each }: Replayed): ReplayedDocument {
  return {
    change: each.change,
    key: each.key,
    title: each.title,
    followed: each.followed,
    verdict: verdictOf(each.was, each.would),
    was: endingDocument(each.was),
    would: endingDocument(each.would),
    refused: refused.map(({ at, ...rest }) => ({ ...rest, at: new Date(at).toISOString() })),
    missing: missing.map(({ roles, principals, reason }) => ({
      roles: [...roles],
      principals: [...principals],
      reason,
    })),
    unknown: { ...each.unknown },
    left_out: [...leftOut],
  };
}

/** A second more or less is not a wait. */
const SAME_MS = 1_000;

function verdictOf(was: Ending, would: Ending): ReplayedDocument['verdict'] {
  if (was.outcome !== null && would.outcome === null) return 'not_finished';
  if (was.outcome !== would.outcome) return 'other_outcome';
  const longer = (would.afterMs ?? 0) - (was.afterMs ?? 0);
  if (Math.abs(longer) <= SAME_MS) return 'same';
  return longer > 0 ? 'longer' : 'shorter';
}

function endingDocument({ outcome, afterMs }: Ending) {
  return { outcome, after_ms: afterMs };
}
