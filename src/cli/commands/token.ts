/** `token`: a token for development, signed with the key the local server made. */
import { CountersignError } from '../../errors.ts';
import { PRINCIPAL_KINDS, type PrincipalKind } from '../../machines/definition.ts';
import { parseDuration } from '../../machines/duration.ts';
import type { Common } from '../connection.ts';
import { developmentToken } from '../development.ts';
import type { Io } from '../io.ts';
import { done, type Result } from '../result.ts';

interface Options extends Common {
  readonly sub?: string;
  readonly kind?: string;
  readonly role?: readonly string[];
  readonly tenant?: string;
  readonly ttl?: string;
}

/** For people the token alone, so that a shell can take it: `COUNTERSIGN_TOKEN=$(countersign token …)`. */
export async function token(io: Io, options: Options): Promise<Result> {
  const { sub = 'developer', role: roles = [], tenant = 'default', ttl = '12h' } = options;
  const kind = kindOf(options.kind ?? 'person');
  const ttlMs = parseDuration(ttl);
  if (ttlMs === undefined) throw wrong(`--ttl is no duration: ${ttl}`, 'Write it like 30m, 12h or 7d.');
  const text = await developmentToken(io, options, { sub, tenant, kind, roles }, ttlMs / 1000);
  const expires_at = new Date(io.now() + ttlMs).toISOString();
  return done({ token: text, sub, tenant, kind, roles, expires_at }, text);
}

function kindOf(text: string): PrincipalKind {
  const kind = PRINCIPAL_KINDS.find((each) => each === text);
  if (!kind) throw wrong(`--kind is "${text}".`, `It may be ${PRINCIPAL_KINDS.join(', ')}.`);
  return kind;
}

function wrong(message: string, hint: string): CountersignError {
  return new CountersignError('INVALID_INPUT', message, { hint });
}
