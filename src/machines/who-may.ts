/** Who may take a transition, cast a vote or change an attribute, and what has to be true for it: the same everywhere. */

export const PRINCIPAL_KINDS = ['person', 'agent', 'system'] as const;
export type PrincipalKind = (typeof PRINCIPAL_KINDS)[number];

/** A condition in canonical CEL text (`conditions/`): total, bounded, over what the definition declares. */
export type ConditionText = string;

/** Who does not count as independent, where a rule says so; agents count as the person they work for. */
export const EXCLUSIONS = ['author', 'uploader', 'contributors'] as const;
/**
 * `author`: who proposed the change or wrote a revision of it. `uploader`: who brought in the current revision.
 * `contributors`: all who had a hand in any revision, as author, co-author, committer or pusher.
 */
export type Exclusion = (typeof EXCLUSIONS)[number];

/** What a signature says (21 CFR 11.50). */
export const MEANINGS = ['review', 'approval', 'responsibility', 'authorship'] as const;
export type Meaning = (typeof MEANINGS)[number];

/** Who may take a transition or cast a vote, and how. Empty lists mean "no restriction". */
export interface Rule {
  /** Any one of these roles. */
  readonly roles: readonly string[];
  readonly by: readonly PrincipalKind[];
  readonly exclude: readonly Exclusion[];
  readonly reason: 'optional' | 'required';
  /** Must hold when it is sent. */
  readonly if?: ConditionText;
  /** Makes it a signature with this meaning: the sender has to have signed in again, or for the first time, with two factors. */
  readonly sign?: Meaning;
}

/** What happens to votes when a transition is taken. */
export interface Voiding {
  /** Ballots that lose all their votes. */
  readonly void?: readonly string[];
}
