/**
 * What a change remembers besides its state. Parts that were never needed are absent: a change without votes stores none.
 * All of it is plain data and is only ever replaced, never written to.
 */
import type { AttributeValue, PrincipalKind } from './definition.ts';
import type { Dependency } from './dependency.ts';

export interface ChangeContext {
  /** Principal id of the change's author. */
  readonly author: string;
  /** A person where nothing is said. */
  readonly authorKind?: PrincipalKind;
  /** Persons the author spoke for, where that is not only the author: an agent's sponsor, who delegated. */
  readonly authorFor?: readonly string[];
  /** Roles that timers have added, by path of the state they added them to. */
  readonly escalated: Readonly<Record<string, readonly string[]>>;
  /** Names of state timers that are over, as long as their state lasts: `Review.code.pending:quiet`. */
  readonly elapsed?: readonly string[];
  /** What was said of the declared attributes; the others have their initial value. */
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly revision?: Revision;
  /** Everybody who had a hand in a revision, the author included: what "independent" is measured against. */
  readonly contributors?: readonly string[];
  /** By ballot. */
  readonly votes?: Readonly<Record<string, readonly Vote[]>>;
  /** How many principals hold a role that a share is taken of. */
  readonly electorates?: Readonly<Record<string, number>>;
  /** Threads that wait to be resolved. */
  readonly threads?: readonly string[];
  readonly suspended?: Suspended;
  /** Other changes it depends on, with where they stand. */
  readonly dependencies?: readonly Dependency[];
  /** Id of the change that takes its place; as long as it is closed for that. */
  readonly supersededBy?: string;
  /** What operators arranged for timers, by timer. */
  readonly scheduled?: Readonly<Record<string, Scheduled>>;
  /** The session in which each signer last signed with two factors. */
  readonly signed?: Readonly<Record<string, string>>;
}

/** What is to happen when a timer that operators arranged is over. */
export interface Scheduled {
  /** The state or region in which the role may act from then on; it is over when that is left. */
  readonly path: string;
  readonly escalate?: string;
  readonly remind?: string;
}

export interface Suspended {
  readonly by: string;
  readonly at: number;
  readonly reason?: string;
  /** Timers that were running: they go on with what was left of them, working time where they count that. */
  readonly timers?: readonly { readonly name: string; readonly event: string; readonly leftMs: number }[];
}

/** Content that came in. Hashes are the version control system's; absent where it does not know them. */
export interface Revision {
  /** 1, 2, 3 … */
  readonly number: number;
  readonly commit?: string;
  /** The commit it is compared with, its first parent; whose lines the old side of its diff counts. */
  readonly base?: string;
  readonly tree?: string;
  /** `git patch-id --stable`: the same for a rebase without conflicts. */
  readonly patchId?: string;
  readonly author: string;
  /** Who the author works for, where that is an agent. */
  readonly authorFor?: string;
  readonly uploader: string;
  /** Persons the uploader spoke for, where that is not only the uploader. */
  readonly uploaderFor?: readonly string[];
  readonly coAuthors?: readonly string[];
  readonly committer?: string;
  readonly files?: readonly string[];
  /** Lines added and removed. */
  readonly lines?: number;
  readonly owners?: readonly OwnerGroup[];
}

/** Those of whom some have to approve because they own files that the revision touches. A file of no group needs nobody. */
export interface OwnerGroup {
  readonly name: string;
  /** Principal ids, as the owners file names them; "*" is anyone. */
  readonly members: readonly string[];
  readonly files: readonly string[];
  /** How many files it owns, where that is more than `files` names. */
  readonly fileCount?: number;
  /** How many of them; 1 where nothing is said, 0 where they are asked and nobody waits for them. */
  readonly required?: number;
}

export interface Vote {
  readonly by: string;
  /** Whose authority was used, where that is somebody else's. */
  readonly for?: string;
  /** Persons this vote speaks of: the voter (for an agent, whoever it works for) and whom it was cast for. */
  readonly parties: readonly string[];
  readonly value: number;
  /** Roles held when it was cast, as far as the ballot asks for them. */
  readonly roles?: readonly string[];
  readonly revision: number;
  readonly at: number;
}

/** Who sends an event, with what was true of them when they sent it. */
export interface Sender {
  readonly id: string;
  readonly kind: PrincipalKind;
  readonly roles: readonly string[];
  /** The person an agent works for. */
  readonly sponsor?: string;
  /** Whose delegate the sender is in this act. */
  readonly for?: string;
  readonly session?: SignedIn;
}

/** How somebody signed in: the session, how many factors were shown, and when (ms). */
export interface SignedIn {
  readonly id: string;
  readonly factors: number;
  readonly at: number;
}

/** Whether one of these persons belongs to the group. */
export function isOwner({ members }: OwnerGroup, parties: readonly string[]): boolean {
  return members.includes('*') || parties.some((party) => members.includes(party));
}

/** The persons behind a sender: an agent speaks for its sponsor, a delegate for whoever delegated. */
export function partiesOf(sender: Sender): string[] {
  const own = sender.sponsor ?? sender.id;
  return sender.for === undefined || sender.for === own ? [own] : [own, sender.for].sort();
}

/** Whom a sender speaks for besides itself; undefined where that is nobody. */
export function othersBehind(sender: Sender): readonly string[] | undefined {
  const others = partiesOf(sender).filter((party) => party !== sender.id);
  return others.length > 0 ? others : undefined;
}
