/** Which reader a path is for: the one that was asked for, or the one whose marks its content bears. */
import { stat } from 'node:fs/promises';
import { CountersignError, messageOf } from '../../errors.ts';
import { exportedFile, type ReadChange } from './export.ts';
import { readGerrit } from './gerrit.ts';
import { isFromGh, wholeFromGh } from './gh.ts';
import { gitHistory } from './git.ts';
import { readGitHub } from './github.ts';
import { readGitLab } from './gitlab.ts';
import { historyFile } from './history.ts';
import type { DIRECTORY_KINDS, FILE_KINDS, HistoryKind } from './kinds.ts';
import { metaRefs, noteDb } from './notedb.ts';
import { type JsonObject, objectsOf } from './objects.ts';
import { hashIn, pijulChanges } from './pijul.ts';
import type { HistorySource } from './record.ts';

type Open = (path: string, project: string | undefined) => HistorySource;

const exported = (read: ReadChange): Open => {
  return (path, project) => exportedFile(path, read, project);
};

const DIRECTORIES: Record<(typeof DIRECTORY_KINDS)[number], Open> = { git: gitHistory, notedb: noteDb };
const FILES: Record<(typeof FILE_KINDS)[number], Open> = {
  jsonl: historyFile,
  gerrit: exported(readGerrit),
  github: exported(readGitHub),
  gitlab: exported(readGitLab),
  atomic: pijulChanges,
  pijul: pijulChanges,
};

export interface Wanted {
  /** Into which project, whatever the history says. */
  readonly project?: string;
  /** Recognised where it is left out. */
  readonly from?: HistoryKind;
}

/** Throws FILE_UNREADABLE; INVALID_INPUT where a directory is asked for as a file, or the other way round. */
export async function sourceOf(path: string, { project, from }: Wanted): Promise<HistorySource> {
  const isDirectory = await isDirectoryAt(path);
  const kind = from ?? (isDirectory ? await kindOfDirectory(path) : await kindOfFile(path));
  const readers: Readonly<Record<string, Open>> = isDirectory ? DIRECTORIES : FILES;
  const open = readers[kind];
  if (open) return open(path, project);
  const what = isDirectory ? 'a directory' : 'a file';
  throw new CountersignError(
    'INVALID_INPUT',
    `${path} is ${what}; "${kind}" histories are not read from one.`,
    {
      hint: `From ${what} can be read: ${Object.keys(readers).join(', ')}.`,
    },
  );
}

async function kindOfDirectory(path: string): Promise<HistoryKind> {
  return (await metaRefs(path)).length > 0 ? 'notedb' : 'git';
}

async function kindOfFile(path: string): Promise<HistoryKind> {
  if (hashIn(path) !== undefined) return 'pijul';
  const first = await firstObject(path);
  // An export of nothing reads the same whoever wrote it.
  if (first === null) return 'github';
  const marked = MARKS.find(([, fields]) => fields.every((field) => first && field in first))?.[0];
  if (marked || !first || !isFromGh(first)) return marked ?? 'jsonl';
  wholeFromGh(first, path);
  return 'github';
}

/** Fields that only one of them has together. */
const MARKS: readonly (readonly [HistoryKind, readonly string[]])[] = [
  ['gerrit', ['change_id', 'branch', 'owner']],
  ['gitlab', ['iid', 'source_branch']],
  ['github', ['number', 'title', 'user', 'created_at']],
  ['pijul', ['hash', 'timestamp']],
];

/** Null where there is none; undefined for what is no JSON: the reader of JSON lines will say what is wrong with it, and where. */
async function firstObject(path: string): Promise<JsonObject | null | undefined> {
  try {
    for await (const { value } of objectsOf(path)) return value;
    return null;
  } catch (error) {
    if (!(error instanceof CountersignError && error.code === 'INVALID_INPUT')) throw error;
  }
  return undefined;
}

async function isDirectoryAt(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    throw new CountersignError('FILE_UNREADABLE', `${path} cannot be read: ${messageOf(cause)}.`, { cause });
  }
}
