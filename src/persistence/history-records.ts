/** What is read of the past to say something about the present: how changes went, and who did what lately. */
import type { Json } from './records.ts';

/** Which changes to learn from. All parts must match. */
export interface HistorySample {
  readonly definition: string;
  /** All versions where none is named. */
  readonly version?: number;
  readonly project?: string;
  /** Changes of these are not looked at. */
  readonly exceptProjects?: readonly string[];
  /** So many of the newest changes. */
  readonly newest: number;
  /** And at most `each` of every span of ids, `[from, until)`, so that a busy hour does not hide the months before it. */
  readonly spans: readonly { readonly from: string; readonly until: string }[];
  readonly each: number;
}

/** A change as a sequence of states, oldest first. */
export interface ChangeHistory {
  readonly change: string;
  /** The newest of them where there are very many: the first need not be the proposal then. */
  readonly moves: readonly Move[];
}

/** The change came into `state`; votes and refusals, which leave it where it is, are no moves. */
export interface Move {
  readonly state: Json;
  readonly outcome: string | null;
  /** When it happened, as the sender said, ms. */
  readonly at: number;
}

/** What people and agents did lately in a tenant. */
export interface Activity {
  readonly acts: readonly Act[];
  readonly revisions: readonly RevisionRecord[];
}

/** All that one principal did to one change with one event in one role. */
export interface Act {
  readonly change: string;
  readonly project: string;
  /** Of the change. */
  readonly author: string;
  readonly isOpen: boolean;
  readonly principal: string;
  readonly principalKind: string;
  readonly event: string;
  /** The role that decided. */
  readonly role: string | null;
  /** How often since the time that was asked about. */
  readonly recent: number;
  /** The last time, ms. */
  readonly at: number;
}

/** A revision that came in: newest first, a bounded number of files each. */
export interface RevisionRecord {
  readonly change: string;
  readonly project: string;
  readonly isOpen: boolean;
  /** Who had a hand in it: its uploader, author and co-authors. */
  readonly people: readonly string[];
  readonly files: readonly string[];
  /** Members of the groups that have to approve it. */
  readonly owners: readonly string[];
  readonly at: number;
}
