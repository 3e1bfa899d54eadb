/**
 * The three kinds of failure: a *refusal* is an expected answer of the domain and travels as a value;
 * an *error* is a `CountersignError`; a *broken invariant* is an `InvariantError` and stops one actor.
 * Both tables are mirrored in `docs/errors.md`, held to it by a test.
 */

interface RefusalKind {
  /** HTTP status of the problem document (RFC 9457). */
  readonly status: number;
  readonly title: string;
}

/** Expected answers of the domain. The sentence and what would be accepted come with each refusal. */
export const REFUSALS = {
  RESERVED_EVENT: { status: 422, title: 'Event names of the runtime cannot be sent from outside' },
  UNKNOWN_EVENT: { status: 422, title: 'The workflow has no such trigger' },
  NOT_ENABLED: { status: 409, title: 'The trigger is not enabled in the current state' },
  LATE: { status: 409, title: 'The region this vote belongs to is already done' },
  CHANGE_CLOSED: { status: 409, title: 'The change has reached its outcome' },
  MISSING_ROLE: { status: 403, title: 'The principal lacks the role this transition needs' },
  SELF_APPROVAL: { status: 403, title: 'Authors do not approve their own change' },
  WRONG_PRINCIPAL_KIND: { status: 403, title: 'This transition is for another kind of principal' },
  REASON_REQUIRED: { status: 422, title: 'This transition needs a reason' },
  SIGNATURE_REQUIRED: {
    status: 403,
    title: 'The act is a signature, and the sender has not signed in for it',
  },
  CONDITION_UNMET: { status: 409, title: 'The condition of this transition does not hold' },
  NOT_INDEPENDENT: { status: 403, title: 'The voter decided in a ballot that has to stay apart' },
  NOT_THE_AUTHOR: { status: 403, title: 'Only the author brings new revisions here' },
  NO_VOTE: { status: 409, title: 'There is no vote to take back' },
  TOO_MANY_VOTES: { status: 409, title: 'The ballot is full' },
  SUSPENDED: { status: 409, title: 'The change is suspended' },
  NOT_DELEGATED: { status: 403, title: 'No delegation lets the sender act for that person' },
  DATA_INVALID: { status: 422, title: 'What the event brings does not fit' },
  STALE_REVISION: { status: 412, title: 'The change has a newer revision than the one you saw' },
  STALE_VERSION: { status: 412, title: 'The change has moved on since the version you saw' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: 'The idempotency key was used for another command' },
  CHANGE_EXISTS: { status: 409, title: 'A change with this key exists in the project' },
  DEPENDENCY_OPEN: { status: 409, title: 'Changes that this one depends on have to come first' },
  GROUP_REFUSED: { status: 409, title: 'Another change of the group refused, so nothing was done' },
  NOT_ACTIVE: { status: 409, title: 'The definition takes no new changes, or may not take them yet' },
  PLAN_UNPROVEN: { status: 409, title: 'The plan of a migration could lose changes, so nothing was moved' },
} as const satisfies Record<string, RefusalKind>;

export type RefusalCode = keyof typeof REFUSALS;

/** An expected "no": what happened, and what would be accepted instead. */
export interface Refusal {
  readonly code: RefusalCode;
  /** One sentence: what was refused, for which thing, why. */
  readonly message: string;
  /** Triggers, roles or versions that would be accepted now; may be empty. */
  readonly accepted: readonly string[];
}

interface ErrorKind {
  readonly status: number;
  readonly title: string;
  /** What to do about it. */
  readonly hint: string;
  /** Whether the same request may succeed later without being changed. */
  readonly retryable: boolean;
}

