/** `check`: whether definitions are sound, without a server. */
import { extname, resolve } from 'node:path';
import { CountersignError } from '../../errors.ts';
import type { Proviso } from '../../machines/check-provided.ts';
import type { LocatedFinding } from '../../machines/findings.ts';
import { loadFile } from '../../machines/load-file.ts';
import { findingText } from '../definition-file.ts';
import type { Io } from '../io.ts';
import type { Result } from '../result.ts';
import { cell, count, type Paint, painter } from '../text.ts';
import { isFine, type NetReport, netReport, netText } from './check-nets.ts';

interface Report {
  readonly file: string;
  readonly sound: boolean;
  readonly decided: boolean;
  readonly states: number;
  /** Where it is sound: the conditions that have to come to hold; none where it is sound whatever they say. */
  readonly provided: readonly Proviso[];
  readonly findings: readonly LocatedFinding[];
}

/** One document; for several files one per line, each with `file`. A file that cannot be read ends it. */
export async function check(io: Io, files: readonly string[]): Promise<Result> {
  const paint = painter(io);
  const reports: (Report | NetReport)[] = [];
  for (const file of files)
    reports.push(
      await (extname(file) === '.pnml' ? netReport(resolve(io.cwd, file), file) : reportOn(io.cwd, file)),
    );
  const documents = reports.map(({ file, ...report }) => (files.length > 1 ? { file, ...report } : report));
  const text = reports
    .map((each) => ('kind' in each ? netText(each, paint) : reportText(each, paint)))
    .join('\n');
  return {
    documents,
    text,
    exit: reports.every((each) => ('kind' in each ? isFine(each) : each.sound)) ? 0 : 1,
  };
}

async function reportOn(cwd: string, file: string): Promise<Report> {
  try {
    const { sound, decided, states, provided, findings } = await loadFile(resolve(cwd, file));
    const named = findings.map((each) => ({ ...each, where: { ...each.where, file } }));
    return { file, sound, decided, states, provided: sound ? provided : [], findings: named };
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    const { code, message, hint, cause } = error;
    throw new CountersignError(code, message.replace(resolve(cwd, file), file), { hint, cause });
  }
}

function reportText({ file, sound, decided, states, provided, findings }: Report, paint: Paint): string {
  const verdict = sound ? paint.green('sound') : paint.red(decided ? 'not sound' : 'undecided');
  const size = states > 0 ? paint.dim(` (${count(states, 'configuration')})`) : '';
  const only = sound ? provided.map((each) => paint.dim(provisoText(each))) : [];
  return [...findings.map((each) => findingText(each, paint)), `${file}: ${verdict}${size}`, ...only].join(
    '\n',
  );
}

function provisoText({ state, conditions }: Proviso): string {
  const shown = conditions.slice(0, 5).map((each) => cell(each, 100));
  const more = conditions.length > shown.length ? `, or ${conditions.length - shown.length} more` : '';
  return `    only if, in "${state}", it can come to hold that ${shown.join(', or ')}${more}`;
}
