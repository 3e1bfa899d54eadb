/**
 * Which tokens were revoked, as this server knows it: read from the database every two seconds, and at once when another
 * server says over the bus that there is something new. What cannot be read for half a minute cannot be vouched for: then
 * no token counts until it can be read again.
 */
import { CountersignError, messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { NewRevocation, RevocationRecord, RevocationStore } from '../persistence/revocation-records.ts';
import type { Bus } from './bus/bus.ts';
import { REVOCATIONS } from './bus/notice.ts';
import type { Identity } from './identity.ts';

const POLL_MS = 2_000;
/** For so long a server trusts what it read last. */
export const TRUSTED_MS = 30_000;
const PAGE = 5_000;

export interface RevocationsOptions {
  readonly store: RevocationStore;
  readonly log: Logger;
  /** Tells other servers, and is told by them; without one they see it when they look by themselves. */
  readonly bus?: Bus | undefined;
  readonly pollMs?: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

interface Span {
  readonly issuedBefore: number;
  readonly endsAt: number | null;
}

interface OfTenant {
  /** When each of these tokens has expired anyway; null: nobody knows. */
  readonly tokens: Map<string, number | null>;
  /** Before when tokens of these principals were issued that count no more. */
  readonly principals: Map<string, readonly Span[]>;
}

export class Revocations {
  readonly #store: RevocationStore;
  readonly #log: Logger;
  readonly #bus: Bus | undefined;
  readonly #now: () => number;
  readonly #tenants = new Map<string, OfTenant>();
  readonly #listeners = new Set<() => void>();
  readonly #timer: NodeJS.Timeout;
  readonly #leaveBus: (() => void) | undefined;
  #seq = 0;
  #readAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;
  /** Something new was said while a read was under way. */
  #isBehind = false;

  constructor({ store, log, bus, pollMs = POLL_MS, now = Date.now }: RevocationsOptions) {
    this.#store = store;
    this.#log = log;
    this.#bus = bus;
    this.#now = now;
    this.#timer = setInterval(() => void this.look(), pollMs).unref();
    this.#leaveBus = bus?.subscribe({
      reached: () => {},
      missed: () => void this.look(),
      revoked: (seq) => {
        if (seq > this.#seq) void this.look();
      },
    });
  }

  /** Called whenever further tokens were revoked. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Throws UNAUTHENTICATED for a revoked token, STORE_UNAVAILABLE where nobody can say whether it is one. */
  require(identity: Pick<Identity, 'principal' | 'tokenId' | 'issuedAt'>): void {
    if (this.#now() - this.#readAt > TRUSTED_MS) throw unknown();
    if (this.isRevoked(identity)) {
      throw new CountersignError('UNAUTHENTICATED', 'The token was revoked.', {
        hint: 'Sign in again; where that does not help, ask an administrator of the tenant.',
      });
    }
  }

  /** As far as is known. */
  isRevoked({ principal, tokenId, issuedAt }: Pick<Identity, 'principal' | 'tokenId' | 'issuedAt'>): boolean {
    const known = this.#tenants.get(principal.tenant);
    if (known === undefined) return false;
    if (tokenId !== undefined && known.tokens.has(tokenId)) return true;
    // An agent acts with the authority of the person it works for.
    return [principal.id, principal.sponsor].some(
      (id) =>
        id !== undefined &&
        (known.principals.get(id)?.some(({ issuedBefore }) => issuedAt < issuedBefore) ?? false),
    );
  }

  /** Counts on this server when it resolves, on the others a moment later. Throws what the store throws. */
  async add(revocation: NewRevocation): Promise<RevocationRecord> {
    const record = await this.#store.add(revocation);
    const { tenant, tokenId, principal, issuedBefore, reason, revokedBy } = record;
    this.#log.warn(
      { tenant, tokenId, principal, issuedBefore, reason, by: revokedBy },
      'tokens were revoked',
    );
    this.#bus?.publish(REVOCATIONS, record.seq);
    this.#take([record]);
    this.#tell();
    return record;
  }

  /** Reads what is new. Never fails: what could not be read is logged, and read the next time. */
  look(): Promise<void> {
    if (this.#reading !== undefined) this.#isBehind = true;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
      if (!this.#isBehind) return;
      this.#isBehind = false;
      void this.look();
    });
    return this.#reading;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#leaveBus?.();
    this.#listeners.clear();
  }

  async #read(): Promise<void> {
    try {
      const askedAt = this.#now();
      const before = this.#seq;
      for (;;) {
        const records = await this.#store.since(this.#seq, askedAt, PAGE);
        this.#take(records);
        this.#seq = records.at(-1)?.seq ?? this.#seq;
        if (records.length < PAGE) break;
      }
      this.#readAt = askedAt;
      this.#forgetExpired();
      if (this.#seq > before) this.#tell();
    } catch (error) {
      this.#log.warn(
        { reason: messageOf(error) },
        `revocations cannot be read; after ${TRUSTED_MS / 1000} s without them no token counts`,
      );
    }
  }

  #take(records: readonly RevocationRecord[]): void {
    for (const { tenant, tokenId, principal, issuedBefore, endsAt } of records) {
      const known = this.#tenants.get(tenant) ?? { tokens: new Map(), principals: new Map() };
      this.#tenants.set(tenant, known);
      if (tokenId !== null) known.tokens.set(tokenId, endsAt);
      else
        known.principals.set(principal, withSpan(known.principals.get(principal), { issuedBefore, endsAt }));
    }
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Tokens that have expired need no revocation. */
  #forgetExpired(): void {
    const now = this.#now();
    for (const { tokens, principals } of this.#tenants.values()) {
      for (const [id, endsAt] of tokens) if (endsAt !== null && endsAt <= now) tokens.delete(id);
      for (const [id, spans] of principals) {
        const left = spans.filter(({ endsAt }) => endsAt === null || endsAt > now);
        if (left.length === 0) principals.delete(id);
        else principals.set(id, left);
      }
    }
  }
}

/** Without those that the new one holds within it. */
function withSpan(spans: readonly Span[] = [], added: Span): readonly Span[] {
  const isWithin = ({ issuedBefore, endsAt }: Span) =>
    issuedBefore <= added.issuedBefore &&
    (added.endsAt === null || (endsAt !== null && endsAt <= added.endsAt));
  return [...spans.filter((span) => !isWithin(span)), added];
}

function unknown(): CountersignError {
  return new CountersignError(
    'STORE_UNAVAILABLE',
    `Whether the token was revoked could not be read for ${TRUSTED_MS / 1000} s, so it does not count.`,
  );
}
