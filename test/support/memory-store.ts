/**
 * The store without a database: same results, same conflicts, same numbering, nothing durable and nothing random, so
 * that a simulation with a seed repeats itself. The contract suite holds it and the PostgreSQL store to one behaviour.
 */
import type { Store } from '../../src/actors/ports.ts';
import { CountersignError } from '../../src/errors.ts';
import { encodeChange } from '../../src/persistence/encode.ts';
import type {
  CalendarRecord,
  CascadePosition,
  ChangeCommit,
  ChangeFilter,
  ChangeRecord,
  ChangeRef,
  CommitOptions,
  CommitResult,
  KeyAnswer,
  KeyRef,
  LogRow,
  NewDirectoryEntry,
  OwnersStamp,
  ProjectOwners,
  ProjectRef,
  StoredChange,
  StoredDefinition,
  StreamPosition,
  TenantRecord,
  TimerRecord,
} from '../../src/persistence/records.ts';
import { conflictOf, type Held, type Tenant, write } from './memory-commit.ts';
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
import { dueIn, pageOf, pendingIn, slotsOf } from './memory-timers.ts';

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

  readonly addActivation: Store['addActivation'] = async (given) => copy(this.#life.add(copy(given)));
  readonly definitionLife: Store['definitionLife'] = async (tenant, name) =>
    copy(this.#life.of(this.#tenants.get(tenant), tenant, name));
  readonly activationHistory: Store['activationHistory'] = async (tenant, name, page) =>
    copy(this.#life.history(tenant, name, page));
  readonly liveConfigurations: Store['liveConfigurations'] = async (wanted) =>
    copy(liveConfigurationsIn(this.#tenants.get(wanted.tenant), wanted));
  readonly changesFollowing: Store['changesFollowing'] = async (wanted, page) =>
    changesFollowingIn(this.#tenants.get(wanted.tenant), wanted, page);
  readonly untouchedSince: Store['untouchedSince'] = async (wanted, migration, page) =>
    copy(untouchedIn(this.#tenants.get(wanted.tenant), wanted, migration, page));
  readonly saveMigration: Store['saveMigration'] = async (migration) => this.#life.save(copy(migration));
  readonly migration: Store['migration'] = async (tenant, id) => copy(this.#life.find(tenant, id));
  readonly migrations: Store['migrations'] = async (tenant) => copy(this.#life.list(tenant));
  readonly moveMigration: Store['moveMigration'] = async (...given) => this.#life.move(...given);
  readonly advanceMigration: Store['advanceMigration'] = async (...given) => this.#life.advance(...given);

  readonly saveDelegation: Store['saveDelegation'] = async (delegation) => this.#delegations.save(delegation);
  readonly delegation: Store['delegation'] = async (tenant, id) => this.#delegations.find(tenant, id);
  readonly delegations: Store['delegations'] = async (tenant, filter, page) =>
    this.#delegations.list(tenant, filter, page);
  readonly revokeDelegation: Store['revokeDelegation'] = async (tenant, id, at) =>
    this.#delegations.revoke(tenant, id, at);

  readonly standings: Store['standings'] = async (targets) => standingsIn(this.#tenants, targets);
  readonly edgesAt: Store['edgesAt'] = async (tenant, changes, direction) =>
    edgesAtIn(this.#tenants.get(tenant), changes, direction);
  readonly edgesBeyond: Store['edgesBeyond'] = async (tenant, changes, direction, limit) =>
    edgesBeyondIn(this.#tenants.get(tenant), changes, direction).slice(0, limit);
  readonly allEdges: Store['allEdges'] = async (tenant, limit) =>
    allEdgesIn(this.#tenants.get(tenant)).slice(0, limit);
  readonly movedIn: Store['movedIn'] = async (tenant, after, until, limit) =>
    movedIn(this.#tenants.get(tenant), after, until).slice(0, limit);
  readonly graphNodes: Store['graphNodes'] = async (tenant, changes) =>
    copy(graphNodesIn(this.#tenants.get(tenant), changes));
  readonly happenedIn: Store['happenedIn'] = async (tenant, after, until) =>
    happenedIn(this.#tenants.get(tenant), after, until);
  readonly dependantsOf: Store['dependantsOf'] = async (happened) =>
    dependantsIn(this.#tenants.get(happened.tenant), happened);
  readonly openDependants: Store['openDependants'] = async (tenant, after, limit) =>
    openDependantsIn(this.#tenants.get(tenant), after).slice(0, limit);

  readonly directorySince: Store['directorySince'] = async (tenant, after) =>
    this.#directory.since(tenant, after);
  readonly directoryHistory: Store['directoryHistory'] = async (tenant, page) =>
    this.#directory.history(tenant, page);

  readonly saveContent: Store['saveContent'] = async (content, files) => this.#contents.save(content, files);
  readonly contents: Store['contents'] = async (ref) => this.#contents.list(ref);
  readonly revisionFiles: Store['revisionFiles'] = async (ref, page) => this.#contents.files(ref, page);
  readonly revisionFile: Store['revisionFile'] = async (ref, place) => this.#contents.file(ref, place);
  readonly hunksOfCommits: Store['hunksOfCommits'] = async (tenant, commits, paths) =>
    this.#contents.ofCommits(tenant, commits, paths);

  readonly histories: Store['histories'] = async (tenant, sample) =>
    copy(historiesIn(this.#tenants.get(tenant)?.rows ?? [], this.#known(tenant), sample));
  readonly history: Store['history'] = async ({ tenant, change }) =>
    copy(historyIn(this.#tenants.get(tenant)?.rows ?? [], change));
  readonly activity: Store['activity'] = async (tenant, query) =>
    copy(activityIn(this.#tenants.get(tenant)?.rows ?? [], this.#known(tenant), query));

  readonly dueTimers: Store['dueTimers'] = async (before, limit) =>
    dueIn(pendingIn(this.#tenants), before).slice(0, limit);
  readonly pendingTimers: Store['pendingTimers'] = async (tenant, filter, page) =>
    pageOf(pendingIn(this.#tenants), tenant, filter, page);
  readonly timerSlots: Store['timerSlots'] = async (from, until, slotMs) =>
    slotsOf(pendingIn(this.#tenants), from, until, slotMs);

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

  async cascadePositions(): Promise<CascadePosition[]> {
    return [...this.#tenants].flatMap(([tenant, { cascaded, directed, rows }]) => {
      const directoryHead = this.#directory.head(tenant);
      const at = { directorySeq: directed, directoryHead };
      return cascaded === undefined ? [] : [{ tenant, seq: cascaded, head: rows.length, ...at }];
    });
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
    const timers = pendingIn(this.#tenants)
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
}

/** What is stored is JSON: later changes to the caller's objects do not reach it, nor the other way round. */
function copy<T>(value: T): T {
  return value === undefined ? value : JSON.parse(JSON.stringify(value));
}
