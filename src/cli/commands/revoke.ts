/** `token revoke` and `token revocations`: tokens that count no more although they have not expired. */
import { z } from 'zod';
import { CountersignError } from '../../errors.ts';
import type { Revocation } from '../access-wire.ts';
import { connected } from '../connected.ts';
import type { Common } from '../connection.ts';
import type { Io } from '../io.ts';
import { done, type Result, refused } from '../result.ts';
import { timeText } from '../state-text.ts';
import { cell, painter, table } from '../text.ts';

interface Given extends Common {
  readonly id?: string;
  readonly principal?: string;
  readonly issuedBefore?: string;
  readonly until?: string;
  readonly reason: string;
}

/** What is meant: the token itself, its id, or a principal. */
export async function revoke(io: Io, options: Given, text?: string): Promise<Result> {
  const { id, principal, issuedBefore, until, reason } = options;
  const named = [text, id, principal].filter((each) => each !== undefined);
  if (named.length !== 1) {
    throw wrong(
      'Which tokens are meant is not clear.',
      'Give the token, or --id, or --principal; one of them.',
    );
  }
  if (issuedBefore !== undefined && principal === undefined) {
    throw wrong('--issued-before belongs to --principal.', 'One token is revoked whenever it was issued.');
  }
  const token = text === undefined ? undefined : idOf(text);
  const ends = until === undefined ? token?.until : moment('--until', until);
  const body = {
    ...(principal === undefined ? { token_id: token?.id ?? id } : { principal }),
    ...(issuedBefore !== undefined && { issued_before: moment('--issued-before', issuedBefore) }),
    ...(ends !== undefined && { until: ends }),
    reason,
  };
  const reply = await connected(io, options, (api) => api.revoke(body));
  return reply.ok ? done(reply.value, `Revoked ${meant(reply.value)}.`) : refused(reply.refusal);
}

export async function revocations(
  io: Io,
  options: Common & { readonly limit?: number; readonly cursor?: string },
): Promise<Result> {
  const { limit, cursor } = options;
  const page = await connected(io, options, (api) => api.revocations({ limit, cursor }));
  if (page.items.length === 0) return done(page, 'No token was revoked.');
  const rows = page.items.map((each) => [
    timeText(each.revoked_at),
    cell(each.revoked_by, 30),
    cell(meant(each), 80),
    cell(each.reason, 60),
  ]);
  const more = page.next_cursor === null ? '' : `\n\nMore: --cursor ${page.next_cursor}`;
  return done(page, table(painter(io), ['WHEN (UTC)', 'BY', 'WHAT', 'REASON'], rows) + more);
}

function meant({ token_id, principal, issued_before }: Revocation): string {
  if (token_id !== null) return `the token ${cell(token_id)}`;
  return `the tokens of ${cell(principal ?? '')} issued before ${timeText(issued_before ?? '')} UTC`;
}

const payloadSchema = z.object({ jti: z.string(), exp: z.number() });

/** Read, not verified: a forged one names a token that nobody has. */
function idOf(text: string): { readonly id: string; readonly until: string } {
  try {
    const payload = Buffer.from(text.split('.')[1] ?? '', 'base64url').toString('utf8');
    const { jti, exp } = payloadSchema.parse(JSON.parse(payload));
    return { id: jti, until: new Date(exp * 1000).toISOString() };
  } catch (cause) {
    const hint = 'Revoke all tokens of whom it belongs to: --principal.';
    throw new CountersignError('INVALID_INPUT', 'This is no token that has an id ("jti").', { cause, hint });
  }
}

function moment(option: string, text: string): string {
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(Date.parse(text))) return new Date(text).toISOString();
  throw wrong(`${option} is no time: ${text}`, 'Write it like 2026-12-24T18:00:00Z.');
}

function wrong(message: string, hint: string): CountersignError {
  return new CountersignError('INVALID_INPUT', message, { hint });
}
