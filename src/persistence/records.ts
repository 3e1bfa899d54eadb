/** The shapes that are stored. To the store a snapshot and a state are JSON; what they mean is known elsewhere. */
import type { Refusal } from '../errors.ts';
import type { ChangeEdge } from './graph-records.ts';
import type { ChangeRef, Json, ProjectRef } from './identities.ts';

export * from './definition-records.ts';
export * from './graph-records.ts';
export * from './identities.ts';

/** What a row of the log records. Only `proposed` and `transition` advance the change's version. */
export type EntryKind = 'proposed' | 'transition' | 'late' | 'refusal';

/** A row of the transition log before it has a place in the stream. Times are milliseconds since the epoch. */
export interface LogEntry {
  readonly kind: EntryKind;
  /** Version of the change after this entry; a refusal or late vote repeats the version it was judged on. */
  readonly version: number;
  readonly event: string;
  readonly from: Json;
  readonly to: Json;
  /** Set on the entry that reached a final state. */
  readonly outcome: string | null;
  readonly principal: string;
  readonly principalKind: string;
  /** Whose token carried the command, where that was another principal (an import, a gateway). */
  readonly via: string | null;
  /** The role that decided, or null where none was needed. */
  readonly role: string | null;
  readonly reason: string | null;
  readonly data: Json;
  readonly refusal: Refusal | null;
  /** When it happened, as the sender says; when it was recorded, by our clock. */
  readonly occurredAt: number;
  readonly recordedAt: number;
}

/** A committed row: `seq` is its position in the tenant's stream, 1, 2, 3 … without gaps, in commit order. */
export interface LogRow extends LogEntry, ChangeRef {
  readonly seq: number;
}

/** The facts a change is proposed with; they never change. */
export interface ChangeFacts {
  readonly project: string;
  /** The version control system's name for it (Change-Id, commit …), unique within tenant and project. */
  readonly key: string | null;
  readonly title: string;
  readonly author: string;
  readonly authorKind: string;
  readonly definition: string;
  readonly definitionVersion: number;
  readonly attributes: Json;
  readonly createdAt: number;
}

/** The moving part of a change: its row in `workflow_states`. */
export interface StateRecord {
  readonly version: number;
  readonly state: Json;
  readonly snapshot: Json;
  readonly outcome: string | null;
  readonly updatedAt: number;
}

/** A pending timer. `setVersion` is the version of the change that set it; `event` is what the machine gets. */
export interface TimerRecord {
  readonly name: string;
  readonly setVersion: number;
  readonly event: string;
  readonly dueAt: number;
}

export interface DueTimer extends TimerRecord, ChangeRef {}

/** All parts must match; `before` in ms. */
export interface TimerFilter {
  readonly change?: string;
  readonly name?: string;
  readonly before?: number;
}

/** Everything an actor needs to come to life. */
export interface StoredChange extends ChangeRef, ChangeFacts, StateRecord {
  /** Pending ones only. */
  readonly timers: readonly TimerRecord[];
}

/** An idempotency key: scoped to the principal whose token carried it; `digest` is of the command (hex). */
export interface KeyRef {
  readonly tenant: string;
  readonly principal: string;
  readonly key: string;
}

export interface KeyClaim {
  readonly principal: string;
  readonly key: string;
  readonly digest: string;
  /** Index into `entries` of the row that answers the command. */
  readonly entry: number;
}

export interface KeyAnswer extends KeyRef {
  readonly digest: string;
  /** The log row that answered the first time. */
  readonly row: LogRow;
}

/** What one batch does to one change: all of it is committed, or none. */
export interface ChangeCommit extends ChangeRef {
  /** Version all this was computed from; the commit is void where the stored one differs. 0 with `facts`: a new change. */
  readonly baseVersion: number;
  readonly facts: ChangeFacts | null;
  /** Null where only refusals and late votes were logged. */
  readonly state: StateRecord | null;
  readonly entries: readonly LogEntry[];
  readonly timersSet: readonly TimerRecord[];
  readonly timersSettled: readonly {
    readonly name: string;
    readonly setVersion: number;
    readonly as: 'fired' | 'cancelled';
  }[];
  readonly keys: readonly KeyClaim[];
  /** What the change depends on from now on, instead of what it did; absent where that stays as it is. */
  readonly edges?: readonly ChangeEdge[];
  /** The version of its definition that the change follows from now on; absent where that stays as it is. */
  readonly definitionVersion?: number;
  /** Other changes that must still be at the version they were seen at: the commit is void where one has moved on. */
  readonly requires?: readonly { readonly change: string; readonly version: number }[];
}

export interface CommitOptions {
  /** All or none: one transaction that fails as a whole. The changes may not compete with each other for anything. */
  readonly together?: boolean;
}

/**
 * `seq` is the stream position of the first entry; the others follow it. A conflict left no trace at all; "together" is
 * that of a neighbour with which this change was to be committed.
 */
export type CommitResult =
  | { readonly ok: true; readonly seq: number }
  | { readonly ok: false; readonly conflict: 'version' | 'key' | 'exists' | 'together' }
  /** This change's data alone made the database refuse; its neighbours were committed. */
  | { readonly ok: false; readonly conflict: 'rejected'; readonly error: Error };

/** Where a tenant's stream stands. `epoch` changes when its numbering cannot be trusted any more (a restored backup). */
export interface StreamPosition {
  readonly seq: number;
  readonly epoch: string;
}

