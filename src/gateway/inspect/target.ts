/** What a connection inspects, as its address says it: a change, the changes a query finds, or the whole tenant. */
import { z } from '@hono/zod-openapi';
import { querySchema } from '../../client/frames.ts';
import { check, invalid, readQuery } from '../http/input.ts';
import type { Query } from '../protocol.ts';
import { INSPECT_LIMITS } from './limits.ts';

export const INSPECT_PATH = '/v1/inspect';

const count = (max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(0).max(max));

export const targetSchema = querySchema.extend({
  change: z.uuid().toLowerCase().optional(),
  /** Rows after this position of the stream. */
  since: count(Number.MAX_SAFE_INTEGER).optional(),
  /** What has happened until now, from the first row or from `since`, and then the end. */
  replay: z.enum(['true', 'false']).optional(),
  /** Rows a second. */
  pace: count(INSPECT_LIMITS.rowsPerSecond).pipe(z.number().min(1)).optional(),
});

export interface Target {
  readonly change: string | undefined;
  readonly query: Query;
  readonly since: number | undefined;
  readonly isReplay: boolean;
  readonly pace: number | undefined;
}

/** `query` as it stands in the address, without the "?". Throws INVALID_INPUT. */
export function targetOf(query: string): Target {
  const given = check(targetSchema, { ...readQuery(`?${query}`) }, 'query');
  const { change, since, replay, pace, ...rest } = given;
  if (change !== undefined && isNarrowed(rest))
    throw invalid([{ path: 'query.change', message: 'names one change; leave out what finds others' }]);
  const isReplay = replay === 'true';
  if (pace !== undefined && !isReplay)
    throw invalid([{ path: 'query.pace', message: 'belongs to "replay=true"' }]);
  return { change, query: rest, since, isReplay, pace };
}

export function isNarrowed(query: Query): boolean {
  return Object.values(query).some((value) => value !== undefined);
}

/** The part of the log in which all of it stands. */
export function scopeOf({ change, query: { project } }: Target): { change?: string; project?: string } {
  if (change !== undefined) return { change };
  return project === undefined ? {} : { project };
}
