/**
 * The people, as a definition sees them. Somebody and the agents that work for him are one voice, so they are one unit here;
 * units that nobody can tell apart are one class. Two thousand people of an organisation are a few dozen classes.
 */
import { holding } from '../check-names.ts';
import type { OwnerGroup } from '../context.ts';
import type { Definition, PrincipalKind } from '../definition.ts';

export interface Person {
  readonly id: string;
  readonly kind: PrincipalKind;
  /** The person an agent works for. */
  readonly sponsor?: string;
  readonly roles: readonly string[];
}

/** A group, and which files are its own, as patterns. */
export interface OwnedPart extends OwnerGroup {
  readonly patterns?: readonly string[];
}

export interface Staff {
  readonly people: readonly Person[];
  /** Roles that some have for the changes of one author, by author: of whoever manages him. */
  readonly managers?: ReadonlyMap<
    string,
    readonly { readonly id: string; readonly roles: readonly string[] }[]
  >;
  /** Groups that own what every change touches; without them no owners are asked for together. */
  readonly owners?: readonly OwnerGroup[];
  /** Groups of which a change may touch any, by itself. */
  readonly mayOwn?: readonly OwnedPart[];
  /** How many hold a role that shares are taken of. */
  readonly electorates?: Readonly<Record<string, number>>;
}

export interface Member {
  readonly id: string;
  readonly kind: PrincipalKind;
  /** All that are held, included ones too. */
  readonly roles: ReadonlySet<string>;
  /** Set where it is the author of the change, or tied to him. */
  readonly isTied?: true;
}

export interface Unit {
  /** Whoever the votes of the unit speak for. */
  readonly party: string;
  readonly members: readonly Member[];
}

/** Units that are alike for this definition. */
export interface Class {
  readonly key: string;
  readonly units: readonly Unit[];
  /** Somebody of it is tied to the change. */
  readonly isTied: boolean;
  /** Made of one unit for one author: whoever manages him. */
  readonly isManager: boolean;
}

/** Who is there for changes of one author, or of several that are alike. */
export interface Crew {
  /** Null: somebody the tenant does not know, without any role. */
  readonly author: Member | null;
  /** All authors for whom it is the same, up to names. */
  readonly authors: readonly (string | null)[];
  readonly classes: readonly Class[];
}

export function unitsOf(people: readonly Person[], { includes }: Definition): Unit[] {
  const units = new Map<string, Member[]>();
  for (const { id, kind, sponsor, roles } of people) {
    const all = new Set(roles.flatMap((role) => [role, ...holding(includes, role)]));
    const party = sponsor ?? id;
    units.set(party, [...(units.get(party) ?? []), { id, kind, roles: all }]);
  }
  return [...units].map(([party, members]) => ({ party, members }));
}

/** What tells units apart. */
export type Signature = (unit: Unit) => string;

export function signatureFor(
  roles: ReadonlySet<string>,
  namesMatter: boolean,
  owners: readonly OwnerGroup[],
): Signature {
  const memberText = ({ id, kind, roles: held }: Member) =>
    `${kind}:${[...held]
      .filter((role) => roles.has(role))
      .sort()
      .join(',')}${namesMatter ? `:${id}` : ''}`;
  return ({ party, members }) => {
    const owned = owners.flatMap(({ members: names }, index) => (names.includes(party) ? [index] : []));
    return JSON.stringify([members.map(memberText).sort(), owned]);
  };
}

/** Members in one order for all who are alike: what one of a class does, another does in the same place. */
function inOrder({ party, members }: Unit, signature: Signature): Unit {
  const alone = (member: Member) => signature({ party: '', members: [member] });
  return { party, members: members.toSorted((a, b) => (alone(a) < alone(b) ? -1 : 1)) };
}

