/** What the votes of a ballot come to, counted the slow way. */
import type { Ballot, Need } from '../../../src/machines/ballot.ts';
import type { Exclusion } from '../../../src/machines/definition.ts';
import type { ModelVote, Story } from './story.ts';

export interface Standing {
  readonly passed: boolean;
  readonly approvals: number;
  readonly rejections: number;
  readonly vetoed: boolean;
}

export type Ballots = Readonly<Record<string, Ballot>>;

export function standingOf(ballots: Ballots, name: string, story: Story): Standing {
  const ballot = ballots[name] as Ballot;
  const votes = story.votes.filter((vote) => vote.ballot === name);
  const voices = voicesOf(votes);
  const tied = tiedBy(excludesOf(ballot), story);
  const positive = voices.filter((voice) => says(voice) > 0 && !containsAny(voice, tied));
  const negative = voices.filter((voice) => says(voice) < 0);
  const { veto } = ballot;
  const vetoed = veto !== undefined && votes.some(({ value }) => value <= veto);
  const asked = ballot.needs.filter((need) => holds(need.if, ballots, story));
  const satisfied = asked.every((need) => isMet(need, { ballot, positive, negative, story }));
  const isForced = ballot.override !== undefined && holds(ballot.override, ballots, story);
  return {
    passed: isForced || !holds(ballot.if, ballots, story) || (satisfied && !vetoed),
    approvals: positive.length,
    rejections: negative.length,
    vetoed,
  };
}

type Voice = readonly ModelVote[];

/** Votes of one account, or that share a person, directly or through a chain of other votes, are one voice. */
export function voicesOf(votes: readonly ModelVote[]): Voice[] {
  let voices: Voice[] = [];
  for (const vote of votes) {
    const near = voices.filter((voice) => voice.some((other) => sharePerson(other, vote)));
    const far = voices.filter((voice) => !near.includes(voice));
    voices = [...far, [...near.flat(), vote]];
  }
  return voices;
}

function sharePerson(one: ModelVote, other: ModelVote): boolean {
  return one.by === other.by || one.persons.some((person) => other.persons.includes(person));
}

/** The least favourable of its votes. */
function says(voice: Voice): number {
  return Math.min(...voice.map(({ value }) => value));
}

function holdsRole(voice: Voice, role: string): boolean {
  return voice.some(({ roles }) => roles.includes(role));
}

function containsAny(voice: Voice, people: readonly string[]): boolean {
  return voice.some(({ by, persons }) => [by, ...persons].some((each) => people.includes(each)));
}

/** What the casts of votes exclude, taken together. */
function excludesOf(ballot: Ballot): Exclusion[] {
  return Object.values(ballot.cast).flatMap(({ value, exclude }) =>
    typeof value === 'number' ? exclude : [],
  );
}

/** All who are not independent, by name. */
export function tiedBy(excludes: readonly Exclusion[], { proposer, revisions }: Story): string[] {
  const current = revisions.at(-1);
  const tied: string[] = [];
  for (const exclude of excludes) {
    if (exclude === 'author') tied.push(proposer, current?.author ?? proposer);
    if (exclude === 'uploader') tied.push(current?.uploader ?? proposer, ...(current?.speaksFor ?? []));
    if (exclude === 'contributors') {
      tied.push(proposer);
      for (const { author, coAuthors = [], committer, uploader, speaksFor } of revisions)
        tied.push(author, ...coAuthors, ...(committer ? [committer] : []), uploader, ...speaksFor);
    }
  }
  return tied;
}

interface Counted {
  readonly ballot: Ballot;
  readonly positive: readonly Voice[];
  readonly negative: readonly Voice[];
  readonly story: Story;
}

function isMet(need: Need, { ballot, positive, negative, story }: Counted): boolean {
  if (need.kind === 'majority') return positive.length > negative.length;
  if (need.kind === 'count') {
    const { of, exclude = [] } = need;
    const tied = tiedBy(exclude, story);
    const enough = positive
      .filter((voice) => says(voice) >= need.at)
      .filter((voice) => of === undefined || holdsRole(voice, of))
      .filter((voice) => !containsAny(voice, tied));
    return enough.length >= need.count;
  }
  if (need.kind === 'share') {
    const size = story.electorates[need.of] ?? 0;
    const yes = positive.filter((voice) => holdsRole(voice, need.of)).length;
    return size > 0 && Math.floor((100 * yes) / size) >= need.percent;
  }
  if (need.kind === 'weight') {
    const weights = positive.map((voice) => weightOf(voice, ballot.weights ?? {}));
    return weights.reduce((sum, each) => sum + each, 0) >= need.weight;
  }
  if (need.of !== 'owners') return need.of.every((role) => positive.some((voice) => holdsRole(voice, role)));
  const groups = story.revisions.at(-1)?.owners;
  if (groups === undefined) return false;
  return groups.every(({ members }) =>
    positive.some((voice) => voice.some(({ persons }) => persons.some((each) => members.includes(each)))),
  );
}

function weightOf(voice: Voice, weights: Readonly<Record<string, number>>): number {
  const held = Object.keys(weights).filter((role) => holdsRole(voice, role));
  return held.length === 0 ? 1 : Math.max(...held.map((role) => weights[role] ?? 0));
}

/** The conditions that the generators write, in TypeScript. */
const CONDITIONS: Readonly<Record<string, (ballots: Ballots, story: Story) => boolean>> = {
  'attributes.a': (_, { attributes }) => attributes.a === true,
  '!attributes.a': (_, { attributes }) => attributes.a === false,
  'attributes.b': (_, { attributes }) => attributes.b === true,
  'revision.number > 1': (_, { revisions }) => revisions.length > 1,
  'ballots.other.passed': (ballots, story) => standingOf(ballots, 'other', story).passed,
};
export const CONDITION_TEXTS = Object.keys(CONDITIONS);

export function holds(text: string | undefined, ballots: Ballots, story: Story): boolean {
  if (text === undefined) return true;
  const condition = CONDITIONS[text];
  if (!condition) throw new Error(`The model knows no condition "${text}"; add it to CONDITIONS.`);
  return condition(ballots, story);
}
