/**
 * A directory as it stands, and the questions that are asked of it. Groups may hold groups; whoever stands in one of them
 * stands in all that hold it. Names that nobody explained are nobody: what is not known grants nothing.
 */
import type { DirectoryEntry } from '../../persistence/records.ts';
import { resolvePolicies, resolveReactions } from '../dependencies/edge.ts';
import { type Grant, type PrincipalEntry, saidOf } from './entries.ts';

/** The newest entry of each kind and name. */
export type Entries = ReadonlyMap<string, DirectoryEntry>;

export interface Directory {
  readonly seq: number;
  readonly entries: Entries;
  readonly principals: ReadonlyMap<string, PrincipalEntry>;
  /** Principal ids by other names of theirs. */
  readonly aliases: ReadonlyMap<string, string>;
  /** Principals of each group, those of groups within it included. */
  readonly members: ReadonlyMap<string, ReadonlySet<string>>;
  readonly portfolios: ReadonlyMap<string, string>;
  /** Projects that not everybody of the tenant may read. */
  readonly restricted: ReadonlySet<string>;
  readonly grants: readonly Grant[];
  /** The same by principal, through groups too; those for managers are found by the author. */
  readonly grantsOf: ReadonlyMap<string, readonly Grant[]>;
  readonly managersGrants: readonly Grant[];
}

export const EMPTY: Directory = directoryFrom(new Map(), 0);

/** The directory with what was said since. */
export function withSaid(before: Directory, said: readonly DirectoryEntry[]): Directory {
  if (said.length === 0) return before;
  const entries = new Map(before.entries);
  for (const entry of said) {
    const key = `${entry.kind} ${entry.name}`;
    if (entry.value === null) entries.delete(key);
    else entries.set(key, entry);
  }
  return directoryFrom(
    entries,
    said.reduce((most, { seq }) => Math.max(most, seq), before.seq),
  );
}

function directoryFrom(entries: Entries, seq: number): Directory {
  const principals = new Map<string, PrincipalEntry>();
  const aliases = new Map<string, string>();
  const groups = new Map<string, readonly string[]>();
  const portfolios = new Map<string, string>();
  const restricted = new Set<string>();
  const grants: Grant[] = [];
  for (const entry of entries.values()) {
    if (entry.kind === 'principal') {
      const value = saidOf.principal(entry);
      principals.set(entry.name, value);
      for (const alias of value.aliases ?? []) aliases.set(alias, entry.name);
    } else if (entry.kind === 'group') groups.set(entry.name, saidOf.group(entry).members);
    else if (entry.kind === 'project') {
      const { portfolio, restricted: isRestricted } = saidOf.project(entry);
      if (isRestricted) restricted.add(entry.name);
      if (portfolio !== undefined) portfolios.set(entry.name, portfolio);
    } else if (entry.kind === 'grant') grants.push(saidOf.grant(entry));
  }
  const members = new Map([...groups.keys()].map((name) => [name, membersIn(groups, name)]));
  const managersGrants = grants.filter(({ to }) => 'manager_level' in to);
  const of = { seq, entries, principals, aliases, members, portfolios, restricted };
  const known = { ...of, grants, managersGrants };
  return { ...known, grantsOf: byHolder(known) };
}

function byHolder(directory: Pick<Directory, 'grants' | 'members'>): Map<string, Grant[]> {
  const found = new Map<string, Grant[]>();
  for (const grant of directory.grants)
    for (const id of peopleOf(directory, grant)) found.set(id, [...(found.get(id) ?? []), grant]);
  return found;
}

function peopleOf({ members }: Pick<Directory, 'members'>, { to }: Grant): Iterable<string> {
  if ('principal' in to) return [to.principal];
  return 'group' in to ? (members.get(to.group) ?? []) : [];
}

function membersIn(groups: ReadonlyMap<string, readonly string[]>, name: string): ReadonlySet<string> {
  const people = new Set<string>();
  const seen = new Set([name]);
  for (const group of seen)
    for (const member of groups.get(group) ?? [])
      if (member.startsWith('@')) seen.add(member.slice(1));
      else people.add(member);
  return people;
}

/** Where a role is asked for: a change of a project, and its author; neither for the tenant as a whole. */
export interface Place {
  readonly project?: string;
  readonly author?: string;
}

/** The roles that are granted to a principal there, each once. */
export function rolesOf(directory: Directory, id: string, place: Place): string[] {
  const { author } = place;
  const managed = directory.managersGrants.filter(
    ({ to }) =>
      author !== undefined &&
      id !== author &&
      'manager_level' in to &&
      managerOf(directory, author, to.manager_level) === id,
  );
  const granted = [...(directory.grantsOf.get(id) ?? []), ...managed];
  return [...new Set(granted.filter((grant) => holdsIn(directory, grant, place)).map(({ role }) => role))];
}

/** Everybody who is granted one of the roles there; whom managers' grants reach is not among them. */
export function holdersOf(directory: Directory, roles: readonly string[], place: Place): string[] {
  const grants = directory.grants.filter(
    (grant) => roles.includes(grant.role) && holdsIn(directory, grant, place),
  );
  return [...new Set(grants.flatMap((grant) => [...peopleOf(directory, grant)]))].sort();
}

/** What dependencies of a project's changes do, from the tenant's own to the project's. */
export function dependencyRules({ entries, portfolios }: Directory, project: string) {
  const at = (key: string) => {
    const entry = entries.get(key);
    return entry && saidOf.place(entry).dependencies;
  };
  const portfolio = portfolios.get(project);
  const layers = [at('tenant tenant'), portfolio && at(`portfolio ${portfolio}`), at(`project ${project}`)];
  const said = layers.flatMap((layer) => layer || []);
  return {
    policies: resolvePolicies(...said.map(({ policies }) => policies)),
    reactions: resolveReactions(...said.map(({ reactions }) => reactions)),
  };
}

/** The workflow by which the tenant reviews its definitions, where it does. */
export function reviewOfDefinitions({ entries }: Directory): string | undefined {
  const entry = entries.get('tenant tenant');
  return entry && saidOf.tenant(entry).definitions?.review;
}

/** Whoever stands so many levels above in the chain of managers; an agent's manager is its sponsor's. */
export function managerOf({ principals }: Directory, id: string, level: number): string | undefined {
  let at: string | undefined = principals.get(id)?.sponsor ?? id;
  for (let up = 0; up < level && at !== undefined; up++) at = principals.get(at)?.manager;
  return at;
}

/**
 * Those whom an owners file means by a name: "@ada" and "ada" the principal or the group of that name, "@org/team" a group,
 * "@@role" whoever holds the role there, an address whoever has it as an alias. As it is written where nobody is known.
 */
export function meantBy(directory: Directory, name: string, place: Place): readonly string[] {
  if (name.startsWith('@@')) {
    // GitLab writes the role in singular or plural.
    const role = name.slice(2).toLowerCase();
    const holders = holdersOf(directory, [role, role.replace(/s$/, '')], place);
    return holders.length > 0 ? holders : [name];
  }
  const bare = name.startsWith('@') ? name.slice(1) : name;
  if (directory.principals.has(bare)) return [bare];
  const alias = directory.aliases.get(bare) ?? directory.aliases.get(name);
  if (alias !== undefined) return [alias];
  const members = directory.members.get(bare);
  return members ? [...members].sort() : [name];
}

function holdsIn({ portfolios }: Directory, { in: where }: Grant, { project }: Place): boolean {
  if (where === 'everywhere') return true;
  if (project === undefined) return false;
  return 'project' in where ? where.project === project : portfolios.get(project) === where.portfolio;
}
