/**
 * A git repository from the hunks of a real history: where every commit changed how many lines is real, what the lines say is
 * made up, every one unlike all others. So what depends on what is as in the real project, but for lines that came back.
 *
 * The history is JSON lines, gzipped or not, oldest first: `commit`, `authoredAt`, `submittedAt`, and `files` with `path`,
 * `kind` (`new`, `deleted` or none) and `hunks`. It is written by one `git fast-import`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import type { Hunk } from '../src/vcs/hunks.ts';

interface HistoryCommit {
  readonly commit: string;
  readonly files: readonly {
    readonly path: string;
    readonly kind?: 'new' | 'deleted';
    readonly hunks: readonly Hunk[];
  }[];
}

const START = 1_500_000_000;
const WHO = 'someone <someone@example.com>';

/** Fills the (empty, bare or not) repository at `directory`; how many commits it has then. */
export async function buildFromHistory(directory: string, history: string): Promise<number> {
  const child = spawn('git', ['fast-import', '--quiet', '--force'], {
    cwd: directory,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const closed = once(child, 'close');
  const files = new Map<string, string[]>();
  let count = 0;
  for await (const commit of commitsIn(history)) {
    const text = `${commitText(commit, ++count)}${commit.files.map((file) => fileText(files, commit.commit, file)).join('')}\n`;
    if (!child.stdin.write(text)) await once(child.stdin, 'drain');
  }
  child.stdin.end();
  const [status] = await closed;
  if (status !== 0) throw new Error(`git fast-import ended with status ${status}`);
  return count;
}

async function* commitsIn(history: string): AsyncGenerator<HistoryCommit> {
  const file = createReadStream(history);
  const input = history.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() !== '') yield JSON.parse(line) as HistoryCommit;
  }
}

function commitText({ commit }: HistoryCommit, count: number): string {
  const when = `${START + count * 60} +0000`;
  return `commit refs/heads/main\nauthor ${WHO} ${when}\ncommitter ${WHO} ${when}\n${data(`${commit}\n`)}`;
}

function fileText(
  files: Map<string, string[]>,
  commit: string,
  { path, kind, hunks }: HistoryCommit['files'][number],
): string {
  if (kind === 'deleted') {
    files.delete(path);
    return `D ${quoted(path)}\n`;
  }
  const lines = edited(files.get(path) ?? [], hunks, (at) => `${commit.slice(0, 16)} ${path} ${at}`);
  files.set(path, lines);
  return `M 100644 inline ${quoted(path)}\n${data(lines.map((line) => `${line}\n`).join(''))}`;
}

function edited(lines: readonly string[], hunks: readonly Hunk[], made: (at: number) => string): string[] {
  const result: string[] = [];
  let done = 0;
  for (const [oldStart, oldLines, newStart, newLines] of hunks) {
    const from = oldLines === 0 ? oldStart : oldStart - 1;
    for (const line of lines.slice(done, from)) result.push(line);
    for (let at = 0; at < newLines; at++) result.push(made(newStart + at));
    done = from + oldLines;
  }
  return [...result, ...lines.slice(done)];
}

const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
const quoted = (path: string) => `"${path.replace(/["\\]/g, '\\$&')}"`;
