/**
 * The store on PostgreSQL: two pools and the functions that use them. It is the `Store` port of the actors, whom this
 * folder does not import; the contract suite and the compiler hold the two together.
 */
import type pg from 'pg';
import type { Logger } from '../log.ts';
import * as catalogue from './catalogue.ts';
import { commitBatch } from './commit.ts';
import * as contents from './contents.ts';
import * as life from './definition-life.ts';
import * as delegations from './delegations.ts';
import * as directory from './directory.ts';
import * as edges from './edges.ts';
import * as history from './history.ts';
import type { Activity, ChangeHistory, HistorySample } from './history-records.ts';
import { createPool, type DatabaseConfig } from './pools.ts';
import * as projects from './projects.ts';
import * as queries from './queries.ts';
import type { ReaderStore } from './reader-records.ts';
import { readersIn } from './readers.ts';
import type {
  Activation,
  CalendarRecord,
  CascadePosition,
  ChangeCommit,
  ChangeFilter,
  ChangeRecord,
  ChangeRef,
  CommitHunks,
  CommitOptions,
  CommitResult,
  ContentRecord,
  DefinitionLife,
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
  LiveConfiguration,
  LogRow,
  MigrationProgress,
  MigrationRecord,
  MigrationStatus,
  NewActivation,
  NewDirectoryEntry,
  OpenDependant,
  OwnersStamp,
  ProjectOwners,
  ProjectRef,
  RevisionFile,
  RevisionRef,
  Standing,
  StoredChange,
  StoredDefinition,
  StoredFile,
  StreamPosition,
  Target,
  TenantRecord,
  TimerFilter,
  TouchingHunks,
} from './records.ts';
import type { RevocationStore } from './revocation-records.ts';
import { revocationsIn } from './revocations.ts';
import type { ServerStore, StoppedStore } from './server-records.ts';
import { serversIn } from './servers.ts';
import { stoppedIn } from './stopped-changes.ts';

export interface PostgresStoreOptions {
  readonly log: Logger;
  /** Connections for commits; one is enough, two help a little. */
  readonly writers?: number;
  readonly readers?: number;
}

export class PostgresStore {
  readonly #writers: pg.Pool;
  readonly #readers: pg.Pool;
  readonly readers: ReaderStore;
  readonly revocations: RevocationStore;
  readonly servers: ServerStore;
  readonly stoppedChanges: StoppedStore;

