/** Delegations: let somebody act for you, see who acts for whom, end it. */
import { z } from '@hono/zod-openapi';
import type { DelegationRecord } from '../../persistence/records.ts';
import { jsonResponse } from '../response.ts';
import { cutPage, decodeCursor } from './cursor.ts';
import * as field from './fields.ts';
import { isoTime } from './iso-time.ts';
import { type Routes, requireRole } from './route.ts';
import * as schema from './schemas.ts';
import type { Services } from './services.ts';

const tag = 'delegations';

/** A time of either direction; becomes milliseconds. */
const moment = field.time.transform((value) => Date.parse(value));

export const delegationBody = z
  .strictObject({
    to: field.principalId,
    roles: z
      .array(field.name)
      .min(1)
      .max(100)
      .optional()
      .openapi({ description: 'Out of those of your token; all of them where none are named' }),
    project: field.name.optional().openapi({ description: 'Everywhere where none is named' }),
    starts_at: moment.optional().openapi({ description: 'ISO 8601, UTC; now where it is not said' }),
    ends_at: moment.openapi({ description: 'ISO 8601, UTC; within a year' }),
    reason: field.reason,
  })
  .openapi('NewDelegation');

const delegation = z
  .strictObject({
    id: field.uuid,
    from: z.string(),
    to: z.string(),
    roles: z.array(z.string()),
    project: z.string().nullable(),
    starts_at: field.time,
    ends_at: field.time.openapi({ description: 'From then on it does not hold any more' }),
    reason: z.string(),
    revoked_at: field.time.nullable(),
  })
  .openapi('Delegation');

const listQuery = z.strictObject({
  all: z.enum(['true', 'false']).optional().openapi({ description: 'Everybody\'s; needs role "operator"' }),
  cursor: field.cursor.optional(),
  limit: field.limit,
});

export function addDelegationRoutes(routes: Routes, services: Services): void {
  addCommands(routes, services);
  addListing(routes, services);
}

function addCommands(routes: Routes, { backend }: Services): void {
  routes.authorised(
    {
      method: 'post',
      path: '/v1/delegations',
      summary: 'Let somebody act for you, for a time, with roles of your token',
      tag,
      body: delegationBody,
      answers: { 201: { description: 'The delegation', schema: delegation } },
    },
    async ({ body: { starts_at: startsAt, ends_at: endsAt, roles, project, to, reason }, principal }) => {
      const given = {
        to,
        endsAt,
        reason,
        ...(roles !== undefined && { roles }),
        ...(project !== undefined && { project }),
        ...(startsAt !== undefined && { startsAt }),
      };
      const made = await backend.delegate(given, principal);
      return jsonResponse(201, documentOf(made), { location: `/v1/delegations/${made.id}` });
    },
  );
  routes.authorised(
    {
      method: 'delete',
      path: '/v1/delegations/{id}',
      summary: 'End a delegation at once; for whoever gave it and for role "operator"',
      tag,
      params: z.object({ id: field.uuid }),
      answers: { 200: { description: 'The delegation, which stays to be seen', schema: delegation } },
    },
    async ({ params: { id }, principal }) =>
      jsonResponse(200, documentOf(await backend.revokeDelegation(id, principal))),
  );
}

function addListing(routes: Routes, { backend }: Services): void {
  routes.authorised(
    {
      method: 'get',
      path: '/v1/delegations',
      summary: 'Delegations you gave or got, newest first',
      tag,
      query: listQuery,
      answers: { 200: { description: 'One page', schema: schema.page(delegation) } },
    },
    async ({ query: { all, cursor, limit }, principal: caller }) => {
      if (all === 'true') requireRole(caller, 'operator');
      const filter = all === 'true' ? {} : { party: caller.id };
      const before = cursor === undefined ? undefined : decodeCursor(cursor, isId);
      const page = { limit: limit + 1, ...(before !== undefined && { before }) };
      const found = await backend.store.delegations(caller.tenant, filter, page);
      const { shown, nextCursor } = cutPage(found, limit, ({ id }) => id);
      return jsonResponse(200, { items: shown.map(documentOf), next_cursor: nextCursor });
    },
  );
}

function isId(value: unknown): value is string {
  return field.uuid.safeParse(value).success;
}

function documentOf(record: DelegationRecord): z.infer<typeof delegation> {
  const { id, from, to, roles, project, startsAt, endsAt, reason, revokedAt } = record;
  return {
    id,
    from,
    to,
    roles: [...roles],
    project,
    starts_at: isoTime(startsAt),
    ends_at: isoTime(endsAt),
    reason,
    revoked_at: revokedAt === null ? null : isoTime(revokedAt),
  };
}