export interface StoredDefinition {
  readonly tenant: string;
  readonly name: string;
  /** 1, 2, 3 … per name. */
  readonly version: number;
  /** SHA-256 of the canonical definition, hex. */
  readonly digest: string;
  readonly definition: Json;
  readonly deployedBy: string;
  readonly reason: string | null;
  readonly deployedAt: number;
  /** What its check found; absent where that was not kept. */
  readonly findings?: Json;
  /** Deployed in spite of errors among the findings. */
  readonly forced?: boolean;
  /** Active only once it is activated: it has to be reviewed first. */
  readonly draft?: boolean;
}

/** How owners files are read. */
export type OwnersFormat = 'github' | 'gitlab' | 'kubernetes' | 'gerrit';

/** The owners files of a project, as text by path; the newest replace those before. */
export interface ProjectOwners extends ProjectRef {
  readonly format: OwnersFormat;
  readonly files: Readonly<Record<string, string>>;
  readonly setBy: string;
  readonly reason: string | null;
  /** Grows with every replacement: what was read at one time is known by it. */
  readonly setAt: number;
}

export type OwnersStamp = Pick<ProjectOwners, 'tenant' | 'project' | 'setAt'>;

/** Working time by name; never removed, for timers may count by it. */
export interface CalendarRecord {
  readonly tenant: string;
  readonly name: string;
  readonly calendar: Json;
  readonly setBy: string;
  readonly setAt: number;
}

export interface TenantRecord {
  readonly tenant: string;
  readonly title: string;
  readonly createdAt: number;
}

/** The permission to act for somebody, with roles of theirs, for a time. */
export interface DelegationRecord {
  readonly tenant: string;
  /** A UUID of version 7: their order is the order in which they were made. */
  readonly id: string;
  /** Who gives it, and who may act. */
  readonly from: string;
  readonly to: string;
  /** At least one. */
  readonly roles: readonly string[];
  /** Null: in all projects. */
  readonly project: string | null;
  /** It holds in `[startsAt, endsAt)`, ms, unless it was revoked. */
  readonly startsAt: number;
  readonly endsAt: number;
  readonly reason: string;
  readonly revokedAt: number | null;
}

/** All parts must match. */
export interface DelegationFilter {
  /** Who gave it or got it. */
  readonly party?: string;
  readonly from?: string;
  readonly to?: string;
  /** Not revoked, and not over at this time (ms); it need not have begun. */
  readonly openAt?: number;
}

/** What a directory says of one thing; the newest entry of a kind and name counts. */
export interface DirectoryEntry {
  /** 1, 2, 3 … within the tenant. */
  readonly seq: number;
  readonly kind: 'principal' | 'group' | 'grant' | 'project' | 'portfolio' | 'tenant';
  readonly name: string;
  /** Null takes away what was said before. */
  readonly value: Json;
  readonly setBy: string;
  readonly reason: string | null;
  readonly setAt: number;
}

export type NewDirectoryEntry = Pick<DirectoryEntry, 'kind' | 'name' | 'value'>;

/** All parts must match; `state` is contained in the change's state value. */
export interface ChangeFilter {
  readonly project?: string;
  readonly key?: string;
  readonly author?: string;
  readonly definition?: string;
  readonly state?: Json;
  /** An outcome, or "open". */
  readonly outcome?: string;
}

/** A change as queries return it. */
export interface ChangeRecord extends ChangeRef, ChangeFacts, Omit<StateRecord, 'snapshot'> {
  readonly timers: readonly TimerRecord[];
}

/** `[oldStart, oldLines, newStart, newLines]` without unchanged lines, as `git diff -U0` counts. */
export type Hunk = readonly [oldStart: number, oldLines: number, newStart: number, newLines: number];

export type FileKind = 'added' | 'deleted' | 'modified' | 'renamed' | 'copied';

export interface RevisionRef extends ChangeRef {
  readonly revision: number;
}

/** What is known of a revision's content as a whole. */
export interface ContentRecord extends RevisionRef {
  /** SHA-256 of the diff, in hexadecimal digits. */
  readonly digest: string;
  readonly bytes: number;
  readonly files: number;
  /** Lines. */
  readonly added: number;
  readonly removed: number;
  readonly recordedBy: string;
  readonly recordedAt: number;
  /** The commit that it is, and the one whose lines the old side of its hunks counts; absent where nobody said so. */
  readonly commit?: string;
  readonly base?: string;
}

/** A file that a revision touches. */
export interface RevisionFile {
  /** 1, 2, 3 … in the diff. */
  readonly place: number;
  /** Of a deleted file, the path it had. */
  readonly path: string;
  /** Of a renamed or copied file, the path it had before. */
  readonly oldPath: string | null;
  readonly kind: FileKind;
  readonly isBinary: boolean;
  readonly added: number;
  readonly removed: number;
  /** Of what the diff does to the file, wherever in the file it does it; in hexadecimal digits. */
  readonly digest: string;
}

/** A file with its part of the diff, compressed. */
export interface StoredFile extends RevisionFile {
  readonly hunks: readonly Hunk[];
  readonly diff: Buffer;
}

/** What the newest stored content of an open change does to a path. */
export interface TouchingHunks {
  readonly change: string;
  readonly revision: number;
  /** The one that was asked for: of the file, or the one it was renamed from. */
  readonly path: string;
  readonly kind: FileKind;
  readonly isBinary: boolean;
  readonly hunks: readonly Hunk[];
  /** Of its revision, where they are known. */
  readonly commit?: string;
  readonly base?: string;
}

/** What the revision that is a commit does to some paths. */
export interface CommitHunks {
  readonly commit: string;
  readonly base: string | null;
  readonly files: readonly Pick<StoredFile, 'path' | 'oldPath' | 'kind' | 'isBinary' | 'hunks'>[];
}
