/**
 * Gives commits a `Change-Id` trailer: the same trees, authors, dates and messages, and one line more. The commits after them
 * get new parents. Nothing but objects is written; moving the branch is for the caller.
 *
 * The id is made of the commit it is for, so that a rewriting that was cut off and repeated gives the same commits again.
 */
import { createHash } from 'node:crypto';
import {
  type CommitObject,
  headerName,
  isSigned,
  readCommitObjects,
  writeCommitObject,
} from './commit-objects.ts';
import { gitIn, type Repository } from './repository.ts';
import type { Revision } from './revisions.ts';

/** Whether the commit names its change itself. */
export function hasChangeId({ changeId, commit }: Pick<Revision, 'changeId' | 'commit'>): boolean {
  return changeId !== commit;
}

/** The commits that a rewriting would replace: the first without a Change-Id, and all that stand on one of them. */
export function affectedBy(revisions: readonly Revision[]): readonly Revision[] {
  const affected = new Set<string>();
  return revisions.filter((revision) => {
    const isAffected = !hasChangeId(revision) || revision.parents.some((parent) => affected.has(parent));
    if (isAffected) affected.add(revision.commit);
    return isAffected;
  });
}

export type Rewriting =
  /** New ids by old ones; empty where nothing was missing. */
  | { readonly kind: 'done'; readonly renamed: ReadonlyMap<string, string> }
  | { readonly kind: 'signed' | 'merge'; readonly commit: string };

/** `revisions`: parents before children. Signatures and merges would not survive it, so nothing is written where there are any. */
export async function addChangeIds(
  repository: Repository,
  revisions: readonly Revision[],
): Promise<Rewriting> {
  const affected = affectedBy(revisions);
  const merge = affected.find(({ parents }) => parents.length > 1);
  if (merge) return { kind: 'merge', commit: merge.commit };
  const objects = await readCommitObjects(
    repository,
    affected.map(({ commit }) => commit),
  );
  const signed = affected[objects.findIndex(isSigned)];
  if (signed) return { kind: 'signed', commit: signed.commit };
  const renamed = new Map<string, string>();
  for (const [at, revision] of affected.entries()) {
    const object = objects[at] as CommitObject;
    const message = hasChangeId(revision)
      ? object.message
      : await withTrailer(repository, object.message, changeIdFor(revision.commit));
    const headers = object.headers.map((header) => withParent(header, renamed));
    renamed.set(revision.commit, await writeCommitObject(repository, { headers, message }));
  }
  return { kind: 'done', renamed };
}

/** `I` and 40 hexadecimal digits, as Gerrit's hook writes them. */
export function changeIdFor(commit: string): string {
  return `I${createHash('sha1').update(`countersign change-id ${commit}\n`).digest('hex')}`;
}

function withTrailer(repository: Repository, message: Buffer, changeId: string): Promise<Buffer> {
  const args = ['interpret-trailers', '--no-divider', '--if-exists=addIfDifferent', '--where=end'];
  return gitIn(repository, [...args, '--trailer', `Change-Id: ${changeId}`], { input: message });
}

function withParent(header: Buffer, renamed: ReadonlyMap<string, string>): Buffer {
  if (headerName(header) !== 'parent') return header;
  const next = renamed.get(header.toString('latin1').slice('parent '.length));
  return next === undefined ? header : Buffer.from(`parent ${next}`);
}
