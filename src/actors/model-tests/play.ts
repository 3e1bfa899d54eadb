/**
 * Plays a case on the step that runs changes, in memory: no store, no clock but the case's own. Working time goes by on a
 * calendar that never rests, so that a case says the same wherever it is played.
 */
import { type Calendar, WEEKDAYS } from '../../machines/calendars.ts';
import { type CompiledWorkflow, configuration } from '../../machines/compile.ts';
import { parseDuration } from '../../machines/duration.ts';
import { isActive } from '../../machines/paths.ts';
import type { ChangeFacts, Json, LogEntry } from '../../persistence/records.ts';
import { attributeProblem } from '../beginning.ts';
import type { Envelope, Principal } from '../commands.ts';
import { type Live, proposed, stateOf } from '../live.ts';
import { type Input, step } from '../step.ts';
import { type Case, type CaseStep, type Expectation, WHO } from './cases.ts';

/** A Monday, nine o'clock. */
export const BEGIN_MS = Date.UTC(2026, 0, 5, 9);

/** Something that happened: what an observer of a case is told. */
export interface Happening {
  readonly before: Live;
  readonly input: Input;
  readonly entry: LogEntry;
  readonly after: Live;
}

/** Where a case is while it is played. */
export interface Playing {
  readonly live: Live;
  readonly now: number;
}

export interface Played {
  readonly name: string;
  /** What was not as expected, as a sentence; undefined where all was. */
  readonly problem?: string;
  /** The step that failed: 1, 2, 3 …; 0 is the proposal. */
  readonly at?: number;
  readonly happened: readonly Happening[];
}

const ALWAYS: Calendar = {
  timeZone: 'UTC',
  week: Object.fromEntries(WEEKDAYS.map((day) => [day, [['00:00', '24:00']]])) as unknown as Calendar['week'],
  holidays: [],
};

/** The workflow as cases run it. */
export function playable(workflow: CompiledWorkflow): CompiledWorkflow {
  const calendars = Object.fromEntries(workflow.calendarNames.map((name) => [name, ALWAYS]));
  return { ...workflow, calendars };
}

/** Plays until something is not as expected. `workflow` is `playable`. */
export function playCase(workflow: CompiledWorkflow, given: Case): Played {
  const { name } = given;
  const misfit = attributeProblem(workflow.definition, given.given);
  if (misfit) return { name, at: 0, problem: `The proposal does not fit: ${misfit}.`, happened: [] };
  const begun = begin(workflow, given);
  const happened: Happening[] = [begun.happening];
  let playing: Playing = begun.playing;
  for (const [index, each] of given.steps.entries()) {
    const done = playStep(playing, each);
    happened.push(...done.happenings);
    const problem = mismatch(done, each.expect);
    if (problem) return { name, at: index + 1, problem, happened };
    playing = done.playing;
  }
  return { name, happened };
}

/** The change, just proposed. */
export function begin(workflow: CompiledWorkflow, given: Case): { playing: Playing; happening: Happening } {
  const { definition } = workflow;
  const envelope = { principal: principalOf(given.author ?? 'ann', given.authorKind) };
  const facts: ChangeFacts = {
    project: 'cases',
    key: null,
    title: given.name,
    author: envelope.principal.id,
    authorKind: envelope.principal.kind,
    definition: definition.name,
    definitionVersion: 1,
    attributes: (given.given ?? null) as Json,
    createdAt: BEGIN_MS,
  };
  const before = proposed(workflow, facts);
  const input: Input = {
    kind: 'propose',
    envelope,
    ...(given.electorates && { electorates: given.electorates }),
  };
  const { live, entry } = step(before, input, BEGIN_MS);
  if (!entry) throw new TypeError('a proposal leaves an entry');
  return { playing: { live, now: BEGIN_MS }, happening: { before, input, entry, after: live } };
}

interface StepDone {
  readonly playing: Playing;
  readonly happenings: readonly Happening[];
}

export function playStep(playing: Playing, given: CaseStep): StepDone {
  return 'wait' in given ? wait(playing, parseDuration(given.wait) ?? 0) : send(playing, given);
}

function send({ live, now }: Playing, given: Extract<CaseStep, { event: string }>): StepDone {
  const { as, kind, sponsor, event, reason, data, signs } = given;
  const signed = signs ? { session: { id: `${as} signed in`, factors: 2, at: now } } : {};
  const principal: Principal = { ...principalOf(as, kind), ...(sponsor && { sponsor }), ...signed };
  const envelope: Envelope = { principal };
  const said = { ...(reason !== undefined && { reason }), ...(data !== undefined && { data }) };
  const input: Input = { kind: 'event', command: { change: '', trigger: event, ...said }, envelope };
  return happen({ live, now }, input);
}

/** Timers that are due meanwhile are over one after the other, each at its time. */
function wait({ live, now }: Playing, ms: number): StepDone {
  const until = now + ms;
  let playing: Playing = { live, now };
  const happenings: Happening[] = [];
  for (let timer = soonest(playing, until); timer; timer = soonest(playing, until)) {
    const done = happen(
      { live: playing.live, now: Math.max(timer.dueAt, playing.now) },
      { kind: 'timer', timer },
    );
    if (done.happenings.length === 0) break;
    happenings.push(...done.happenings);
    playing = done.playing;
  }
  return { playing: { live: playing.live, now: until }, happenings };
}

function soonest({ live }: Playing, until: number) {
  const [first] = live.timers.toSorted((a, b) => a.dueAt - b.dueAt);
  return first && first.dueAt <= until ? first : undefined;
}

function happen({ live: before, now }: Playing, input: Input): StepDone {
  const { live: after, entry } = step(before, input, now);
  const happenings = entry ? [{ before, input, entry, after }] : [];
  return { playing: { live: after, now }, happenings };
}

function principalOf(who: string, kind: Principal['kind'] = 'person'): Principal {
  const [, id = who, roles = ''] = WHO.exec(who) ?? [];
  return { tenant: 'cases', id, kind, roles: roles.split(',').filter(Boolean) };
}

/** What is not as it was expected, or undefined. */
function mismatch({ playing, happenings }: StepDone, expect: Expectation | undefined): string | undefined {
  const [{ entry } = { entry: undefined }] = happenings;
  const refusal = entry?.refusal;
  const came = refusal ? `refused ${refusal.code}` : entry?.kind === 'late' ? 'late' : undefined;
  const wanted = typeof expect === 'string' ? expect.split(/, */) : expect;
  const [only = ''] = wanted ?? [];
  if (wanted === undefined) return refusal ? `It was ${came}: ${refusal.message}` : undefined;
  if (only.startsWith('refused') || only === 'late') {
    if (came === only) return undefined;
    return `It was expected to be ${only}; ${came ? `it was ${came}` : `it was taken, to ${whereOf(playing)}`}.`;
  }
  if (came) return `It was ${came}${refusal ? `: ${refusal.message}` : ', as a vote that changes nothing.'}`;
  const value = stateOf(playing.live) as never;
  const missing = wanted.filter((path) => !isActive(value, path));
  if (missing.length === 0) return undefined;
  return `The change was expected in ${missing.join(', ')}; it is in ${whereOf(playing)}.`;
}

/** `Review.code.passed, Review.security.pending` */
export function whereOf({ live }: Playing): string {
  return configuration(stateOf(live) as never).join(', ');
}
