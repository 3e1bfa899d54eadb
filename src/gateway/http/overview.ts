/** What operators look at first: how this server is, what it has in hand, what is late, and which changes it has stopped. */
import { z } from '@hono/zod-openapi';
import { jsonResponse } from '../response.ts';
import * as field from './fields.ts';
import { noSuchChange } from './missing.ts';
import type { Routes } from './route.ts';
import type { Services } from './services.ts';

const tag = 'operations';
const role = 'operator';
/** Overdue timers are counted up to here. */
const COUNTED = 1_000;

const overview = z
  .strictObject({
    server: z.strictObject({
      started_at: field.time,
      sockets: z.int(),
      subscriptions: z.int(),
      commands_waiting: z.int().openapi({ description: 'Of all tenants, not taken yet' }),
    }),
    stream: z.strictObject({ epoch: z.string(), seq: z.int() }),
    timers: z.strictObject({
      overdue: z.int().openapi({ description: `Due and not fired yet; counted up to ${COUNTED}` }),
      oldest_due_at: field.time.nullable(),
    }),
    quarantined: z
      .array(z.strictObject({ change: field.uuid, why: z.string(), since: field.time }))
      .openapi({ description: 'Changes that broke an invariant on the server that answers' }),
  })
  .openapi('Overview');
export type OverviewDocument = z.infer<typeof overview>;

const released = z.strictObject({ change: field.uuid, released: z.boolean() }).openapi('Released');

export function addOverviewRoutes(routes: Routes, services: Services): void {
  const startedAt = new Date().toISOString();
  routes.authorised(
    {
      method: 'get',
      path: '/v1/overview',
      summary: 'How the server that answers is, and what is late or stopped',
      tag,
      role,
      answers: { 200: { description: 'As it is now', schema: overview } },
    },
    async ({ principal: { tenant } }) =>
      jsonResponse(200, await overviewOf(services, tenant, startedAt), { 'cache-control': 'no-store' }),
  );
  routes.authorised(
    {
      method: 'post',
      path: '/v1/changes/{id}/release',
      summary: 'Let a quarantined change go on: the server that answers loads it anew',
      tag,
      role,
      params: z.object({ id: field.uuid }),
      body: z.strictObject({ reason: z.string().trim().min(1).max(4000) }),
      answers: { 200: { description: 'False where it was not stopped here', schema: released } },
    },
    async ({ params: { id }, body: { reason }, principal }) => {
      const ref = { tenant: principal.tenant, change: id };
      if ((await services.backend.store.change(ref)) === undefined) throw noSuchChange(id);
      const isReleased = services.backend.atWork.restart(ref);
      if (isReleased)
        services.log.warn({ ...ref, by: principal.id, reason }, 'a quarantined change was released');
      return jsonResponse(200, { change: id, released: isReleased });
    },
  );
}

async function overviewOf(
  { backend, metrics }: Services,
  tenant: string,
  startedAt: string,
): Promise<OverviewDocument> {
  const [position, late] = await Promise.all([
    backend.store.position(tenant),
    backend.store.pendingTimers(tenant, { before: Date.now() }, { limit: COUNTED }),
  ]);
  const [oldest] = late;
  return {
    server: {
      started_at: startedAt,
      sockets: metrics.live.sockets(),
      subscriptions: metrics.live.subscriptions(),
      commands_waiting: backend.atWork.waiting,
    },
    stream: { epoch: position?.epoch ?? '', seq: position?.seq ?? 0 },
    timers: { overdue: late.length, oldest_due_at: oldest ? new Date(oldest.dueAt).toISOString() : null },
    quarantined: backend.atWork
      .stopped(tenant)
      .map(({ change, why, at }) => ({ change, why, since: new Date(at).toISOString() })),
  };
}
