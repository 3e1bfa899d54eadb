/** Timers as operators see them: what is due when, over all changes of the tenant. */
import { z } from '@hono/zod-openapi';
import type { DueTimer } from '../../persistence/records.ts';
import { jsonResponse } from '../response.ts';
import { cutPage, decodeCursor } from './cursor.ts';
import * as field from './fields.ts';
import { type Routes, requireRole } from './route.ts';
import * as schema from './schemas.ts';
import type { Services } from './services.ts';
import { timerDocument } from './wire.ts';

const query = z.strictObject({
  change: field.uuid.optional(),
  name: field.name.optional(),
  before: field.time.optional(),
  cursor: field.cursor.optional(),
  limit: field.limit,
});

export function addTimerRoutes(routes: Routes, { backend }: Services): void {
  routes.authorised(
    {
      method: 'get',
      path: '/v1/timers',
      summary: 'Pending timers, soonest first; needs role "operator"',
      tag: 'timers',
      query,
      answers: { 200: { description: 'One page', schema: schema.page(schema.timer) } },
    },
    async ({ query: { change, name, before, cursor, limit }, principal }) => {
      requireRole(principal, 'operator');
      const filter = {
        ...(change !== undefined && { change }),
        ...(name !== undefined && { name }),
        ...(before !== undefined && { before: Date.parse(before) }),
      };
      const after =
        cursor === undefined ? undefined : timerAt(decodeCursor(cursor, isPlace), principal.tenant);
      const page = { limit: limit + 1, ...(after && { after }) };
      const found = await backend.store.pendingTimers(principal.tenant, filter, page);
      const { shown, nextCursor } = cutPage(found, limit, placeOf);
      return jsonResponse(200, { items: shown.map(timerDocument), next_cursor: nextCursor });
    },
  );
}

function placeOf({ dueAt, change, name }: DueTimer): string {
  return JSON.stringify([dueAt, change, name]);
}

function isPlace(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  try {
    return z.tuple([z.int(), z.string(), z.string()]).safeParse(JSON.parse(value)).success;
  } catch {
    return false;
  }
}

function timerAt(place: string, tenant: string): DueTimer {
  const [dueAt, change, name] = JSON.parse(place) as [number, string, string];
  return { tenant, change, name, dueAt, setVersion: 0, event: '' };
}
