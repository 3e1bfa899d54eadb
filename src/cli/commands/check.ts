/** `check`: whether definitions, and nets, are sound, without a server. */
import { extname, resolve } from 'node:path';
import { CountersignError } from '../../errors.ts';
import type { Proviso } from '../../machines/check-provided.ts';
import type { LocatedFinding } from '../../machines/findings.ts';
import { type Loaded, loadText } from '../../machines/load.ts';
import { loadFile } from '../../machines/load-file.ts';
import { findingText } from '../definition-file.ts';
import type { Io } from '../io.ts';
import { bytesOf, netBytes } from '../net-file.ts';
import { type Exit, failed, type Result } from '../result.ts';
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

/** A file that could not be read, among others that could. */
interface Unread {
  readonly file: string;
  readonly failed: Result;
}

const WORST_FIRST: readonly Exit[] = [3, 2, 1];

type Input = AsyncIterable<Uint8Array>;

/**
 * One document; for several files one per line, each with `file`, and with `error` where the file cannot be read; alone, such a
 * file is thrown. `-` is the standard input.
 */
export async function check(io: Io, files: readonly string[], stdin: Input = process.stdin): Promise<Result> {
  const paint = painter(io);
  const reports: (Report | NetReport | Unread)[] = [];
  for (const [index, file] of files.entries()) {
    if (file === '-' && files.indexOf(file) < index) throw twice();
    try {
      reports.push(await reportOn(io.cwd, file, stdin));
    } catch (error) {
      if (files.length === 1) throw error;
      reports.push({ file, failed: failed(error) });
    }
  }
  const results = reports.map((each) => resultOf(each, paint, files.length > 1));
  const said = (all: readonly (string | undefined)[]) => all.filter(Boolean).join('\n');
  return {
    documents: results.flatMap(({ documents }) => documents),
    text: said(results.map(({ text }) => text)),
    notice: said(results.map(({ notice }) => notice)),
    exit: WORST_FIRST.find((each) => results.some(({ exit }) => exit === each)) ?? 0,
  };
}

function resultOf(report: Report | NetReport | Unread, paint: Paint, isNamed: boolean): Result {
  const { file, ...rest } = report;
  const named = (document: object) => (isNamed ? { file, ...document } : document);
  if ('failed' in report)
    return { ...report.failed, documents: report.failed.documents.map((each) => named(Object(each))) };
  const isNet = 'kind' in report;
  return {
    documents: [named(rest)],
    text: isNet ? netText(report, paint) : reportText(report, paint),
    exit: (isNet ? isFine(report) : report.sound) ? 0 : 1,
  };
}

function twice(): CountersignError {
  return new CountersignError('INVALID_INPUT', 'The standard input, "-", was named twice.', {
    hint: 'Name it once; it can be read only once.',
  });
}

async function reportOn(cwd: string, file: string, stdin: Input): Promise<Report | NetReport> {
  if (file === '-') return reportOnInput(await bytesOf(stdin, 'The standard input'), file);
  const path = resolve(cwd, file);
  if (extname(file).toLowerCase() === '.pnml') return netReport(await netBytes(path, file), file);
  try {
    return reportFrom(await loadFile(path), file);
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    const { code, message, hint, cause } = error;
    throw new CountersignError(code, message.replace(path, file), { hint, cause });
  }
}

/** A net begins with `<`, a definition in JSON with `{`; anything else is read as TOML. */
function reportOnInput(bytes: Buffer, file: string): Report | NetReport {
  const start = bytes.toString('latin1', 0, 1_000).replace(/^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)|[\0\s]/g, '');
  if (start.startsWith('<')) return netReport(bytes, file);
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  return reportFrom(loadText(text, start.startsWith('{') ? 'json' : 'toml', file), file);
}

function reportFrom({ sound, decided, states, provided, findings }: Loaded, file: string): Report {
  const named = findings.map((each) => ({ ...each, where: { ...each.where, file } }));
  return { file, sound, decided, states, provided: sound ? provided : [], findings: named };
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
