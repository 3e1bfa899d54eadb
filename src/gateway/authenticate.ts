/**
 * Who is calling. A token is verified once and remembered, by its hash, until it expires. Which algorithms count is
 * fixed by the configuration: HS256 with its key, RS256, ES256 and EdDSA with a key set; a token only chooses among
 * them, and never gets a key of the other family (RFC 8725, 3.1).
 */
import { createHash } from 'node:crypto';
import { decodeProtectedHeader, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { CountersignError } from '../errors.ts';
import type { Identity } from './identity.ts';
import { keySource } from './keys.ts';
import type { Revocations } from './revocations.ts';
import { claimsSchema, principalOf } from './token.ts';

export interface AuthConfig {
  /** Verifies HS256 tokens: development, and small installations. At least 32 bytes. */
  readonly key?: Uint8Array;
  /** URL or path of a JWKS that verifies RS256, ES256 and EdDSA tokens. */
  readonly jwks?: string;
  readonly issuer?: string;
  readonly audience?: string;
  /** How far clocks may differ, 0 to 5 s. */
  readonly clockToleranceS?: number;
}

const PUBLIC_KEY_ALGORITHMS = ['RS256', 'ES256', 'EdDSA'];
const MAX_TOKEN_CHARS = 8192;
const MAX_CACHED = 10_000;

export class Authenticator {
  readonly #config: AuthConfig;
  readonly #keys: JWTVerifyGetKey | undefined;
  readonly #revocations: Pick<Revocations, 'require'>;
  readonly #verified = new LRUCache<string, Identity>({ max: MAX_CACHED });

  constructor(config: AuthConfig, revocations: Pick<Revocations, 'require'>) {
    if (config.key === undefined && config.jwks === undefined) {
      throw new CountersignError('CONFIG_INVALID', 'Neither a token key nor a key set is configured.');
    }
    if (config.key !== undefined && config.key.length < 32) {
      throw new CountersignError('CONFIG_INVALID', 'The token key has fewer than 32 bytes.');
    }
    const tolerance = config.clockToleranceS ?? 0;
    if (!(tolerance >= 0 && tolerance <= 5)) {
      throw new CountersignError('CONFIG_INVALID', 'The clock tolerance is not between 0 and 5 seconds.');
    }
    this.#config = config;
    this.#revocations = revocations;
    this.#keys = config.jwks === undefined ? undefined : keySource(config.jwks);
  }

  /** The identity in an `Authorization` header; throws UNAUTHENTICATED. */
  fromHeader(header: string | null): Identity | Promise<Identity> {
    if (header === null) throw unauthenticated('The request carries no token.');
    const match = /^bearer +([^ ]+)$/i.exec(header);
    if (!match?.[1]) throw unauthenticated('The Authorization header is not of the form "Bearer <token>".');
    return this.verify(match[1]);
  }

  /** Throws UNAUTHENTICATED where the token was revoked since it was verified. */
  requireUnrevoked(identity: Identity): void {
    this.#revocations.require(identity);
  }

  /** Synchronous for a token seen before; throws or rejects with UNAUTHENTICATED. */
  verify(token: string): Identity | Promise<Identity> {
    if (token.length > MAX_TOKEN_CHARS) throw unauthenticated('The token is too long.');
    const hash = createHash('sha256').update(token).digest('base64');
    const known = this.#verified.get(hash);
    if (known === undefined) return this.#verifyNew(token, hash);
    if (known.expiresAt <= Date.now()) {
      this.#verified.delete(hash);
      throw unauthenticated('The token has expired.');
    }
    this.#revocations.require(known);
    return known;
  }

  async #verifyNew(token: string, hash: string): Promise<Identity> {
    const payload = await this.#payload(token);
    const claims = claimsSchema.safeParse(payload);
    if (!claims.success) {
      const names = [...new Set(claims.error.issues.map((issue) => String(issue.path[0])))];
      throw unauthenticated(`The token's claims are not what they should be: ${names.join(', ')}.`);
    }
    const { exp, iat = 0, jti } = claims.data;
    const times = { expiresAt: exp * 1000, issuedAt: iat * 1000 };
    const identity = {
      principal: principalOf(claims.data),
      ...times,
      ...(jti !== undefined && { tokenId: jti }),
    };
    this.#verified.set(hash, identity);
    this.#revocations.require(identity);
    return identity;
  }

  async #payload(token: string): Promise<unknown> {
    const { issuer, audience, clockToleranceS: clockTolerance = 0 } = this.#config;
    const checks = { issuer, audience, clockTolerance, requiredClaims: ['exp'] };
    try {
      const algorithm = algorithmOf(token);
      if (algorithm === 'HS256' && this.#config.key !== undefined) {
        return (await jwtVerify(token, this.#config.key, { ...checks, algorithms: ['HS256'] })).payload;
      }
      if (algorithm !== 'HS256' && this.#keys !== undefined) {
        return (await jwtVerify(token, this.#keys, { ...checks, algorithms: PUBLIC_KEY_ALGORITHMS })).payload;
      }
      throw new errors.JOSEAlgNotAllowed();
    } catch (error) {
      throw explain(error);
    }
  }
}

function unauthenticated(message: string, cause?: unknown): CountersignError {
  return new CountersignError('UNAUTHENTICATED', message, { cause });
}

function algorithmOf(token: string): unknown {
  try {
    return decodeProtectedHeader(token).alg;
  } catch (cause) {
    throw unauthenticated('The token cannot be read.', cause);
  }
}

/** What jose says when the key set, not the token, is the trouble. */
const KEYS_AWAY: ReadonlySet<string> = new Set([
  errors.JWKSTimeout.code,
  errors.JWKSInvalid.code,
  errors.JOSEError.code,
]);

/** A sentence that helps the owner of the token and tells a forger nothing about our keys. */
function explain(error: unknown): CountersignError {
  if (error instanceof CountersignError) return error;
  if (error instanceof errors.JWTExpired) return unauthenticated('The token has expired.', error);
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'nbf') return unauthenticated('The token is not valid yet.', error);
    return unauthenticated(`The token's claim "${error.claim}" is missing or not the expected one.`, error);
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return unauthenticated("The token's signature is wrong.", error);
  }
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return unauthenticated("The token's algorithm is not one this server accepts.", error);
  }
  if (error instanceof errors.JWKSNoMatchingKey) {
    return unauthenticated('The token is signed with a key this server does not know.', error);
  }
  const isOfToken = error instanceof errors.JOSEError && !KEYS_AWAY.has(error.code);
  if (!isOfToken) {
    return new CountersignError('INTERNAL', 'The keys that verify tokens cannot be fetched.', {
      cause: error,
    });
  }
  return unauthenticated('The token cannot be read.', error);
}
