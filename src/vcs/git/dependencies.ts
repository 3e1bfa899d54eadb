/**
 * Which open commits (not landed yet) a commit depends on, each with the rule that found it. docs/version-control.md says
 * what the rules mean and how well they do.
 */
import { encounter } from './encounter.ts';
import { leaveOut, type Verdict } from './leave-out.ts';
import { ancestorsIn, isStraight, relatedToLast } from './line.ts';
import type { Repository } from './repository.ts';
import { type Revision, readRevisions, treesOf } from './revisions.ts';
import { Scratch } from './scratch.ts';

export type EdgeKind = 'textual' | 'declared' | 'near' | 'order';
export type EdgeRule = Verdict | 'path-of-rename' | 'trailer' | 'within-3-lines' | 'parent-of-merge';

export interface Edge {
  /** The change-id of what is depended on. */
  readonly on: string;
  readonly commit: string;
  readonly kind: EdgeKind;
  readonly rule: EdgeRule;
  /** Textual: no other textual dependency of this commit depends on it in turn. */
  readonly direct: boolean;
}

export interface Dependencies {
  readonly commit: string;
  readonly changeId: string;
  /** Nearest first; a commit may be there twice, as found and as declared. */
  readonly edges: readonly Edge[];
  /** What `Depends-On` names and the open commits do not hold: landed, or in another repository. */
  readonly declaredElsewhere: readonly string[];
  /** Sentences on what could not be known, each with its reason. Where there are any, edges may be missing. */
  readonly unknown: readonly string[];
}

export interface Search {
  /** How many open commits are tried at most, the nearest of those that could matter; 200 when left out. */
  readonly limit?: number;
  /** Commits that were read before; the others are read. */
  readonly read?: readonly Revision[];
}

const DEFAULT_LIMIT = 200;

/** What one commit depends on. `open`: full ids, in any order; those that are no ancestors of `commit` are passed over. */
export async function dependenciesOf(
  repository: Repository,
  commit: string,
  open: readonly string[],
  search: Search = {},
): Promise<Dependencies> {
  const all = await readAll(repository, [...open, commit], search.read);
  const ordered = ancestorsIn(all, commit);
  const [found] = await tried(repository, ordered, relatedToLast(ordered), search, [commit]);
  return found ?? { commit, changeId: commit, edges: [], declaredElsewhere: [], unknown: [] };
}

/** The same for every commit of a stack at once: `tip` and its ancestors in `open`, parents before children. */
export async function dependenciesAmong(
  repository: Repository,
  tip: string,
  open: readonly string[],
  search: Search = {},
): Promise<Dependencies[]> {
  const ordered = ancestorsIn(await readAll(repository, [...open, tip], search.read), tip);
  return tried(
    repository,
    ordered,
    ordered,
    search,
    ordered.map(({ commit }) => commit),
  );
}

async function readAll(
  repository: Repository,
  commits: readonly string[],
  before: readonly Revision[] = [],
): Promise<ReadonlyMap<string, Revision>> {
  const known = new Map(before.map((revision) => [revision.commit, revision]));
  const missing = [...new Set(commits)].filter((commit) => !known.has(commit));
  const revisions = missing.length > 0 ? await readRevisions(repository, missing) : [];
  const all = new Map(revisions.map((revision) => [revision.commit, revision]));
  return new Map(
    commits.flatMap((each) => [[each, known.get(each) ?? all.get(each)] as const]).filter(isThere),
  );
}

const isThere = (each: readonly [string, Revision | undefined]): each is [string, Revision] =>
  each[1] !== undefined;

