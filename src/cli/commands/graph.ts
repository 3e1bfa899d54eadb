/** `graph`, `blockers`, `conflicts`, `order`, `what-if`: what depends on what, who is in whose way, and what would follow if. */
import { CountersignError } from '../../errors.ts';
import { connected, findChange } from '../connected.ts';
import type { Common } from '../connection.ts';
import { type Sides, standing, treeText } from '../graph-text.ts';
import type { Blockers, Conflicts, MergeOrder, WhatIf } from '../graph-wire.ts';
import type { Io } from '../io.ts';
import { done, type Result } from '../result.ts';
import { cell, count, type Paint, painter, table } from '../text.ts';

interface Options extends Common {
  readonly project?: string;
  readonly limit?: number;
}

interface GraphOptions extends Options {
  readonly format?: 'text' | 'mermaid' | 'dot';
  readonly up?: boolean;
  readonly down?: boolean;
  readonly kinds?: readonly string[];
}

export async function graph(io: Io, options: GraphOptions, name: string): Promise<Result> {
  const { format = 'text', up, down, kinds, limit } = options;
  const sides: Sides = up === down ? ['up', 'down'] : [up ? 'up' : 'down'];
  return connected(io, options, async (api) => {
    const { id } = await findChange(api, name, options.project);
    const direction = sides.length === 2 ? 'both' : sides[0];
    const query = { direction, kinds: kinds?.join(','), limit };
    if (format !== 'text') {
      const text = await api.graphText(id, { ...query, format });
      return done({ format, text }, text.trimEnd());
    }
    const found = await api.graph(id, query);
    return done(found, treeText(found, id, sides, painter(io)));
  });
}

export async function blockers(io: Io, options: Options, name: string): Promise<Result> {
  return connected(io, options, async (api) => {
    const { id } = await findChange(api, name, options.project);
    const found = await api.blockers(id, { limit: options.limit });
    return done(found, blockersText(found, painter(io)));
  });
}

function blockersText(found: Blockers, paint: Paint): string {
  const { items, lost, critical_path: path, left_out: leftOut } = found;
  const rows = [...lost, ...items].map((each) => [
    { text: cell(each.key, 40), paint: lost.includes(each) ? paint.red : paint.yellow },
    standing(each),
    cell(each.why, 200),
  ]);
  if (rows.length === 0) return 'Nothing blocks it.';
  const steps = path.steps.map(({ changes }) => changes.map(({ key }) => cell(key, 40)).join(' + '));
  return [
    table(paint, ['CHANGE', 'STATE', 'WHY'], rows),
    ...(steps.length > 1 ? ['', `critical path  ${steps.join(' → ')}${timeText(path)}`] : []),
    ...leftOutText(leftOut, paint),
  ].join('\n');
}

/** `: about 30h`, or `at least` where somebody's time is not known. */
function timeText({ total_ms: ms, unestimated }: Blockers['critical_path']): string {
  if (ms === 0) return '';
  const hours = Math.max(1, Math.round(ms / 3_600_000));
  return `: ${unestimated.length > 0 ? 'at least' : 'about'} ${hours < 48 ? `${hours}h` : `${Math.round(hours / 24)}d`}`;
}

export async function conflicts(io: Io, options: Options, name: string): Promise<Result> {
  return connected(io, options, async (api) => {
    const { id } = await findChange(api, name, options.project);
    const found = await api.conflicts(id, { limit: options.limit });
    return done(found, conflictsText(found, id, painter(io)));
  });
}

function conflictsText({ items, why, left_out: leftOut }: Conflicts, own: string, paint: Paint): string {
  if (why !== null) return cell(why, 300);
  if (items.length === 0) return 'No open change edits the same lines or lines close by.';
  const rows = items.map(({ with: other, closeness, first, sentence }) => [
    { text: cell(other.key, 40), paint: closeness === 'overlap' ? paint.red : paint.yellow },
    closeness,
    first === own ? 'this one' : cell(other.key, 40),
    cell(sentence, 240),
  ]);
  return [table(paint, ['CHANGE', 'HOW CLOSE', 'FIRST', 'WHY'], rows), ...leftOutText(leftOut, paint)].join(
    '\n',
  );
}

export async function order(io: Io, options: Options, names: readonly string[]): Promise<Result> {
  return connected(io, options, async (api) => {
    const changes: string[] = [];
    for (const name of names) changes.push((await findChange(api, name, options.project)).id);
    const found = await api.order(changes);
    return done(found, orderText(found, painter(io)));
  });
}

function orderText({ groups, needs, unplaced, left_out: leftOut }: MergeOrder, paint: Paint): string {
  const lines = groups.map((group, at) => {
    const names = group.map(({ key }) => cell(key, 40)).join(' + ');
    return `${String(at + 1).padStart(3)}  ${names}${group.length > 1 ? paint.yellow('  together: they need each other') : ''}`;
  });
  const outside = needs.map(({ key }) => cell(key, 40)).join(', ');
  return [
    ...(needs.length > 0 ? [`${count(needs.length, 'other change')} first: ${outside}`] : []),
    ...lines,
    ...unplaced.map(({ reason }) => paint.dim(cell(reason, 200))),
    ...leftOutText(leftOut, paint),
  ].join('\n');
}

const HAPPENINGS = ['rejected', 'withdrawn', 'superseded', 'revised'];

export async function whatIf(
  io: Io,
  options: Options,
  name: string,
  what: string,
  other?: string,
): Promise<Result> {
  const isLanding = what === 'before' && other !== undefined;
  if (!isLanding && (!HAPPENINGS.includes(what) || other !== undefined)) {
    const hint = `Say ${HAPPENINGS.join(', ')}, or "before" and another change.`;
    throw new CountersignError('INVALID_INPUT', `Nobody knows what "${what}" would do.`, { hint });
  }
  return connected(io, options, async (api) => {
    const { id } = await findChange(api, name, options.project);
    const body = isLanding
      ? { lands_before: (await findChange(api, other, options.project)).id }
      : { if: what };
    const found = await api.whatIf(id, body);
    return { ...done(found, whatIfText(found, painter(io))), exit: found.possible ? 0 : 1 };
  });
}

function whatIfText({ sentence, effects, freed, left_out: leftOut }: WhatIf, paint: Paint): string {
  return [
    cell(sentence, 400),
    ...effects.map(({ change, reaction, reason }) => {
      const colour = reaction === 'tell' ? paint.dim : paint.yellow;
      return `  ${cell(change.key, 40)}  ${colour(reaction)}  ${cell(reason, 240)}`;
    }),
    ...freed.map(({ key }) => `  ${cell(key, 40)}  ${paint.green('free')}  It waits for nothing else.`),
    ...leftOutText(leftOut, paint),
  ].join('\n');
}

function leftOutText(sentence: string | null, paint: Paint): string[] {
  return sentence === null ? [] : [paint.yellow(cell(sentence, 300))];
}
