/** What the HTTP API says, as far as the command line reads it: snake_case JSON, times in ISO 8601. */
import type { Issue, Refusal } from '../errors.ts';
import type { Calendar } from '../machines/calendars.ts';
import type { Definition, PrincipalKind } from '../machines/definition.ts';
import type { EntryKind, FileKind, Json, OwnersFormat } from '../persistence/records.ts';

/** On whose behalf an importer speaks. */
export interface As {
  readonly id: string;
  readonly kind: PrincipalKind;
  readonly roles: readonly string[];
}

export interface Proposal {
  readonly definition: string;
  readonly project: string;
  readonly key?: string;
  readonly title: string;
  readonly attributes?: Json;
  readonly as?: As;
  readonly occurred_at?: string;
}

export interface EventBody {
  readonly trigger: string;
  readonly reason?: string;
  readonly data?: Json;
  /** Whose delegate the sender is in this. */
  readonly for?: string;
  readonly as?: As;
  readonly occurred_at?: string;
}

export interface BatchItem {
  readonly change: string;
  /** Where it is not that of the batch. */
  readonly trigger?: string;
  readonly expected_version?: number;
}

export interface BatchBody extends EventBody {
  /** All of the changes, or none. */
  readonly atomic?: boolean;
  readonly items: readonly BatchItem[];
}

export interface ReportedItem {
  readonly change: string;
  readonly transition: Transition | null;
  readonly problem: {
    readonly code: string;
    readonly detail: string;
    readonly accepted?: readonly string[];
  } | null;
}

export interface BatchReport {
  readonly done: number;
  readonly refused: number;
  readonly items: readonly ReportedItem[];
}

export interface EnabledTrigger {
  readonly trigger: string;
  /** Whose delegate the caller would be; null in the caller's own name. */
  readonly for: string | null;
  readonly from: string;
  readonly to: string;
  readonly roles: readonly string[];
  readonly by: readonly PrincipalKind[];
  readonly exclude: readonly string[];
  readonly reason: 'optional' | 'required';
  readonly refusal: Refusal | null;
}

export interface Waiting {
  readonly roles: readonly string[];
  readonly principals: readonly string[];
  readonly stand_ins: readonly { readonly principal: string; readonly for: string }[];
  readonly triggers: readonly string[];
  readonly reason: string;
  readonly since: string;
}

export interface Timer {
  readonly name: string;
  readonly due_at: string;
}

/** A timer of any change, as operators list them. */
export interface PendingTimer extends Timer {
  readonly change: string;
}

export interface Ballot {
  readonly title: string | null;
  readonly status: string;
  readonly needs: readonly { readonly sentence: string; readonly satisfied: boolean }[];
  readonly votes: readonly { readonly by: string; readonly for: string | null; readonly value: number }[];
}

export interface Change {
  readonly id: string;
  readonly project: string;
  readonly key: string | null;
  readonly title: string;
  readonly attributes?: Readonly<Record<string, Json>>;
  readonly author: string;
  readonly definition: string;
  readonly definition_version: number;
  readonly version: number;
  readonly state: Json;
  readonly outcome: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly timers: readonly Timer[];
  readonly enabled?: readonly EnabledTrigger[];
  readonly waits_for?: readonly Waiting[];
  readonly revision?: {
    readonly number: number;
    readonly uploader: string;
    readonly commit?: string | null;
    readonly base?: string | null;
    readonly tree?: string | null;
    readonly patch_id?: string | null;
  } | null;
  readonly dependencies?: readonly {
    readonly on: string;
    readonly change: string | null;
    readonly kind: string;
    readonly rule: string;
    readonly policy: string;
    readonly standing: string;
  }[];
  readonly ballots?: Readonly<Record<string, Ballot>>;
  readonly threads?: readonly string[];
  readonly suspended?: { readonly by: string; readonly at: string } | null;
}

/** What an event would do, without doing it. */
export interface Verdict {
  readonly allowed: boolean;
  readonly outcome: string | null;
  readonly refusal: Refusal | null;
}

export interface Transition {
  readonly seq: number;
  readonly change: string;
  readonly kind: EntryKind;
  readonly version: number;
  readonly event: string;
  readonly from: Json;
  readonly to: Json;
  readonly outcome: string | null;
  readonly principal: string;
  readonly principal_kind: string;
  readonly via: string | null;
  readonly role: string | null;
  readonly reason: string | null;
  readonly data: Json;
  readonly refusal: Refusal | null;
  readonly occurred_at: string;
  readonly recorded_at: string;
}

export interface TimeRange {
  readonly low_ms: number;
  readonly likely_ms: number | null;
  readonly high_ms: number | null;
  readonly based_on: number;
  readonly scope: 'project' | 'all_projects' | 'all_versions';
}

export interface Estimate {
  readonly next_step: TimeRange | null;
  readonly outcome: (TimeRange & { readonly by_outcome: Readonly<Record<string, number>> }) | null;
  readonly why: string | null;
}

export interface Reviewers {
  readonly needs: readonly {
    readonly need: string;
    readonly suggested: readonly { readonly principal: string; readonly why: string }[];
    readonly excluded: readonly { readonly principal: string; readonly why: string }[];
  }[];
}

