/**
 * The store without a database: same results, same conflicts, same numbering, nothing durable and nothing random, so
 * that a simulation with a seed repeats itself. The contract suite holds it and the PostgreSQL store to one behaviour.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Store } from '../../src/actors/ports.ts';
import { CountersignError } from '../../src/errors.ts';
import { encodeChange } from '../../src/persistence/encode.ts';
import type { Activity, ChangeHistory, HistorySample } from '../../src/persistence/history-records.ts';
import type {
  CalendarRecord,
  ChangeCommit,
  ChangeFacts,
  ChangeFilter,
  ChangeRecord,
  ChangeRef,
  CommitOptions,
  CommitResult,
  DelegationFilter,
  DelegationRecord,
  DirectoryEntry,
  DueTimer,
  Json,
  KeyAnswer,
  KeyRef,
  LogRow,
  NewDirectoryEntry,
  OwnersStamp,
  ProjectOwners,
  ProjectRef,
  StateRecord,
  StoredChange,
  StoredDefinition,
  StreamPosition,
  TenantRecord,
  TimerFilter,
  TimerRecord,
} from '../../src/persistence/records.ts';
import { MemoryDelegations } from './memory-delegations.ts';
import { MemoryDirectory } from './memory-directory.ts';
import { activityIn, historiesIn, historyIn } from './memory-history.ts';

interface Held {
  readonly facts: ChangeFacts;
  state: StateRecord;
}

interface HeldTimer extends DueTimer {
  status: 'pending' | 'fired' | 'cancelled';
}

interface Tenant {
  readonly record: TenantRecord;
  readonly rows: LogRow[];
  readonly changes: Map<string, Held>;
  /** By `project\0key`. */
  readonly names: Set<string>;
  /** By `principal\0key`. */
  readonly keys: Map<string, { digest: string; seq: number }>;
  readonly timers: Map<string, HeldTimer>;
  readonly definitions: StoredDefinition[];
  readonly owners: Map<string, ProjectOwners>;
  readonly calendars: Map<string, CalendarRecord>;
}

export class MemoryStore implements Store {
  readonly #tenants = new Map<string, Tenant>();
  readonly #delegations = new MemoryDelegations();
  readonly #directory = new MemoryDirectory();

