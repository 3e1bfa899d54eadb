/** The vote rules, told again without looking at how the product follows them: small, slow and readable. */
import type { Ballot, Cast } from '../../../src/machines/ballot.ts';
import { type Ballots, holds, standingOf, tiedBy } from './counting.ts';
import { beginning, type ModelVote, personsOf, type RevisionData, type Said, type Story } from './story.ts';
import type { Moves } from './workflow.ts';

export interface Told {
  /** The refusal; absent where the event was accepted. */
  readonly code?: string;
  readonly story: Story;
}

export interface Rules {
  readonly ballots: Ballots;
  readonly moves: Moves;
}

/** What the change begins with. */
export function begin(rules: Rules, proposer: string): Story {
  return settle(rules, beginning(proposer));
}

export function tell(rules: Rules, story: Story, said: Said): Told {
  const told = answer(rules, story, said);
  return told.code === undefined ? { story: settle(rules, told.story) } : told;
}

function answer(rules: Rules, story: Story, said: Said): Told {
  if (said.type === 'change.revise') return { story: revise(rules, story, said) };
  if (said.type === 'change.amend') {
    return { story: { ...story, attributes: { ...story.attributes, ...(said.data as object) } } };
  }
  for (const [name, ballot] of Object.entries(rules.ballots)) {
    const cast = ballot.cast[said.type];
    if (cast) return vote(rules, story, said, { name, ballot, cast });
  }
  return move(rules, story, said);
}

function isIn(place: string, where: string): boolean {
  return place === where || place.startsWith(`${where}.`);
}

interface Asked {
  readonly name: string;
  readonly ballot: Ballot;
  readonly cast: Cast;
}

function vote({ ballots }: Rules, story: Story, { principal }: Said, { name, ballot, cast }: Asked): Told {
  const refuse = (code: string): Told => ({ code, story });
  const { id, kind, roles } = principal;
  const persons = personsOf(principal);
  const own = (each: ModelVote) => each.ballot === name && each.by === id && each.for === principal.for;
  if (!ballot.in.some((where) => isIn(story.place, where))) return refuse('NOT_ENABLED');
  if (cast.by.length > 0 && !cast.by.includes(kind)) return refuse('WRONG_PRINCIPAL_KIND');
  const tied = tiedBy(cast.exclude, story);
  if ([id, ...persons].some((each) => tied.includes(each))) return refuse('SELF_APPROVAL');
  if (cast.roles.length > 0 && !cast.roles.some((role) => roles.includes(role)))
    return refuse('MISSING_ROLE');
  if (cast.value === 'retract' && !story.votes.some(own)) return refuse('NO_VOTE');
  if (typeof cast.value === 'number' && votedApart(ballot, story, id, persons))
    return refuse('NOT_INDEPENDENT');
  if (!holds(cast.if, ballots, story)) return refuse('CONDITION_UNMET');

  const without = (taken: (each: ModelVote) => boolean): Told => ({
    story: { ...story, votes: story.votes.filter((each) => !taken(each)) },
  });
  if (cast.value === 'retract') return without(own);
  if (cast.value === 'clear') return without((each) => each.ballot === name);
  if (cast.value === 'lift') return without((each) => each.ballot === name && isVeto(ballot, each));
  const mine = { ballot: name, by: id, for: principal.for, persons, value: cast.value, roles };
  return { story: { ...story, votes: [...story.votes.filter((each) => !own(each)), mine] } };
}

function votedApart({ apart = [] }: Ballot, { votes }: Story, id: string, persons: readonly string[]) {
  return votes.some(
    ({ ballot, by, persons: theirs }) =>
      apart.includes(ballot) && (by === id || persons.some((each) => theirs.includes(each))),
  );
}

function isVeto({ veto }: Ballot, { value }: ModelVote): boolean {
  return veto !== undefined && value <= veto;
}

/** A new revision drops every vote that nothing keeps; then the transitions it causes are taken. */
function revise({ ballots, moves }: Rules, story: Story, { principal, data = {} }: Said): Story {
  const said = data as RevisionData;
  const persons = personsOf(principal);
  const revision = {
    ...said,
    // Where nobody is named, whoever brings it in wrote it; for an agent, its person.
    author: said.author ?? principal.sponsor ?? principal.id,
    uploader: principal.id,
    speaksFor: persons,
  };
  const revised = {
    ...story,
    votes: story.votes.filter((each) => survives(ballots[each.ballot] as Ballot, each, story, said)),
    revisions: [...story.revisions, revision],
    electorates: said.electorates ?? story.electorates,
  };
  if (revised.place === 'Paused' && moves.revisionResumes)
    return go(revised, 'Review.line.one', moves.revisionResumes);
  if (revised.place === 'Review.line.two' && moves.revisionRestarts)
    return go(revised, 'Review.line.one', moves.revisionRestarts);
  return revised;
}

function survives(
  { revision: { keep, vetoes }, veto }: Ballot,
  vote: ModelVote,
  story: Story,
  next: RevisionData,
) {
  const last = story.revisions.at(-1);
  if (veto !== undefined && vote.value <= veto && vetoes === 'keep') return true;
  return keep.some((reason) => {
    if (reason === 'always') return true;
    if (reason === 'same_tree') return last?.tree !== undefined && last.tree === next.tree;
    if (reason === 'same_patch') return last?.patchId !== undefined && last.patchId === next.patchId;
    const { owners, changed } = next;
    if (owners === undefined || changed === undefined) return false;
    const theirs = owners.filter(({ members }) => members.some((each) => vote.persons.includes(each)));
    return theirs.length > 0 && !theirs.some(({ files }) => files.some((file) => changed.includes(file)));
  });
}

function move({ moves }: Rules, story: Story, { type }: Said): Told {
  const { place } = story;
  if (type === 'pause' && isIn(place, 'Review')) return { story: go(story, 'Paused', moves.pause) };
  if (type === 'resume' && place === 'Paused') return { story: go(story, 'Review.line.one', moves.resume) };
  if (type === 'step' && place === 'Review.line.one')
    return { story: go(story, 'Review.line.two', moves.step) };
  return { code: 'NOT_ENABLED', story };
}

/** Takes a transition: the ballots it names lose their votes. */
function go(story: Story, place: string, emptied: readonly string[]): Story {
  return { ...story, place, votes: story.votes.filter(({ ballot }) => !emptied.includes(ballot)) };
}

/** The transition that is taken by itself. */
function settle({ ballots, moves }: Rules, story: Story): Story {
  if (!moves.passedPauses || !isIn(story.place, 'Review')) return story;
  return standingOf(ballots, 'main', story).passed ? go(story, 'Paused', moves.passedPauses) : story;
}
