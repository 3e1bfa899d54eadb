/**
 * What the votes of a ballot come to. Votes that share a person (an agent and its sponsor, a delegate and whom he stands
 * for) are one voice, and the least favourable of them is what that voice says.
 */
import type { Ballot, Need } from './ballot.ts';
import { type ChangeContext, isOwner, type OwnerGroup, type Vote } from './context.ts';
import type { Exclusion } from './definition.ts';
import { tiedTo } from './independence.ts';

export type Status = 'satisfied' | 'unsatisfied' | 'overridden' | 'not_applicable';

/** What is asked of the votes, and how far it has come. `have` and `want` count voices, percent, groups or weight. */
export interface NeedStanding {
  readonly need: Need;
  readonly isAsked: boolean;
  readonly isSatisfied: boolean;
  readonly have: number;
  readonly want: number;
  /** Groups or roles from which an approval is missing. */
  readonly missing: readonly string[];
}

export interface Tally {
  readonly approvals: number;
  readonly rejections: number;
  readonly isVetoed: boolean;
}

/** Whether a condition of the ballot holds, by its text. */
export type Holds = (condition: string) => boolean;

const NO_VOTES: readonly Vote[] = [];

export function votesOf(context: ChangeContext, ballot: string): readonly Vote[] {
  return context.votes?.[ballot] ?? NO_VOTES;
}

export function tallyOf(ballot: Ballot, context: ChangeContext, name: string): Tally {
  const { veto } = ballot;
  const votes = votesOf(context, name);
  const voices = countable(ballot, context, name);
  return {
    approvals: voices.filter((voice) => gradeOf(voice) > 0).length,
    rejections: voices.filter((voice) => gradeOf(voice) < 0).length,
    isVetoed: veto !== undefined && votes.some(({ value }) => value <= veto),
  };
}

export function statusOf(ballot: Ballot, name: string, context: ChangeContext, holds: Holds): Status {
  if (ballot.if !== undefined && !holds(ballot.if)) return 'not_applicable';
  if (ballot.override !== undefined && holds(ballot.override)) return 'overridden';
  const votes = votesOf(context, name);
  if (ballot.veto !== undefined && votes.some(({ value }) => value <= (ballot.veto ?? 0)))
    return 'unsatisfied';
  return needsOf(ballot, name, context, holds).every(({ isSatisfied }) => isSatisfied)
    ? 'satisfied'
    : 'unsatisfied';
}

export function needsOf(ballot: Ballot, name: string, context: ChangeContext, holds: Holds): NeedStanding[] {
  const voices = countable(ballot, context, name);
  return ballot.needs.map((need) => {
    const isAsked = need.if === undefined || holds(need.if);
    const { have, want, missing = [] } = progress(need, ballot, voices, context);
    return {
      need,
      isAsked,
      isSatisfied: !isAsked || (have >= want && missing.length === 0),
      have,
      want,
      missing,
    };
  });
}

/**
 * The voices that count: approvals of people who are tied to the change by now do not, whatever they were when they voted.
 * Their objections do.
 */
function countable(ballot: Ballot, context: ChangeContext, name: string): Voice[] {
  const excluded = Object.values(ballot.cast).flatMap(({ value, exclude }) =>
    typeof value === 'number' ? exclude : [],
  );
  return independent(voicesOf(votesOf(context, name)), excluded, context);
}

function independent(voices: Voice[], excluded: readonly Exclusion[], context: ChangeContext): Voice[] {
  if (excluded.length === 0) return voices;
  const tied = new Set([...new Set(excluded)].flatMap((exclusion) => tiedTo(exclusion, context)));
  return voices.filter(
    (voice) =>
      gradeOf(voice) <= 0 ||
      !voice.some(({ by, parties }) => tied.has(by) || parties.some((each) => tied.has(each))),
  );
}

interface Progress {
  readonly have: number;
  readonly want: number;
  readonly missing?: readonly string[];
}

type Voice = readonly Vote[];

function progress(need: Need, ballot: Ballot, voices: readonly Voice[], context: ChangeContext): Progress {
  switch (need.kind) {
    case 'count': {
      const among = independent([...voices], need.exclude ?? [], context);
      const heard = need.of === undefined ? among : withRole(among, need.of);
      return { have: heard.filter((voice) => gradeOf(voice) >= need.at).length, want: need.count };
    }
    case 'share': {
      const size = context.electorates?.[need.of] ?? 0;
      const yes = withRole(voices, need.of).filter((voice) => gradeOf(voice) > 0).length;
      // Nobody known to hold the role: nothing is a share of that.
      return { have: size === 0 ? 0 : Math.floor((yes * 100) / size), want: need.percent };
    }
    case 'majority': {
      const yes = voices.filter((voice) => gradeOf(voice) > 0).length;
      const no = voices.filter((voice) => gradeOf(voice) < 0).length;
      return { have: yes, want: no + 1 };
    }
    case 'weight': {
      const yes = voices.filter((voice) => gradeOf(voice) > 0);
      return { have: yes.reduce((sum, voice) => sum + weightOf(voice, ballot), 0), want: need.weight };
    }
    case 'each':
      return need.of === 'owners' ? eachOwner(voices, context.revision?.owners) : eachRole(voices, need.of);
  }
}

function eachRole(voices: readonly Voice[], roles: readonly string[]): Progress {
  const missing = roles.filter((role) => !withRole(voices, role).some((voice) => gradeOf(voice) > 0));
  return { have: roles.length - missing.length, want: roles.length, missing };
}

/**
 * As many voices with a member of a group as that group asks for; one voice may count for several groups. Where it is not
 * known who owns what, nobody can have approved for them.
 */
function eachOwner(voices: readonly Voice[], groups: readonly OwnerGroup[] | undefined): Progress {
  if (groups === undefined) return { have: 0, want: 1, missing: ['owners of the touched files'] };
  const yes = voices.filter((voice) => gradeOf(voice) > 0);
  const asked = groups.filter(({ required }) => required !== 0);
  const missing = asked.filter((group) => {
    const heard = yes.filter((voice) => voice.some(({ parties }) => isOwner(group, parties)));
    return heard.length < (group.required ?? 1);
  });
  return {
    have: asked.length - missing.length,
    want: asked.length,
    missing: missing.map(({ name }) => name),
  };
}

/** Groups votes of one account, and votes that share a person, directly or through other votes. */
export function voicesOf(votes: readonly Vote[]): Voice[] {
  const voices: Vote[][] = [];
  for (const vote of votes) {
    const linked = voices.filter((voice) => voice.some((other) => shares(vote, other)));
    const [first] = linked;
    if (!first) {
      voices.push([vote]);
      continue;
    }
    first.push(vote);
    for (const other of linked.slice(1)) {
      first.push(...other);
      voices.splice(voices.indexOf(other), 1);
    }
  }
  return voices;
}

function shares(a: Vote, b: Vote): boolean {
  return a.by === b.by || a.parties.some((party) => b.parties.includes(party));
}

function withRole(voices: readonly Voice[], role: string): Voice[] {
  return voices.filter((voice) => voice.some(({ roles }) => roles?.includes(role)));
}

function gradeOf(voice: Voice): number {
  return voice.reduce((least, { value }) => Math.min(least, value), Number.POSITIVE_INFINITY);
}

function weightOf(voice: Voice, { weights = {} }: Ballot): number {
  const known = voice.flatMap(({ roles = [] }) => roles.flatMap((role) => weights[role] ?? []));
  return known.length === 0 ? 1 : Math.max(...known);
}