async function tried(
  repository: Repository,
  ordered: readonly Revision[],
  related: readonly Revision[],
  { limit = DEFAULT_LIMIT }: Search,
  wanted: readonly string[],
): Promise<Dependencies[]> {
  const pickable = related.filter(({ parents, files }) => parents.length <= 1 && files !== null);
  const line = pickable.slice(-(limit + 1));
  const straight = isStraight(ordered.filter(({ files }) => files !== null));
  const trees = await treesOf(repository, [...new Set(line.flatMap(({ parents }) => parents))]);
  const scratch = await Scratch.open(repository);
  try {
    const { dependence, unpicked } = await leaveOut(scratch, line, trees, straight);
    const unknown = [
      ...ordered.filter(({ files }) => files === null).map(noParents),
      ...ordered.filter(({ parents }) => parents.length > 1).map(isMerge),
      ...unpicked.map(notInLine),
      ...(line.length < pickable.length ? [tooMany(pickable.length - line.length, limit)] : []),
    ];
    return wanted.flatMap((commit) => {
      const at = ordered.findIndex((each) => each.commit === commit);
      const revision = ordered[at];
      return revision ? [dependenciesIn(revision, ordered.slice(0, at), line, dependence, unknown)] : [];
    });
  } finally {
    await scratch.close();
  }
}

function dependenciesIn(
  revision: Revision,
  before: readonly Revision[],
  line: readonly Revision[],
  dependence: readonly ReadonlyMap<number, Verdict>[],
  unknown: readonly string[],
): Dependencies {
  const { commit, changeId } = revision;
  const place = line.indexOf(revision);
  const own = dependence[place] ?? new Map<number, Verdict>();
  const edges: Edge[] = [];
  for (let at = place - 1; at >= 0; at--) {
    const earlier = line[at];
    if (!earlier) continue;
    const verdict = own.get(at);
    const { near, renamed } = encounter(earlier, line.slice(at + 1, place), revision);
    if (verdict !== undefined) {
      const direct = ![...own.keys()].some((other) => dependence[other]?.has(at));
      edges.push(edgeTo(earlier, 'textual', renamed ? 'path-of-rename' : verdict, direct));
    } else if (near) edges.push(edgeTo(earlier, 'near', 'within-3-lines', true));
  }
  const { declared, elsewhere } = declaredBy(revision, before);
  edges.push(...declared.map((earlier) => edgeTo(earlier, 'declared', 'trailer', true)));
  if (revision.parents.length > 1) {
    const parents = before.filter((each) => revision.parents.includes(each.commit)).reverse();
    edges.push(...parents.map((parent) => edgeTo(parent, 'order', 'parent-of-merge', true)));
  }
  const order = new Map(before.map((each, at) => [each.commit, at]));
  edges.sort((a, b) => (order.get(b.commit) ?? 0) - (order.get(a.commit) ?? 0));
  return { commit, changeId, edges, declaredElsewhere: elsewhere, unknown };
}

const edgeTo = ({ changeId, commit }: Revision, kind: EdgeKind, rule: EdgeRule, direct: boolean): Edge => ({
  on: changeId,
  commit,
  kind,
  rule,
  direct,
});

/** `Depends-On` takes change-ids and commits (seven digits or more), also several on one line. */
function declaredBy(
  { dependsOn }: Revision,
  before: readonly Revision[],
): { readonly declared: readonly Revision[]; readonly elsewhere: readonly string[] } {
  const declared = new Set<Revision>();
  const elsewhere: string[] = [];
  for (const name of dependsOn.flatMap((value) => value.split(/[\s,]+/)).filter(Boolean)) {
    const isCommit = /^[0-9a-f]{7,64}$/i.test(name);
    const meant = before.filter(
      ({ changeId, commit }) => changeId === name || (isCommit && commit.startsWith(name.toLowerCase())),
    );
    for (const each of meant) declared.add(each);
    if (meant.length === 0) elsewhere.push(name);
  }
  return { declared: [...declared], elsewhere };
}

const short = (commit: string) => commit.slice(0, 12);

const noParents = ({ commit }: Revision) =>
  `The history is shallow at ${short(commit)}: what that commit changed is not known; fetch its parents.`;
const isMerge = ({ commit }: Revision) =>
  `${short(commit)} is a merge: what it resolved by itself was not looked at, only the commits it brought together.`;
const notInLine = (commit: string) =>
  `${short(commit)} does not apply to the open commits one after the other; all it could depend on counts.`;
const tooMany = (more: number, limit: number) =>
  `${more} older open commits were not tried, only the ${limit} nearest that could matter; land some, or raise the limit.`;
