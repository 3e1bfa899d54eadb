/** Problem documents (RFC 9457) back into what they were on the server: a refusal, or an error of the one table. */
import {
  CountersignError,
  ERRORS,
  type ErrorCode,
  type Issue,
  REFUSALS,
  type Refusal,
  type RefusalCode,
} from '../errors.ts';
import type { Response } from './http.ts';

/** A refusal is an answer; it is not thrown. */
export type Reply<T> =
  | { readonly ok: true; readonly status: number; readonly value: T }
  | { readonly ok: false; readonly refusal: Refusal };

interface Problem {
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly accepted?: readonly string[];
  readonly issues?: readonly Issue[];
}

/** The answer to a request. Throws what is neither done nor refused, as the error the server named. */
export function readReply<T>({ status, text }: Response, url: URL): Reply<T> {
  const body = parse(text);
  if (body === undefined || status === 0 || (status >= 300 && status < 400)) throw stranger(status, url);
  // What the server sends is described by its OpenAPI document; this is the one place that takes its word for it.
  if (status < 300) return { ok: true, status, value: body as T };
  const problem = (body ?? {}) as Problem;
  const { code = '', accepted = [] } = problem;
  const message = problem.detail ?? problem.title ?? `The server answered ${status}.`;
  if (isRefusal(code)) return { ok: false, refusal: { code, message, accepted } };
  throw new CountersignError(isError(code) ? code : byStatus(status), message, {
    ...(problem.hint && { hint: problem.hint }),
    ...(problem.issues && { issues: problem.issues }),
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function stranger(status: number, url: URL): CountersignError {
  return new CountersignError(
    'SERVER_UNREACHABLE',
    `Something answers at ${url.origin} (status ${status}), but not like Countersign.`,
    { hint: 'Check the address given with --url.' },
  );
}

function isRefusal(code: string): code is RefusalCode {
  return Object.hasOwn(REFUSALS, code);
}

function isError(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

/** For codes of a newer server. */
function byStatus(status: number): ErrorCode {
  if (status === 401) return 'UNAUTHENTICATED';
  if (status === 403) return 'FORBIDDEN';
  if (status === 404) return 'NOT_FOUND';
  if (status === 503) return 'TOO_BUSY';
  return status < 500 ? 'INVALID_INPUT' : 'INTERNAL';
}
