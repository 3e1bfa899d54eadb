/** What the actors need from the world. Outer folders implement these; tests and the simulator do too. */
import type { Activity, ChangeHistory, HistorySample } from '../persistence/history-records.ts';
import type { ReaderStore } from '../persistence/reader-records.ts';
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
} from '../persistence/records.ts';
import type { RevocationStore } from '../persistence/revocation-records.ts';

/**
 * The one truth. Every method throws `CountersignError` STORE_UNAVAILABLE when the database cannot be reached;
 * after such a failure of `commit` it is unknown whether the batch was committed.
 */
export interface Store {
  /** Who has acknowledged the log up to where. */
  readonly readers: ReaderStore;
  /** Which tokens count no more although they have not expired. */
  readonly revocations: RevocationStore;

  load(refs: readonly ChangeRef[]): Promise<StoredChange[]>;
  /** The answers already given for these idempotency keys; unknown keys are absent. */
  answers(keys: readonly KeyRef[]): Promise<KeyAnswer[]>;
  /**
   * One transaction. Results stand in the order of `changes`; a change may stand in it once. Whoever conflicts is left
   * out, or, where they are committed `together`, keeps all of them out.
   */
  commit(changes: readonly ChangeCommit[], options?: CommitOptions): Promise<CommitResult[]>;

  position(tenant: string): Promise<StreamPosition | undefined>;
  /** Rows with `after < seq`, in order, at most `limit`; of one change or project, or without some projects, where named. */
  log(
    tenant: string,
    query: {
      after: number;
      limit: number;
      change?: string;
      project?: string;
      exceptProjects?: readonly string[];
    },
  ): Promise<LogRow[]>;

  change(ref: ChangeRef): Promise<ChangeRecord | undefined>;
  /** Newest first; `before` is the id of the last change already seen. */
  changes(
    tenant: string,
    filter: ChangeFilter,
    page: { before?: string; limit: number },
  ): Promise<ChangeRecord[]>;
  /** How many changes per outcome, "open" included. */
  outcomes(tenant: string, filter: ChangeFilter): Promise<Record<string, number>>;

  /** How a sample of changes went. */
  histories(tenant: string, sample: HistorySample): Promise<ChangeHistory[]>;
  /** How one change went; undefined where the tenant has none of this id. */
  history(ref: ChangeRef): Promise<ChangeHistory | undefined>;
  /** What the last `rows` rows of the tenant's stream tell of who did what; `recentSince` in ms. */
  activity(tenant: string, query: { rows: number; recentSince: number }): Promise<Activity>;

  /** Stores a new version unless the newest one has the same digest; says which version now stands. */
  saveDefinition(
    definition: Omit<StoredDefinition, 'version'>,
  ): Promise<{ version: number; created: boolean }>;
  /** The newest version where none is named. */
  definition(tenant: string, name: string, version?: number): Promise<StoredDefinition | undefined>;
  /** Newest version of each, by name. */
  definitions(tenant: string): Promise<StoredDefinition[]>;
  /** Every version of one, newest first. */
  definitionVersions(tenant: string, name: string): Promise<StoredDefinition[]>;

  /** Adds to what is said of which version is active where. */
  addActivation(given: NewActivation): Promise<Activation>;
  definitionLife(tenant: string, name: string): Promise<DefinitionLife>;
  /** Newest first; `before` is the last one already seen. */
  activationHistory(
    tenant: string,
    name: string,
    page: { before?: number; limit: number },
  ): Promise<Activation[]>;

