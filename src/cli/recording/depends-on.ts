/**
 * What each commit of a stack depends on, as the server is told: the direct edges that git shows, and what `Depends-On`
 * trailers name. What a trailer names and the base already holds has landed and is no dependency any more.
 */
import { type Dependencies, dependenciesAmong, type Edge } from '../../vcs/git/dependencies.ts';
import { gitIn, type Repository } from '../../vcs/git/repository.ts';
import type { Api } from '../api.ts';
import type { DependsOn } from './facts.ts';
import type { Range } from './range.ts';

export interface Found {
  /** By commit. */
  readonly of: ReadonlyMap<string, readonly DependsOn[]>;
  /** Sentences on what could not be found out. */
  readonly unknown: readonly string[];
}

export async function dependenciesIn(
  api: Api,
  repository: Repository,
  { base, tip, revisions }: Range,
): Promise<Found> {
  const commits = revisions.map(({ commit }) => commit);
  const found = await dependenciesAmong(repository, tip, commits, { read: revisions });
  const elsewhere = new Map<string, DependsOn | undefined>();
  for (const name of new Set(found.flatMap((each) => each.declaredElsewhere)))
    elsewhere.set(name, await declared(api, repository, base.commit, name));
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
async function declared(
  api: Api,
  repository: Repository,
  base: string,
  name: string,
): Promise<DependsOn | undefined> {
  const [known] = (await api.changes({ key: name.slice(0, 200), limit: 1 })).items;
  if (!known && (await isIn(repository, base, name))) return undefined;
  return { on: known?.id ?? name.slice(0, 200), kind: 'declared', rule: 'trailer' };
}

async function isIn(repository: Repository, base: string, changeId: string): Promise<boolean> {
  const args = ['rev-list', '--max-count=1', '--fixed-strings', `--grep=Change-Id: ${changeId}`, base];
  return (await gitIn(repository, args)).length > 0;
}
