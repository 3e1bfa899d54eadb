/** My work: open changes on which the caller may do something now, and what. */
import { z } from '@hono/zod-openapi';
import { jsonResponse } from '../response.ts';
import { unlessBroken } from '../unless-broken.ts';
import { isChangeId } from './changes.ts';
import { cutPage, decodeCursor } from './cursor.ts';
import * as field from './fields.ts';
import type { Routes } from './route.ts';
import * as schema from './schemas.ts';
import type { Services } from './services.ts';
import { changeDocument } from './wire.ts';

/** Changes looked through for one page: those the caller can do nothing about cost a look, and no answer. */
const LOOKED_THROUGH = 200;

const query = z.strictObject({
  project: field.name.optional(),
  cursor: field.cursor.optional(),
});

export function addWorkRoutes(routes: Routes, { backend }: Services): void {
  routes.authorised(
    {
      method: 'get',
      path: '/v1/work',
      summary:
        'Open changes on which the caller may act now, newest first; a page may be empty and have a next one',
      tag: 'changes',
      query,
      answers: { 200: { description: 'One page', schema: schema.page(schema.change) } },
    },
    async ({ query: { project, cursor }, principal }) => {
      const before = cursor === undefined ? undefined : decodeCursor(cursor, isChangeId);
      const filter = { outcome: 'open', ...(project !== undefined && { project }) };
      const page = { limit: LOOKED_THROUGH + 1, ...(before !== undefined && { before }) };
      const found = await backend.store.changes(principal.tenant, filter, page);
      const { shown, nextCursor } = cutPage(found, LOOKED_THROUGH, ({ change }) => change);
      const views = await Promise.all(
        shown.map(({ tenant, change }) => unlessBroken(backend.view({ tenant, change }, principal))),
      );
      const mine = views.filter((view) => view?.enabled.some(({ refusal }) => refusal === null));
      const items = mine.flatMap((view) => (view ? [changeDocument(view)] : []));
      return jsonResponse(200, { items, next_cursor: nextCursor });
    },
  );
}