  /** Where the open changes are that follow this version, most first. */
  liveConfigurations(following: Following): Promise<LiveConfiguration[]>;
  /** Ids of these changes in their order. */
  changesFollowing(following: Following, page: { after: string; limit: number }): Promise<string[]>;
  /** The log rows of those that a migration brought to this version and to which nothing happened since, by change. */
  untouchedSince(
    following: Following,
    migration: string,
    page: { after: string; limit: number },
  ): Promise<LogRow[]>;
  /** False where another one from the same version is under way. */
  saveMigration(migration: MigrationRecord): Promise<boolean>;
  migration(tenant: string, id: string): Promise<MigrationRecord | undefined>;
  /** Newest first; without a tenant those of all tenants that are at work. */
  migrations(tenant?: string): Promise<MigrationRecord[]>;
  /** False where its status is none of `from`. One that is reverted begins again with the first change. */
  moveMigration(
    migration: Pick<MigrationRecord, 'tenant' | 'id'>,
    from: readonly MigrationStatus[],
    to: MigrationStatus,
    at: number,
  ): Promise<boolean>;
  advanceMigration(
    migration: Pick<MigrationRecord, 'tenant' | 'id'>,
    progress: MigrationProgress,
  ): Promise<void>;

  /** False where the tenant exists. */
  createTenant(tenant: TenantRecord): Promise<boolean>;
  tenants(): Promise<TenantRecord[]>;

  /** Stores a new one; its id is new. */
  saveDelegation(delegation: DelegationRecord): Promise<void>;
  delegation(tenant: string, id: string): Promise<DelegationRecord | undefined>;
  /** Newest first; `before` is the id of the last one already seen. */
  delegations(
    tenant: string,
    filter: DelegationFilter,
    page: { before?: string; limit: number },
  ): Promise<DelegationRecord[]>;
  /** Ends it at once and for good, `at` (ms); false where there is none, or it was revoked before. */
  revokeDelegation(tenant: string, id: string, at: number): Promise<boolean>;

  /** Replaces the owners files of a project; returns when, which grows. Throws NOT_FOUND for an unknown tenant. */
  setProjectOwners(owners: ProjectOwners): Promise<number>;
  projectOwners(tenant: string, project: string): Promise<ProjectOwners | undefined>;
  /** When the owners of these projects were set; projects without are absent. */
  ownersSetAt(projects: readonly ProjectRef[]): Promise<OwnersStamp[]>;

  /** Replaces the calendar of this name. Throws NOT_FOUND for an unknown tenant. */
  setCalendar(calendar: CalendarRecord): Promise<void>;
  calendar(tenant: string, name: string): Promise<CalendarRecord | undefined>;
  /** All of a tenant, by name. */
  calendars(tenant: string): Promise<CalendarRecord[]>;

  /** Adds all of them or none to the directory; returns the `seq` of the last. Throws NOT_FOUND for an unknown tenant. */
  addDirectoryEntries(
    saying: Pick<DirectoryEntry, 'setBy' | 'reason' | 'setAt'> & { readonly tenant: string },
    entries: readonly NewDirectoryEntry[],
  ): Promise<number>;
  /** What was said after `after`, the newest of each kind and name, in order. */
  directorySince(tenant: string, after: number): Promise<DirectoryEntry[]>;
  /** All that was ever said, newest first; `before` is the last `seq` already seen. */
  directoryHistory(tenant: string, page: { before?: number; limit: number }): Promise<DirectoryEntry[]>;

  /** Stores a revision's content, unless it has one; returns the content that stands now. The change exists. */
  saveContent(content: ContentRecord, files: readonly StoredFile[]): Promise<ContentRecord>;
  /** Of all revisions of a change that have one, oldest first. */
  contents(ref: ChangeRef): Promise<ContentRecord[]>;
  /** In the order of the diff; `after` is the place of the last one already seen. */
  revisionFiles(ref: RevisionRef, page: { after: number; limit: number }): Promise<RevisionFile[]>;
  revisionFile(ref: RevisionRef, place: number): Promise<StoredFile | undefined>;
  /**
   * What the newest stored content of every other open change does to these paths, by change and place; `first` is a change
   * whose files come before all others, `limit` how many there are at most.
   */
  hunksTouching(
    tenant: string,
    paths: readonly string[],
    exceptChange: string,
    page?: { readonly limit?: number; readonly first?: string },
  ): Promise<TouchingHunks[]>;
  /** What the revisions that are these commits do to these paths; commits that no stored revision is are absent. */
  hunksOfCommits(
    tenant: string,
    commits: readonly string[],
    paths: readonly string[],
  ): Promise<CommitHunks[]>;

