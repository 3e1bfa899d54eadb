/** Calls to the HTTP API, with the token of the session; what the server refuses comes back as a `Problem`. */
import { takeEarly } from './early.ts';
import { currentSession, signOut } from './session.ts';

interface ProblemDocument {
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly hint?: string;
  readonly retryable: boolean;
}

/** The answer of a server that could not do what was asked; `UNREACHABLE` where there was no answer. */
export class Problem extends Error {
  readonly code: string;
  readonly status: number;
  readonly hint: string | null;
  readonly retryable: boolean;

  constructor({ detail, code, status, hint, retryable }: ProblemDocument) {
    super(detail);
    this.code = code;
    this.status = status;
    this.hint = hint ?? null;
    this.retryable = retryable;
  }
}

export interface Sending {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

export async function call<T>(path: string, { method, body, headers, signal }: Sending = {}): Promise<T> {
  const session = currentSession();
  const isRead = body === undefined && method === undefined;
  const early = isRead ? takeEarly(path, session?.token) : undefined;
  const asked =
    early ??
    fetch(path, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        ...(session && { authorization: `Bearer ${session.token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
  const response = await asked.catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw unreachable();
  });
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
  const problem = await problemOf(response);
  if (problem.status === 401) signOut(`The server no longer accepts your token. ${problem.message}`);
  throw problem;
}

function unreachable(): Problem {
  return new Problem({
    title: 'Unreachable',
    detail: 'The server cannot be reached.',
    hint: 'The page tries again by itself as soon as the server is back.',
    code: 'UNREACHABLE',
    status: 0,
    retryable: true,
  });
}

async function problemOf(response: Response): Promise<Problem> {
  const { status } = response;
  const retryable = status >= 500;
  const detail =
    status >= 500 ? `The server could not answer (${status}).` : `The server refused this (${status}).`;
  const hint = retryable
    ? 'Nothing is lost. Try again in a moment; when it stays like this, tell an operator.'
    : undefined;
  const fallback = {
    ...{ title: detail, status, detail, code: `HTTP_${status}`, retryable },
    ...(hint !== undefined && { hint }),
  };
  const document = await response.json().catch(() => ({}));
  return new Problem({ ...fallback, ...(document as Partial<ProblemDocument>) });
}

/** `/v1/changes?project=web`, without what is undefined or empty. */
export function withQuery(
  path: string,
  query: Readonly<Record<string, string | number | undefined>>,
): string {
  const entries = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(entries.map(([name, value]) => [name, String(value)])).toString();
  return text === '' ? path : `${path}?${text}`;
}
