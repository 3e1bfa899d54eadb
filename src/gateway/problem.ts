/** Problem documents (RFC 9457): the one shape in which errors and refusals leave the server, by HTTP and by WebSocket. */
import { CountersignError, ERRORS, InvariantError, type Issue, REFUSALS, type Refusal } from '../errors.ts';

export interface Problem {
  /** A URI reference: `/errors#STALE_VERSION`. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** What happened, to which thing. */
  readonly detail: string;
  readonly code: string;
  /** What to do about it. */
  readonly hint?: string;
  /** Whether the same request may succeed later unchanged. */
  readonly retryable: boolean;
  /** Defects of the input, by path. */
  readonly issues?: readonly Issue[];
  /** Of a refusal: the triggers, roles or versions that would be accepted now. */
  readonly accepted?: readonly string[];
  readonly request_id: string;
}

export function problemOf(error: unknown, requestId: string): Problem {
  const known = asCountersignError(error);
  return {
    type: `/errors#${known.code}`,
    title: ERRORS[known.code].title,
    status: known.status,
    detail: known.message,
    code: known.code,
    hint: known.hint,
    retryable: known.retryable,
    ...(known.issues.length > 0 && { issues: known.issues }),
    request_id: requestId,
  };
}

export function problemOfRefusal(refusal: Refusal, requestId: string): Problem {
  const { status, title } = REFUSALS[refusal.code];
  return {
    type: `/errors#${refusal.code}`,
    title,
    status,
    detail: refusal.message,
    code: refusal.code,
    ...(refusal.accepted.length > 0 && { hint: `Accepted now: ${refusal.accepted.join(', ')}.` }),
    retryable: false,
    accepted: refusal.accepted,
    request_id: requestId,
  };
}

/** Whether somebody has to look into it: it failed on our side, and will again. */
export function isOurFault(error: CountersignError): boolean {
  return error.status >= 500 && !error.retryable;
}

/** Anything but a `CountersignError` is ours to explain in the log, not to the caller. */
export function asCountersignError(error: unknown): CountersignError {
  if (error instanceof CountersignError) return error;
  const message =
    error instanceof InvariantError
      ? 'The server stopped this command because one of its own rules was broken.'
      : 'The server failed in a way it did not foresee.';
  return new CountersignError('INTERNAL', message, { cause: error });
}
