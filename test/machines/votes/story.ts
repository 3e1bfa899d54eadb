/** What the naive model remembers of a change: plain lists, written down as the rules are told to people. */
import type { OwnerGroup, Sender } from '../../../src/machines/context.ts';

export interface Said {
  readonly type: string;
  readonly principal: Sender;
  readonly data?: RevisionData | Readonly<Record<string, boolean>>;
}

/** What `change.revise` may bring. */
export interface RevisionData {
  readonly tree?: string;
  readonly patchId?: string;
  readonly author?: string;
  readonly coAuthors?: readonly string[];
  readonly committer?: string;
  readonly owners?: readonly OwnerGroup[];
  readonly changed?: readonly string[];
  readonly electorates?: Readonly<Record<string, number>>;
}

export interface ModelVote {
  readonly ballot: string;
  readonly by: string;
  readonly for?: string | undefined;
  readonly persons: readonly string[];
  readonly value: number;
  readonly roles: readonly string[];
}

export interface Story {
  /** `Paused`, or `Review.line.one`. */
  readonly place: string;
  readonly proposer: string;
  readonly attributes: Readonly<Record<string, boolean>>;
  readonly revisions: readonly ModelRevision[];
  readonly electorates: Readonly<Record<string, number>>;
  readonly votes: readonly ModelVote[];
}

export interface ModelRevision extends RevisionData {
  readonly author: string;
  readonly uploader: string;
  /** Whom an uploading agent or delegate spoke for. */
  readonly speaksFor: readonly string[];
}

export function beginning(proposer: string): Story {
  return {
    place: 'Review.line.one',
    proposer,
    attributes: { a: false, b: false },
    revisions: [],
    electorates: {},
    votes: [],
  };
}

/** An agent speaks for its sponsor, a delegate for himself and for whom he acts. */
export function personsOf({ id, sponsor, for: other }: Sender): string[] {
  const persons = [sponsor ?? id];
  if (other !== undefined) persons.push(other);
  return persons;
}
