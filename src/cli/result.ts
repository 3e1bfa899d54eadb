/** What a command comes to, and how it is shown: one JSON document for programs, calm text for people. */
import { CountersignError, ERRORS, type ErrorCode, messageOf, type Refusal } from '../errors.ts';
import type { Io } from './io.ts';
import { clean } from './text.ts';

/** 0 done · 1 the answer is no · 2 wrong use · 3 could not. */
export type Exit = 0 | 1 | 2 | 3;

export interface Result {
  /** What `--json` prints, one line each: exactly one, but for several files. */
  readonly documents: readonly unknown[];
  /** For people, on the standard output; may be empty. */
  readonly text: string;
  /** For people, on the standard error. */
  readonly notice?: string;
  readonly exit: Exit;
}

export function done(document: unknown, text: string): Result {
  return { documents: [document], text, exit: 0 };
}

/** The answer was no: what was refused, and what would be accepted instead. */
export function refused(refusal: Refusal): Result {
  const accepted = refusal.accepted.length > 0 ? `\naccepted now: ${refusal.accepted.join(', ')}` : '';
  const notice = clean(`refused (${refusal.code}): ${refusal.message}${accepted}`);
  return { documents: [{ refusal }], text: '', notice, exit: 1 };
}

/** Anything thrown, as a result: what happened, then what to do about it. */
export function failed(error: unknown): Result {
  if (!(error instanceof CountersignError)) {
    const message = messageOf(error);
    const notice = error instanceof Error ? (error.stack ?? message) : message;
    return {
      documents: [{ error: { code: 'INTERNAL', message, hint: ERRORS.INTERNAL.hint } }],
      text: '',
      notice,
      exit: 3,
    };
  }
  const { code, message, hint, retryable, issues } = error;
  const details = issues.map(({ path, message: what }) => `\n  ${path ? `${path}: ` : ''}${what}`).join('');
  return {
    documents: [{ error: { code, message, hint, retryable, issues } }],
    text: '',
    notice: clean(`${message}${details}\n${hint}`),
    exit: exitOf(error),
  };
}

const ANSWERS_NO: ReadonlySet<ErrorCode> = new Set(['UNAUTHENTICATED', 'FORBIDDEN', 'DEFINITION_INVALID']);

function exitOf({ code, status }: CountersignError): Exit {
  if (ANSWERS_NO.has(code)) return 1;
  if (code === 'CONFIG_INVALID') return 2;
  return status < 500 ? 2 : 3;
}

/** Prints the result in the form that was asked for. */
export function show(io: Io, json: boolean, result: Result): Exit {
  if (json) for (const document of result.documents) io.out(`${JSON.stringify(document)}\n`);
  else if (result.text) io.out(`${result.text}\n`);
  if (result.notice) io.err(`${result.notice}\n`);
  return result.exit;
}
