/** What all commands have in common: for whom they act, when it happened, and the headers that make them safe to repeat. */
import { z } from '@hono/zod-openapi';
import type { Answer, Envelope, Principal } from '../../actors/commands.ts';
import { CountersignError } from '../../errors.ts';
import * as field from './fields.ts';
import { invalid } from './input.ts';

/** Body fields of those who record what others did elsewhere (role "importer"). */
export const importFields = {
  as: field.actingAs.optional(),
  occurred_at: field.pastTime.optional(),
};

/** Body field of those who act for somebody who is away. */
export const delegateField = {
  for: field.principalId.optional().openapi({ description: 'Whose delegate you are in this; not with "as"' }),
};

interface ActingFields {
  readonly as?: z.output<typeof field.actingAs> | undefined;
  readonly occurred_at?: number | undefined;
  readonly for?: string | undefined;
}

/** 1 to 200 visible ASCII characters. */
export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/, 'must be 1 to 200 visible ASCII characters')
  .openapi({ description: 'Same key and same command: same answer, done once' });

const ifMatch = z
  .string()
  .regex(/^("[0-9]{1,15}"|\*)$/, 'must be a version in quotes, like "3"')
  .transform((tag) => (tag === '*' ? undefined : Number(tag.slice(1, -1))))
  .openapi({ type: 'string', example: '"3"', description: 'The version the sender saw' });

export const keyHeader = z.object({ 'idempotency-key': idempotencyKey.optional() });
export const commandHeaders = keyHeader.extend({ 'if-match': ifMatch.optional() });

export function envelopeOf(caller: Principal, body: ActingFields, key: string | undefined): Envelope {
  const { as, occurred_at: occurredAt, for: actsFor } = body;
  if (actsFor !== undefined && (as !== undefined || occurredAt !== undefined))
    throw invalid([{ path: 'for', message: 'cannot stand together with "as" or "occurred_at"' }]);
  if ((as !== undefined || occurredAt !== undefined) && !caller.roles.includes('importer')) {
    const message = `"as" and "occurred_at" need role "importer", which the token of "${caller.id}" does not carry.`;
    throw new CountersignError('FORBIDDEN', message);
  }
  return {
    principal: as ? actor(caller.tenant, as) : caller,
    ...(as && { via: caller.id }),
    ...(actsFor !== undefined && { actsFor }),
    ...(key !== undefined && { idempotencyKey: key }),
    ...(occurredAt !== undefined && { occurredAt }),
  };
}

function actor(tenant: string, { sponsor, ...as }: z.output<typeof field.actingAs>): Principal {
  return { tenant, ...as, ...(sponsor !== undefined && { sponsor }) };
}

export function etag(version: number): string {
  return `"${version}"`;
}

/** Headers that go with the answer to a command. */
export function answerHeaders(answer: Answer): Record<string, string> {
  return {
    ...(answer.row && { etag: etag(answer.row.version) }),
    ...(answer.replayed && { 'idempotency-replayed': 'true' }),
  };
}
