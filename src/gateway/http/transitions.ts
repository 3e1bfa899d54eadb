/** The transition log: of one change, of a project, of the whole tenant. */
import { z } from '@hono/zod-openapi';
import { noSuchChange } from '../../actors/missing.ts';
import { jsonResponse } from '../response.ts';
import { cutPage, decodeCursor } from './cursor.ts';
import * as field from './fields.ts';
import { invalid } from './input.ts';
import type { Routes } from './route.ts';
import * as schema from './schemas.ts';
import type { Services } from './services.ts';
import { transitionDocument } from './wire.ts';

const tag = 'transitions';
const answers = {
  200: { description: 'One page, oldest first', schema: schema.page(schema.transition) },
};
const pageFields = {
  after: field.queryInteger(0, Number.MAX_SAFE_INTEGER).optional(),
  cursor: field.cursor.optional(),
  limit: field.limit,
};

export function addTransitionRoutes(routes: Routes, services: Services): void {
  const { store } = services.backend;
  routes.authorised(
    {
      method: 'get',
      path: '/v1/changes/{id}/transitions',
      summary: 'The log of one change',
      tag,
      params: z.object({ id: field.uuid }),
      query: z.strictObject(pageFields),
      answers,
    },
    async ({ params: { id }, query, principal: { tenant } }) => {
      if ((await store.change({ tenant, change: id })) === undefined) throw noSuchChange(id);
      return logPage(services, tenant, query, { change: id });
    },
  );
  routes.authorised(
    {
      method: 'get',
      path: '/v1/transitions',
      summary: "The tenant's log: its stream, row by row",
      tag,
      query: z.strictObject({
        ...pageFields,
        change: field.uuid.optional(),
        project: field.name.optional(),
      }),
      answers,
    },
    async ({ query: { change, project, ...page }, principal: { tenant }, hidden }) =>
      logPage(services, tenant, page, {
        ...(hidden.size > 0 && { exceptProjects: [...hidden] }),
        ...(change !== undefined && { change }),
        ...(project !== undefined && { project }),
      }),
  );
}

interface LogPage {
  readonly after?: number | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

async function logPage(
  { backend }: Services,
  tenant: string,
  { after, cursor, limit }: LogPage,
  of: { change?: string; project?: string; exceptProjects?: readonly string[] },
): Promise<Response> {
  if (after !== undefined && cursor !== undefined) {
    throw invalid([{ path: 'query.cursor', message: 'cannot stand beside "after"' }]);
  }
  const start = cursor === undefined ? (after ?? 0) : decodeCursor(cursor, isSeq);
  const rows = await backend.store.log(tenant, { after: start, limit: limit + 1, ...of });
  const { shown, nextCursor } = cutPage(rows, limit, (row) => row.seq);
  return jsonResponse(200, { items: shown.map(transitionDocument), next_cursor: nextCursor });
}

function isSeq(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
