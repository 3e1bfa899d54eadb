/** Diffs are read as they were written, and what is no diff is refused with its line. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_LINE_CHARACTERS, MAX_PATH_BYTES } from '../../../src/actors/contents/limits.ts';
import { linesOf } from '../../../src/actors/contents/lines.ts';
import { packed, unpacked } from '../../../src/actors/contents/packing.ts';
import { parseDiff } from '../../../src/actors/contents/parse-diff.ts';
import * as vcs from '../../../src/vcs/paths.ts';
import { files } from './arbitrary.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const pathOf = (text: string) => vcs.pathText(bytes(text));

describe('a diff', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(files, (written) => {
        const parsed = parseDiff(bytes(written.map(({ text }) => text).join('')));
        if (!parsed.ok) throw new Error(`${parsed.line}: ${parsed.message}`);
        let at = 0;
        const expected = written.map(({ text, name: path, oldName, lines: _, ...rest }) => {
          const [start, end] = [at, at + text.length];
          at = end;
          return {
            ...rest,
            path: pathOf(path),
            oldPath: oldName === null ? null : pathOf(oldName),
            start,
            end,
          };
        });
        expect(
          parsed.files.map(({ oldMode: _, mode: __, digest: ___, body: ____, ...each }) => each),
        ).toEqual(expected);
      }),
    );
  });

  it('is stored byte for byte, and every line keeps its numbers, page by page', async () => {
    await fc.assert(
      fc.asyncProperty(files, fc.integer({ min: 1, max: 4 }), async (written, limit) => {
        const diff = bytes(written.map(({ text }) => text).join(''));
        const parsed = parseDiff(diff);
        const stored = parsed.ok ? await packed(diff, parsed.files) : [];
        expect(Buffer.concat(await Promise.all(stored.map(unpacked)))).toEqual(diff);
        for (const [at, each] of stored.entries()) {
          const shown = [];
          for (let next: number | null = 1; next !== null; ) {
            const page = linesOf(await unpacked(each), { line: next, limit });
            shown.push(...page.lines);
            next = page.next;
          }
          expect(shown.map((line) => [line.kind, line.old, line.new, line.text])).toEqual(written[at]?.lines);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('that is cut off or has a byte changed is read as something else or refused, never thrown at', () => {
    fc.assert(
      fc.property(files, fc.nat(), fc.nat(255), (written, place, byte) => {
        const diff = bytes(written.map(({ text }) => text).join(''));
        const spoilt = Buffer.from(diff);
        if (diff.length > 0) spoilt[place % diff.length] = byte;
        for (const each of [spoilt, diff.subarray(0, place % (diff.length + 1))]) {
          const parsed = parseDiff(each);
          if (parsed.ok) expect(parsed.files.at(-1)?.end ?? 0).toBe(each.length);
          else expect(parsed.line).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('of nothing has no files', () => {
    expect(parseDiff(Buffer.alloc(0))).toEqual({ ok: true, files: [] });
  });
});

describe('the digest of a file', () => {
  const digests = (text: string) => {
    const parsed = parseDiff(bytes(text));
    if (!parsed.ok) throw new Error(parsed.message);
    return parsed.files.map(({ digest }) => digest);
  };
  const edit = (from: number, blobs: string, text: string) =>
    `diff --git a/x b/x\nindex ${blobs} 100644\n--- a/x\n+++ b/x\n@@ -${from},2 +${from},2 @@ f\n same\n-a\n+${text}\n`;

  it('does not change where the edit moves, and changes where it is another', () => {
    const [one] = digests(edit(5, 'aaaa..bbbb', 'b'));
    expect(digests(edit(50, 'cccc..dddd', 'b'))).toEqual([one]);
    expect(digests(edit(5, 'aaaa..bbbb', 'c'))).not.toEqual([one]);
  });

  it('of a binary file tells its blobs apart', () => {
    const binary = (to: string) =>
      `diff --git a/x b/x\nindex aaaa..${to} 100644\nBinary files a/x and b/x differ\n`;
    expect(digests(binary('bbbb'))).not.toEqual(digests(binary('cccc')));
  });
});

describe('what is no diff of git is refused with its line', () => {
  const start = 'diff --git a/x b/x\n';
  const sides = `${start}index aaaa..bbbb 100644\n--- a/x\n+++ b/x\n`;
  const cases: Readonly<Record<string, readonly [line: number, text: string]>> = {
    'a plain unified diff': [1, '--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n'],
    'the letter of a patch': [1, 'From 0123 Mon Sep 17\n'],
    'a merge': [1, 'diff --cc x\n'],
    'a file of which nothing is said': [1, start],
    'a file whose hunks were cut off': [1, `${start}index aaaa..bbbb 100644\n`],
    'other prefixes': [2, 'diff --git x x\n--- x\n+++ x\n@@ -1 +1 @@\n-a\n+b\n'],
    'names that contradict each other': [1, 'diff --git a/x b/y\nold mode 100644\nnew mode 100755\n'],
    'a name that leaves the repository': [1, 'diff --git a/../x b/../x\nold mode 100644\nnew mode 100755\n'],
    'a header that is said twice': [3, `${start}old mode 100644\nold mode 100644\n`],
    'half a rename': [1, `${start}rename from x\n`],
    'a file both new and deleted': [1, `${start}new file mode 100644\ndeleted file mode 100644\n`],
    'a mode that is none': [2, `${start}old mode 9\n`],
    'a new file that was there': [1, `${start}new file mode 100644\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n`],
    'names without hunks': [5, sides],
    'a heading that counts nothing': [5, `${sides}@@ -1,0 +1,0 @@\n`],
    'a heading beyond all files': [5, `${sides}@@ -4294967296 +1 @@\n`],
    'a hunk that ends too early': [7, `${sides}@@ -1,2 +1,2 @@\n a\n`],
    'a hunk with a line too many of one side': [7, `${sides}@@ -1,1 +1,2 @@\n-a\n-b\n`],
    'a line behind the hunk': [8, `${sides}@@ -1 +1 @@\n-a\n+b\n+c\n`],
    'a sign that is none': [6, `${sides}@@ -1 +1 @@\n*a\n+b\n`],
    'hunks in the wrong order': [8, `${sides}@@ -5 +5 @@\n-a\n+b\n@@ -1 +1 @@\n-a\n+b\n`],
    'a missing newline in the middle': [
      7,
      `${sides}@@ -1,2 +1 @@\n-a\n\\ No newline at end of file\n-b\n+c\n`,
    ],
    'a file that stands there twice': [8, `${sides}@@ -1 +1 @@\n-a\n+b\n`.repeat(2)],
    'a binary patch without content': [4, `${start}index aaaa..bbbb 100644\nGIT binary patch\n`],
    'a binary patch that ends too early': [
      6,
      `${start}index aaaa..bbbb 100644\nGIT binary patch\nliteral 1\nAcmZQz\n`,
    ],
    'a quoted name with an escape of another language': [
      1,
      'diff --git "a/\\x41" "b/\\x41"\nold mode 100644\nnew mode 100755\n',
    ],
  };
  it.each(Object.entries(cases))('%s', (_, [line, text]) => {
    expect(parseDiff(bytes(text))).toMatchObject({ ok: false, line, message: expect.any(String) });
  });

  it('more files than there may be, and a path that is too long', () => {
    const mode = (path: string) => `diff --git a/${path} b/${path}\nold mode 100644\nnew mode 100755\n`;
    const many = (count: number) => bytes(Array.from({ length: count }, (_, at) => mode(`f${at}`)).join(''));
    expect(parseDiff(many(10_000))).toMatchObject({ ok: true });
    expect(parseDiff(many(10_001))).toMatchObject({ ok: false, line: 30_001, tooMany: true });
    expect(parseDiff(bytes(mode('x'.repeat(MAX_PATH_BYTES))))).toMatchObject({ ok: true });
    expect(parseDiff(bytes(mode('x'.repeat(MAX_PATH_BYTES + 1))))).toMatchObject({ ok: false, line: 1 });
  });
});

it('a line that is too long to be shown is cut, and said to be', () => {
  const long = (text: string) =>
    linesOf(
      bytes(`diff --git a/x b/x\nnew file mode 100644\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+${text}\n`),
      {
        line: 2,
        limit: 1,
      },
    ).lines[0];
  expect(long('y'.repeat(MAX_LINE_CHARACTERS))).toMatchObject({ isCut: false });
  const cut = long('y'.repeat(MAX_LINE_CHARACTERS + 1));
  expect([cut?.isCut, cut?.text.length]).toEqual([true, MAX_LINE_CHARACTERS]);
});
