/** Reading what a request brings: checked against a schema, and refused with every defect named by its path. */
import type { z } from '@hono/zod-openapi';
import { CountersignError, type Issue } from '../../errors.ts';
import { isPlainText, parseJson } from '../json.ts';

type ZodIssue = z.core.$ZodIssue;

/** The value as the schema gives it back; throws INVALID_INPUT. `place` stands before each path ("query.limit"). */
export function check<T>(schema: z.ZodType<T>, value: unknown, place: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalid(result.error.issues.flatMap((issue) => issuesOf(issue, place)));
}

export function invalid(issues: readonly Issue[]): CountersignError {
  const [first] = issues;
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  const message = `The input does not fit: ${first?.path} ${first?.message}${more}.`;
  return new CountersignError('INVALID_INPUT', message, { issues });
}

function issuesOf(issue: ZodIssue, place: string): Issue[] {
  const path = [...(place === '' ? [] : [place]), ...issue.path.map(String)];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key].join('.'), message: 'is not a known field' }));
  }
  return [{ path: path.join('.') || '(document)', message: issue.message }];
}

/** The document in a body; throws UNSUPPORTED_MEDIA_TYPE, MALFORMED_JSON or INVALID_INPUT. */
export async function readJson(request: Request): Promise<unknown> {
  const type = request.headers.get('content-type');
  if (type === null || !isJson(type)) {
    const given = type === null ? 'no content type' : `content type "${type}"`;
    throw new CountersignError('UNSUPPORTED_MEDIA_TYPE', `The request has ${given}.`);
  }
  return parseJson(new Uint8Array(await request.arrayBuffer()));
}

function isJson(type: string): boolean {
  return /^application\/json *(; *charset=("?)utf-?8\2 *)?$/i.test(type);
}

/** The parameters of a query string, each at most once. */
export function readQuery(url: string): Record<string, string> {
  const query: Record<string, string> = Object.create(null);
  const start = url.indexOf('?');
  if (start < 0) return query;
  for (const [name, value] of new URLSearchParams(url.slice(start))) {
    if (name in query) throw invalid([{ path: `query.${name}`, message: 'is given more than once' }]);
    if (!isPlainText(value)) throw invalid([{ path: `query.${name}`, message: 'holds a NUL character' }]);
    query[name] = value;
  }
  return query;
}
