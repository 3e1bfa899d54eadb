/**
 * Who may read what: everybody of a tenant all of it, but for projects that the directory calls restricted. Those are read by
 * whoever is granted any role in them or in their portfolio, and by those whom the whole tenant concerns.
 */
import type { Principal } from '../commands.ts';
import type { Directory } from './state.ts';

/** Whoever holds one of these, by the token or granted everywhere, reads all projects. */
const READS_ALL: readonly string[] = ['auditor', 'administrator', 'operator'];

const NOTHING: ReadonlySet<string> = new Set();

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
