/**
 * The store without a database: same results, same conflicts, same numbering, nothing durable and nothing random, so
 * that a simulation with a seed repeats itself. The contract suite holds it and the PostgreSQL store to one behaviour.
 */
import type { Store } from '../../src/actors/ports.ts';
import { CountersignError } from '../../src/errors.ts';
import { encodeChange } from '../../src/persistence/encode.ts';
import type { Activity, ChangeHistory, HistorySample } from '../../src/persistence/history-records.ts';
import type {
  CalendarRecord,
  CascadePosition,
  ChangeCommit,
  ChangeFilter,
  ChangeRecord,
  ChangeRef,
  CommitOptions,
  CommitResult,
  ContentRecord,
  DelegationFilter,
  DelegationRecord,
  Dependant,
  DirectoryEntry,
  DueTimer,
  EdgeRow,
  Following,
  GraphNode,
  Happened,
  KeyAnswer,
  KeyRef,
  LogRow,
  MigrationRecord,
  NewActivation,
  NewDirectoryEntry,
  OpenDependant,
  OwnersStamp,
  ProjectOwners,
  ProjectRef,
  RevisionRef,
  Standing,
  StoredChange,
  StoredDefinition,
  StoredFile,
  StreamPosition,
  Target,
  TenantRecord,
  TimerFilter,
  TimerRecord,
} from '../../src/persistence/records.ts';
import { conflictOf, type Held, type HeldTimer, type Tenant, write } from './memory-commit.ts';
import { MemoryContents } from './memory-contents.ts';
import { MemoryDelegations } from './memory-delegations.ts';
import { MemoryDirectory } from './memory-directory.ts';
import {
  allEdgesIn,
  dependantsIn,
  edgesAtIn,
  edgesBeyondIn,
  graphNodesIn,
  happenedIn,
  movedIn,
  openDependantsIn,
  standingsIn,
} from './memory-edges.ts';
import { matches } from './memory-filter.ts';
import { activityIn, historiesIn, historyIn } from './memory-history.ts';
import { changesFollowingIn, liveConfigurationsIn, MemoryLife, untouchedIn } from './memory-life.ts';
import { memoryReaders } from './memory-readers.ts';
import { memoryRevocations } from './memory-revocations.ts';

