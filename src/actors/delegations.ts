/**
 * Delegations: who may act for whom, with which roles, from when to when. A delegate acts with what was given to him and not
 * with his own roles, so that the log says by whose authority something happened; the machines count the two as one voice.
 * Only people delegate, only what their own token carries, and what was delegated cannot be passed on.
 */

import { LRUCache } from 'lru-cache';
import { CountersignError, invariant, type Refusal } from '../errors.ts';
import type { ChangeFacts, ChangeRef, DelegationRecord } from '../persistence/records.ts';
import type { StandIn } from './attention.ts';
import type { Answer, Envelope, EventCommand, Principal } from './commands.ts';
import { answerFrom } from './draft.ts';
import type { Item } from './mailbox.ts';
import { noSuchChange } from './missing.ts';
import type { Clock, NewId, Store } from './ports.ts';

/** What a principal gives away; times are ms. */
export interface NewDelegation {
  readonly to: string;
  /** All that the giver holds where none are named. */
  readonly roles?: readonly string[];
  /** Everywhere where none is named. */
  readonly project?: string;
  /** Now where it is not said. */
  readonly startsAt?: number;
  readonly endsAt: number;
  readonly reason: string;
}

export interface DelegationWorld {
  readonly store: Store;
  readonly clock: Clock;
  readonly newId: NewId;
  /** The project of a change; undefined where the tenant has no such change. */
  readonly projectOf: (ref: ChangeRef) => Promise<string | undefined>;
}

/** How long another server may not have heard that a delegation was made or revoked. */
export const REMEMBERED_MS = 5_000;
/** Roles are judged when they are given; a year later they may be anybody's. */
export const LONGEST_MS = 366 * 86_400_000;
/** One person's that are not over; whoever acts for many people has to read all of theirs. */
export const MAX_OPEN = 50;
const KEPT = 10_000;
const MAX_READ = 5_000;
/** Of more people than this nobody is waited for by name in earnest. */
const MAX_ASKED = 50;

interface Remembered {
  readonly at: number;
  readonly open: Promise<readonly DelegationRecord[]>;
}

export class Delegations {
  readonly #world: DelegationWorld;
  /** By tenant and delegate: what is not over yet. */
  readonly #known = new LRUCache<string, Remembered>({ max: KEPT });

  constructor(world: DelegationWorld) {
    this.#world = world;
  }

  /**
   * Hands the command on in the name of whoever delegated, or refuses it. A command whose key was answered while the
   * delegation held gets that answer again.
   */
  async send(
    command: EventCommand,
    envelope: Envelope,
    claim: Item['claim'],
    enter: (delegated: Envelope) => Promise<Answer>,
  ): Promise<Answer> {
    const ref = { tenant: envelope.principal.tenant, change: command.change };
    const project = await this.#world.projectOf(ref);
    if (project === undefined) throw noSuchChange(ref.change);
    const { envelope: delegated, refusal } = await this.resolve({ project }, envelope);
    if (refusal === null) return enter(delegated);
    const [before] = claim ? await this.#world.store.answers([claim]) : [];
    if (before && before.digest === claim?.digest) return answerFrom(before.row, true);
    return { ok: false, refusal, row: null, replayed: false };
  }

  /**
   * The envelope with the principal as a delegate, who has the roles that all delegations that hold now give together; as it
   * came where the sender acts for nobody else, or may not.
   */
  async resolve(
    { project }: Pick<ChangeFacts, 'project'>,
    envelope: Envelope,
  ): Promise<{ readonly envelope: Envelope; readonly refusal: Refusal | null }> {
    const { principal, actsFor: from } = envelope;
    if (from === undefined) return { envelope, refusal: null };
    invariant(principal.for === undefined, 'nobody acts for two persons at once');
    const holding = await this.#holding(principal, project);
    const given = holding.filter((each) => each.from === from);
    if (given.length === 0) {
      const accepted = [...new Set(holding.map((each) => each.from))];
      return { envelope, refusal: notDelegated(principal, from, project, accepted) };
    }
    const roles = [...new Set(given.flatMap((each) => each.roles))];
    return { envelope: { ...envelope, principal: { ...principal, roles, for: from } }, refusal: null };
  }

