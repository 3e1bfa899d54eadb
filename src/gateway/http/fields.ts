/** The kinds of field that requests are made of, with their limits. Validation and the OpenAPI document both read these. */
import { z } from '@hono/zod-openapi';
import { PRINCIPAL_KINDS } from '../../machines/definition.ts';
import type { Json } from '../../persistence/records.ts';
import { isPlainText } from '../json.ts';
import { TENANT_NAME } from '../token.ts';

/** Text of 1 to `max` characters. NUL and lone surrogates are refused everywhere. */
export function text(max: number) {
  return z.string().min(1).max(max).refine(isPlainText, 'holds a NUL character or half of a surrogate pair');
}

export const name = text(100);
export const title = text(500);
export const reason = text(4000);
export const principalId = text(200);
export const changeKey = text(200);
/** In lower case from here on: one change must not look like two. */
export const uuid = z.uuid().toLowerCase();
export const tenantName = z
  .string()
  .regex(TENANT_NAME, 'must be letters, digits, ".", "_" or "-", at most 63');

/** Any JSON; bodies were checked for depth and text before they come here (`json.ts`). */
export const json = z
  .custom<Json>((value) => value !== undefined, 'is missing')
  .openapi({
    type: ['null', 'boolean', 'number', 'string', 'array', 'object'],
    description: 'Any JSON value, at most 32 levels deep',
  });
export const jsonObject = z
  .custom<Json>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'must be an object',
  )
  .openapi({ type: 'object', additionalProperties: true });

export const time = z.iso
  .datetime()
  .openapi({ description: 'ISO 8601, UTC', example: '2026-11-23T09:30:00.000Z' });

/** An earlier time, as sent by those who record what happened elsewhere; becomes milliseconds. */
export const pastTime = time
  .refine((value) => Date.parse(value) <= Date.now() + 60_000, 'lies in the future')
  .transform((value) => Date.parse(value));

export const principalKind = z.enum(PRINCIPAL_KINDS);

/** For whom an importer acts. */
export const actingAs = z
  .strictObject({
    id: principalId,
    kind: principalKind,
    roles: z.array(name).max(100).default([]),
    sponsor: principalId.optional().openapi({ description: 'The person an agent works for' }),
  })
  .openapi('ActingAs');

const digits = /^[0-9]{1,15}$/;
/** A count or position in a query string. */
export function queryInteger(min: number, max: number) {
  return z
    .string()
    .regex(digits, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(min).max(max))
    .openapi({ type: 'integer', minimum: min, maximum: max });
}

export const limit = queryInteger(1, 200).default(50);
export const cursor = z
  .string()
  .min(1)
  .max(200)
  .openapi({ description: 'The "next_cursor" of the page before' });

/** `Review.code.waiting` becomes `{"Review":{"code":"waiting"}}`, `Review.*` becomes `{"Review":{}}`: contained in a state. */
export const statePath = text(500)
  .regex(/^[^.]+(\.[^.]+){0,7}$/, 'must be 1 to 8 names joined by "."')
  .transform((path) => {
    const names = path.split('.').reverse();
    const [last = '', ...above] = names;
    const innermost: Json = last === '*' ? {} : last;
    return above.reduce<Json>((inner, outer) => ({ [outer]: inner }), innermost);
  })
  .openapi({
    type: 'string',
    example: 'Review.code.waiting',
    description: 'A state; "Review.*" is any within Review',
  });
