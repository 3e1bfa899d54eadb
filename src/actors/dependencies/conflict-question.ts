/**
 * Which open changes of the project edit what the newest stored content of a change edits. Where two are based on different
 * commits, the stored revisions in between are read to bring their lines together.
 */
import type { ChangeRef, CommitHunks, TouchingHunks } from '../../persistence/records.ts';
import { type Known, MAX_DEPTH } from '../contents/bases.ts';
import { MAX_FILES } from '../contents/limits.ts';
import type { Store } from '../ports.ts';
import { type Conflict, conflictsOf, type FileHunks } from './conflicts.ts';
import type { GraphNode } from './graph.ts';
import type { LoadedGraph } from './loading.ts';
import type { Member } from './nodes.ts';
import type { Standing } from './precedence.ts';
import { blockedBy, blockersOf } from './reach.ts';

/** Files of a revision that are looked at, in the order of its diff. */
export const MAX_PATHS = 1_000;
/** Files of open changes that are held against them; and commits between the bases that are looked up. */
export const MAX_EDITS = 20_000;
const MAX_COMMITS = 1_000;

export interface ConflictsAnswer {
  readonly about: Member;
  /** The revision whose content is looked at; null where nobody has sent any, or the change is over. */
  readonly revision: number | null;
  /** Closest first. */
  readonly items: readonly { readonly conflict: Conflict; readonly about: Member }[];
  readonly total: number;
  /** Why there is nothing to say, where that is so. */
  readonly why: string | null;
  readonly truncated: string | null;
}

type ConflictStore = Pick<
  Store,
  'contents' | 'revisionFiles' | 'hunksTouching' | 'hunksOfCommits' | 'graphNodes'
>;

/** `found` holds what the change depends on and what depends on it. */
export async function conflictsWith(
  store: ConflictStore,
  ref: ChangeRef,
  found: LoadedGraph,
  limit: number,
  mostEdits = MAX_EDITS,
): Promise<ConflictsAnswer> {
  const about = found.member(ref.change);
  const none = { about, revision: null, items: [], total: 0, truncated: null };
  if (about.outcome !== null)
    return { ...none, why: `${about.key} is ${about.outcome} already, so nothing is in its way.` };
  const newest = (await store.contents(ref)).at(-1);
  if (!newest) return { ...none, why: `Nobody has sent the content of a revision of ${about.key}.` };
  const { revision } = newest;
  const files = await store.revisionFiles({ ...ref, revision }, { after: 0, limit: MAX_FILES });
  const looked = files.slice(0, MAX_PATHS);
  const paths = looked.flatMap(({ path, oldPath, kind }) =>
    kind === 'renamed' && oldPath !== null ? [path, oldPath] : [path],
  );
  const page = { limit: mostEdits + 1, first: ref.change };
  const read = await store.hunksTouching(ref.tenant, paths, '', page);
  const touching = read.slice(0, mostEdits);
  const known = await between(store, ref.tenant, touching, paths);
  const conflicts = await conflictsAmong(store, ref, found, touching, known);
  return {
    about,
    revision,
    items: conflicts.slice(0, limit),
    total: conflicts.length,
    why: null,
    truncated: cutText(files.length, conflicts.length, limit, read.length > mostEdits ? mostEdits : null),
  };
}

/** Stored revisions that lead from the bases of all down to each other; none where all have the same. */
async function between(
  store: ConflictStore,
  tenant: string,
  touching: readonly TouchingHunks[],
  paths: readonly string[],
): Promise<Known> {
  const known = new Map<string, CommitHunks>();
  const asked = new Set<string>();
  let wanted = [...new Set(touching.flatMap(({ base }) => base ?? []))];
  if (wanted.length < 2) return known;
  for (let depth = 0; depth < MAX_DEPTH && wanted.length > 0; depth++) {
    for (const commit of wanted) asked.add(commit);
    const found = await store.hunksOfCommits(tenant, wanted, paths);
    for (const each of found) known.set(each.commit, each);
    const next = new Set(found.flatMap(({ base }) => (base === null || asked.has(base) ? [] : [base])));
    wanted = asked.size > MAX_COMMITS ? [] : [...next];
  }
  return known;
}

async function conflictsAmong(
  store: ConflictStore,
  { tenant, change }: ChangeRef,
  found: LoadedGraph,
  touching: readonly TouchingHunks[],
  known: Known,
): Promise<ConflictsAnswer['items']> {
  const { graph, member } = found;
  const own = member(change);
  const others = [...new Set(touching.map((each) => each.change))].filter((each) => each !== change);
  const nodes = new Map((await store.graphNodes(tenant, others)).map((node) => [node.change, node]));
  const isNear = (each: string) => nodes.get(each)?.project === own.project;
  const before = new Set(blockersOf(graph, change).map((each) => each.change));
  const after = new Set(blockedBy(graph, change).map((each) => each.change));
  const conflicts = conflictsOf({
    known,
    revision: touching.filter((each) => each.change === change).map(hunksOf),
    open: touching.filter((each) => isNear(each.change)).map(hunksOf),
    standing: (each) => {
      const node = each === change ? own : nodes.get(each);
      return node && standingOf({ ...node, key: node.key ?? each });
    },
    needs: (a, b) => (a === change ? before.has(b) : after.has(a)),
  });
  return conflicts.map((conflict) => {
    const node = nodes.get(conflict.with);
    const fields = node && { ...node, key: node.key ?? node.change, known: true };
    return { conflict, about: (fields as Member | undefined) ?? member(conflict.with) };
  });
}

function hunksOf({ change, path, kind, hunks, base, commit }: TouchingHunks): FileHunks {
  return { change, path, kind, base: base ?? null, hunks, ...(commit !== undefined && { commit }) };
}

function standingOf({ change, key, since }: Pick<GraphNode, 'change' | 'key' | 'since'>): Standing {
  return { change, key, submittedAt: since, isApproved: false };
}

function cutText(files: number, conflicts: number, limit: number, edits: number | null): string | null {
  const sentences = [
    ...(files > MAX_PATHS ? [`Looked at are the first ${MAX_PATHS} of ${files} files.`] : []),
    ...(edits !== null
      ? [
          `Held against them are the first ${edits} files of open changes; there are more, so conflicts may be missing.`,
        ]
      : []),
    ...(conflicts > limit ? [`Shown are the closest ${limit} of ${conflicts} conflicts.`] : []),
  ];
  return sentences.join(' ') || null;
}
