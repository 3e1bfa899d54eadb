/** `diff`: what a revision of a change holds, as it was recorded. */
import { CountersignError } from '../../errors.ts';
import type { Api } from '../api.ts';
import { connected, findChange } from '../connected.ts';
import type { Common } from '../connection.ts';
import type { Io } from '../io.ts';
import { done, type Result } from '../result.ts';
import { cell, clean, type Paint, painter } from '../text.ts';
import type { DiffLine, FileLines, RevisionFile, ToldRevision } from '../wire.ts';

interface Options extends Common {
  readonly revision?: number;
  readonly file?: string;
  readonly project?: string;
}

/** The largest pages the server gives. */
const FILES = 200;
const LINES = 2_000;

export async function diff(io: Io, options: Options, name: string): Promise<Result> {
  return connected(io, options, async (api) => {
    const { id } = await findChange(api, name, options.project);
    const revision = options.revision ?? newest(id, (await api.revisions(id)).items);
    const files: FileLines[] = [];
    for (const file of await filesOf(api, id, revision, options.file))
      files.push(await linesOf(api, id, revision, file.place));
    const paint = painter(io);
    const text = files.map((file) => fileText(file, paint)).join('\n\n');
    return done({ change: id, revision, files }, text || `Revision ${revision} changes nothing.`);
  });
}

/** The newest that is there. */
function newest(id: string, revisions: readonly ToldRevision[]): number {
  const found = revisions.findLast(({ content }) => content !== null);
  if (found) return found.number;
  throw new CountersignError('NOT_FOUND', `Nobody has sent the content of a revision of ${id}.`, {
    hint: 'Who records the repository sends it; see docs/contents.md.',
  });
}

export async function filesOf(
  api: Api,
  id: string,
  revision: number,
  path?: string,
): Promise<RevisionFile[]> {
  const files: RevisionFile[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await api.revisionFiles(id, revision, { cursor, limit: FILES });
    files.push(
      ...page.items.filter((file) => path === undefined || file.path === path || file.old_path === path),
    );
    if (page.next_cursor === null) break;
    cursor = page.next_cursor;
  }
  if (path === undefined || files.length > 0) return files;
  throw new CountersignError('NOT_FOUND', `Revision ${revision} does not touch "${path}".`, {
    hint: 'Give the whole path from the root of the repository; without --file all are shown.',
  });
}

export async function linesOf(api: Api, id: string, revision: number, place: number): Promise<FileLines> {
  const first = await api.fileLines(id, revision, place, { limit: LINES });
  const lines = [...first.lines];
  for (let line = first.next_line; line !== null; ) {
    const page = await api.fileLines(id, revision, place, { line, limit: LINES });
    lines.push(...page.lines);
    line = page.next_line;
  }
  return { ...first, lines, next_line: null };
}

function fileText(file: FileLines, paint: Paint): string {
  const { path, old_path: old, kind, is_binary: isBinary, old_mode: before, mode } = file;
  const name = old === null ? cell(path, 400) : `${cell(old, 400)} → ${cell(path, 400)}`;
  const facts = [
    kind,
    ...(isBinary ? ['binary'] : [`+${file.added} −${file.removed}`]),
    ...(before !== null && mode !== null && before !== mode ? [`${before} → ${mode}`] : []),
  ];
  const heading = `${paint.bold(name)} ${paint.dim(`(${facts.join(', ')})`)}`;
  return [heading, ...file.lines.flatMap((line) => lineText(line, paint))].join('\n');
}

const SIGNS = { context: ' ', added: '+', removed: '-', hunk: '' } as const;

/** A CR before the line feed is shown, for it may be all that changed. */
function lineText({ kind, text, is_cut: isCut, no_newline: isLast }: DiffLine, paint: Paint): string[] {
  const visible = clean(text.replace(/\r$/, '\u240d').replaceAll('\t', '    ').replaceAll('\n', ''));
  const line = SIGNS[kind] + visible + (isCut ? '\u2026' : '');
  const colours = {
    context: (same: string) => same,
    added: paint.green,
    removed: paint.red,
    hunk: paint.dim,
  };
  return [colours[kind](line), ...(isLast ? [paint.dim('\\ no line feed at the end of the file')] : [])];
}
