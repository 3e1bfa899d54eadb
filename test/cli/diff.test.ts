/** The stored diff of a change on the command line. */
import { describe, expect, it } from 'vitest';
import { notFound, type Seen } from './fake-server.ts';
import { cli, fake, only } from './rig.ts';

const ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const file = (place: number, path: string, over: object = {}) => ({
  place,
  path,
  old_path: null,
  kind: 'modified',
  is_binary: false,
  added: 1,
  removed: 1,
  digest: 'd',
  ...over,
});
const FILES = [
  file(1, 'a.ts'),
  file(2, 'new.png', { old_path: 'old.png', kind: 'renamed', is_binary: true }),
  file(3, 'c\u001b[31m.ts', { added: 0, removed: 1 }),
];
const LINES = [
  { kind: 'hunk', old: null, new: null, text: '@@ -1,2 +1,2 @@' },
  { kind: 'context', old: 1, new: 1, text: '\tsame\u001b[2J\u0007' },
  { kind: 'removed', old: 2, new: null, text: 'one\r' },
  { kind: 'added', old: null, new: 2, text: 'two', is_cut: true, no_newline: true },
];

/** Answers in pages of one file and of two lines. */
function answer({ path, query }: Seen) {
  const ok = (body: unknown) => ({ status: 200, body });
  const revisions = `/v1/changes/${ID}/revisions`;
  if (path === `/v1/changes/${ID}`) return ok({ id: ID });
  if (path === revisions)
    return ok({
      items: [1, 2, 3].map((number) => ({ number, content: number < 3 ? {} : null })),
      next_cursor: null,
    });
  if (path === `${revisions}/2/files`) {
    const at = Number(query.cursor ?? 0);
    return ok({ items: FILES.slice(at, at + 1), next_cursor: at + 1 < FILES.length ? String(at + 1) : null });
  }
  const place = Number(path.slice(`${revisions}/2/files/`.length));
  const found = FILES[place - 1];
  if (!path.startsWith(`${revisions}/2/files/`) || !found) return notFound('nothing there');
  const lines = place === 2 ? [] : LINES;
  const from = Number(query.line ?? 1);
  const next = from + 2 <= lines.length ? from + 2 : null;
  return ok({
    ...found,
    old_mode: '100644',
    mode: '100755',
    lines: lines.slice(from - 1, from + 1),
    next_line: next,
  });
}

async function served() {
  const { server, at } = await fake();
  server.intercept = answer;
  return at;
}

describe('diff', () => {
  it('shows the newest revision that is there, page by page, and nothing that steers a terminal', async () => {
    const said = await cli(['diff', ID], await served());
    expect(said).toMatchObject({ exit: 0, err: '' });
    const lines = [
      '@@ -1,2 +1,2 @@',
      '     same\ufffd[2J\ufffd',
      '-one\u240d',
      '+two\u2026',
      '\\ no line feed at the end of the file',
    ];
    expect(said.out.split('\n')).toEqual([
      'a.ts (modified, +1 −1, 100644 → 100755)',
      ...lines,
      '',
      'old.png → new.png (renamed, binary, 100644 → 100755)',
      '',
      'c\ufffd[31m.ts (modified, +0 −1, 100644 → 100755)',
      ...lines,
      '',
    ]);
  });

  it('shows one file, by either of its names, as a document too', async () => {
    const at = await served();
    const said = only(await cli(['diff', ID, '--revision', '2', '--file', 'old.png', '--json'], at));
    expect(said).toMatchObject({
      change: ID,
      revision: 2,
      files: [{ path: 'new.png', lines: [], next_line: null }],
    });
  });

  it('says what is not there', async () => {
    const at = await served();
    const other = await cli(['diff', ID, '--revision', '2', '--file', 'none'], at);
    expect(other).toMatchObject({ exit: 2, err: expect.stringContaining('does not touch "none"') });
    expect(await cli(['diff', ID, '--revision', '3'], at)).toMatchObject({ exit: 2, out: '' });
  });
});
