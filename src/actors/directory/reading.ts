/**
 * Who may read what: everybody of a tenant all of it, but for projects that the directory calls restricted. Those are read by
 * whoever is granted any role in them or in their portfolio, and by those whom the whole tenant concerns.
 */
import type { Principal } from '../commands.ts';
import type { Grant } from './entries.ts';
import type { Directory } from './state.ts';

/** Whoever holds one of these, by the token or granted everywhere, reads all projects. */
const READS_ALL: readonly string[] = ['auditor', 'administrator', 'operator'];

const NOTHING: ReadonlySet<string> = new Set();

/** The directory without what it says of hidden projects: grants in them, and in portfolios of which none can be read. */
export function readable(directory: Directory, hidden: ReadonlySet<string>): Directory {
  if (hidden.size === 0) return directory;
  const { portfolios } = directory;
  const open = new Set([...portfolios].flatMap(([project, name]) => (hidden.has(project) ? [] : [name])));
  const closed = new Set(
    [...portfolios].flatMap(([project, name]) => (hidden.has(project) && !open.has(name) ? [name] : [])),
  );
  const isSeen = ({ in: where }: Grant) =>
    where === 'everywhere' || !('project' in where ? hidden.has(where.project) : closed.has(where.portfolio));
  const grantsOf = new Map(
    [...directory.grantsOf].flatMap(([id, grants]) => {
      const left = grants.filter(isSeen);
      return left.length === 0 ? [] : [[id, left] as const];
    }),
  );
  return {
    ...directory,
    grants: directory.grants.filter(isSeen),
    grantsOf,
    managersGrants: directory.managersGrants.filter(isSeen),
    portfolios: new Map([...portfolios].filter(([project]) => !hidden.has(project))),
  };
}

/** The projects that this principal may not read. */
export function hiddenFrom(
  directory: Pick<Directory, 'restricted' | 'grantsOf' | 'portfolios'>,
  { id, roles }: Pick<Principal, 'id' | 'roles'>,
): ReadonlySet<string> {
  if (directory.restricted.size === 0 || roles.some((role) => READS_ALL.includes(role))) return NOTHING;
  const grants = directory.grantsOf.get(id) ?? [];
  if (grants.some(({ role, in: where }) => where === 'everywhere' && READS_ALL.includes(role)))
    return NOTHING;
  const isIn = (project: string) =>
    grants.some(
      ({ in: where }) =>
        where !== 'everywhere' &&
        ('project' in where
          ? where.project === project
          : directory.portfolios.get(project) === where.portfolio),
    );
  const hidden = [...directory.restricted].filter((project) => !isIn(project));
  return hidden.length === 0 ? NOTHING : new Set(hidden);
}
