/**
 * Can the tenant's people finish what a definition asks for? They are those whom the directory knows, with the roles it grants
 * in a project; delegations and who is away by the calendar change nothing about that. Asked by people, by deployments, and
 * whenever the directory is to say something new: the product warns before the last security reviewer leaves.
 */
import { CountersignError, type Issue } from '../errors.ts';
import type { Definition } from '../machines/definition.ts';
import { type Finding, finding } from '../machines/findings.ts';
import { normalise } from '../machines/normalise.ts';
import { sourceSchema } from '../machines/source.ts';
import type { Person, Staff } from '../machines/staffing/staff.ts';
import { type Staffing, type StaffingFinding, staffingOf } from '../machines/staffing/staffing.ts';
import type { StoredDefinition } from '../persistence/records.ts';
import { entriesOf } from './directory/directories.ts';
import type { Said } from './directory/entries.ts';
import { type Directory, managerOf, rolesOf, withSaid } from './directory/state.ts';
import type { Store } from './ports.ts';
import type { Deployed } from './views.ts';

export interface StaffingAnswer extends Staffing {
  readonly name: string;
  readonly version: number;
  readonly project: string | null;
  /** Whom the directory does not know, of those who were said to be away. */
  readonly unknown: readonly string[];
}

export interface AskedStaffing {
  readonly project?: string;
  readonly away?: readonly string[];
  /** Up to how many more people may be away. */
  readonly k?: number;
}

export interface StaffingWarning {
  readonly code: 'UNSTAFFED' | 'UNDECIDED';
  readonly definition: string | null;
  readonly project: string | null;
  readonly message: string;
}

export interface StaffingQuestions {
  /** Throws NOT_FOUND where the tenant has no such definition. */
  of(tenant: string, name: string, asked: AskedStaffing): Promise<StaffingAnswer>;
  /** What is missing wherever a definition may be used; nothing where the directory grants no roles. */
  findings(tenant: string, definition: Definition): Promise<readonly Finding[]>;
  /** Deploys, and adds what is missing to the warnings; where it is strict, throws DEFINITION_INVALID instead of deploying. */
  deploying<T extends Pick<Deployed, 'warnings'>>(what: Deploying, deploy: () => Promise<T>): Promise<T>;
  /** What could be finished as the directory stands, and no longer once this is said. Throws INVALID_INPUT as saying it would. */
  warnings(tenant: string, said: readonly Said[]): Promise<readonly StaffingWarning[]>;
}

export interface Deploying {
  readonly tenant: string;
  /** In the author's grammar. */
  readonly source: unknown;
  readonly isStrict: boolean;
}

interface World {
  readonly store: Pick<Store, 'definition' | 'definitions'>;
  readonly directory: (tenant: string) => Promise<Directory>;
}

/** What one deployment is told; the command says the rest. */
const MAX_FINDINGS = 20;
/** Pairs of definition and project that are looked at again when the directory changes. */
const MAX_PAIRS = 200;

export function staffingFrom({ store, directory }: World): StaffingQuestions {
  const findings: StaffingQuestions['findings'] = async (tenant, definition) =>
    missingIn(await directory(tenant), definition);
  return {
    findings,
    of: async (tenant, name, asked) => {
      const stored = await store.definition(tenant, name);
      if (!stored)
        throw new CountersignError('NOT_FOUND', `The tenant ${tenant} has no definition "${name}".`);
      return answerTo(stored, await directory(tenant), asked);
    },
    deploying: async ({ tenant, source, isStrict }, deploy) => {
      const parsed = sourceSchema.safeParse(source);
      // What is no definition at all is refused in the words for that.
      const found = parsed.success ? await findings(tenant, normalise(parsed.data)) : [];
      const unstaffed = found.filter(({ code }) => code === 'UNSTAFFED');
      if (isStrict && unstaffed.length > 0) throw notStaffed(unstaffed);
      const deployed = await deploy();
      return { ...deployed, warnings: [...deployed.warnings, ...found.map(toIssue)] };
    },
    warnings: async (tenant, said) => {
      const entries = entriesOf(said);
      const before = await directory(tenant);
      const at = { setBy: '', reason: null, setAt: 0 };
      const next = entries.map((each, index) => ({ ...each, ...at, seq: before.seq + index + 1 }));
      const stored = await store.definitions(tenant);
      const definitions = stored.map(({ definition }) => definition as unknown as Definition);
      return lost(before, withSaid(before, next), definitions);
    },
  };
}

function answerTo(
  { name, version, definition }: StoredDefinition,
  directory: Directory,
  { project, away = [], k = 1 }: AskedStaffing,
): StaffingAnswer {
  const staff = staffOf(directory, project);
  const ids = new Set(staff.people.map(({ id }) => id));
  const question = { staff, away, k, ...placeIn(project) };
  return {
    name,
    version,
    project: project ?? null,
    unknown: away.filter((id) => !ids.has(id)),
    ...staffingOf(definition as unknown as Definition, question),
  };
}