export interface ToldRevision {
  readonly number: number;
  /** Null as long as nobody has sent it. */
  readonly content: { readonly files: number } | null;
}

export interface RevisionFile {
  readonly place: number;
  readonly path: string;
  readonly old_path: string | null;
  readonly kind: FileKind;
  readonly is_binary: boolean;
  readonly added: number;
  readonly removed: number;
}

export interface DiffLine {
  readonly kind: 'hunk' | 'context' | 'added' | 'removed';
  readonly old: number | null;
  readonly new: number | null;
  readonly text: string;
  readonly is_cut?: true;
  readonly no_newline?: true;
}

export interface FileLines extends RevisionFile {
  readonly old_mode: string | null;
  readonly mode: string | null;
  readonly lines: readonly DiffLine[];
  readonly next_line: number | null;
}

export interface DefinitionSummary {
  readonly name: string;
  readonly version: number;
  readonly digest: string;
  readonly deployed_by?: string;
  readonly deployed_at?: string;
  readonly definition?: Definition;
}

export interface Deployed {
  readonly name: string;
  readonly version: number;
  readonly digest: string;
  readonly created: boolean;
  readonly warnings: readonly Issue[];
  readonly forced?: boolean;
  readonly review?: { readonly change: string; readonly key: string };
}

export interface NewDelegation {
  readonly to: string;
  readonly roles?: readonly string[];
  readonly project?: string;
  readonly starts_at?: string;
  readonly ends_at: string;
  readonly reason: string;
}

export interface Delegation {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly roles: readonly string[];
  readonly project: string | null;
  readonly starts_at: string;
  readonly ends_at: string;
  readonly revoked_at: string | null;
}

export interface DirectoryEntryDocument {
  readonly seq: number;
  readonly kind: 'principal' | 'group' | 'grant' | 'project' | 'portfolio' | 'tenant';
  readonly name: string;
  readonly value: Json;
  readonly set_by: string;
  readonly reason: string | null;
  readonly set_at: string;
}

export interface StaffingWarning {
  readonly code: string;
  readonly definition: string | null;
  readonly project: string | null;
  readonly message: string;
}

export interface DirectorySaid {
  readonly seq: number;
  readonly warnings: readonly StaffingWarning[];
}

export interface Staffing {
  readonly name: string;
  readonly version: number;
  readonly project: string | null;
  readonly staffed: boolean;
  readonly decided: boolean;
  readonly authors: { readonly served: number; readonly all: number };
  readonly findings: readonly {
    readonly code: 'UNSTAFFED' | 'IRREPLACEABLE';
    readonly message: string;
    readonly roles: readonly string[];
    readonly place: string;
    readonly people: readonly string[];
    readonly authors: readonly string[] | null;
  }[];
  readonly irreplaceable: readonly string[];
  readonly resilience: {
    readonly holds: number | null;
    readonly asked: number;
    readonly broken: {
      readonly away: readonly string[];
      readonly author: string | null;
      readonly message: string;
    } | null;
  };
  readonly unknown: readonly string[];
}

export interface PrincipalRoles {
  readonly principal: string;
  readonly roles: readonly string[];
  readonly groups: readonly string[];
}

export interface Tenant {
  readonly tenant: string;
  readonly title: string;
  readonly created_at?: string;
}

export interface OwnersBody {
  readonly format: OwnersFormat;
  readonly files: Readonly<Record<string, string>>;
  readonly reason?: string;
}

export interface ProjectOwners {
  readonly format: string;
  readonly files: Readonly<Record<string, string>>;
  readonly set_by: string;
  readonly reason: string | null;
  readonly set_at: string;
}

export interface NamedCalendar {
  readonly name: string;
  readonly calendar: Calendar;
  readonly set_by: string;
  readonly set_at: string;
}

export interface OutcomeCounts {
  readonly outcomes: Readonly<Record<string, number>>;
}

/** What became of a change, then or under a draft; null while it is open. */
export interface ReplayEnding {
  readonly outcome: string | null;
  readonly after_ms: number | null;
}

export interface ReplayedChange {
  readonly change: string;
  readonly key: string | null;
  readonly title: string;
  readonly followed: string;
  readonly verdict: 'same' | 'other_outcome' | 'longer' | 'shorter' | 'not_finished';
  readonly was: ReplayEnding;
  readonly would: ReplayEnding;
  readonly refused: readonly {
    readonly event: string;
    readonly principal: string;
    readonly code: string;
    readonly message: string;
    readonly at: string;
  }[];
  readonly missing: readonly {
    readonly roles: readonly string[];
    readonly principals: readonly string[];
    readonly reason: string;
  }[];
  readonly unknown: Readonly<Record<string, number>>;
  readonly left_out: readonly string[];
}

export interface Replays {
  readonly definition: { readonly name: string; readonly digest: string };
  readonly items: readonly ReplayedChange[];
  readonly failed: readonly { readonly change: string; readonly problem: string }[];
  readonly next_cursor: string | null;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}
