/**
 * What each commit of a stack depends on, as the server is told: the direct edges that git shows, and what `Depends-On`
 * trailers name. What a trailer names and the base already holds has landed and is no dependency any more.
 */
import { type Dependencies, dependenciesAmong, type Edge } from '../../vcs/git/dependencies.ts';
import { commitsNaming } from '../../vcs/git/named.ts';
import { isAncestor } from '../../vcs/git/refs.ts';
import type { Repository } from '../../vcs/git/repository.ts';
import { readRevisions, resolveCommit } from '../../vcs/git/revisions.ts';
import { hasChangeId } from '../../vcs/git/rewrite.ts';
import type { Api } from '../api.ts';
import type { DependsOn } from './facts.ts';
import type { Range } from './range.ts';

export interface Found {
  /** By commit. */
  readonly of: ReadonlyMap<string, readonly DependsOn[]>;
  /** Sentences on what could not be found out. */
  readonly unknown: readonly string[];
}

interface Where {
  readonly api: Api;
  readonly repository: Repository;
  readonly project: string;
  /** The commit. */
  readonly base: string;
}

export async function dependenciesIn(
  api: Api,
  repository: Repository,
  project: string,
  { base, tip, revisions }: Range,
): Promise<Found> {
  const commits = revisions.map(({ commit }) => commit);
  const found = await dependenciesAmong(repository, tip, commits, { read: revisions });
  const elsewhere = new Map<string, DependsOn | undefined>();
  for (const name of new Set(found.flatMap((each) => each.declaredElsewhere)))
    elsewhere.set(name, await declared({ api, repository, project, base: base.commit }, name));
  const of = found.map((each) => [each.commit, told(each, elsewhere)] as const);
  return { of: new Map(of), unknown: [...new Set(found.flatMap(({ unknown }) => unknown))] };
}

function told(
  { edges, declaredElsewhere }: Dependencies,
  elsewhere: ReadonlyMap<string, DependsOn | undefined>,
): readonly DependsOn[] {
  const all = [
    ...edges.filter(({ kind, direct }) => kind !== 'textual' || direct).map(edgeTold),
    ...declaredElsewhere.flatMap((name) => elsewhere.get(name) ?? []),
  ];
  return [...new Map(all.map((each) => [`${each.kind} ${each.rule} ${each.on}`, each])).values()];
}

const edgeTold = ({ on, kind, rule }: Edge): DependsOn => ({ on, kind, rule });

/** Undefined where it has landed. A change that nobody knows yet is named all the same: it is waited for. */
async function declared(where: Where, name: string): Promise<DependsOn | undefined> {
  const { repository, base } = where;
  const commit = await commitIn(repository, name);
  if (commit !== undefined && (await isAncestor(repository, commit, base))) return undefined;
  const [revision] = commit === undefined ? [] : await readRevisions(repository, [commit]);
  const key = (revision && hasChangeId(revision) ? revision.changeId : name).slice(0, 200);
  const known = await changeWith(where, key);
  if (!known && (await commitsNaming(repository, key, { tip: base })).length > 0) return undefined;
  return { on: known?.id ?? key, kind: 'declared', rule: 'trailer' };
}

/** The commit that a trailer names by its id, where it is here. */
async function commitIn(repository: Repository, name: string): Promise<string | undefined> {
  if (!/^[0-9a-f]{7,64}$/i.test(name)) return undefined;
  return resolveCommit(repository, name).catch(() => undefined);
}

/** The same Change-Id may be in several projects; the own one is meant first. */
async function changeWith({ api, project }: Where, key: string) {
  const [own] = (await api.changes({ key, project, limit: 1 })).items;
  return own ?? (await api.changes({ key, limit: 1 })).items[0];
}
