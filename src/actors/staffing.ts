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
import type { Staff } from '../machines/staffing/staff.ts';
import { type Staffing, type StaffingFinding, staffingOf } from '../machines/staffing/staffing.ts';
import type { Principal } from './commands.ts';
import { asIfSaid } from './directory/directories.ts';
import type { Said } from './directory/entries.ts';
import { hiddenFrom, readable } from './directory/reading.ts';
import type { Directory } from './directory/state.ts';
import type { OwnerRules } from './owners/groups.ts';
import { readOwners } from './owners/read-owners.ts';
import type { Store } from './ports.ts';
import { activeVersion, type FollowedStore, followed } from './staffing/followed.ts';
import { lost, type StaffingWarning } from './staffing/lost.ts';
import { asksOwners, MAX_GROUPS, placeIn, placesOf, staffOf } from './staffing/people.ts';
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
  /** Projects that whoever asks may not read: nothing is said of their people. */
  readonly hidden?: ReadonlySet<string>;
}

export interface StaffingQuestions {
  /** Of the version that new changes follow there. Throws NOT_FOUND where the tenant has no such definition. */
  of(tenant: string, name: string, asked: AskedStaffing): Promise<StaffingAnswer>;
  /** What is missing wherever a definition may be used, as far as `by` may read it; nothing where the directory grants no roles. */
  findings(tenant: string, definition: Definition, by: Principal): Promise<readonly Finding[]>;
  /** Deploys, and adds what is missing to the warnings; where it is strict, throws DEFINITION_INVALID instead of deploying. */
  deploying<T extends Pick<Deployed, 'warnings'>>(what: Deploying, deploy: () => Promise<T>): Promise<T>;
  /** What could be finished as the directory stands, and no longer once this is said. Throws INVALID_INPUT as saying it would. */
  warnings(tenant: string, said: readonly Said[]): Promise<readonly StaffingWarning[]>;
}

export interface Deploying {
  readonly tenant: string;
  readonly by: Principal;
  /** In the author's grammar. */
  readonly source: unknown;
  readonly isStrict: boolean;
}

interface World {
  readonly store: FollowedStore & Pick<Store, 'definition' | 'projectOwners'>;
  readonly directory: (tenant: string) => Promise<Directory>;
}

const NOTHING: ReadonlySet<string> = new Set();

/** What one deployment is told; the command says the rest. */
const MAX_FINDINGS = 20;

export function staffingFrom({ store, directory }: World): StaffingQuestions {
  const rulesOf = async (tenant: string, project: string) => {
    const owners = await store.projectOwners(tenant, project);
    return owners && readOwners(owners.format, owners.files);
  };
  const staffFor = async (known: Directory, tenant: string, definition: Definition, project?: string) => {
    const isAsked = project !== undefined && asksOwners(definition);
    return bounded(staffOf(known, project, isAsked ? await rulesOf(tenant, project) : undefined));
  };
  const findings: StaffingQuestions['findings'] = async (tenant, definition, by) => {
    const whole = await directory(tenant);
    const known = readable(whole, hiddenFrom(whole, by));
    // Where it grants nothing, people have their roles from somewhere else.
    if (known.grants.length === 0) return [];
    const found = await Promise.all(
      placesOf(known, definition).map(async (project) => {
        const { staff } = await staffFor(known, tenant, definition, project);
        return staffingOf(definition, { staff, k: 1, ...placeIn(project) }).findings;
      }),
    );
    return foremost(found.flat());
  };
  return {
    findings,
    of: async (tenant, name, asked) => {
      const { project, away = [], k = 1, hidden = NOTHING } = asked;
      const stored = await activeVersion(store, tenant, name, project);
      if (!stored)
        throw new CountersignError('NOT_FOUND', `The tenant ${tenant} has no definition "${name}".`);
      const definition = stored.definition as unknown as Definition;
      const known = readable(await directory(tenant), hidden);
      const { staff, isCut } = await staffFor(known, tenant, definition, project);
      const answer = staffingOf(definition, { staff, away, k, ...placeIn(project) });
      const ids = new Set(staff.people.map(({ id }) => id));
      return {
        name,
        version: stored.version,
        project: project ?? null,
        unknown: away.filter((id) => !ids.has(id)),
        ...answer,
        decided: answer.decided && !isCut,
      };
    },
    deploying: async ({ tenant, by, source, isStrict }, deploy) => {
      const parsed = sourceSchema.safeParse(source);
      // What is no definition at all is refused in the words for that.
      const found = parsed.success ? await findings(tenant, normalise(parsed.data), by) : [];
      const unstaffed = found.filter(({ code }) => code === 'UNSTAFFED');
      if (isStrict && unstaffed.length > 0) throw notStaffed(unstaffed);
      const deployed = await deploy();
      return { ...deployed, warnings: [...deployed.warnings, ...found.map(toIssue)] };
    },
    warnings: async (tenant, said) => {
      const before = await directory(tenant);
      const after = asIfSaid(before, said);
      if (before.grants.length === 0) return [];
      const rules = new Map<string, Promise<OwnerRules | undefined>>();
      const kept = (project: string) => {
        const known = rules.get(project) ?? rulesOf(tenant, project);
        rules.set(project, known);
        return known;
      };
      return lost(before, after, await followed(store, tenant), kept);
    },
  };
}

/** Groups past the bound are not looked at, and the answer says so. */
function bounded({ mayOwn, ...rest }: Staff): { readonly staff: Staff; readonly isCut: boolean } {
  if (!mayOwn) return { staff: rest, isCut: false };
  return { staff: { ...rest, mayOwn: mayOwn.slice(0, MAX_GROUPS) }, isCut: mayOwn.length > MAX_GROUPS };
}

function foremost(found: readonly StaffingFinding[]): readonly Finding[] {
  return found
    .toSorted((a, b) => (a.code === b.code ? 0 : a.code === 'UNSTAFFED' ? -1 : 1))
    .slice(0, MAX_FINDINGS)
    .map(({ code, message, path }) => ({ ...finding(code, message, path, 'key'), severity: 'warning' }));
}

function notStaffed(found: readonly Finding[]): CountersignError {
  const message = `The people of the tenant cannot finish it: ${found[0]?.message ?? ''} It was not deployed.`;
  return new CountersignError('DEFINITION_INVALID', message, { issues: found.map(toIssue) });
}

function toIssue({ code, path, message }: Finding): Issue {
  return { path: path.join('/'), message: `${code}: ${message}` };
}
