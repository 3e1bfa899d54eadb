/** The directory: who is who in the tenant, which roles are granted to whom and where, and what was ever said of it. */
import { z } from '@hono/zod-openapi';
import { MAX_AT_ONCE, said } from '../../actors/directory/entries.ts';
import { rolesOf } from '../../actors/directory/state.ts';
import type { DirectoryEntry } from '../../persistence/records.ts';
import { jsonResponse } from '../response.ts';
import { cutPage, decodeCursor } from './cursor.ts';
import * as field from './fields.ts';
import type { Routes } from './route.ts';
import * as schema from './schemas.ts';
import type { Services } from './services.ts';

const tag = 'directory';
const KINDS = ['principal', 'group', 'grant', 'project', 'portfolio', 'tenant'] as const;

export const directoryBody = z
  .strictObject({ entries: z.array(said).min(1).max(MAX_AT_ONCE), reason: field.reason.optional() })
  .openapi('DirectoryEntries', {
    example: {
      entries: [
        { kind: 'principal', name: 'ada', value: { kind: 'person', manager: 'grace' } },
        { kind: 'group', name: 'security', value: { members: ['ada', 'bob'] } },
        {
          kind: 'grant',
          grant: { role: 'security_reviewer', to: { group: 'security' }, in: { project: 'web' } },
          removed: false,
        },
      ],
    },
  });

const entry = z
  .strictObject({
    seq: z.int(),
    kind: z.enum(KINDS),
    name: z.string(),
    value: field.json.openapi({ description: 'Null where it was taken away' }),
    set_by: z.string(),
    reason: z.string().nullable(),
    set_at: field.time,
  })
  .openapi('DirectoryEntry');

const sayingQuery = z.strictObject({
  dry_run: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional()
    .openapi({ type: 'boolean', description: 'Say nothing, only what would follow' }),
});

const directoryPosition = z
  .strictObject({
    seq: z.int(),
    warnings: z
      .array(
        z.strictObject({
          code: z.enum(['UNSTAFFED', 'UNDECIDED']),
          definition: z.string().nullable(),
          project: z.string().nullable(),
          message: z.string(),
        }),
      )
      .openapi({ description: 'What could be finished before, and no longer after it' }),
  })
  .openapi('DirectoryPosition');

const listQuery = z.strictObject({
  kind: z.enum(KINDS).optional(),
  cursor: field.cursor.optional(),
  limit: field.limit,
});

export function addDirectoryRoutes(routes: Routes, services: Services): void {
  addSaying(routes, services);
  addReading(routes, services);
  addRoles(routes, services);
}

function addSaying(routes: Routes, { backend, regard }: Services): void {
  routes.authorised(
    {
      method: 'post',
      path: '/v1/directory',
      summary: 'Say who is who; all entries count, or none',
      tag,
      role: 'administrator',
      query: sayingQuery,
      body: directoryBody,
      answers: {
        200: { description: 'The position of the directory from then on', schema: directoryPosition },
      },
    },
    async ({ body: { entries, reason = null }, query: { dry_run: isDry }, principal }) => {
      const { tenant } = principal;
      // Asked before it is said: afterwards nothing tells what could be finished until then.
      const warnings = await backend.staffing.warnings(tenant, entries);
      const { seq } = isDry
        ? await backend.directory(tenant)
        : await backend.say(tenant, entries, reason, principal);
      if (!isDry) await regard.look();
      return jsonResponse(200, { seq, warnings });
    },
  );
}

function addReading(routes: Routes, { backend }: Services): void {
  routes.authorised(
    {
      method: 'get',
      path: '/v1/directory',
      summary: 'The directory as it stands, oldest entry first',
      tag,
      query: listQuery,
      answers: { 200: { description: 'One page', schema: schema.page(entry) } },
    },
    async ({ query: { kind, cursor, limit }, principal }) => {
      const after = cursor === undefined ? 0 : decodeCursor(cursor, isSeq);
      const { entries } = await backend.directory(principal.tenant);
      const found = [...entries.values()]
        .filter((each) => (kind === undefined || each.kind === kind) && each.seq > after)
        .sort((a, b) => a.seq - b.seq);
      return paged(found, limit);
    },
  );
  routes.authorised(
    {
      method: 'get',
      path: '/v1/directory/history',
      summary: 'All that was ever said, newest first',
      tag,
      query: listQuery.omit({ kind: true }),
      answers: { 200: { description: 'One page', schema: schema.page(entry) } },
    },
    async ({ query: { cursor, limit }, principal }) => {
      const before = cursor === undefined ? {} : { before: decodeCursor(cursor, isSeq) };
      const page = { limit: limit + 1, ...before };
      return paged(await backend.store.directoryHistory(principal.tenant, page), limit);
    },
  );
}

const rolesOfPrincipal = z
  .strictObject({ principal: z.string(), roles: z.array(z.string()), groups: z.array(z.string()) })
  .openapi('PrincipalRoles');

function addRoles(routes: Routes, { backend }: Services): void {
  routes.authorised(
    {
      method: 'get',
      path: '/v1/principals/{id}/roles',
      summary: 'The roles that the directory grants a principal, everywhere or in a project',
      tag,
      params: z.object({ id: field.principalId }),
      query: z.strictObject({ project: field.name.optional() }),
      answers: { 200: { description: 'Roles and groups', schema: rolesOfPrincipal } },
    },
    async ({ params: { id }, query: { project }, principal }) => {
      const directory = await backend.directory(principal.tenant);
      const groups = [...directory.members].flatMap(([name, members]) => (members.has(id) ? [name] : []));
      const roles = rolesOf(directory, id, project === undefined ? {} : { project });
      return jsonResponse(200, { principal: id, roles: roles.sort(), groups: groups.sort() });
    },
  );
}

function paged(entries: readonly DirectoryEntry[], limit: number): Response {
  const { shown, nextCursor } = cutPage(entries, limit, ({ seq }) => seq);
  const items = shown.map(({ setBy, setAt, ...each }) => ({
    ...each,
    set_by: setBy,
    set_at: new Date(setAt).toISOString(),
  }));
  return jsonResponse(200, { items, next_cursor: nextCursor });
}

function isSeq(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
