/** Readers of the live log that have left critical rows unacknowledged for too long: a list for operators to act on. */
import { z } from '@hono/zod-openapi';
import { jsonResponse } from '../response.ts';
import * as field from './fields.ts';
import type { Routes } from './route.ts';
import type { Services } from './services.ts';

const query = z.strictObject({
  older_than_s: field.queryInteger(0, 31_536_000).optional(),
  limit: field.limit,
});

const reader = z
  .strictObject({
    principal: z.string(),
    reader: z.string(),
    stream: z.string(),
    acknowledged: z.int().openapi({ description: 'It has acknowledged the log up to here' }),
    acknowledged_at: field.time,
    unacknowledged: z.int().openapi({ description: 'Critical rows after that; counting ends at 1,000' }),
    oldest: z.strictObject({ seq: z.int(), recorded_at: field.time }).nullable(),
  })
  .openapi('Reader');

export function addReaderRoutes(routes: Routes, { backend, overdueAfterMs }: Services): void {
  routes.authorised(
    {
      method: 'get',
      path: '/v1/readers',
      summary: 'Readers with critical rows they have not acknowledged for so long, those behind most first',
      tag: 'operations',
      role: 'operator',
      query,
      answers: { 200: { description: 'The readers', schema: z.strictObject({ items: z.array(reader) }) } },
    },
    async ({ query: { older_than_s = overdueAfterMs / 1000, limit }, principal: { tenant } }) => {
      const before = Date.now() - older_than_s * 1000;
      const found = await backend.store.readers.overdue(tenant, before, limit);
      return jsonResponse(200, { items: found.map(readerDocument) });
    },
  );
}

type Overdue = Awaited<ReturnType<Services['backend']['store']['readers']['overdue']>>[number];

function readerDocument(record: Overdue): z.output<typeof reader> {
  const { principal, name, stream, acknowledged, acknowledgedAt, unacknowledged, oldest } = record;
  return {
    principal,
    reader: name,
    stream,
    acknowledged,
    acknowledged_at: new Date(acknowledgedAt).toISOString(),
    unacknowledged,
    oldest: oldest && { seq: oldest.seq, recorded_at: new Date(oldest.recordedAt).toISOString() },
  };
}
