/** What a token says (JWT, RFC 7519), and how development tokens are made. */
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
});

export interface Claims {
  readonly sub: string;
  readonly tenant: string;
  readonly kind: Principal['kind'];
  readonly roles: readonly string[];
}

export interface MintOptions {
  readonly issuer?: string;
  readonly audience?: string;
}

/** A token signed with HS256. `key` has at least 32 bytes; `ttlSeconds` from now. */
export async function mintToken(
  key: Uint8Array,
  claims: Claims,
  ttlSeconds: number,
  options: MintOptions = {},
): Promise<string> {
  const issuedAt = Math.floor(Date.now() / 1000);
  const token = new SignJWT({ tenant: claims.tenant, kind: claims.kind, roles: [...claims.roles] })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(claims.sub)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + ttlSeconds);
  if (options.issuer !== undefined) token.setIssuer(options.issuer);
  if (options.audience !== undefined) token.setAudience(options.audience);
  return token.sign(key);
}
