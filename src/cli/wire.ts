/** What the HTTP API says, as far as the command line reads it: snake_case JSON, times in ISO 8601. */
import type { Issue, Refusal } from '../errors.ts';
import type { Calendar } from '../machines/calendars.ts';
import type { Definition, PrincipalKind } from '../machines/definition.ts';
import type { EntryKind, Json, OwnersFormat } from '../persistence/records.ts';

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

export interface EnabledTrigger {
  readonly trigger: string;
  readonly from: string;
  readonly to: string;
  readonly roles: readonly string[];
  readonly by: readonly PrincipalKind[];
  readonly exclude: readonly string[];
  readonly reason: 'optional' | 'required';
  readonly refusal: Refusal | null;
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
  readonly revision?: { readonly number: number; readonly uploader: string } | null;
  readonly ballots?: Readonly<Record<string, Ballot>>;
  readonly threads?: readonly string[];
  readonly suspended?: { readonly by: string; readonly at: string } | null;
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

export interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}