  /** `config` connects as the restricted role to a migrated database; nothing is opened until it is used. */
  constructor(config: DatabaseConfig, { log, writers = 2, readers = 6 }: PostgresStoreOptions) {
    this.#writers = createPool(config, 'writer', writers, log);
    this.#readers = createPool(config, 'reader', readers, log);
    this.readers = readersIn(this.#writers, this.#readers);
    this.revocations = revocationsIn(this.#writers, this.#readers);
    this.servers = serversIn(this.#writers, this.#readers);
    this.stoppedChanges = stoppedIn(this.#writers, this.#readers);
  }

  load(refs: readonly ChangeRef[]): Promise<StoredChange[]> {
    return queries.loadChanges(this.#readers, refs);
  }

  answers(keys: readonly KeyRef[]): Promise<KeyAnswer[]> {
    return queries.findAnswers(this.#readers, keys);
  }

  commit(changes: readonly ChangeCommit[], options?: CommitOptions): Promise<CommitResult[]> {
    return commitBatch(this.#writers, changes, options?.together);
  }

  position(tenant: string): Promise<StreamPosition | undefined> {
    return catalogue.streamPosition(this.#readers, tenant);
  }

  log(tenant: string, query: queries.LogQuery): Promise<LogRow[]> {
    return queries.readLog(this.#readers, tenant, query);
  }

  change(ref: ChangeRef): Promise<ChangeRecord | undefined> {
    return queries.findChange(this.#readers, ref);
  }

  changes(
    tenant: string,
    filter: ChangeFilter,
    page: { before?: string; limit: number },
  ): Promise<ChangeRecord[]> {
    return queries.findChanges(this.#readers, tenant, filter, page);
  }

  outcomes(tenant: string, filter: ChangeFilter): Promise<Record<string, number>> {
    return queries.countOutcomes(this.#readers, tenant, filter);
  }

  histories(tenant: string, sample: HistorySample): Promise<ChangeHistory[]> {
    return history.readHistories(this.#readers, tenant, sample);
  }

  history(ref: ChangeRef): Promise<ChangeHistory | undefined> {
    return history.readHistory(this.#readers, ref);
  }

  activity(tenant: string, query: { rows: number; recentSince: number }): Promise<Activity> {
    return history.readActivity(this.#readers, tenant, query);
  }

  saveDefinition(
    definition: Omit<StoredDefinition, 'version'>,
  ): Promise<{ version: number; created: boolean }> {
    return catalogue.saveDefinition(this.#writers, definition);
  }

  definition(tenant: string, name: string, version?: number): Promise<StoredDefinition | undefined> {
    return catalogue.findDefinition(this.#readers, tenant, name, version);
  }

  definitions(tenant: string): Promise<StoredDefinition[]> {
    return catalogue.newestDefinitions(this.#readers, tenant);
  }

  definitionVersions(tenant: string, name: string): Promise<StoredDefinition[]> {
    return life.definitionVersions(this.#readers, tenant, name);
  }

  addActivation(given: NewActivation): Promise<Activation> {
    return life.addActivation(this.#writers, given);
  }

  definitionLife(tenant: string, name: string): Promise<DefinitionLife> {
    return life.definitionLife(this.#readers, tenant, name);
  }

  activationHistory(
    tenant: string,
    name: string,
    page: { before?: number; limit: number },
  ): Promise<Activation[]> {
    return life.activationHistory(this.#readers, tenant, name, page);
  }

  liveConfigurations(following: Following): Promise<LiveConfiguration[]> {
    return life.liveConfigurations(this.#readers, following);
  }

  changesFollowing(following: Following, page: { after: string; limit: number }): Promise<string[]> {
    return life.changesFollowing(this.#readers, following, page);
  }

  untouchedSince(
    following: Following,
    migration: string,
    page: { after: string; limit: number },
  ): Promise<LogRow[]> {
    return life.untouchedSince(this.#readers, following, migration, page);
  }

  saveMigration(migration: MigrationRecord): Promise<boolean> {
    return life.saveMigration(this.#writers, migration);
  }

  migration(tenant: string, id: string): Promise<MigrationRecord | undefined> {
    return life.findMigration(this.#readers, tenant, id);
  }

  migrations(tenant?: string): Promise<MigrationRecord[]> {
    return life.listMigrations(this.#readers, tenant);
  }

  moveMigration(
    migration: Pick<MigrationRecord, 'tenant' | 'id'>,
    from: readonly MigrationStatus[],
    to: MigrationStatus,
    at: number,
  ): Promise<boolean> {
    return life.moveMigration(this.#writers, migration, from, to, at);
  }

  advanceMigration(
    migration: Pick<MigrationRecord, 'tenant' | 'id'>,
    progress: MigrationProgress,
  ): Promise<void> {
    return life.advanceMigration(this.#writers, migration, progress);
  }

  createTenant(tenant: TenantRecord): Promise<boolean> {
    return catalogue.createTenant(this.#writers, tenant);
  }

  tenants(): Promise<TenantRecord[]> {
    return catalogue.listTenants(this.#readers);
  }

  setProjectOwners(owners: ProjectOwners): Promise<number> {
    return projects.setProjectOwners(this.#writers, owners);
  }

  projectOwners(tenant: string, project: string): Promise<ProjectOwners | undefined> {
    return projects.findProjectOwners(this.#readers, tenant, project);
  }

  ownersSetAt(refs: readonly ProjectRef[]): Promise<OwnersStamp[]> {
    return projects.ownersSetAt(this.#readers, refs);
  }

  setCalendar(calendar: CalendarRecord): Promise<void> {
    return projects.setCalendar(this.#writers, calendar);
  }

  calendar(tenant: string, name: string): Promise<CalendarRecord | undefined> {
    return projects.findCalendar(this.#readers, tenant, name);
  }

  calendars(tenant: string): Promise<CalendarRecord[]> {
    return projects.listCalendars(this.#readers, tenant);
  }

  saveDelegation(delegation: DelegationRecord): Promise<void> {
    return delegations.saveDelegation(this.#writers, delegation);
  }

  delegation(tenant: string, id: string): Promise<DelegationRecord | undefined> {
    return delegations.findDelegation(this.#readers, tenant, id);
  }

  delegations(
    tenant: string,
    filter: DelegationFilter,
    page: { before?: string; limit: number },
  ): Promise<DelegationRecord[]> {
    return delegations.findDelegations(this.#readers, tenant, filter, page);
  }

  revokeDelegation(tenant: string, id: string, at: number): Promise<boolean> {
    return delegations.revokeDelegation(this.#writers, tenant, id, at);
  }

  standings(targets: readonly Target[]): Promise<Standing[]> {
    return edges.standingsOf(this.#readers, targets);
  }

  edgesAt(tenant: string, changes: readonly string[], direction: 'up' | 'down'): Promise<EdgeRow[]> {
    return edges.edgesAt(this.#readers, tenant, changes, direction);
  }

  edgesBeyond(
    tenant: string,
    changes: readonly string[],
    direction: 'up' | 'down',
    limit: number,
  ): Promise<EdgeRow[]> {
    return edges.edgesBeyond(this.#readers, tenant, changes, direction, limit);
  }

  allEdges(tenant: string, limit: number): Promise<EdgeRow[]> {
    return edges.allEdges(this.#readers, tenant, limit);
  }

  movedIn(tenant: string, after: number, until: number, limit: number): Promise<string[]> {
    return edges.movedIn(this.#readers, tenant, after, until, limit);
  }

  graphNodes(tenant: string, changes: readonly string[]): Promise<GraphNode[]> {
    return edges.graphNodes(this.#readers, tenant, changes);
  }

  happenedIn(tenant: string, after: number, until: number): Promise<Happened[]> {
    return edges.happenedIn(this.#readers, tenant, after, until);
  }

  dependantsOf(happened: Happened & { readonly tenant: string }): Promise<Dependant[]> {
    return edges.dependantsOf(this.#readers, happened);
  }

  cascadePositions(): Promise<CascadePosition[]> {
    return edges.cascadePositions(this.#readers);
  }

  moveCascade(tenant: string, seq: number): Promise<void> {
    return edges.moveCascade(this.#writers, tenant, seq);
  }

  moveCascadeRules(tenant: string, directorySeq: number): Promise<void> {
    return edges.moveCascadeRules(this.#writers, tenant, directorySeq);
  }

  openDependants(tenant: string, after: string, limit: number): Promise<OpenDependant[]> {
    return edges.openDependants(this.#readers, tenant, after, limit);
  }

  addDirectoryEntries(saying: directory.Saying, entries: readonly NewDirectoryEntry[]): Promise<number> {
    return directory.addDirectoryEntries(this.#writers, saying, entries);
  }

  directorySince(tenant: string, after: number): Promise<DirectoryEntry[]> {
    return directory.directorySince(this.#readers, tenant, after);
  }

  directoryHistory(tenant: string, page: { before?: number; limit: number }): Promise<DirectoryEntry[]> {
    return directory.directoryHistory(this.#readers, tenant, page);
  }

  /** Several MB may travel: not on a connection that commits wait for. */
  saveContent(content: ContentRecord, files: readonly StoredFile[]): Promise<ContentRecord> {
    return contents.saveContent(this.#readers, content, files);
  }

  contents(ref: ChangeRef): Promise<ContentRecord[]> {
    return contents.findContents(this.#readers, ref);
  }

  revisionFiles(ref: RevisionRef, page: { after: number; limit: number }): Promise<RevisionFile[]> {
    return contents.findRevisionFiles(this.#readers, ref, page);
  }

  revisionFile(ref: RevisionRef, place: number): Promise<StoredFile | undefined> {
    return contents.findRevisionFile(this.#readers, ref, place);
  }

  hunksTouching(
    tenant: string,
    paths: readonly string[],
    exceptChange: string,
    page?: contents.TouchingPage,
  ): Promise<TouchingHunks[]> {
    return contents.hunksTouching(this.#readers, tenant, paths, exceptChange, page);
  }

  hunksOfCommits(
    tenant: string,
    commits: readonly string[],
    paths: readonly string[],
  ): Promise<CommitHunks[]> {
    return contents.hunksOfCommits(this.#readers, tenant, commits, paths);
  }

  dueTimers(before: number, limit: number): Promise<DueTimer[]> {
    return catalogue.dueTimers(this.#readers, before, limit);
  }

  pendingTimers(
    tenant: string,
    filter: TimerFilter,
    page: { after?: DueTimer; limit: number },
  ): Promise<DueTimer[]> {
    return catalogue.pendingTimers(this.#readers, tenant, filter, page);
  }

  timerSlots(from: number, until: number, slotMs: number): Promise<number[]> {
    return catalogue.timerSlots(this.#readers, from, until, slotMs);
  }

  /** Waits for what runs, then closes every connection. */
  async close(): Promise<void> {
    await Promise.all([this.#writers.end(), this.#readers.end()]);
  }
}
