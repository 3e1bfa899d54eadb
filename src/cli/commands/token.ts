/** `token`: a token for development, signed with the key the local server made. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CountersignError, messageOf } from '../../errors.ts';
import { mintToken } from '../../gateway/token.ts';
import { PRINCIPAL_KINDS, type PrincipalKind } from '../../machines/definition.ts';
import { parseDuration } from '../../machines/duration.ts';
import { type Common, dataDirectory } from '../connection.ts';
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
  const key = await readKey(io, options);
  const ttlSeconds = ttlMs / 1000;
  const { COUNTERSIGN_JWT_ISSUER: issuer, COUNTERSIGN_JWT_AUDIENCE: audience } = io.env;
  const expected = { ...(issuer && { issuer }), ...(audience && { audience }) };
  const text = await mintToken(key, { sub, tenant, kind, roles }, ttlSeconds, expected);
  const expires_at = new Date(io.now() + ttlMs).toISOString();
  return done({ token: text, sub, tenant, kind, roles, expires_at }, text);
}

/** The key the environment names, or the bytes of `jwt.key` as they are. */
async function readKey(io: Io, common: Common): Promise<Uint8Array> {
  if (io.env.COUNTERSIGN_JWT_KEY) return Buffer.from(io.env.COUNTERSIGN_JWT_KEY.trim());
  const directory = dataDirectory(io, common);
  if (directory === undefined) throw keyless('No .countersign directory was found from here upwards.');
  const path = join(directory, 'jwt.key');
  try {
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    throw keyless(`The development key ${path} cannot be read: ${messageOf(cause)}.`, cause);
  }
}

function keyless(message: string, cause?: unknown): CountersignError {
  return new CountersignError('FILE_UNREADABLE', message, {
    cause,
    hint: 'A local server makes the key when it first starts ("npm start"); name its directory with --data.',
  });
}

function kindOf(text: string): PrincipalKind {
  const kind = PRINCIPAL_KINDS.find((each) => each === text);
  if (!kind) throw wrong(`--kind is "${text}".`, `It may be ${PRINCIPAL_KINDS.join(', ')}.`);
  return kind;
}

function wrong(message: string, hint: string): CountersignError {
  return new CountersignError('INVALID_INPUT', message, { hint });
}
