/**
 * Which commits need which, by trying: a commit is left out, everything after it is picked in order, and what then no longer
 * applies, or applies as another patch, is left out as well. What had to be left out depends on the first one.
 *
 * Without a look at the patch a revert would seem independent: with the reverted commit left out it applies cleanly, as
 * nothing.
 *
 * All attempts go forward side by side, commit by commit, so that the picks of one commit are one question to git.
 */
import type { Pickable, Scratch } from './scratch.ts';

export type Verdict = 'does-not-apply-without' | 'patch-changes-without';

/** For each commit of the line: which earlier ones (by their place) it depends on, and how that showed. */
export type Dependence = readonly ReadonlyMap<number, Verdict>[];

interface Attempts {
  /** What each attempt has come to: a tree. */
  readonly trees: Map<number, string>;
  readonly found: Map<number, Verdict>[];
}

/** The attempt that leaves nothing out; needed where the line is not the history itself. */
const NOTHING = -1;

/**
 * Parents come before children in `line`; `trees` holds the trees of their parents. `straight` says that each commit's parent has all earlier commits of the line: then
 * an attempt starts from the real tree. Otherwise (branches that were merged) the line is picked as a whole first, and those
 * that do not pick are told in `unpicked`.
 */
export async function leaveOut(
  scratch: Scratch,
  line: readonly Pickable[],
  trees: ReadonlyMap<string, string>,
  straight: boolean,
): Promise<{ readonly dependence: Dependence; readonly unpicked: readonly string[] }> {
  const attempts: Attempts = { trees: new Map(), found: line.map(() => new Map()) };
  const unpicked: string[] = [];
  const parentTree = (commit: Pickable) => {
    const [parent] = commit.parents;
    return parent === undefined ? scratch.emptyTree : trees.get(parent);
  };
  const own = await scratch.ownPatches(line);
  const first = line[0];
  const start = first && parentTree(first);
  if (!straight && start) attempts.trees.set(NOTHING, start);
  for (const [place, commit] of line.entries()) {
    const before = straight ? parentTree(commit) : attempts.trees.get(NOTHING);
    await takeOn(scratch, attempts, { commit, place, patch: own.get(commit.commit) });
    if (attempts.found[place]?.delete(NOTHING)) unpicked.push(commit.commit);
    if (before) attempts.trees.set(place, before);
  }
  return { dependence: attempts.found, unpicked };
}

interface Turn {
  readonly commit: Pickable;
  readonly place: number;
  readonly patch: string | undefined;
}

/** Picks one commit in every attempt. */
async function takeOn(
  scratch: Scratch,
  { trees, found }: Attempts,
  { commit, place, patch }: Turn,
): Promise<void> {
  const picked = await scratch.pick(commit, [...trees.values()]);
  const pairs = [...picked].flatMap(([from, to]) => (to === null ? [] : [[from, to] as const]));
  const patches = await scratch.patches(pairs);
  for (const [attempt, from] of trees) {
    const to = picked.get(from);
    if (typeof to !== 'string') found[place]?.set(attempt, 'does-not-apply-without');
    else if (patches.get(from) !== patch) found[place]?.set(attempt, 'patch-changes-without');
    else trees.set(attempt, to);
  }
}
