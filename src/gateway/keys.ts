/** Where the public keys of tokens come from: a JWKS (RFC 7517) behind a URL, or in a file that may be rotated in place. */
import { readFile } from 'node:fs/promises';
import { createLocalJWKSet, createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { CountersignError, messageOf } from '../errors.ts';

/** A file is read again when it is this old, so that keys taken out of it stop working. */
const FILE_MAX_AGE_MS = 30_000;
/** A key the file did not have makes us look again, but not more often than this. */
const FILE_COOLDOWN_MS = 1_000;

/** A key lookup for `jwtVerify`; `source` is an http(s) URL or a path. */
export function keySource(source: string): JWTVerifyGetKey {
  return /^https?:\/\//.test(source) ? createRemoteJWKSet(new URL(source)) : fileKeySource(source);
}

function fileKeySource(path: string): JWTVerifyGetKey {
  let keys: JWTVerifyGetKey | undefined;
  let readAt = 0;
  const refresh = async (maxAgeMs: number): Promise<JWTVerifyGetKey> => {
    if (keys === undefined || Date.now() - readAt >= maxAgeMs) {
      keys = createLocalJWKSet(await readKeys(path));
      readAt = Date.now();
    }
    return keys;
  };
  return async (header, token) => {
    try {
      return await (await refresh(FILE_MAX_AGE_MS))(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      return (await refresh(FILE_COOLDOWN_MS))(header, token);
    }
  };
}

async function readKeys(path: string): Promise<Parameters<typeof createLocalJWKSet>[0]> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new CountersignError('CONFIG_INVALID', `The key set ${path} cannot be read: ${messageOf(cause)}.`, {
      cause,
    });
  }
}
