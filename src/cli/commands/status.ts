/** `status`: many changes as a table, or one change with what may happen to it next. */

import { connected, findChange } from '../connected.ts';
import type { Common } from '../connection.ts';
import type { Io } from '../io.ts';
import { done, type Result } from '../result.ts';
import { dueText, partsOf, stateText, timeText } from '../state-text.ts';
import { cell, count, type Paint, painter, table } from '../text.ts';
import type { Ballot, Change, EnabledTrigger, Waiting } from '../wire.ts';

interface Options extends Common {
  readonly project?: string;
  readonly state?: string;
  readonly outcome?: string;
  readonly author?: string;
  readonly mine?: boolean;
  readonly definition?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

export async function status(io: Io, options: Options, name?: string): Promise<Result> {
  if (options.mine && name === undefined) return (await import('./mine.ts')).mine(io, options);
  const paint = painter(io);
  return connected(io, options, async (api) => {
    if (name !== undefined) {
      const change = await findChange(api, name, options.project);
      return done(change, changeText(change, paint, io.now()));
    }
    const { project, state, outcome, author, definition, limit = 20, cursor } = options;
    const filter = { project, state, outcome, author, definition };
    const [page, outcomes] = await Promise.all([
      api.changes({ ...filter, limit, cursor }),
      api.outcomes(filter),
    ]);
    return done({ ...page, outcomes }, tableText(page.items, outcomes, page.next_cursor, paint));
  });
}

function tableText(
  changes: readonly Change[],
  outcomes: Readonly<Record<string, number>>,
  next: string | null,
  paint: Paint,
): string {
  const total = Object.values(outcomes).reduce((sum, n) => sum + n, 0);
  if (total === 0) return 'No changes.';
  const parts = Object.entries(outcomes).filter(([, n]) => n > 0);
  const summary = parts.map(([outcome, n]) => `${n.toLocaleString('en')} ${outcome}`).join(', ');
  const rows = changes.map((each) => [
    { text: cell(each.key ?? each.id, 40) },
    stateCell(each, paint),
    cell(each.author, 24),
    timeText(each.updated_at),
    cell(each.title, 50),
  ]);
  const more = next === null ? [] : ['', paint.dim(`More: --cursor ${next}`)];
  const list = table(paint, ['CHANGE', 'STATE', 'AUTHOR', 'UPDATED (UTC)', 'TITLE'], rows);
  return [`${count(total, 'change')}: ${summary}`, '', list, ...more].join('\n');
}

function stateCell(change: Change, paint: Paint) {
  return { text: cell(stateText(change.state), 48), paint: colourOf(change.outcome, paint) };
}

function colourOf(outcome: string | null, paint: Paint): (text: string) => string {
  if (outcome === 'approved' || outcome === 'applied') return paint.green;
  return outcome === null ? (text) => text : paint.red;
}

/** One change: its facts, its regions, who may do what, what time will do. */
function changeText(change: Change, paint: Paint, now: number): string {
  const { top, regions } = partsOf(change.state);
  const facts: [string, string][] = [
    ['change', change.id],
    ['key', `${change.key === null ? '–' : cell(change.key)} in ${cell(change.project)}`],
    ['author', cell(change.author)],
    ['workflow', `${change.definition} v${change.definition_version}`],
    ['version', `${change.version}, since ${timeText(change.updated_at)} UTC`],
    ['state', colourOf(change.outcome, paint)(top + (change.outcome ? ` (${change.outcome})` : ''))],
    ...regions.map(([region, state]) => [`  ${region}`, state] as [string, string]),
    ...Object.entries(change.ballots ?? {}).map(
      ([name, ballot]) => [name, ballotText(ballot, paint)] as [string, string],
    ),
    ...(change.threads?.length ? [['threads', `${change.threads.length} open`] as [string, string]] : []),
    ...(change.suspended ? [['suspended', `by ${cell(change.suspended.by)}`] as [string, string]] : []),
    ...(change.waits_for ?? []).map((waiting) => ['waits for', waitingText(waiting)] as [string, string]),
    ...change.timers.map(
      (timer) => ['timer', `${timer.name} ${dueText(timer.due_at, now)}`] as [string, string],
    ),
  ];
  const width = Math.max(...facts.map(([label]) => label.length));
  const lines = facts.map(([label, value]) => `${paint.dim(label.padEnd(width))}  ${value}`);
  return [paint.bold(cell(change.title, 100)), ...lines, ...enabledText(change.enabled ?? [], paint)].join(
    '\n',
  );
}

/** The status of a ballot, what it still needs and why, and who voted. */
function ballotText({ status, needs, votes }: Ballot, paint: Paint): string {
  const open = needs.filter(({ satisfied }) => !satisfied).map(({ sentence }) => cell(sentence, 120));
  const who = votes.map(
    (vote) =>
      `${cell(vote.by)}${vote.for ? ` for ${cell(vote.for)}` : ''} ${vote.value > 0 ? '+' : ''}${vote.value}`,
  );
  const colour = status === 'unsatisfied' ? paint.red : paint.green;
  return [colour(status), ...open, ...(who.length > 0 ? [paint.dim(who.join(', '))] : [])].join('; ');
}

/** "security_reviewer: Security: needs 1 approval; has 0", or the people, and who stands in for them. */
function waitingText({ roles, principals, stand_ins: standIns, reason }: Waiting): string {
  const people = principals.map((id) => {
    const instead = standIns.flatMap((each) => (each.for === id ? [cell(each.principal)] : []));
    return instead.length > 0 ? `${cell(id)} (${instead.join(', ')} for ${cell(id)})` : cell(id);
  });
  const who = people.length > 0 ? people.join(', ') : roles.map((role) => cell(role)).join(' or ');
  return `${who || 'anybody'}: ${cell(reason, 120)}`;
}

function enabledText(enabled: readonly EnabledTrigger[], paint: Paint): string[] {
  if (enabled.length === 0) return [];
  const rows = enabled.map((each) => [
    { text: each.trigger, paint: each.refusal ? paint.dim : paint.green },
    `${each.from} → ${each.to}`,
    whoText(each),
    each.refusal
      ? { text: `not you: ${cell(each.refusal.message, 90)}`, paint: paint.dim }
      : each.for === null
        ? 'you may'
        : `you may for ${cell(each.for)}`,
  ]);
  return ['', table(paint, ['TRIGGER', 'MOVES', 'FOR', ''], rows)];
}

function whoText({ roles, by, exclude, reason }: EnabledTrigger): string {
  const who = [roles.join(' or '), by.length > 0 ? `${by.join(' or ')} only` : ''].filter(Boolean);
  if (exclude.includes('author')) who.push('not the author');
  if (reason === 'required') who.push('with a reason');
  return who.join(', ') || 'anybody';
}
