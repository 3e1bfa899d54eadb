/**
 * What is different between the diffs of two revisions, file by file. Equal means: does the same to the file, wherever in
 * it; so a rebase onto something that does not touch the file leaves it the same.
 */
import type { RevisionFile } from '../../persistence/records.ts';

export interface ComparedFile {
  readonly path: string;
  readonly status: 'same' | 'changed' | 'added' | 'gone';
  /** Where it stands in either diff. */
  readonly before: number | null;
  readonly after: number | null;
}

interface Pair {
  before: readonly RevisionFile[];
  after: readonly RevisionFile[];
}

/** By path. */
export function compare(before: readonly RevisionFile[], after: readonly RevisionFile[]): ComparedFile[] {
  const pairs = new Map<string, Pair>();
  const pairOf = (path: string) => {
    const pair = pairs.get(path) ?? { before: [], after: [] };
    pairs.set(path, pair);
    return pair;
  };
  // One path may stand twice: what was deleted and added again as something else.
  for (const file of before) pairOf(file.path).before = [...pairOf(file.path).before, file];
  for (const file of after) pairOf(file.path).after = [...pairOf(file.path).after, file];
  return [...pairs]
    .map(([path, pair]) => ({
      path,
      status: statusOf(pair),
      before: pair.before[0]?.place ?? null,
      after: pair.after[0]?.place ?? null,
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function statusOf({ before, after }: Pair): ComparedFile['status'] {
  if (before.length === 0) return 'added';
  if (after.length === 0) return 'gone';
  const digests = (files: readonly RevisionFile[]) => files.map(({ digest }) => digest).join();
  return digests(before) === digests(after) ? 'same' : 'changed';
}
