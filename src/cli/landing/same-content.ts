/**
 * Whether a commit holds what was approved. The patch-id of the approved revision is one half: git makes it without white
 * space. The other is a digest of the whole diff of both commits, in which everything counts but where it stands.
 */
import { contentDigest } from '../../vcs/git/content.ts';
import type { Repository } from '../../vcs/git/repository.ts';
import { type Revision, readRevisions } from '../../vcs/git/revisions.ts';
import { short } from '../recording/range.ts';
import type { Change } from '../wire.ts';

export type Approved =
  | { readonly kind: 'found'; readonly revision: Revision }
  | { readonly kind: 'missing'; readonly why: string };

/** The commit that was approved, as far as this repository has it and it is what the server was told. */
export async function approvedRevision(
  repository: Repository,
  { revision: told }: Pick<Change, 'revision'>,
): Promise<Approved> {
  const commit = told?.commit;
  if (!told || !commit) return { kind: 'missing', why: 'Nobody recorded a commit for it.' };
  const [revision] = await readRevisions(repository, [commit]).catch(() => []);
  if (!revision)
    return {
      kind: 'missing',
      why: `Its commit ${short(commit)} is not in this repository; fetch it first.`,
    };
  if (revision.files === null)
    return {
      kind: 'missing',
      why: `The history is shallow at ${short(commit)}: what it changed cannot be known; fetch its parents.`,
    };
  if (revision.tree !== told.tree || revision.patchId !== (told.patch_id ?? null))
    return {
      kind: 'missing',
      why: `The server was told another content for ${short(commit)}; record it again.`,
    };
  return { kind: 'found', revision };
}

/** Why `commit` is not what was approved, or undefined where it is. */
export async function differenceFrom(
  repository: Repository,
  approved: Revision,
  commit: string,
): Promise<string | undefined> {
  if (commit === approved.commit) return undefined;
  const [revision] = await readRevisions(repository, [commit]);
  if (!revision || revision.files === null) return 'what it changed cannot be known, the history is shallow';
  if (revision.patchId !== approved.patchId)
    return `its patch is not that of the approved ${short(approved.commit)}`;
  const [one, other] = await Promise.all([
    contentDigest(repository, approved),
    contentDigest(repository, revision),
  ]);
  return one === other
    ? undefined
    : `it differs from the approved ${short(approved.commit)} in white space or binary content`;
}