  async load(refs: readonly ChangeRef[]): Promise<StoredChange[]> {
    return copy(
      refs.flatMap((ref) => {
        const held = this.#tenants.get(ref.tenant)?.changes.get(ref.change);
        return held ? [{ ...this.#record(ref, held), snapshot: held.state.snapshot }] : [];
      }),
    );
  }

  async answers(keys: readonly KeyRef[]): Promise<KeyAnswer[]> {
    return copy(
      keys.flatMap(({ tenant, principal, key }) => {
        const held = this.#tenants.get(tenant);
        const claim = held?.keys.get(`${principal}\0${key}`);
        const row = claim && held?.rows[claim.seq - 1];
        return row ? [{ tenant, principal, key, digest: claim.digest, row }] : [];
      }),
    );
  }

  async commit(changes: readonly ChangeCommit[], options?: CommitOptions): Promise<CommitResult[]> {
    if (options?.together) {
      const judged = changes.map((change, place) => this.#judge(change, place));
      if (judged.some((conflict) => conflict !== null))
        return judged.map((conflict) => conflict ?? { ok: false, conflict: 'together' });
    }
    return changes.map((change, place) => this.#commitOne(change, place));
  }

  async position(tenant: string): Promise<StreamPosition | undefined> {
    const held = this.#tenants.get(tenant);
    return held && { seq: held.rows.length, epoch: '00000000-0000-4000-8000-000000000000' };
  }

  async log(
    tenant: string,
    { after, limit, change, project }: { after: number; limit: number; change?: string; project?: string },
  ): Promise<LogRow[]> {
    const held = this.#tenants.get(tenant);
    const rows = (held?.rows ?? []).filter(
      (row) =>
        row.seq > after &&
        (change === undefined || row.change === change) &&
        (project === undefined || held?.changes.get(row.change)?.facts.project === project),
    );
    return copy(rows.slice(0, limit));
  }

  async change(ref: ChangeRef): Promise<ChangeRecord | undefined> {
    const held = this.#tenants.get(ref.tenant)?.changes.get(ref.change);
    return held && copy(this.#record(ref, held));
  }

  async changes(
    tenant: string,
    filter: ChangeFilter,
    { before, limit }: { before?: string; limit: number },
  ): Promise<ChangeRecord[]> {
    const found = this.#matching(tenant, filter).filter(
      ({ change }) => before === undefined || change < before,
    );
    return copy(found.sort((a, b) => (a.change < b.change ? 1 : -1)).slice(0, limit));
  }

  async outcomes(tenant: string, filter: ChangeFilter): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { outcome } of this.#matching(tenant, filter))
      counts[outcome ?? 'open'] = (counts[outcome ?? 'open'] ?? 0) + 1;
    return counts;
  }

  async histories(tenant: string, sample: HistorySample): Promise<ChangeHistory[]> {
    return copy(historiesIn(this.#tenants.get(tenant)?.rows ?? [], this.#known(tenant), sample));
  }

  async history({ tenant, change }: ChangeRef): Promise<ChangeHistory | undefined> {
    return copy(historyIn(this.#tenants.get(tenant)?.rows ?? [], change));
  }

  async activity(tenant: string, query: { rows: number; recentSince: number }): Promise<Activity> {
    return copy(activityIn(this.#tenants.get(tenant)?.rows ?? [], this.#known(tenant), query));
  }

  async saveDefinition(
    definition: Omit<StoredDefinition, 'version'>,
  ): Promise<{ version: number; created: boolean }> {
    const held = this.#existing(definition.tenant);
    const newest = held.definitions.filter(({ name }) => name === definition.name).at(-1);
    if (newest?.digest === definition.digest) return { version: newest.version, created: false };
    const version = (newest?.version ?? 0) + 1;
    held.definitions.push(copy({ ...definition, version }));
    return { version, created: true };
  }

  async definition(tenant: string, name: string, version?: number): Promise<StoredDefinition | undefined> {
    const versions = this.#tenants.get(tenant)?.definitions.filter((d) => d.name === name) ?? [];
    return copy(version === undefined ? versions.at(-1) : versions.find((d) => d.version === version));
  }

  async definitions(tenant: string): Promise<StoredDefinition[]> {
    const newest = new Map(this.#tenants.get(tenant)?.definitions.map((d) => [d.name, d]));
    return copy([...newest.values()].sort((a, b) => (a.name < b.name ? -1 : 1)));
  }

  async createTenant(record: TenantRecord): Promise<boolean> {
    if (this.#tenants.has(record.tenant)) return false;
    this.#tenants.set(record.tenant, {
      record: copy(record),
      rows: [],
      changes: new Map(),
      names: new Set(),
      keys: new Map(),
      timers: new Map(),
      definitions: [],
      owners: new Map(),
      calendars: new Map(),
    });
    return true;
  }

  async tenants(): Promise<TenantRecord[]> {
    const records = [...this.#tenants.values()].map(({ record }) => record);
    return copy(records.sort((a, b) => (a.tenant < b.tenant ? -1 : 1)));
  }

  async setProjectOwners(owners: ProjectOwners): Promise<number> {
    const held = this.#existing(owners.tenant).owners;
    const setAt = Math.max(owners.setAt, (held.get(owners.project)?.setAt ?? -1) + 1);
    held.set(owners.project, copy({ ...owners, setAt }));
    return setAt;
  }

  async projectOwners(tenant: string, project: string): Promise<ProjectOwners | undefined> {
    return copy(this.#tenants.get(tenant)?.owners.get(project));
  }

  async ownersSetAt(projects: readonly ProjectRef[]): Promise<OwnersStamp[]> {
    return projects.flatMap(({ tenant, project }) => {
      const owners = this.#tenants.get(tenant)?.owners.get(project);
      return owners ? [{ tenant, project, setAt: owners.setAt }] : [];
    });
  }

  async setCalendar(calendar: CalendarRecord): Promise<void> {
    this.#existing(calendar.tenant).calendars.set(calendar.name, copy(calendar));
  }

  async calendar(tenant: string, name: string): Promise<CalendarRecord | undefined> {
    return copy(this.#tenants.get(tenant)?.calendars.get(name));
  }

  async calendars(tenant: string): Promise<CalendarRecord[]> {
    const all = [...(this.#tenants.get(tenant)?.calendars.values() ?? [])];
    return copy(all.sort((a, b) => (a.name < b.name ? -1 : 1)));
  }

  async saveDelegation(delegation: DelegationRecord): Promise<void> {
    this.#delegations.save(delegation);
  }

  async delegation(tenant: string, id: string): Promise<DelegationRecord | undefined> {
    return this.#delegations.find(tenant, id);
  }

  async delegations(
    tenant: string,
    filter: DelegationFilter,
    page: { before?: string; limit: number },
  ): Promise<DelegationRecord[]> {
    return this.#delegations.list(tenant, filter, page);
  }

  async revokeDelegation(tenant: string, id: string, at: number): Promise<boolean> {
    return this.#delegations.revoke(tenant, id, at);
  }

  async addDirectoryEntries(
    saying: Parameters<Store['addDirectoryEntries']>[0],
    entries: readonly NewDirectoryEntry[],
  ): Promise<number> {
    if (this.#tenants.has(saying.tenant)) return this.#directory.add(saying, entries);
    throw new CountersignError('NOT_FOUND', `There is no tenant "${saying.tenant}".`);
  }

  async directorySince(tenant: string, after: number): Promise<DirectoryEntry[]> {
    return this.#directory.since(tenant, after);
  }

  async directoryHistory(
    tenant: string,
    page: { before?: number; limit: number },
  ): Promise<DirectoryEntry[]> {
    return this.#directory.history(tenant, page);
  }

  async dueTimers(before: number, limit: number): Promise<DueTimer[]> {
    const due = this.#pending().filter(({ dueAt }) => dueAt < before);
    return due.slice(0, limit).map(({ status: _, ...timer }) => timer);
  }

  async pendingTimers(
    tenant: string,
    filter: TimerFilter,
    { after, limit }: { after?: DueTimer; limit: number },
  ): Promise<DueTimer[]> {
    const position = ({ dueAt, change, name }: DueTimer) =>
      `${String(dueAt).padStart(16, '0')} ${change} ${name}`;
    return this.#pending()
      .filter((timer) => timer.tenant === tenant)
      .filter(({ change }) => filter.change === undefined || change === filter.change)
      .filter(({ name }) => filter.name === undefined || name === filter.name)
      .filter(({ dueAt }) => filter.before === undefined || dueAt < filter.before)
      .filter((timer) => !after || position(timer) > position(after))
      .slice(0, limit)
      .map(({ status: _, ...timer }) => timer);
  }

  async timerSlots(from: number, until: number, slotMs: number): Promise<number[]> {
    const within = this.#pending().filter(({ dueAt }) => dueAt >= from && dueAt < until);
    return [...new Set(within.map(({ dueAt }) => Math.floor(dueAt / slotMs) * slotMs))];
  }

  #known(tenant: string) {
    const changes = [...(this.#tenants.get(tenant)?.changes ?? [])];
    return new Map(
      changes.map(([change, { facts, state }]) => [change, { facts, isOpen: state.outcome === null }]),
    );
  }

  #existing(tenant: string): Tenant {
    const held = this.#tenants.get(tenant);
    if (!held) throw new CountersignError('NOT_FOUND', `There is no tenant "${tenant}"`);
    return held;
  }

  #commitOne(given: ChangeCommit, place: number): CommitResult {
    const conflict = this.#judge(given, place);
    if (conflict) return conflict;
    const { commit } = encodeChange(given, place);
    return { ok: true, seq: write(this.#existing(given.tenant), copy(commit)) };
  }

  #judge(given: ChangeCommit, place: number): (CommitResult & { ok: false }) | null {
    const tenant = this.#tenants.get(given.tenant);
    try {
      if (!tenant) throw new Error(`there is no tenant "${given.tenant}"`);
      const conflict = conflictOf(tenant, encodeChange(given, place).commit);
      return conflict ? { ok: false, conflict } : null;
    } catch (error) {
      return { ok: false, conflict: 'rejected', error: error as Error };
    }
  }

  #record(ref: ChangeRef, { facts, state }: Held): ChangeRecord {
    const { snapshot: _, ...moving } = state;
    const timers = this.#pending()
      .filter(({ tenant, change }) => tenant === ref.tenant && change === ref.change)
      .map(({ name, setVersion, event, dueAt }): TimerRecord => ({ name, setVersion, event, dueAt }));
    return { tenant: ref.tenant, change: ref.change, ...facts, ...moving, timers };
  }

  #matching(tenant: string, filter: ChangeFilter): ChangeRecord[] {
    const changes = [...(this.#tenants.get(tenant)?.changes ?? [])];
    return changes
      .map(([change, held]) => this.#record({ tenant, change }, held))
      .filter(
        (record) =>
          (['project', 'key', 'author', 'definition'] as const).every(
            (part) => filter[part] === undefined || filter[part] === record[part],
          ) &&
          (filter.outcome === undefined || filter.outcome === (record.outcome ?? 'open')) &&
          (filter.state === undefined || contains(record.state, filter.state)),
      );
  }

  /** Pending timers of all tenants, earliest first. */
  #pending(): HeldTimer[] {
    const all = [...this.#tenants.values()].flatMap(({ timers }) => [...timers.values()]);
    const order = (t: HeldTimer) => JSON.stringify([t.tenant, t.change, t.name, t.setVersion]);
    return all
      .filter(({ status }) => status === 'pending')
      .sort((a, b) => a.dueAt - b.dueAt || (order(a) < order(b) ? -1 : 1));
  }
}

function conflictOf(tenant: Tenant, given: ChangeCommit): 'key' | 'version' | 'exists' | undefined {
  if (given.keys.some(({ principal, key }) => tenant.keys.has(`${principal}\0${key}`))) return 'key';
  if ((tenant.changes.get(given.change)?.state.version ?? 0) !== given.baseVersion) return 'version';
  const lost = given.timersSettled.some(
    (timer) =>
      timer.as === 'fired' &&
      tenant.timers.get(timerId(given, timer))?.status !== 'pending' &&
      !given.timersSet.some((set) => timerId(given, set) === timerId(given, timer)),
  );
  if (lost) return 'version';
  const { facts } = given;
  return facts && facts.key !== null && tenant.names.has(`${facts.project}\0${facts.key}`)
    ? 'exists'
    : undefined;
}

function write(tenant: Tenant, given: ChangeCommit): number {
  const { facts, state, change } = given;
  const held = tenant.changes.get(change);
  if (facts && state) tenant.changes.set(change, { facts, state });
  else if (held && state) held.state = state;
  if (facts && facts.key !== null) tenant.names.add(`${facts.project}\0${facts.key}`);
  const seq = tenant.rows.length + 1;
  for (const [index, entry] of given.entries.entries()) {
    tenant.rows.push({ ...entry, tenant: given.tenant, change, seq: seq + index });
  }
  for (const timer of given.timersSet) {
    tenant.timers.set(timerId(given, timer), { ...timer, tenant: given.tenant, change, status: 'pending' });
  }
  for (const timer of given.timersSettled) {
    const pending = tenant.timers.get(timerId(given, timer));
    if (pending?.status === 'pending') pending.status = timer.as;
  }
  for (const { principal, key, digest, entry } of given.keys) {
    tenant.keys.set(`${principal}\0${key}`, { digest, seq: seq + entry });
  }
  return seq;
}

function timerId(
  { change }: ChangeCommit,
  { name, setVersion }: { name: string; setVersion: number },
): string {
  return JSON.stringify([change, name, setVersion]);
}

/** Containment as PostgreSQL's `@>` has it: objects by key, arrays as sets, an array contains its own scalars. */
function contains(whole: Json, part: Json, nested = false): boolean {
  if (Array.isArray(whole)) {
    if (Array.isArray(part))
      return part.every((wanted) => whole.some((item) => contains(item, wanted, true)));
    return !nested && (part === null || typeof part !== 'object') && whole.includes(part);
  }
  if (isObject(whole) && isObject(part)) {
    return Object.entries(part).every(
      ([key, wanted]) => key in whole && contains(whole[key] ?? null, wanted, true),
    );
  }
  return isDeepStrictEqual(whole, part);
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** What is stored is JSON: later changes to the caller's objects do not reach it, nor the other way round. */
function copy<T>(value: T): T {
  return value === undefined ? value : JSON.parse(JSON.stringify(value));
}
