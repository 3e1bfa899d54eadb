/** What could be finished as the directory stands, and no longer once something is said: the warnings before it is. */
import type { Definition } from '../../machines/definition.ts';
import type { Staff } from '../../machines/staffing/staff.ts';
import { type StaffingFinding, staffingOf } from '../../machines/staffing/staffing.ts';
import type { Directory } from '../directory/state.ts';
import type { OwnerRules } from '../owners/groups.ts';
import { type Followed, placesFor } from './followed.ts';
import { asksOwners, placeIn, staffOf } from './people.ts';

export interface StaffingWarning {
  readonly code: 'UNSTAFFED' | 'UNDECIDED';
  readonly definition: string | null;
  /** Null where it is about the tenant as a whole, or about no definition. */
  readonly project: string | null;
  readonly message: string;
}

/** Pairs of version and project that are looked at again when the directory changes. */
const MAX_PAIRS = 200;

interface Pair {
  readonly followed: Followed;
  readonly project: string | undefined;
  readonly had: Staff;
  readonly has: Staff;
}

export async function lost(
  before: Directory,
  after: Directory,
  versions: readonly Followed[],
  rulesOf: (project: string) => Promise<OwnerRules | undefined>,
): Promise<StaffingWarning[]> {
  const staffs = new Map<string, Promise<readonly [Staff, Staff]>>();
  const both = (project: string | undefined, asks: boolean) => {
    const key = JSON.stringify([project ?? null, asks]);
    const known = staffs.get(key) ?? staffsIn(before, after, project, asks ? rulesOf : undefined);
    staffs.set(key, known);
    return known;
  };
  const pairs: Pair[] = [];
  for (const each of versions)
    for (const project of placesFor(each, [before, after])) {
      const [had, has] = await both(project, asksOwners(each.definition));
      if (textOf(had, each.definition) !== textOf(has, each.definition))
        pairs.push({ followed: each, project, had, has });
    }
  const found = pairs.slice(0, MAX_PAIRS).flatMap(lostIn);
  const left = pairs.length - MAX_PAIRS;
  return left <= 0 ? found : [...found, unchecked(left)];
}

async function staffsIn(
  before: Directory,
  after: Directory,
  project: string | undefined,
  rulesOf: ((project: string) => Promise<OwnerRules | undefined>) | undefined,
): Promise<readonly [Staff, Staff]> {
  const rules = project === undefined ? undefined : await rulesOf?.(project);
  return [staffOf(before, project, rules), staffOf(after, project, rules)];
}

function lostIn(pair: Pair): StaffingWarning[] {
  const { followed, project, had, has } = pair;
  const { definition } = followed;
  const place = placeIn(project);
  const known = new Map(
    staffingOf(definition, { staff: had, ...place }).findings.map((each) => [keyOf(each), each.authors]),
  );
  return staffingOf(definition, { staff: has, ...place }).findings.flatMap((each) => {
    const isNew = !known.has(keyOf(each)) || isWider(each.authors, known.get(keyOf(each)) ?? null);
    return isNew ? [warningOf(each, pair)] : [];
  });
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
  { followed: { definition, version, isActive }, project, has }: Pair,
): StaffingWarning {
  const { name } = definition;
  const [role] = roles;
  const isLast = authors === null && people.length === 0 && role !== undefined;
  const holds = has.people.some((each) => role !== undefined && each.roles.includes(role));
  const from = project === undefined ? 'the tenant' : `project ${project}`;
  const which = isActive(project) ? name : `version ${version} of ${name}, which open changes still follow,`;
  const start =
    isLast && !holds
      ? `This takes the last ${role} from ${from}: ${which} cannot be finished any more.`
      : `After this, some changes under ${which} cannot be finished any more.`;
  return { code: 'UNSTAFFED', definition: name, project: project ?? null, message: `${start} ${message}` };
}

function unchecked(count: number): StaffingWarning {
  const message = `This changes so much that ${count} more pairs of definition and project were not looked at; ask with "countersign staffing".`;
  return { code: 'UNDECIDED', definition: null, project: null, message };
}

/** All that a definition can tell of the staff. */
function textOf({ people, managers, mayOwn = [] }: Staff, { roles, includes = {} }: Definition): string {
  const asked = new Set([...roles, ...Object.keys(includes)]);
  const rows = people.map(({ id, kind, sponsor, roles: held }) =>
    [id, kind, sponsor ?? '', ...held.filter((role) => asked.has(role)).sort()].join(),
  );
  const above = [...(managers ?? [])].map(([author, found]) =>
    [author, ...found.map((each) => `${each.id}:${each.roles.join('+')}`)].join(),
  );
  const groups = mayOwn.map(({ name, members }) => JSON.stringify([name, members]));
  return [...rows.sort(), ...above.sort(), ...groups].join('\n');
}
