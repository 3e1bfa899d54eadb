/**
 * What a member of the staff may do, by the same rule the machine's guard asks (`rules.ts`): kind, roles and those that
 * timers add in time, independence, and what a condition says of the sender. And what a unit's voice can be in a ballot.
 */
import type { Ballot } from '../ballot.ts';
import { evaluate } from '../conditions/evaluate.ts';
import type { Definition } from '../definition.ts';
import { treeOf } from '../facts.ts';
import type { Leaving } from '../paths.ts';
import { timersOf } from '../timers.ts';
import { asksOf, type Literal } from './asks.ts';
import { castsOf } from './requirements.ts';
import type { Class, Member } from './staff.ts';

/** What a voice can be: one member's vote, or those of several who speak for one person. */
export interface Voice {
  readonly grade: number;
  readonly roles: ReadonlySet<string>;
  readonly weight: number;
  /** Whether somebody who is tied to the change is among those who cast it. */
  readonly isTied: boolean;
  /** Which members cast it, by their place in the unit, and with which event. */
  readonly casts: readonly { readonly member: number; readonly trigger: string }[];
}

export interface Rules {
  readonly definition: Definition;
  /** Roles that timers add, by path. */
  readonly escalations: ReadonlyMap<string, readonly string[]>;
}

export function rulesOf(definition: Definition): Rules {
  const escalations = new Map<string, string[]>();
  for (const { path, escalate } of timersOf(definition))
    if (escalate !== undefined) escalations.set(path, [...(escalations.get(path) ?? []), escalate]);
  return { definition, escalations };
}

/** Whom a rule accepts: its own roles, and those that are asked in the end; empty where it asks for none. */
export function acceptedRoles({ escalations }: Rules, { roles, from }: Leaving): readonly string[] {
  if (roles.length === 0) return [];
  const parts = from.split('.');
  const around = parts.map((_, index) => parts.slice(0, index + 1).join('.'));
  return [...new Set([...roles, ...around.flatMap((path) => escalations.get(path) ?? [])])];
}

export function mayAct(
  rules: Rules,
  rule: Leaving,
  member: Member,
  author: Member | null,
  sender: readonly Literal[],
): boolean {
  if (rule.by.length > 0 && !rule.by.includes(member.kind)) return false;
  if (member.isTied && rule.exclude.length > 0) return false;
  const accepted = acceptedRoles(rules, rule);
  if (accepted.length > 0 && !accepted.some((role) => member.roles.has(role))) return false;
  return allHold(sender, author, member);
}

/** Whether conditions about the author, and about whoever sends it, come out as they should. */
export function allHold(literals: readonly Literal[], author: Member | null, member?: Member): boolean {
  if (literals.length === 0) return true;
  const sender = member && { id: member.id, kind: member.kind, roles: [...member.roles] };
  const facts = { author: author?.id ?? '', authorKind: author?.kind ?? 'person', sender };
  return literals.every(({ tree, holds }) => evaluate(tree, facts) === holds);
}

/** Approvals that a unit of the class can give in a ballot, and that would count; none where it is not independent. */
export function voicesFor(
  rules: Rules,
  name: string,
  { units: [unit] }: Class,
  author: Member | null,
): Voice[] {
  const { definition } = rules;
  const ballot = definition.ballots?.[name];
  if (!unit || !ballot) return [];
  const casts = Object.values(ballot.cast);
  const excludes = casts.some(({ value, exclude }) => typeof value === 'number' && exclude.length > 0);
  const positive = castsOf(definition, name, (value) => value > 0);
  const votes = unit.members.flatMap((member, index) => {
    if (member.isTied && excludes) return [];
    const open = positive.filter((rule) => mayCast(rules, rule, member, author));
    const values = open.map(({ trigger }) => ({ trigger, value: Number(ballot.cast[trigger]?.value) }));
    const [best] = values.sort((a, b) => b.value - a.value);
    const isTied = member.isTied === true;
    return best ? [{ member: index, isTied, ...best, ...weighed(member, ballot) }] : [];
  });
  const found: Voice[] = [];
  for (const least of new Set(votes.map(({ value }) => value)))
    for (const isLight of [true, false])
      for (const isTied of [true, false]) {
        // The least favourable vote is what the voice says; a light role weighs less than none; and a tie may not count.
        const among = votes.filter(
          (vote) => vote.value >= least && (isLight || vote.known !== 0) && (isTied || !vote.isTied),
        );
        if (among.length > 0) found.push(voiceOf(among));
      }
  return found;
}

type Given = { readonly value: number; readonly known: number | undefined } & Pick<Voice, 'isTied'> & {
    readonly member: number;
    readonly trigger: string;
    readonly roles: readonly string[];
  };

function voiceOf(votes: readonly Given[]): Voice {
  const known = votes.flatMap((vote) => vote.known ?? []);
  return {
    grade: Math.min(...votes.map(({ value }) => value)),
    roles: new Set(votes.flatMap(({ roles }) => roles)),
    weight: known.length === 0 ? 1 : Math.max(...known),
    isTied: votes.some(({ isTied }) => isTied),
    casts: votes.map(({ member, trigger }) => ({ member, trigger })),
  };
}

function weighed({ roles }: Member, { weights = {} }: Ballot) {
  const known = [...roles].flatMap((role) => (Object.hasOwn(weights, role) ? (weights[role] ?? []) : []));
  return { roles: [...roles], known: known.length === 0 ? undefined : Math.max(...known) };
}

function mayCast(rules: Rules, rule: Leaving, member: Member, author: Member | null): boolean {
  if (rule.if === undefined) return mayAct(rules, rule, member, author, []);
  return asksOf(treeOf(rule.if)).some(
    (ask) => allHold(ask.author, author) && mayAct(rules, rule, member, author, ask.sender),
  );
}

/** Whether votes are taken only where the change, or other votes, are such: then it is not certain that they can be given. */
export function isConditional({ ballots = {} }: Definition, name: string): boolean {
  return Object.values(ballots[name]?.cast ?? {}).some(
    (cast) =>
      typeof cast.value === 'number' &&
      cast.value > 0 &&
      cast.if !== undefined &&
      asksOf(treeOf(cast.if)).some((ask) => ask.isGuess || ask.facts.length > 0 || ask.ballots.length > 0),
  );
}
