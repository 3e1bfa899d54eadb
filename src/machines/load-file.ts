/**
 * From a file to a definition. TypeScript files are run, so this belongs to the command line: the server takes data only.
 */
import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { createJiti } from 'jiti';
import { CountersignError, messageOf } from '../errors.ts';
import { packageFiles } from '../package-files.ts';
import { type Finding, finding } from './findings.ts';
import { type Loaded, loadData, loadFailed, loadText, TEXT_LIMITS } from './load.ts';
import { START } from './locate.ts';
import { readTs } from './locate-ts.ts';

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
  let data: unknown;
  try {
    data = plainData(workflowOf(await run(path)));
  } catch (error) {
    return failedAtStart(path, finding('EXECUTION', `Running the file failed: ${messageOf(error)}.`));
  }
  if (data === undefined)
    return failedAtStart(
      path,
      finding('NO_WORKFLOW', 'The file exports no workflow; write "export default workflow({…})".'),
    );
  const read = readTs(text, (data as { name?: string }).name);
  return loadData(data, read.ok ? read.tree : { kind: 'value', place: START, value: data }, path);
}

/** Runs the module; `countersign` is this package, so that a lone file needs no installation. */
async function run(path: string): Promise<Record<string, unknown>> {
  const jiti = createJiti(import.meta.url, {
    alias: { countersign: packageFiles.library },
    fsCache: false,
    moduleCache: false,
  });
  return await jiti.import<Record<string, unknown>>(resolve(path));
}

/** The default export, or the first export that has states. */
function workflowOf(module: Record<string, unknown>): unknown {
  const candidates = [module.default, ...Object.values(module)];
  return candidates.find((each) => typeof each === 'object' && each !== null && 'states' in each);
}

/** The same data without anything that JSON cannot say; throws where something would be lost. */
function plainData(value: unknown): unknown {
  if (value === undefined) return undefined;
  const data: unknown = JSON.parse(JSON.stringify(value));
  if (!isSame(value, data)) throw new TypeError('the exported workflow holds more than plain JSON data');
  return data;
}

function isSame(value: unknown, data: unknown): boolean {
  if (typeof value !== 'object' || value === null) return Object.is(value, data);
  if (typeof data !== 'object' || data === null || Array.isArray(value) !== Array.isArray(data)) return false;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  const other = data as Record<string, unknown>;
  return entries.every(([key, each]) => Object.hasOwn(other, key) && isSame(each, other[key]));
}

function failedAtStart(path: string, problem: Finding): Loaded {
  return loadFailed(path, [{ ...problem, place: START }]);
}
