/** What a token says (JWT, RFC 7519), and how development tokens are made. */
import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { z } from 'zod';
import type { Principal } from '../actors/commands.ts';
import { PRINCIPAL_KINDS } from '../machines/definition.ts';
import { isPlainText } from './json.ts';

const plain = (max: number) =>
  z.string().min(1).max(max).refine(isPlainText, 'must hold neither NUL nor half of a surrogate pair');

/** Tenants appear in addresses and file names: letters, digits, `.`, `_` and `-`. */
export const TENANT_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** Claims the server reads. Others are ignored; `exp` is required, all other times are optional. */
export const claimsSchema = z.object({
  sub: plain(200),
  tenant: z.string().regex(TENANT_NAME),
  kind: z.enum(PRINCIPAL_KINDS),
  roles: z.array(plain(100)).max(100).default([]),
  exp: z.number(),
  /** What a revocation names: this token, or all that were issued before a time. */
  jti: plain(200).optional(),
  iat: z.number().optional(),
  /** For an agent: the person it works for. */
  sponsor: plain(200).optional(),
  /** The session, the methods used to sign in (RFC 8176), and when that was: what a signature asks for (RFC 9470). */
  sid: plain(200).optional(),
  amr: z.array(plain(50)).max(10).optional(),
  auth_time: z.number().optional(),
});

/** The principal a token speaks of. */
export function principalOf(claims: z.output<typeof claimsSchema>): Principal {
  const { sub, tenant, kind, roles, sponsor, sid, amr = [], auth_time } = claims;
  const session = sid !== undefined && auth_time !== undefined && { id: sid, at: auth_time * 1000 };
  return {
    tenant,
    id: sub,
    kind,
    roles,
    ...(sponsor !== undefined && { sponsor }),
    ...(session && { session: { ...session, factors: new Set(amr).size } }),
  };
}

export interface Claims {
  readonly sub: string;
  readonly tenant: string;
  readonly kind: Principal['kind'];
  readonly roles: readonly string[];
  readonly sponsor?: string;
  readonly sid?: string;
  readonly amr?: readonly string[];
  readonly auth_time?: number;
}

export interface MintOptions {
  readonly issuer?: string;
  readonly audience?: string;
}

/** A token signed with HS256, with an id of its own. `key` has at least 32 bytes; `ttlSeconds` from now. */
export async function mintToken(
  key: Uint8Array,
  claims: Claims,
  ttlSeconds: number,
  options: MintOptions = {},
): Promise<string> {
  const issuedAt = Math.floor(Date.now() / 1000);
  const { sub, ...rest } = claims;
  const token = new SignJWT({ ...rest })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(sub)
    .setJti(randomUUID())
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + ttlSeconds);
  if (options.issuer !== undefined) token.setIssuer(options.issuer);
  if (options.audience !== undefined) token.setAudience(options.audience);
  return token.sign(key);
}