export class MemoryStore implements Store {
  readonly #tenants = new Map<string, Tenant>();
  readonly #delegations = new MemoryDelegations();
  readonly #directory = new MemoryDirectory();
  readonly #contents = new MemoryContents();
  readonly #life = new MemoryLife();
  readonly revocations = memoryRevocations();
  readonly readers = memoryReaders({
    rows: (tenant) => this.#tenants.get(tenant)?.rows ?? [],
    projectOf: (tenant, change) => this.#tenants.get(tenant)?.changes.get(change)?.facts.project,
  });

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
    { after, limit, change, project, exceptProjects = [] }: Parameters<Store['log']>[1],
  ): Promise<LogRow[]> {
    const held = this.#tenants.get(tenant);
    const rows = (held?.rows ?? []).filter(
      (row) =>
        row.seq > after &&
        (change === undefined || row.change === change) &&
        (project === undefined || held?.changes.get(row.change)?.facts.project === project) &&
        !exceptProjects.includes(held?.changes.get(row.change)?.facts.project ?? ''),
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

  async definitionVersions(tenant: string, name: string): Promise<StoredDefinition[]> {
    const all = this.#tenants.get(tenant)?.definitions.filter((each) => each.name === name) ?? [];
    return copy(all.toReversed());
  }

  async addActivation(given: NewActivation) {
    return copy(this.#life.add(copy(given)));
  }

  async definitionLife(tenant: string, name: string) {
    return copy(this.#life.of(this.#tenants.get(tenant), tenant, name));
  }

  async activationHistory(tenant: string, name: string, page: { before?: number; limit: number }) {
    return copy(this.#life.history(tenant, name, page));
  }

  async liveConfigurations(wanted: Following) {
    return copy(liveConfigurationsIn(this.#tenants.get(wanted.tenant), wanted));
  }

  async changesFollowing(wanted: Following, page: { after: string; limit: number }) {
    return changesFollowingIn(this.#tenants.get(wanted.tenant), wanted, page);
  }

  async untouchedSince(wanted: Following, migration: string, page: { after: string; limit: number }) {
    return copy(untouchedIn(this.#tenants.get(wanted.tenant), wanted, migration, page));
  }

  async saveMigration(migration: MigrationRecord) {
    return this.#life.save(copy(migration));
  }

  async migration(tenant: string, id: string) {
    return copy(this.#life.find(tenant, id));
  }

  async migrations(tenant?: string) {
    return copy(this.#life.list(tenant));
  }

  async moveMigration(...given: Parameters<Store['moveMigration']>) {
    return this.#life.move(...given);
  }

  async advanceMigration(...given: Parameters<Store['advanceMigration']>) {
    this.#life.advance(...given);
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
      edges: new Map(),
      cascaded: undefined,
      directed: 0,
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

  async standings(targets: readonly Target[]): Promise<Standing[]> {
    return standingsIn(this.#tenants, targets);
  }

  async edgesAt(tenant: string, changes: readonly string[], direction: 'up' | 'down'): Promise<EdgeRow[]> {
    return edgesAtIn(this.#tenants.get(tenant), changes, direction);
  }

  async edgesBeyond(
    tenant: string,
    changes: readonly string[],
    direction: 'up' | 'down',
    limit: number,
  ): Promise<EdgeRow[]> {
    return edgesBeyondIn(this.#tenants.get(tenant), changes, direction).slice(0, limit);
  }

  async allEdges(tenant: string, limit: number): Promise<EdgeRow[]> {
    return allEdgesIn(this.#tenants.get(tenant)).slice(0, limit);
  }

  async movedIn(tenant: string, after: number, until: number, limit: number): Promise<string[]> {
    return movedIn(this.#tenants.get(tenant), after, until).slice(0, limit);
  }

  async graphNodes(tenant: string, changes: readonly string[]): Promise<GraphNode[]> {
    return copy(graphNodesIn(this.#tenants.get(tenant), changes));
  }

  async happenedIn(tenant: string, after: number, until: number): Promise<Happened[]> {
    return happenedIn(this.#tenants.get(tenant), after, until);
  }

  async dependantsOf(happened: Happened & { readonly tenant: string }): Promise<Dependant[]> {
    return dependantsIn(this.#tenants.get(happened.tenant), happened);
  }

  async cascadePositions(): Promise<CascadePosition[]> {
    return [...this.#tenants].flatMap(([tenant, { cascaded, directed, rows }]) => {
      const directoryHead = this.#directory.head(tenant);
      const at = { directorySeq: directed, directoryHead };
      return cascaded === undefined ? [] : [{ tenant, seq: cascaded, head: rows.length, ...at }];
    });
  }

  async openDependants(tenant: string, after: string, limit: number): Promise<OpenDependant[]> {
    return openDependantsIn(this.#tenants.get(tenant), after).slice(0, limit);
  }

  async moveCascadeRules(tenant: string, directorySeq: number): Promise<void> {
    const held = this.#existing(tenant);
    held.directed = Math.max(held.directed, directorySeq);
  }

  async moveCascade(tenant: string, seq: number): Promise<void> {
    const held = this.#existing(tenant);
    held.cascaded = Math.max(held.cascaded ?? 0, seq);
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

  async saveContent(content: ContentRecord, files: readonly StoredFile[]) {
    return this.#contents.save(content, files);
  }

  async contents(ref: ChangeRef) {
    return this.#contents.list(ref);
  }

  async revisionFiles(ref: RevisionRef, page: { after: number; limit: number }) {
    return this.#contents.files(ref, page);
  }

  async revisionFile(ref: RevisionRef, place: number) {
    return this.#contents.file(ref, place);
  }

  async hunksTouching(
    tenant: string,
    paths: readonly string[],
    exceptChange: string,
    page?: { limit?: number; first?: string },
  ) {
    const known = this.#known(tenant);
    const isOpen = (change: string) => known.get(change)?.isOpen === true;
    return this.#contents.touching(tenant, paths, exceptChange, isOpen, page);
  }

  async hunksOfCommits(tenant: string, commits: readonly string[], paths: readonly string[]) {
    return this.#contents.ofCommits(tenant, commits, paths);
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
      .filter((record) => matches(record, filter));
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

/** What is stored is JSON: later changes to the caller's objects do not reach it, nor the other way round. */
function copy<T>(value: T): T {
  return value === undefined ? value : JSON.parse(JSON.stringify(value));
}
