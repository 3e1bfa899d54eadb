/**
 * The directories of tenants, kept in memory and read on from where they ended: another server's changes count within a
 * second, this one's at once. What a token says and what the directory says of a principal are added up, for one change.
 */
import { LRUCache } from 'lru-cache';
import { CountersignError } from '../../errors.ts';
import type { DirectoryEntry, NewDirectoryEntry } from '../../persistence/records.ts';
import type { Principal } from '../commands.ts';
import type { Clock, Store } from '../ports.ts';
import { entryFor, MAX_AT_ONCE, type Said } from './entries.ts';
import { requireSponsors } from './sponsors.ts';
import { type Directory, EMPTY, type Place, rolesOf, withSaid } from './state.ts';

/** How long another server's change may not have been heard of. */
export const REMEMBERED_MS = 1_000;
const KEPT_TENANTS = 1_000;

interface Kept {
  readonly readAt: number;
  readonly directory: Directory;
}

type DirectoryStore = Pick<Store, 'addDirectoryEntries' | 'directorySince'>;

export class Directories {
  readonly #store: DirectoryStore;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #kept = new LRUCache<string, Kept>({ max: KEPT_TENANTS });
  readonly #reading = new Map<string, Promise<Directory>>();

  constructor(store: DirectoryStore, clock: Pick<Clock, 'now'>) {
    this.#store = store;
    this.#clock = clock;
  }

  /** The directory of a tenant; empty where nothing was said. */
  async of(tenant: string): Promise<Directory> {
    return this.known(tenant) ?? this.#reading.get(tenant) ?? this.#read(tenant);
  }

  /** The same where it is known without asking, which it nearly always is. */
  known(tenant: string): Directory | undefined {
    const kept = this.#kept.get(tenant);
    const age = kept && this.#clock.now() - kept.readAt;
    return age !== undefined && age >= 0 && age < REMEMBERED_MS ? kept?.directory : undefined;
  }

  /** Says all of it or none; throws INVALID_INPUT where `asIfSaid` does. */
  async say(tenant: string, said: readonly Said[], reason: string | null, by: Principal): Promise<Directory> {
    const entries = entriesOf(said);
    // Read anew: an agent may be known since a moment ago, by another server.
    asIfSaid(await this.#read(tenant), said);
    await this.#store.addDirectoryEntries(
      { tenant, setBy: by.id, reason, setAt: this.#clock.now() },
      entries,
    );
    return this.#read(tenant);
  }

  async #read(tenant: string): Promise<Directory> {
    const before = this.#reading.get(tenant);
    // What was asked before something was said may miss it: one more after it.
    const reading = (before ?? Promise.resolve()).catch(() => {}).then(() => this.#readOn(tenant));
    this.#reading.set(tenant, reading);
    try {
      return await reading;
    } finally {
      if (this.#reading.get(tenant) === reading) this.#reading.delete(tenant);
    }
  }

  async #readOn(tenant: string): Promise<Directory> {
    const readAt = this.#clock.now();
    const before = this.#kept.get(tenant)?.directory ?? EMPTY;
    const said: readonly DirectoryEntry[] = await this.#store.directorySince(tenant, before.seq);
    const directory = withSaid(before, said);
    this.#kept.set(tenant, { readAt, directory });
    return directory;
  }
}

/**
 * The directory as it would be. Throws INVALID_INPUT where that is more than fits, says a thing twice, or lets an agent work
 * for an agent.
 */
export function asIfSaid(before: Directory, said: readonly Said[]): Directory {
  const at = { setBy: '', reason: null, setAt: 0 };
  const entries = entriesOf(said).map((each, index) => ({ ...each, ...at, seq: before.seq + index + 1 }));
  const after = withSaid(before, entries);
  requireSponsors(before, after);
  return after;
}

/** What will be stored. Throws INVALID_INPUT where it is more than fits, or says a thing twice. */
export function entriesOf(said: readonly Said[]): readonly NewDirectoryEntry[] {
  const entries = said.map(entryFor);
  const names = new Set(entries.map(({ kind, name }) => `${kind} ${name}`));
  if (entries.length === 0 || entries.length > MAX_AT_ONCE || names.size < entries.length) {
    const message =
      names.size < entries.length
        ? 'The directory was told two things of the same entry at once.'
        : `The directory takes 1 to ${MAX_AT_ONCE} entries at once; these are ${entries.length}.`;
    throw new CountersignError('INVALID_INPUT', message, { issues: [{ path: 'entries', message }] });
  }
  return entries;
}

/**
 * The principal with what the directory adds there: granted roles, and the sponsor of an agent whose token names none. A
 * delegate acts with what was delegated and nothing else.
 */
export function knownAs(directory: Directory, principal: Principal, place: Place): Principal {
  if (directory.seq === 0 || principal.for !== undefined) return principal;
  const { id, kind } = principal;
  const added = rolesOf(directory, id, place).filter((role) => !principal.roles.includes(role));
  const sponsor = principal.sponsor ?? (kind === 'agent' ? directory.principals.get(id)?.sponsor : undefined);
  if (added.length === 0 && sponsor === principal.sponsor) return principal;
  return {
    ...principal,
    roles: [...principal.roles, ...added],
    ...(sponsor !== undefined && { sponsor }),
  };
}