/** Everything that can go wrong and is not a refusal. */
export const ERRORS = {
  INVALID_INPUT: {
    status: 400,
    title: 'The input does not fit its schema',
    hint: 'Correct the fields named in "issues".',
    retryable: false,
  },
  MALFORMED_JSON: {
    status: 400,
    title: 'The body is not JSON',
    hint: 'Send one JSON document in UTF-8.',
    retryable: false,
  },
  BODY_TOO_LARGE: {
    status: 413,
    title: 'The body is too large',
    hint: 'Send at most 1 MiB.',
    retryable: false,
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'The content type is not supported',
    hint: 'Send application/json.',
    retryable: false,
  },
  UNAUTHENTICATED: {
    status: 401,
    title: 'No valid token',
    hint: 'Send "Authorization: Bearer <token>"; "countersign token" makes one for development.',
    retryable: false,
  },
  FORBIDDEN: {
    status: 403,
    title: 'The token does not allow this',
    hint: 'Ask an administrator for the role the message names.',
    retryable: false,
  },
  NOT_FOUND: {
    status: 404,
    title: 'There is no such thing in this tenant',
    hint: 'Check the id and the tenant of the token.',
    retryable: false,
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'The resource does not support this method',
    hint: 'See /openapi.json.',
    retryable: false,
  },
  UPGRADE_REQUIRED: {
    status: 426,
    title: 'Another version of WebSocket is needed',
    hint: 'Use a client that speaks RFC 6455 (version 13).',
    retryable: false,
  },
  DEFINITION_INVALID: {
    status: 422,
    title: 'The workflow definition has defects',
    hint: 'Correct each finding; "countersign check FILE" shows them with their places.',
    retryable: false,
  },
  CONTENT_DIFFERS: {
    status: 409,
    title: 'The revision has other content',
    hint: 'What a revision holds is never changed; bring a new revision.',
    retryable: false,
  },
  TOO_BUSY: {
    status: 503,
    title: 'Too many commands are waiting',
    hint: 'Wait for Retry-After, then send the same command with the same idempotency key.',
    retryable: true,
  },
  STORE_UNAVAILABLE: {
    status: 503,
    title: 'The database cannot be reached',
    hint: 'Wait for Retry-After, then send the same command with the same idempotency key.',
    retryable: true,
  },
  SHUTTING_DOWN: {
    status: 503,
    title: 'The server is stopping',
    hint: 'Send the same command to another server, or to this one after its restart.',
    retryable: true,
  },
  CHANGE_QUARANTINED: {
    status: 500,
    title: 'The change broke an invariant and was stopped',
    hint: 'Look for the invariant in the server log; other changes are not affected. `countersign release` lets it go on.',
    retryable: false,
  },
  INTERNAL: {
    status: 500,
    title: 'Something unexpected happened',
    hint: 'Look for the request id in the server log.',
    retryable: false,
  },
  CONFIG_INVALID: {
    status: 500,
    title: 'A configuration variable is wrong',
    hint: 'See docs/configuration.md.',
    retryable: false,
  },
  PORT_IN_USE: {
    status: 500,
    title: 'The port is taken',
    hint: 'Choose another with --port or PORT.',
    retryable: false,
  },
  DATA_IN_USE: {
    status: 500,
    title: 'Another server uses this data directory',
    hint: 'Stop it, or choose another directory with --data.',
    retryable: false,
  },
  POSTGRES_FAILED: {
    status: 500,
    title: 'The embedded PostgreSQL did not start',
    hint: 'Read postgres.log in the data directory.',
    retryable: false,
  },
  SCHEMA_TOO_NEW: {
    status: 500,
    title: 'The database belongs to a newer Countersign',
    hint: 'Start that version, or a newer one.',
    retryable: false,
  },
  ROLE_UNSAFE: {
    status: 500,
    title: 'The database role may do too much',
    hint: 'Connect as a role that is neither superuser nor owner of the tables.',
    retryable: false,
  },
  SERVER_UNREACHABLE: {
    status: 503,
    title: 'No server answers',
    hint: 'Start one with "npm start", or name it with --url.',
    retryable: true,
  },
  FILE_UNREADABLE: {
    status: 400,
    title: 'The file cannot be read',
    hint: 'Check the path and the permissions.',
    retryable: false,
  },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERRORS;

/** One defect of an input: where (a path into it) and what. */
export interface Issue {
  readonly path: string;
  readonly message: string;
}

/** The one error class. `message` says what happened to which thing; `hint` says what to do. */
export class CountersignError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly retryable: boolean;
  readonly status: number;
  readonly issues: readonly Issue[];

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; hint?: string; issues?: readonly Issue[] } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'CountersignError';
    const kind: ErrorKind = ERRORS[code];
    this.code = code;
    this.hint = options.hint ?? kind.hint;
    this.retryable = kind.retryable;
    this.status = kind.status;
    this.issues = options.issues ?? [];
  }
}

/** A statement the code relies on turned out false: a bug, never the user's doing. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** Stops what is running now when `condition` does not hold. */
export function invariant(condition: unknown, statement: string): asserts condition {
  if (!condition) throw new InvariantError(`broken invariant: ${statement}`);
}

/** The message of anything thrown, for logs and causes. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
