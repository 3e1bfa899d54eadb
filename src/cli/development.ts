/** Tokens for development: signed with the key the local server made, so that one person can try out every part. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CountersignError, messageOf } from '../errors.ts';
import { type Claims, mintToken } from '../gateway/token.ts';
import { type Common, dataDirectory } from './connection.ts';
import type { Io } from './io.ts';

/** As long as one command may take. */
const AS_SECONDS = 600;

export async function developmentToken(
  io: Io,
  common: Common,
  claims: Claims,
  ttlSeconds: number,
): Promise<string> {
  const key = await readKey(io, common);
  const { COUNTERSIGN_JWT_ISSUER: issuer, COUNTERSIGN_JWT_AUDIENCE: audience } = io.env;
  const expected = { ...(issuer && { issuer }), ...(audience && { audience }) };
  return mintToken(key, claims, ttlSeconds, expected);
}

/** The token behind `--as ada:reviewer,lead`: a person of the tenant "default" with these roles. */
export function tokenAs(io: Io, common: Common, who: string): Promise<string> {
  const [, sub = '', roles = ''] = /^([^:]*):?(.*)$/.exec(who) ?? [];
  if (sub === '') {
    throw new CountersignError('INVALID_INPUT', '--as names nobody.', {
      hint: 'Write it like --as ada:reviewer,lead.',
    });
  }
  const claims = { sub, tenant: 'default', kind: 'person', roles: roles.split(',').filter(Boolean) } as const;
  return developmentToken(io, common, claims, AS_SECONDS);
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
