/**
 * What people say on a change: its threads, put together from the rows of its log. The change itself remembers only which
 * threads are open, since that is all its conditions ask.
 */
import { z } from '@hono/zod-openapi';
import { noSuchChange } from '../../actors/missing.ts';
import { DATA } from '../../machines/built-in.ts';
import type { LogRow } from '../../persistence/records.ts';
import { jsonResponse } from '../response.ts';
import * as field from './fields.ts';
import type { Routes } from './route.ts';
import type { ThreadDocument } from './schemas.ts';
import * as schema from './schemas.ts';
import type { Services } from './services.ts';
import { threadRemark } from './wire.ts';

/** Rows that are read from the log at once. */
const AT_ONCE = 1_000;

export function addThreadRoutes(routes: Routes, { backend: { store } }: Services): void {
  routes.authorised(
    {
      method: 'get',
      path: '/v1/changes/{id}/threads',
      summary: 'What people say on a change: all its threads, in the order in which they were opened',
      tag: 'changes',
      params: z.object({ id: field.uuid }),
      query: z.strictObject({}),
      answers: { 200: { description: 'All of them', schema: schema.page(schema.thread) } },
    },
    async ({ params: { id }, principal: { tenant } }) => {
      if ((await store.change({ tenant, change: id })) === undefined) throw noSuchChange(id);
      const threads = new Threads();
      for (let after = 0; ; ) {
        const rows = await store.log(tenant, { after, limit: AT_ONCE, change: id });
        for (const row of rows) threads.take(row);
        after = rows.at(-1)?.seq ?? after;
        if (rows.length < AT_ONCE) break;
      }
      return jsonResponse(200, { items: threads.all(), next_cursor: null });
    },
  );
}

/** Threads by id. One that is opened again goes on: what was said before stays, and it waits to be resolved once more. */
export class Threads {
  readonly #byId = new Map<string, ThreadDocument>();

  /** Takes the rows of one change in their order; those that say nothing in a thread are passed over. */
  take(row: LogRow): void {
    if (row.kind !== 'transition') return;
    switch (row.event) {
      case 'thread.open':
        this.#open(row);
        break;
      case 'thread.comment':
        this.#comment(row);
        break;
      case 'thread.resolve':
        this.#resolve(row);
        break;
    }
  }

  all(): readonly ThreadDocument[] {
    return [...this.#byId.values()];
  }

  #open(row: LogRow): void {
    const said = DATA['thread.open'].safeParse(own(row));
    if (!said.success) return;
    const { thread, text, file = null, line = null, revision = null } = said.data;
    const before = this.#byId.get(thread);
    const remarks = [
      ...(before?.comments ?? []),
      ...(text === undefined ? [] : [{ ...threadRemark(row), text }]),
    ];
    const opened = before ?? { thread, opened: threadRemark(row), file, line, revision };
    this.#byId.set(thread, { ...opened, comments: remarks, resolved: null });
  }

  #comment(row: LogRow): void {
    const said = DATA['thread.comment'].safeParse(own(row));
    const thread = said.success ? this.#byId.get(said.data.thread) : undefined;
    if (!said.success || !thread) return;
    const comments = [...thread.comments, { ...threadRemark(row), text: said.data.text }];
    this.#byId.set(thread.thread, { ...thread, comments });
  }

  #resolve(row: LogRow): void {
    const said = DATA['thread.resolve'].safeParse(own(row));
    const thread = said.success ? this.#byId.get(said.data.thread) : undefined;
    if (thread)
      this.#byId.set(thread.thread, { ...thread, resolved: { ...threadRemark(row), reason: row.reason } });
  }
}

/** What the sender said; for whom a delegate acted stands beside it. */
function own({ data }: LogRow): unknown {
  if (typeof data !== 'object' || data === null || !('on_behalf_of' in data)) return data;
  const { on_behalf_of: _, ...said } = data;
  return said;
}
