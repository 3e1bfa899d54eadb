/**
 * Who approved a change independently, worked out from nothing but the events that were accepted: a third opinion beside
 * the machine's and the model's. Groups of people are found by walking, as one would with pen and paper.
 */
import type { OwnerGroup, Sender } from '../../../src/machines/context.ts';
import type { RevisionData, Said } from './story.ts';

/** What somebody stands by. */
export interface Stance {
  readonly principal: Sender;
  readonly value: number;
}

export interface Memory {
  readonly stances: readonly Stance[];
  /** All who had a hand in the content, by name, and those they acted for. */
  readonly hands: ReadonlySet<string>;
  readonly owners: readonly OwnerGroup[] | undefined;
  readonly revision: RevisionData | undefined;
}

export function remembering(proposer: string): Memory {
  return { stances: [], hands: new Set([proposer]), owners: undefined, revision: undefined };
}

const VALUES: Readonly<Record<string, number>> = { yes: 1, strong: 2, none: 0, no: -1 };

/** Takes note of an accepted event. */
export function remember(memory: Memory, { type, principal, data }: Said): Memory {
  if (type === 'change.revise') {
    const said = (data ?? {}) as RevisionData;
    const named = [said.author, said.committer, ...(said.coAuthors ?? [])].filter(
      (each) => each !== undefined,
    );
    const hands = new Set([...memory.hands, ...named, ...namesOf(principal)]);
    return { ...memory, hands, owners: said.owners, revision: said };
  }
  if (type === 'wipe') return { ...memory, stances: [] };
  const others = memory.stances.filter((each) => !isSame(each.principal, principal));
  if (type === 'back') return { ...memory, stances: others };
  const value = VALUES[type];
  return value === undefined ? memory : { ...memory, stances: [...others, { principal, value }] };
}

function isSame(one: Sender, other: Sender): boolean {
  return one.id === other.id && one.for === other.for;
}

/** The principal, the person it works for, and whom it acts for. */
function namesOf({ id, sponsor, for: other }: Sender): string[] {
  return [id, sponsor, other].filter((each) => each !== undefined);
}

/** The same without the agent itself: only people make two votes one. */
function peopleOf({ id, sponsor, for: other }: Sender): string[] {
  return [sponsor ?? id, other].filter((each) => each !== undefined);
}

/** Groups of linked stances in which all agree, of whose people nobody had a hand in any revision. */
export function independentApprovals({ stances, hands }: Memory): string[][] {
  const seen = new Set<Stance>();
  const groups: string[][] = [];
  for (const first of stances) {
    if (seen.has(first)) continue;
    const circle = walk(first, stances);
    for (const each of circle) seen.add(each);
    const names = circle.flatMap(({ principal }) => namesOf(principal));
    const isClean = !names.some((each) => hands.has(each));
    if (isClean && circle.every(({ value }) => value > 0))
      groups.push(circle.flatMap(({ principal }) => peopleOf(principal)));
  }
  return groups;
}

function walk(first: Stance, stances: readonly Stance[]): Stance[] {
  const found = [first];
  for (const here of found)
    for (const next of stances)
      if (!found.includes(next) && meet(here.principal, next.principal)) found.push(next);
  return found;
}

function meet(one: Sender, other: Sender): boolean {
  return peopleOf(one).some((each) => peopleOf(other).includes(each));
}

/** What is wrong with the change being approved, or undefined where it rightly is. */
export function objection(memory: Memory, asksOwners: boolean): string | undefined {
  const groups = independentApprovals(memory);
  if (groups.length < 2) return `only ${groups.length} independent: ${JSON.stringify(groups)}`;
  if (!asksOwners) return undefined;
  if (!memory.owners) return 'nobody knows the owners';
  const missing = memory.owners.find(
    ({ members }) => !groups.some((people) => people.some((each) => members.includes(each))),
  );
  return missing && `no independent approval from ${missing.name}`;
}
