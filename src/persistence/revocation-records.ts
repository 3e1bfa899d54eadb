/** Revocations as they are kept: which tokens count no more although they have not expired. Times are milliseconds. */

/** One token by its id (claim `jti`), or all of a principal that were issued before a time. */
export type Revoked =
  | { readonly tokenId: string; readonly principal: null; readonly issuedBefore: null }
  | { readonly tokenId: null; readonly principal: string; readonly issuedBefore: number };

export type NewRevocation = Revoked & {
  readonly tenant: string;
  /** When the tokens have expired anyway; null where nobody knows: it counts for good. */
  readonly endsAt: number | null;
  readonly reason: string;
  readonly revokedBy: string;
};

export type RevocationRecord = NewRevocation & {
  /** Over all tenants, in the order of commits, without gaps. */
  readonly seq: number;
  readonly revokedAt: number;
};

export interface RevocationStore {
  /** Throws INVALID_INPUT where a tenant has `MAX_REVOCATIONS` that count, NOT_FOUND for an unknown tenant. */
  add(revocation: NewRevocation): Promise<RevocationRecord>;
  /** Of all tenants, those that count at `now` and come after `after`, in order, at most `limit`. */
  since(after: number, now: number, limit: number): Promise<readonly RevocationRecord[]>;
  /** Of one tenant, newest first, also those that count no more; `before` is the last `seq` already seen. */
  list(tenant: string, page: { before?: number; limit: number }): Promise<readonly RevocationRecord[]>;
}

/** Those of a tenant that count at one time: every server keeps them in memory. */
export const MAX_REVOCATIONS = 10_000;