  /** Where the changes behind these targets stand now; those that are nobody's are absent. */
  standings(targets: readonly Target[]): Promise<Standing[]>;
  /** Edges from any of these changes (up: what they depend on), or to any of them (down). */
  edgesAt(tenant: string, changes: readonly string[], direction: 'up' | 'down'): Promise<EdgeRow[]>;
  /** All edges reachable from these changes in one direction, at most `limit`, nearest first. */
  edgesBeyond(
    tenant: string,
    changes: readonly string[],
    direction: 'up' | 'down',
    limit: number,
  ): Promise<EdgeRow[]>;
  /** Every edge of a tenant, at most `limit`. */
  allEdges(tenant: string, limit: number): Promise<EdgeRow[]>;
  /** Which changes were proposed or moved in `(after, until]` of the stream, once each, at most `limit`. */
  movedIn(tenant: string, after: number, until: number, limit: number): Promise<string[]>;
  /** What a graph shows of each change; those that do not exist are absent. */
  graphNodes(tenant: string, changes: readonly string[]): Promise<GraphNode[]>;
  /** The newest thing in `(after, until]` about each change that others depend on, which these have to be told. */
  happenedIn(tenant: string, after: number, until: number): Promise<Happened[]>;
  dependantsOf(happened: Happened & { readonly tenant: string }): Promise<Dependant[]>;
  /** Of the tenants that have edges. */
  cascadePositions(): Promise<CascadePosition[]>;
  /** Never moves back. */
  moveCascade(tenant: string, seq: number): Promise<void>;
  /** The same for how far the directory was looked through. */
  moveCascadeRules(tenant: string, directorySeq: number): Promise<void>;
  /** Open changes that depend on others, by id after `after`, at most `limit`. */
  openDependants(tenant: string, after: string, limit: number): Promise<OpenDependant[]>;

  /** Pending timers with `dueAt < before`, earliest first, at most `limit`. */
  dueTimers(before: number, limit: number): Promise<DueTimer[]>;
  /** Pending timers of a tenant, soonest first, at most `limit`; `after` is the timer last seen. */
  pendingTimers(
    tenant: string,
    filter: TimerFilter,
    page: { after?: DueTimer; limit: number },
  ): Promise<DueTimer[]>;
  /** Starts of the slots (`floor(dueAt / slotMs) * slotMs`) in `[from, until)` that hold pending timers. */
  timerSlots(from: number, until: number, slotMs: number): Promise<number[]>;
}

/** Milliseconds since the epoch, and a way to be called back. */
export interface Clock {
  now(): number;
  /** Calls `wake` once at `at` or as soon after as possible, never before; returns how to cancel. */
  at(at: number, wake: () => void): () => void;
}

/** New identities, ordered by time (UUID version 7, RFC 9562). */
export type NewId = () => string;

/**
 * An alarm clock that outlives this process. It may ring late or more than once, never early;
 * what is due is decided by the `timers` rows.
 */
export interface Scheduler {
  /** Rings at each of these times (slot starts, ms); arming one twice is harmless. */
  arm(slots: readonly number[]): Promise<void>;
  /** Called on every ring, with the time it was armed for. Set once, before the first `arm`. */
  onRing(ring: (slot: number) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** How many alarms an alarm clock holds, of all tenants: set, about to ring, ringing. `jobs` is null while it is away. */
export interface AlarmDepth {
  readonly backend: 'postgres' | 'redis';
  readonly jobs: { readonly delayed: number; readonly waiting: number; readonly active: number } | null;
}

/** Told after every commit, in no particular order across batches; `seq` puts rows in order. */
export interface Publisher {
  publish(rows: readonly LogRow[]): void;
}
