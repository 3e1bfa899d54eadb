/** The open commits before a commit, in an order in which they can be picked, and which of them could matter to it at all. */
import type { FileChange } from './diff.ts';
import type { Revision } from './revisions.ts';

/** `commit` and its ancestors among `open`, parents before children, first parents first. */
export function ancestorsIn(open: ReadonlyMap<string, Revision>, commit: string): Revision[] {
  const ordered: Revision[] = [];
  const seen = new Set<string>();
  const stack: { readonly revision: Revision; next: number }[] = [];
  const enter = (id: string | undefined) => {
    const revision = id === undefined || seen.has(id) ? undefined : open.get(id);
    if (!revision) return;
    seen.add(revision.commit);
    stack.push({ revision, next: 0 });
  };
  enter(commit);
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    if (top.next < top.revision.parents.length) enter(top.revision.parents[top.next++]);
    else ordered.push(...stack.splice(-1).map(({ revision }) => revision));
  }
  return ordered;
}

/** Every commit has the one before it as its only parent. */
export function isStraight(ordered: readonly Revision[]): boolean {
  return ordered.every(
    ({ parents }, at) => parents.length <= 1 && (at === 0 || parents[0] === ordered[at - 1]?.commit),
  );
}

/**
 * What touches the files of the last commit, what touches the files of those, and so on: all others leave every file as it is
 * that the last commit, or one it may need, has to do with. In the same order, the last one included.
 */
export function relatedToLast(ordered: readonly Revision[]): Revision[] {
  const paths = new Set<string>();
  const related: Revision[] = [];
  for (const revision of ordered.toReversed()) {
    const own = (revision.files ?? []).flatMap(({ path, from }) => (from === null ? [path] : [path, from]));
    if (related.length > 0 && !own.some((path) => paths.has(path))) continue;
    for (const path of own) paths.add(path);
    related.push(revision);
  }
  return related.reverse();
}

const indexes = new WeakMap<Revision, ReadonlyMap<string, FileChange>>();

/** The files of a revision by the path they had before it. */
export function filesByOldPath(revision: Revision): ReadonlyMap<string, FileChange> {
  let index = indexes.get(revision);
  if (!index) {
    index = new Map((revision.files ?? []).map((file) => [file.from ?? file.path, file]));
    indexes.set(revision, index);
  }
  return index;
}