/** A crew for every author that makes a difference: each kind of person, each kind of agent, and a stranger. */
export function crewsOf(staff: Staff, definition: Definition, signature: Signature): Crews {
  const units = unitsOf(staff.people, definition).map((unit) => inOrder(unit, signature));
  const classes = new Map<string, Unit[]>();
  for (const unit of units) put(classes, signature(unit), unit);
  const byParty = new Map(units.map((unit) => [unit.party, unit]));
  const byMember = new Map(units.flatMap((unit) => unit.members.map(({ id }) => [id, unit] as const)));
  const groups = new Map<string, { author: Member; authors: string[]; unit: Unit }>();
  for (const unit of units)
    for (const member of unit.members) {
      // Agents of agents are tied to more than their own voice; managers differ from author to author.
      const sponsor = byMember.get(unit.party);
      const isChained = (sponsor && sponsor !== unit) || (member.id !== unit.party && byParty.has(member.id));
      const own = isChained ? member.id : '';
      const key = JSON.stringify([
        signature(unit),
        member.kind,
        own,
        managersKey(staff, member.id, unit, byMember, signature),
      ]);
      const known = groups.get(key);
      if (known) known.authors.push(member.id);
      else groups.set(key, { author: member, authors: [member.id], unit });
    }
  const crewFor = (author: Member, unit: Unit, authors: readonly string[]): Crew => {
    const tied = new Set([unit.party, author.id]);
    return { author, authors, classes: classesFor(classes, tied, staff, author.id, definition, signature) };
  };
  const crews = [...groups.values()].map(({ author, authors, unit }) => crewFor(author, unit, authors));
  const stranger: Unit = {
    party: STRANGER,
    members: [{ id: STRANGER, kind: 'person', roles: new Set(), isTied: true }],
  };
  const all = classesFor(classes, new Set(), staff, undefined, definition, signature);
  const alone: Class = { key: signature(stranger), units: [stranger], isTied: true, isManager: false };
  const anybody: Crew = { author: null, authors: [null], classes: [...all, alone] };
  const exactly = (id: string): Crew => {
    const unit = byMember.get(id);
    const author = unit?.members.find((each) => each.id === id);
    return unit && author ? crewFor(author, unit, [id]) : anybody;
  };
  return { crews: [anybody, ...crews], exactly };
}

export interface Crews {
  readonly crews: readonly Crew[];
  /** The crew for one author, by name. */
  readonly exactly: (author: string) => Crew;
}

/** Nobody's id: ids are not empty. */
export const STRANGER = '';

function classesFor(
  classes: ReadonlyMap<string, readonly Unit[]>,
  tied: ReadonlySet<string>,
  { managers }: Staff,
  author: string | undefined,
  { includes }: Definition,
  signature: Signature,
): Class[] {
  const added = new Map(
    (author === undefined ? [] : (managers?.get(author) ?? [])).map((each) => [each.id, each.roles]),
  );
  const special = new Map<string, Unit[]>();
  const found: Class[] = [];
  for (const [key, units] of classes) {
    const plain: Unit[] = [];
    for (const unit of units) {
      const isManager = unit.members.some(({ id }) => added.has(id));
      const isOwn = tied.has(unit.party);
      if (!isManager && !isOwn && !unit.members.some(({ id }) => tied.has(id))) {
        plain.push(unit);
        continue;
      }
      const members = unit.members.map((member): Member => {
        const more = (added.get(member.id) ?? []).flatMap((role) => [role, ...holding(includes, role)]);
        const roles = more.length === 0 ? member.roles : new Set([...member.roles, ...more]);
        return { ...member, roles, ...((isOwn || tied.has(member.id)) && { isTied: true }) };
      });
      put(
        special,
        `${isManager} ${members.some((each) => each.isTied)}`,
        inOrder({ ...unit, members }, signature),
      );
    }
    if (plain.length > 0) found.push({ key, units: plain, isTied: false, isManager: false });
  }
  for (const [kind, units] of special) {
    const [isManager, isTied] = kind.split(' ').map((each) => each === 'true');
    for (const unit of units)
      found.push({
        key: signature(unit),
        units: [unit],
        isTied: isTied === true,
        isManager: isManager === true,
      });
  }
  return found;
}

function managersKey(
  { managers }: Staff,
  author: string,
  own: Unit,
  byMember: ReadonlyMap<string, Unit>,
  signature: Signature,
): string {
  const found = managers?.get(author) ?? [];
  if (found.length === 0) return '';
  const texts = found.map(({ id, roles }) => {
    const unit = byMember.get(id);
    const kind = unit?.members.findIndex((each) => each.id === id);
    return JSON.stringify([
      unit ? signature(unit) : '',
      unit === own,
      unit?.party === author,
      [...roles].sort(),
      kind,
    ]);
  });
  return texts.sort().join();
}

function put<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const known = map.get(key);
  if (known) known.push(value);
  else map.set(key, [value]);
}