function missingIn(directory: Directory, definition: Definition): readonly Finding[] {
  // Where it grants nothing, people have their roles from somewhere else.
  if (directory.grants.length === 0) return [];
  return placesOf(directory, definition)
    .flatMap(
      (project) =>
        staffingOf(definition, { staff: staffOf(directory, project), k: 1, ...placeIn(project) }).findings,
    )
    .sort((a, b) => (a.code === b.code ? 0 : a.code === 'UNSTAFFED' ? -1 : 1))
    .slice(0, MAX_FINDINGS)
    .map(asFinding);
}

function notStaffed(found: readonly Finding[]): CountersignError {
  const message = `The people of the tenant cannot finish it: ${found[0]?.message ?? ''} It was not deployed.`;
  return new CountersignError('DEFINITION_INVALID', message, { issues: found.map(toIssue) });
}

function toIssue({ code, path, message }: Finding): Issue {
  return { path: path.join('/'), message: `${code}: ${message}` };
}

function placeIn(project: string | undefined): { readonly project?: string } {
  return project === undefined ? {} : { project };
}

/** Everybody the directory knows, with the roles it grants there. */
export function staffOf(directory: Directory, project: string | undefined): Staff {
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
  if (directory.managersGrants.length === 0) return { people };
  const managers = people.map(({ id }) => [id, managersOf(directory, id, place)] as const);
  return { people, managers: new Map(managers) };
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

/** Projects in which somebody is granted a role that the definition asks for; the tenant as a whole where there are none. */
function placesOf({ grants, portfolios }: Directory, { roles }: Definition): readonly (string | undefined)[] {
  const found = new Set<string>();
  for (const { role, in: where } of grants) {
    if (where === 'everywhere' || !roles.includes(role)) continue;
    if ('project' in where) found.add(where.project);
    else for (const [project, portfolio] of portfolios) if (portfolio === where.portfolio) found.add(project);
  }
  return found.size === 0 ? [undefined] : [...found].sort();
}

function asFinding({ code, message, path }: StaffingFinding): Finding {
  return { ...finding(code, message, path, 'key'), severity: 'warning' };
}

function lost(before: Directory, after: Directory, definitions: readonly Definition[]): StaffingWarning[] {
  if (before.grants.length === 0) return [];
  const staffs = new Map<string | undefined, readonly [Staff, Staff]>();
  const both = (project: string | undefined) => {
    const known = staffs.get(project) ?? ([staffOf(before, project), staffOf(after, project)] as const);
    staffs.set(project, known);
    return known;
  };
  const pairs = definitions.flatMap((definition) =>
    [...new Set([...placesOf(before, definition), ...placesOf(after, definition)])].flatMap((project) => {
      const [had, has] = both(project);
      return textOf(had, definition) === textOf(has, definition) ? [] : [{ definition, project, had, has }];
    }),
  );
  const found = pairs.slice(0, MAX_PAIRS).flatMap(({ definition, project, had, has }) => {
    const place = placeIn(project);
    const known = new Map(
      staffingOf(definition, { staff: had, ...place }).findings.map((each) => [keyOf(each), each.authors]),
    );
    const now = staffingOf(definition, { staff: has, ...place }).findings;
    return now.flatMap((each) => {
      const isNew = !known.has(keyOf(each)) || isWider(each.authors, known.get(keyOf(each)) ?? null);
      return isNew ? [warningOf(each, definition, project, has)] : [];
    });
  });
  const left = pairs.length - MAX_PAIRS;
  return left <= 0 ? found : [...found, unchecked(left)];
}

function keyOf({ place, roles }: StaffingFinding): string {
  return JSON.stringify([place, roles]);
}

/** Whether it stops changes of somebody it did not stop before. */
function isWider(now: readonly string[] | null, before: readonly string[] | null): boolean {
  if (before === null) return false;
  return now === null || now.some((author) => !before.includes(author));
}

function warningOf(
  { message, people, roles, authors }: StaffingFinding,
  { name }: Definition,
  project: string | undefined,
  { people: staff }: Staff,
): StaffingWarning {
  const [role] = roles;
  const isLast = authors === null && people.length === 0 && role !== undefined;
  const holds = staff.some((each) => role !== undefined && each.roles.includes(role));
  const from = project === undefined ? 'the tenant' : `project ${project}`;
  const start =
    isLast && !holds
      ? `This takes the last ${role} from ${from}: ${name} cannot be finished any more.`
      : `After this, some changes under ${name} cannot be finished any more.`;
  return { code: 'UNSTAFFED', definition: name, project: project ?? null, message: `${start} ${message}` };
}

function unchecked(count: number): StaffingWarning {
  const message = `This changes so much that ${count} more pairs of definition and project were not looked at; ask with "countersign staffing".`;
  return { code: 'UNDECIDED', definition: null, project: null, message };
}

/** All that a definition can tell of the staff. */
function textOf({ people, managers }: Staff, { roles, includes = {} }: Definition): string {
  const asked = new Set([...roles, ...Object.keys(includes)]);
  const rows = people.map(({ id, kind, sponsor, roles: held }) =>
    [id, kind, sponsor ?? '', ...held.filter((role) => asked.has(role)).sort()].join(),
  );
  const above = [...(managers ?? [])].map(([author, found]) =>
    [author, ...found.map((each) => `${each.id}:${each.roles.join('+')}`)].join(),
  );
  return [...rows.sort(), ...above.sort()].join('\n');
}