  /** The principal as the delegate of each who delegated to it something that holds now in this project. */
  async asDelegate(principal: Principal, project: string): Promise<Principal[]> {
    const givers = new Map<string, Set<string>>();
    for (const { from, roles } of await this.#holding(principal, project))
      givers.set(from, new Set([...(givers.get(from) ?? []), ...roles]));
    return [...givers].map(([from, roles]) => ({ ...principal, roles: [...roles], for: from }));
  }

  /** Who may act now in this project for those who are named, and somebody whom they named. */
  async standIns(tenant: string, project: string, principals: readonly string[]): Promise<StandIn[]> {
    const now = this.#world.clock.now();
    const found = await Promise.all(
      principals.slice(0, MAX_ASKED).map(async (from) => {
        const open = await this.#world.store.delegations(tenant, { from, openAt: now }, { limit: MAX_OPEN });
        return open
          .filter((each) => each.startsAt <= now && (each.project === null || each.project === project))
          .map(({ to }) => ({ principal: to, for: from }));
      }),
    );
    return found.flat();
  }

  async make(given: NewDelegation, by: Principal): Promise<DelegationRecord> {
    const { store, clock, newId } = this.#world;
    const now = clock.now();
    const { to, project = null, startsAt = now, endsAt, reason } = given;
    const roles = [...new Set(given.roles ?? by.roles)];
    const problem = problemWith(by, to, roles) ?? badTime(startsAt, endsAt, now);
    if (problem) throw problem;
    const { tenant, id: from } = by;
    const open = await store.delegations(tenant, { from, openAt: now }, { limit: MAX_OPEN });
    if (open.length >= MAX_OPEN)
      throw invalid('to', `${from} has ${open.length} delegations that are not over; revoke some first`);
    const made = { tenant, id: newId(), from, to, roles, project, startsAt, endsAt, reason, revokedAt: null };
    await store.saveDelegation(made);
    this.#known.delete(nameOf(made));
    return made;
  }

  /** One that was revoked before stays as it is. */
  async revoke(id: string, by: Principal): Promise<DelegationRecord> {
    const { store, clock } = this.#world;
    const { tenant } = by;
    const found = await store.delegation(tenant, id);
    if (!found) throw new CountersignError('NOT_FOUND', `There is no delegation ${id} in this tenant.`);
    if (by.id !== found.from && !by.roles.includes('operator')) {
      const message = `Only ${found.from}, who gave it, or an operator revokes the delegation ${id}; ${by.id} is neither.`;
      throw new CountersignError('FORBIDDEN', message);
    }
    await store.revokeDelegation(tenant, id, clock.now());
    this.#known.delete(nameOf(found));
    const revoked = await store.delegation(tenant, id);
    invariant(revoked, `the delegation ${id} that was just revoked is still stored`);
    return revoked;
  }

  async #holding({ tenant, id, sponsor }: Principal, project: string): Promise<DelegationRecord[]> {
    const open = await this.#openTo(tenant, id);
    const now = this.#world.clock.now();
    return open.filter(
      (each) =>
        each.startsAt <= now &&
        now < each.endsAt &&
        (each.project === null || each.project === project) &&
        // An agent speaks for its sponsor already; that must not become two.
        each.from !== sponsor,
    );
  }

  /** A promise is remembered, not its value: what was asked before a revocation is not kept after it. */
  #openTo(tenant: string, to: string): Promise<readonly DelegationRecord[]> {
    const name = nameOf({ tenant, to });
    const { store, clock } = this.#world;
    const now = clock.now();
    const known = this.#known.get(name);
    if (known && now >= known.at && now - known.at < REMEMBERED_MS) return known.open;
    const open = store.delegations(tenant, { to, openAt: now }, { limit: MAX_READ });
    const remembered = { at: now, open };
    this.#known.set(name, remembered);
    open.catch(() => {
      if (this.#known.peek(name) === remembered) this.#known.delete(name);
    });
    return open;
  }
}

function nameOf({ tenant, to }: Pick<DelegationRecord, 'tenant' | 'to'>): string {
  return `${tenant}/${to}`;
}

function notDelegated(
  { id, sponsor }: Principal,
  from: string,
  project: string,
  accepted: readonly string[],
): Refusal {
  const message =
    sponsor === from
      ? `${id} works for ${from} and speaks for ${from} already; an agent is not its sponsor's delegate.`
      : `${id} has no delegation from ${from} that holds now for project "${project}".`;
  return { code: 'NOT_DELEGATED', message, accepted };
}

function problemWith(by: Principal, to: string, roles: readonly string[]): CountersignError | undefined {
  const { id, kind, sponsor } = by;
  if (by.for !== undefined)
    return new CountersignError('FORBIDDEN', `${id} acts for ${by.for} and cannot pass that on to ${to}.`);
  if (kind !== 'person' || sponsor !== undefined) {
    const who = sponsor === undefined ? `of kind ${kind}` : `working for ${sponsor}`;
    return new CountersignError('FORBIDDEN', `Only people delegate; ${id} is ${who}.`);
  }
  if (to === id) return invalid('to', `${id} cannot be the delegate of ${id}`);
  if (roles.length === 0) return invalid('roles', `${id} gives no role; name at least one of the token's`);
  const lacking = roles.filter((role) => !by.roles.includes(role));
  if (lacking.length === 0) return undefined;
  const message = `${id} cannot give ${to} the role ${lacking.join(', ')}: the token of ${id} does not carry it.`;
  return new CountersignError('FORBIDDEN', message);
}

function badTime(startsAt: number, endsAt: number, now: number): CountersignError | undefined {
  if (startsAt < now - 60_000) return invalid('starts_at', 'A delegation cannot have begun in the past');
  if (endsAt <= now) return invalid('ends_at', 'A delegation cannot be over when it is made');
  if (endsAt <= startsAt) return invalid('ends_at', 'A delegation ends after it has begun');
  if (endsAt - now > LONGEST_MS) return invalid('ends_at', 'A delegation ends within a year from now');
  return undefined;
}

function invalid(path: string, message: string): CountersignError {
  return new CountersignError('INVALID_INPUT', `${message}.`, { issues: [{ path, message }] });
}
