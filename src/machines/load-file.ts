/**
 * From a file to a definition. TypeScript files are run, so this belongs to the command line: the server takes data only.
 */
import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { CountersignError, messageOf } from '../errors.ts';
import { type Finding, finding } from './findings.ts';
import { type Loaded, loadData, loadFailed, loadText, TEXT_LIMITS } from './load.ts';
import { START } from './locate.ts';
import { readTs } from './locate-ts.ts';
import { runTs } from './run-ts.ts';

/** Loads a `.toml`, `.json`, `.ts` or `.mts` file. Throws FILE_UNREADABLE; defects of the definition are findings. */
export async function loadFile(path: string): Promise<Loaded> {
  const format = extname(path);
  if (!['.toml', '.json', '.ts', '.mts'].includes(format))
    throw new CountersignError('FILE_UNREADABLE', `${path} is not a .toml, .json, .ts or .mts file.`, {
      hint: 'Name a file with one of these endings.',
    });
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new CountersignError('FILE_UNREADABLE', `${path} cannot be read: ${messageOf(cause)}.`, { cause });
  });
  if (bytes.length > TEXT_LIMITS.bytes)
    return failedAtStart(path, finding('TOO_LARGE', `The file is larger than ${TEXT_LIMITS.bytes} bytes.`));
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return failedAtStart(path, finding('SYNTAX', 'The file is not UTF-8.'));
  }
  if (format === '.toml' || format === '.json')
    return loadText(text, format === '.toml' ? 'toml' : 'json', path);
  return loadTs(text, path);
}

async function loadTs(text: string, path: string): Promise<Loaded> {
  const syntax = readTs(text);
  if (!syntax.ok && syntax.findings[0]?.code === 'SYNTAX') return loadFailed(path, syntax.findings);
  const { json, isPlain, error } = await runTs(resolve(path));
  if (error !== undefined) return notRun(path, error);
  if (json === undefined)
    return failedAtStart(
      path,
      finding('NO_WORKFLOW', 'The file exports no workflow; write "export default workflow({…})".'),
    );
  if (!isPlain) return notRun(path, 'the exported workflow holds more than plain JSON data');
  const data: unknown = JSON.parse(json);
  const read = readTs(text, (data as { name?: string }).name);
  return loadData(data, read.ok ? read.tree : { kind: 'value', place: START, value: data }, path, 'ts');
}

function notRun(path: string, why: string): Loaded {
  return failedAtStart(path, finding('EXECUTION', `Running the file failed: ${why}.`));
}

function failedAtStart(path: string, problem: Finding): Loaded {
  return loadFailed(path, [{ ...problem, place: START }]);
}
