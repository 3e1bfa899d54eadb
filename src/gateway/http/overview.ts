/** What operators look at first: how this server is and which others there are, what is late, and which changes it has stopped. */
import { z } from '@hono/zod-openapi';
import type { DueTimer } from '../../persistence/records.ts';
import { GONE_AFTER_MS, type ListedServer, SHOWN_MS } from '../live/presence.ts';
import { jsonResponse } from '../response.ts';
import * as field from './fields.ts';
import { isoTime } from './iso-time.ts';
import type { Routes } from './route.ts';
import type { Services } from './services.ts';

const tag = 'operations';
const role = 'operator';
/** Timers are counted up to here. */
const COUNTED = 1_000;
const HOUR_MS = 3_600_000;

const inHand = {
  started_at: field.time,
  sockets: z.int(),
  subscriptions: z.int(),
  commands_waiting: z.int().openapi({ description: 'Of all tenants, not taken yet' }),
};

const alarms = z
  .strictObject({
    backend: z.enum(['postgres', 'redis']),
    jobs: z
      .strictObject({ delayed: z.int(), waiting: z.int(), active: z.int() })
      .nullable()
      .openapi({ description: 'Null while the queue cannot be reached' }),
  })
  .openapi({
    description: 'The queue of alarms of all tenants: one for each second in which timers are due soon',
  });

const overview = z
  .strictObject({
    server: z.strictObject(inHand),
    servers: z
      .array(
        z.strictObject({
          id: z.string(),
          host: z.string(),
          pid: z.int(),
          version: z.string(),
          ...inHand,
          seen_at: field.time.openapi({ description: 'When it last said that it runs' }),
          answering: z.boolean().openapi({ description: 'The one that answers now' }),
          gone: z.boolean().openapi({ description: `Not heard of for ${GONE_AFTER_MS / 1000} s` }),
        }),
      )
      .openapi({
        description: `Processes on this database. One that stops is left out, one that died after ${SHOWN_MS / 60_000} min`,
      }),
    stream: z.strictObject({ epoch: z.string(), seq: z.int() }),
    timers: z.strictObject({
      pending: z.int().openapi({ description: `Of the tenant; counted up to ${COUNTED}` }),
      due_within_hour: z.int(),
      overdue: z.int().openapi({ description: 'Due and not fired yet' }),
      oldest_due_at: field.time.nullable().openapi({ description: 'Of those that are overdue' }),
      alarms: alarms.nullable(),
    }),
    quarantined: z
      .array(z.strictObject({ change: field.uuid, why: z.string(), since: field.time }))
      .openapi({ description: 'Changes that broke an invariant, on whatever server' }),
  })
  .openapi('Overview');
export type OverviewDocument = z.infer<typeof overview>;

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
}

async function overviewOf(
  { backend, metrics, presence, quarantine, alarms }: Services,
  tenant: string,
  startedAt: string,
): Promise<OverviewDocument> {
  // Says first what is there, and hears what others have released.
  const listed = presence?.list();
  const [position, pending, servers, stopped, depth] = await Promise.all([
    backend.store.position(tenant),
    backend.store.pendingTimers(tenant, {}, { limit: COUNTED }),
    listed ?? [],
    Promise.resolve(listed).then(() => quarantine.list(tenant)),
    alarms?.() ?? null,
  ]);
  return {
    server: {
      started_at: startedAt,
      sockets: metrics.live.sockets(),
      subscriptions: metrics.live.subscriptions(),
      commands_waiting: backend.atWork.waiting,
    },
    servers: servers.map(serverDocument),
    stream: { epoch: position?.epoch ?? '', seq: position?.seq ?? 0 },
    timers: { ...countedAt(Date.now(), pending), alarms: depth },
    quarantined: stopped.map(({ change, why, at }) => ({ change, why, since: isoTime(at) })),
  };
}

/** `pending` stands soonest first. */
function countedAt(now: number, pending: readonly DueTimer[]) {
  const before = (at: number) => pending.filter(({ dueAt }) => dueAt < at).length;
  const overdue = before(now);
  const [oldest] = pending;
  return {
    pending: pending.length,
    due_within_hour: before(now + HOUR_MS) - overdue,
    overdue,
    oldest_due_at: overdue > 0 && oldest ? isoTime(oldest.dueAt) : null,
  };
}

function serverDocument(server: ListedServer) {
  const { id, host, pid, version, sockets, subscriptions } = server;
  return {
    ...{ id, host, pid, version, sockets, subscriptions },
    commands_waiting: server.commandsWaiting,
    started_at: isoTime(server.startedAt),
    seen_at: isoTime(server.seenAt),
    answering: server.isSelf,
    gone: server.isGone,
  };
}
