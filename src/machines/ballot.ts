/**
 * A ballot: the votes that are taken on one question while a change is in certain states, and what they come to. Approval
 * rules of Gerrit (labels and submit requirements), GitHub, GitLab and Prow are ballots with different needs.
 */
import type { ConditionText, Exclusion, Rule } from './who-may.ts';

/** Graded votes, from "must not" to "yes"; approve is 1, reject -1, abstain 0. */
export const VALUES = { lowest: -2, highest: 2 } as const;

/** What sending a trigger does: casts this value, or takes votes away. */
export type CastValue =
  | number
  /** Takes back the sender's own vote. */
  | 'retract'
  /** Takes back everybody's votes. */
  | 'clear'
  /** Takes back the vetoes. */
  | 'lift';

export interface Cast extends Rule {
  readonly value: CastValue;
}

/** One thing that must be true of the votes; `if` says when it is asked for at all. */
export type Need = NeedKind & { readonly if?: ConditionText };

type NeedKind =
  /** So many independent voters gave at least `at`; `of`: counting only those with this role. */
  | {
      readonly kind: 'count';
      readonly count: number;
      readonly at: number;
      readonly of?: string;
      /** Whose votes are taken and do not count here. */
      readonly exclude?: readonly Exclusion[];
    }
  /** Approvals from this share (percent) of all who hold the role. */
  | { readonly kind: 'share'; readonly percent: number; readonly of: string }
  /** More approvals than rejections. */
  | { readonly kind: 'majority' }
  /** An approval from each of these roles, or from each group that owns a touched file. */
  | { readonly kind: 'each'; readonly of: 'owners' | readonly string[] }
  /** Weights of those who approve add up to this. */
  | { readonly kind: 'weight'; readonly weight: number };

/** When a vote survives a new revision; any one suffices. */
export const KEEPS = ['always', 'same_tree', 'same_patch', 'owned_unchanged'] as const;
export type Keep = (typeof KEEPS)[number];

export interface Ballot {
  readonly title?: string;
  /** Paths of the states and regions in which votes are taken. */
  readonly in: readonly string[];
  /** By trigger. */
  readonly cast: Readonly<Record<string, Cast>>;
  /** All must be satisfied. */
  readonly needs: readonly Need[];
  /** A vote of this value or less blocks, whatever the others say. */
  readonly veto?: number;
  /** By role; those with none of them weigh 1. */
  readonly weights?: Readonly<Record<string, number>>;
  /** Who voted in one of these ballots may not vote here. */
  readonly apart?: readonly string[];
  /** The ballot is asked for only where this holds. */
  readonly if?: ConditionText;
  /** The ballot counts as passed where this holds. */
  readonly override?: ConditionText;
  readonly revision: { readonly keep: readonly Keep[]; readonly vetoes: 'keep' | 'drop' };
}
