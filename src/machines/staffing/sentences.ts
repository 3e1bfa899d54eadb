/** What is missing, in sentences: what a place asks for, who could give it, and who is left of them. */
import { acceptedRoles } from './capability.ts';
import type { Case, Judge } from './judge.ts';
import { everybody } from './judge.ts';
import { helpers, type Lack, type Present } from './solve.ts';
import type { Crew, OwnedPart } from './staff.ts';
import { signed } from './way.ts';

const allOf = new Intl.ListFormat('en', { type: 'conjunction' });
const anyOf = new Intl.ListFormat('en', { type: 'disjunction' });
const MAX_NAMES = 5;

export interface Scene {
  readonly judge: Judge;
  /** `ReleaseApproval in project web` */
  readonly where: string;
  /** What the changes touch, where it is about those that touch what some owners own. */
  readonly touching?: readonly OwnedPart[];
}

/** The same text for the same thing that is missing. */
export function keyOfLack(lack: Lack): string {
  if (lack.kind === 'act') return `act ${lack.act.what}`;
  if (lack.kind === 'apart') return `apart ${ballotsOf(lack).join()}`;
  return JSON.stringify([lack.row.ballot, lack.row.want, lack.row.of, lack.row.role, lack.row.group]);
}

/** Where it is missing: a ballot, or a state and its trigger. */
export function placeOf({ judge }: Scene, lack: Lack): string {
  const title = (ballot: string) => judge.requirements.definition.ballots?.[ballot]?.title ?? ballot;
  if (lack.kind === 'act') {
    const [rule] = lack.act.rules;
    return rule ? `"${rule.trigger}" in ${rule.from}` : 'a veto';
  }
  return allOf.format(ballotsOf(lack).map((ballot) => `"${title(ballot)}"`));
}

/** Where that stands in the definition. */
export function pathOf(lack: Lack): string[] {
  if (lack.kind !== 'act') return ['ballots', ballotsOf(lack)[0] ?? ''];
  const [state = '', region, inner = ''] = (lack.act.rules[0]?.from ?? '').split('.');
  return region === undefined ? ['states', state] : ['states', state, 'regions', region, 'states', inner];
}

export function rolesOf({ judge }: Scene, lack: Lack): string[] {
  const { rules } = judge.solver;
  const cast = (ballot: string) =>
    Object.values(rules.definition.ballots?.[ballot]?.cast ?? {}).flatMap(({ value, roles }) =>
      typeof value === 'number' && value > 0 ? roles : [],
    );
  const roles =
    lack.kind === 'act'
      ? lack.act.rules.flatMap((rule) => acceptedRoles(rules, rule))
      : (lack.kind === 'row' ? [lack.row] : lack.rows).flatMap(({ role, ballot }) => role ?? cast(ballot));
  return [...new Set(roles)];
}

/** `"Release" of ReleaseApproval in project web needs 2 security_reviewer who did not write the change` */
export function askText(scene: Scene, lack: Lack): string {
  const place = `${placeOf(scene, lack)} of ${scene.where}`;
  const roles = anyOf.format(rolesOf(scene, lack));
  if (lack.kind === 'apart') return `${place} need different people (${roles || 'of any role'})`;
  const somebody = roles === '' ? 'somebody' : roles;
  if (lack.kind === 'act') {
    const apart = lack.act.rules.every(({ exclude }) => exclude.length > 0) ? INDEPENDENT : '';
    return `${place} needs ${roles === '' ? 'somebody' : `1 ${somebody}`}${apart}`;
  }
  const { row } = lack;
  const apart = row.isIndependent ? INDEPENDENT : '';
  if (row.group !== undefined) return `${place} needs ${row.want} of the owners ${row.group}${apart}`;
  if (row.of === 'weight') return `${place} needs approvals that weigh ${row.want} (${somebody})${apart}`;
  return `${place} needs ${row.want} ${roles === '' ? (row.want === 1 ? 'person' : 'people') : roles}${apart}`;
}

const INDEPENDENT = ' who did not write the change';

/** Everybody who could give it for a change of a stranger. */
export function holdersOf({ judge }: Scene, lack: Lack): string[] {
  const [anybody] = judge.crews;
  return anybody ? helpers(judge.solver, lack, anybody) : [];
}

export function holdersText(scene: Scene, lack: Lack): string {
  const holders = holdersOf(scene, lack);
  if (holders.length === 0) return 'nobody can give that';
  return `only ${names(holders)} can give that`;
}

/** Who is left, for changes of some authors. */
export function leftText(
  { judge }: Scene,
  lack: Lack,
  crew: Crew,
  present: Present = everybody(crew),
): string {
  const left = helpers(judge.solver, lack, crew, present);
  if (lack.kind === 'apart' && left.length > 0) return `${names(left)} cannot be in all these places at once`;
  return onlyText(left);
}

export function onlyText(left: readonly string[]): string {
  if (left.length === 0) return 'nobody is left';
  return left.length === 1 ? `nobody but ${names(left)} is left` : `only ${names(left)} are left`;
}

/** ` that touches web/** (owners CODEOWNERS:2)`, of a change; nothing where it is about all of them. */
export function touchingText({ touching = [] }: Scene, verb: 'touch' | 'touches'): string {
  if (touching.length === 0) return '';
  return ` that ${verb} ${ownedText(touching)} (owners ${names(touching.map(({ name }) => name))})`;
}

export function ownedText(parts: readonly OwnedPart[]): string {
  const patterns = [...new Set(parts.flatMap(({ patterns: own = [] }) => own))];
  return patterns.length === 0 ? 'what is theirs' : names(patterns);
}

export function caseText({ facts }: Case): string {
  return facts.length === 0 ? '' : `Where ${facts.map(signed).join(' and ')}: `;
}

export function names(all: readonly string[]): string {
  const sorted = [...all].sort();
  const shown = sorted.length <= MAX_NAMES + 1 ? sorted : sorted.slice(0, MAX_NAMES);
  const more = sorted.length - shown.length;
  return allOf.format(more === 0 ? shown : [...shown, `${more.toLocaleString('en')} more`]);
}

export function anyName(all: readonly string[]): string {
  const sorted = [...all].sort();
  const shown = sorted.length <= MAX_NAMES + 1 ? sorted : sorted.slice(0, MAX_NAMES);
  const more = sorted.length - shown.length;
  return anyOf.format(more === 0 ? shown : [...shown, `one of ${more.toLocaleString('en')} more`]);
}

function ballotsOf(lack: Exclude<Lack, { kind: 'act' }>): string[] {
  return [...new Set((lack.kind === 'row' ? [lack.row] : lack.rows).map(({ ballot }) => ballot))];
}
