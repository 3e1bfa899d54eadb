/** Revocations: tokens that count no more although they have not expired. On all servers within five seconds, mostly at once. */
import { z } from '@hono/zod-openapi';
import type { Directory } from '../../actors/directory/state.ts';
import type { RevocationRecord } from '../../persistence/revocation-records.ts';
import { jsonResponse } from '../response.ts';
import { cutPage, decodeCursor } from './cursor.ts';
import * as field from './fields.ts';
import type { Routes } from './route.ts';
import * as schema from './schemas.ts';
import type { Services } from './services.ts';

const tag = 'revocations';
const path = '/v1/revocations';
const role = 'administrator';

const shared = {
  until: field.time
    .transform((value) => Date.parse(value))
    .optional()
    .openapi({
      type: 'string',
      format: 'date-time',
      description: 'When the tokens have expired anyway; without it the revocation counts for good',
    }),
  reason: field.reason,
};

export const revocationBody = z
  .union([
    z.strictObject({
      token_id: field.text(200).openapi({ description: 'The claim "jti" of one token' }),
      ...shared,
    }),
    z.strictObject({
      principal: field.principalId.openapi({ description: 'The claim "sub" of all tokens that are meant' }),
      issued_before: field.pastTime.optional().openapi({
        type: 'string',
        format: 'date-time',
        description: 'By their claim "iat"; now where it is not said. Tokens without "iat" are meant as well',
      }),
      ...shared,
    }),
  ])
  .openapi('NewRevocation');

const revocation = z
  .strictObject({
    token_id: z.string().nullable(),
    principal: z.string().nullable(),
    issued_before: field.time.nullable(),
    until: field.time.nullable(),
    reason: z.string(),
    revoked_by: z.string(),
    revoked_at: field.time,
  })
  .openapi('Revocation');

export function addRevocationRoutes(routes: Routes, { backend, revocations }: Services): void {
  routes.authorised(
    {
      method: 'post',
      path,
      summary:
        'Revoke a token, or all tokens of a principal, and of its agents, that were issued before a time',
      tag,
      role,
      body: revocationBody,
      answers: { 201: { description: 'It counts from now on', schema: revocation } },
    },
    async ({ body, principal: { tenant, id } }) => {
      const { reason, until: endsAt = null } = body;
      const what =
        'token_id' in body
          ? ({ tokenId: body.token_id, principal: null, issuedBefore: null } as const)
          : ({
              tokenId: null,
              principal: body.principal,
              issuedBefore: body.issued_before ?? Date.now(),
            } as const);
      const shared = { tenant, endsAt, reason, revokedBy: id };
      // The agents first: where one cannot be revoked, nobody is told that it was done.
      if (what.principal !== null)
        for (const agent of agentsOf(await backend.directory(tenant), what.principal))
          await revocations.add({ ...what, ...shared, principal: agent });
      const made = await revocations.add({ ...what, ...shared });
      return jsonResponse(201, documentOf(made));
    },
  );
  routes.authorised(
    {
      method: 'get',
      path,
      summary: 'All that was ever revoked, newest first',
      tag,
      role,
      query: z.strictObject({ cursor: field.cursor.optional(), limit: field.limit }),
      answers: { 200: { description: 'One page', schema: schema.page(revocation) } },
    },
    async ({ query: { cursor, limit }, principal: { tenant } }) => {
      const before = cursor === undefined ? {} : { before: decodeCursor(cursor, isSeq) };
      const found = await backend.store.revocations.list(tenant, { limit: limit + 1, ...before });
      const { shown, nextCursor } = cutPage(found, limit, ({ seq }) => seq);
      return jsonResponse(200, { items: shown.map(documentOf), next_cursor: nextCursor });
    },
  );
}

/** Whose tokens need not name their sponsor, since the directory does. */
function agentsOf({ principals }: Directory, sponsor: string): string[] {
  return [...principals].flatMap(([id, each]) =>
    each.kind === 'agent' && each.sponsor === sponsor && id !== sponsor ? [id] : [],
  );
}

function documentOf(record: RevocationRecord): z.output<typeof revocation> {
  const { tokenId, principal, issuedBefore, endsAt, reason, revokedBy, revokedAt } = record;
  const time = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
  return {
    token_id: tokenId,
    principal,
    issued_before: time(issuedBefore),
    until: time(endsAt),
    reason,
    revoked_by: revokedBy,
    revoked_at: new Date(revokedAt).toISOString(),
  };
}

function isSeq(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
