/**
 * The staff of a place: everybody whom the directory knows, with the roles it grants there, and the groups that may own what
 * a change of the project touches.
 */
import type { Definition } from '../../machines/definition.ts';
import type { OwnedPart, Person, Staff } from '../../machines/staffing/staff.ts';
import { type Directory, managerOf, rolesOf } from '../directory/state.ts';
import { groupsFor } from '../known-facts.ts';
import type { OwnerRules } from '../owners/groups.ts';
import { samplePaths } from './sample-paths.ts';

/** Groups of owners that are looked at for one project; a staff with more has one more than that. */
export const MAX_GROUPS = 200;

/** `rules`: of the project's owners files, where the definition asks for owners. */
export function staffOf(directory: Directory, project: string | undefined, rules?: OwnerRules): Staff {
  const place = placeIn(project);
  const ids = new Set([...directory.principals.keys(), ...directory.grantsOf.keys()]);
  for (const members of directory.members.values()) for (const id of members) ids.add(id);
  // A grant to whoever manages an author reaches people whom nothing else may name.
  for (const { manager, sponsor } of directory.principals.values())
    for (const id of [manager, sponsor]) if (id !== undefined) ids.add(id);
  const people = [...ids].map((id): Person => {
    const { kind = 'person', sponsor } = directory.principals.get(id) ?? {};
    const isAgent = kind === 'agent' && sponsor !== undefined;
    return { id, kind, ...(isAgent && { sponsor }), roles: rolesOf(directory, id, place) };
  });
  const mayOwn =
    rules && project !== undefined
      ? ownedBy({ rules, directory, project }).slice(0, MAX_GROUPS + 1)
      : undefined;
  const staff = { people, ...(mayOwn && { mayOwn }) };
  if (directory.managersGrants.length === 0) return staff;
  const managers = people.map(({ id }) => [id, managersOf(directory, id, place)] as const);
  return { ...staff, managers: new Map(managers) };
}

/** The groups with the patterns of what they own. */
function ownedBy(meant: Parameters<typeof groupsFor>[0]): OwnedPart[] {
  const samples = samplePaths(meant.rules);
  return groupsFor(meant, [...samples.keys()]).map((group) => ({
    ...group,
    patterns: [...new Set(group.files.flatMap((path) => samples.get(path) ?? []))],
  }));
}

function managersOf(directory: Directory, author: string, place: { readonly project?: string }) {
  const levels = new Set(
    directory.managersGrants.flatMap(({ to }) => ('manager_level' in to ? [to.manager_level] : [])),
  );
  const ids = new Set([...levels].flatMap((level) => managerOf(directory, author, level) ?? []));
  return [...ids].flatMap((id) => {
    const own = rolesOf(directory, id, place);
    const roles = rolesOf(directory, id, { ...place, author }).filter((role) => !own.includes(role));
    return roles.length > 0 ? [{ id, roles }] : [];
  });
}

export function placeIn(project: string | undefined): { readonly project?: string } {
  return project === undefined ? {} : { project };
}

/** Projects in which somebody is granted a role that the definition asks for; the tenant as a whole where there are none. */
export function placesOf(
  { grants, portfolios }: Directory,
  { roles }: Definition,
): readonly (string | undefined)[] {
  const found = new Set<string>();
  for (const { role, in: where } of grants) {
    if (where === 'everywhere' || !roles.includes(role)) continue;
    if ('project' in where) found.add(where.project);
    else for (const [project, portfolio] of portfolios) if (portfolio === where.portfolio) found.add(project);
  }
  return found.size === 0 ? [undefined] : [...found].sort();
}

/** Whether some ballot needs an approval from each group that owns a touched file. */
export function asksOwners({ ballots = {} }: Definition): boolean {
  return Object.values(ballots).some(({ needs }) =>
    needs.some((need) => need.kind === 'each' && need.of === 'owners'),
  );
}
