/** A new revision: who had a hand in it, and which votes it leaves standing. */
import type { Ballot, Keep } from './ballot.ts';
import {
  type ChangeContext,
  isOwner,
  type OwnerGroup,
  othersBehind,
  partiesOf,
  type Revision,
  type Sender,
  type Vote,
} from './context.ts';
import { asSeen, type DependsOn } from './dependencies.ts';

/** What is said of a revision when it comes in. `changed` are the paths in which it differs from the one before. */
export interface NewRevision
  extends Omit<Revision, 'number' | 'uploader' | 'uploaderFor' | 'author' | 'authorFor'> {
  readonly author?: string;
  readonly changed?: readonly string[];
  /** How many principals hold the roles that shares are taken of, now. */
  readonly electorates?: Readonly<Record<string, number>>;
  readonly dependencies?: readonly (DependsOn & { readonly standing?: string })[];
  /** The person each agent works for that the revision names. */
  readonly sponsors?: Readonly<Record<string, string>>;
}

/** What became of a vote, for the person who cast it. */
export interface Fate {
  readonly ballot: string;
  readonly by: string;
  readonly value: number;
  readonly kept: boolean;
  /** Which rule decided. */
  readonly why: Keep | 'veto' | 'new_revision';
}

/** The context with the revision in it, and every vote's fate. */
export function revise(
  context: ChangeContext,
  ballots: Readonly<Record<string, Ballot>>,
  given: NewRevision,
  sender: Sender,
): { readonly context: ChangeContext; readonly fates: readonly Fate[] } {
  const { changed, electorates, dependencies, sponsors = {}, ...content } = given;
  const sponsorOf = (id: string) => (Object.hasOwn(sponsors, id) ? sponsors[id] : undefined);
  const author = content.author ?? sender.sponsor ?? sender.id;
  const authorFor = sponsorOf(author);
  const behind = othersBehind(sender);
  const next: Revision = {
    ...content,
    number: (context.revision?.number ?? 0) + 1,
    author,
    ...(authorFor !== undefined && { authorFor }),
    uploader: sender.id,
    ...(behind && { uploaderFor: behind }),
  };
  const named = [author, content.committer ?? [], content.coAuthors ?? []].flat();
  const people = [
    ...named,
    ...named.flatMap((each) => sponsorOf(each) ?? []),
    ...partiesOf(sender),
    sender.id,
  ];
  const hands = new Set([context.author, ...(context.contributors ?? []), ...people]);
  const fates: Fate[] = [];
  const votes = Object.entries(context.votes ?? {}).map(([name, list]) => {
    const ballot = ballots[name];
    const kept = list.filter((vote) => {
      const why = ballot && reasonToKeep(vote, ballot, context, next, changed);
      fates.push({
        ballot: name,
        by: vote.by,
        value: vote.value,
        kept: why !== undefined,
        why: why ?? 'new_revision',
      });
      return why !== undefined;
    });
    return [name, kept] as const;
  });
  return {
    context: {
      ...context,
      revision: next,
      contributors: [...hands].sort(),
      ...(context.votes && { votes: Object.fromEntries(votes) }),
      ...(electorates && { electorates }),
      // What a revision does not speak of stays as it is.
      ...(dependencies && { dependencies: dependencies.map(asSeen) }),
    },
    fates,
  };
}

function reasonToKeep(
  vote: Vote,
  { revision, veto }: Ballot,
  context: ChangeContext,
  next: Revision,
  changed: readonly string[] | undefined,
): Keep | 'veto' | undefined {
  if (revision.vetoes === 'keep' && veto !== undefined && vote.value <= veto) return 'veto';
  return revision.keep.find((keep) => survives(keep, vote, context, next, changed));
}

/** Whether a changed file is one of the group's; a group that does not name all its files may have any. */
function mayHold({ files, fileCount = files.length }: OwnerGroup, changed: readonly string[]): boolean {
  return fileCount > files.length ? changed.length > 0 : files.some((file) => changed.includes(file));
}

/** What is not known is not the same: a vote is kept only on evidence. */
function survives(
  keep: Keep,
  vote: Vote,
  { revision: before }: ChangeContext,
  next: Revision,
  changed: readonly string[] | undefined,
): boolean {
  switch (keep) {
    case 'always':
      return true;
    case 'same_tree':
      return next.tree !== undefined && next.tree === before?.tree;
    case 'same_patch':
      return next.patchId !== undefined && next.patchId === before?.patchId;
    case 'owned_unchanged': {
      if (changed === undefined || next.owners === undefined) return false;
      const owned = next.owners.filter((group) => isOwner(group, vote.parties));
      return owned.length > 0 && !owned.some((group) => mayHold(group, changed));
    }
  }
}
