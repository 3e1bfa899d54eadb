/** What Pijul and Atomic print, in the shape their sources and manuals give it, with invented content. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CountersignError } from '../../src/errors.ts';
import { readChange } from '../../src/vcs/pijul/change.ts';
import { isHash } from '../../src/vcs/pijul/hash.ts';
import { readLog, revisionsOf } from '../../src/vcs/pijul/log.ts';

/** A hash of 33 bytes: 52 characters and a last one whose spare bit is 0. */
const hash = (letter: string) => `${letter.repeat(51)}QC`;
const [SELF, TIP, BASE, OLD, KNOWN] = ['A', 'B', 'C', 'D', 'E'].map(hash) as [
  string,
  string,
  string,
  string,
  string,
];

const PRINTED = `message = 'Teach the parser dates'
timestamp = '2026-03-07T06:59:38.257226181Z'

[[authors]]
name = 'dev-001'
full_name = 'Dev One'
email = 'dev-001@example.org'

[[authors]]
key = '7Bkey'

# Dependencies
[2] ${TIP} # Write the manual
[3] ${BASE} # Start the parser
[4]+${OLD}
[*] ${KNOWN}

# Hunks

1. File addition: "dates.rs" in "src/parser" +x "UTF-8"
  up 3.10, new 0:11
+ 2.5 is only content
+ [9] so is this

2. Edit in "src/main.rs":2 3.12 "UTF-8"
B:BD 3.22 -> 3.22:31/4
- use dates;
\\

3. Replacement in "a \\"quoted\\" name":7 3.12 "UTF-8"
B:BD 3.22 -> 3.22:31/3
  up 3.40, new 26:35, down
- old
+ new

4. File deletion: "gone.txt" 4.1 "UTF-8"
B:BD 4.1 -> 4.1:9/4
5. Moved: "one" "two"  3.1
6. Root add
  up 1.0, new 5:5
7. Something new in "later.txt" 3.4
`;

function failure(work: () => unknown): CountersignError {
  try {
    work();
  } catch (error) {
    if (error instanceof CountersignError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('a printed change', () => {
  const change = readChange(PRINTED, { hash: SELF, tip: TIP });

  it('says who wrote it, when and what about', () => {
    expect(change).toMatchObject({
      hash: SELF,
      message: 'Teach the parser dates',
      timestamp: '2026-03-07T06:59:38.257226181Z',
      authors: [
        { name: 'Dev One', email: 'dev-001@example.org', key: null },
        { name: null, email: null, key: '7Bkey' },
      ],
    });
  });

  it('tells what it builds on from what only came before it', () => {
    expect(change.dependencies).toEqual([
      { hash: TIP, kind: 'order', message: 'Write the manual', used: false },
      { hash: BASE, kind: 'declared', message: 'Start the parser', used: true },
      { hash: OLD, kind: 'implied', message: null, used: true },
      { hash: KNOWN, kind: 'extra', message: null, used: false },
    ]);
  });

  it('keeps a dependency on the tip that a hunk uses, or of which nobody says that it is the tip', () => {
    const kinds = (tip?: string) =>
      readChange(PRINTED, { hash: SELF, ...(tip && { tip }) }).dependencies.map(({ kind }) => kind);
    expect(kinds(BASE)).toEqual(['declared', 'declared', 'implied', 'extra']);
    expect(kinds()).toEqual(['declared', 'declared', 'implied', 'extra']);
  });

  it('names the paths of its hunks, escapes undone, and never reads the contents of files', () => {
    expect(change.hunks.map(({ number, kind, path, line }) => [number, kind, path, line])).toEqual([
      [1, 'add', 'src/parser/dates.rs', 20],
      [2, 'edit', 'src/main.rs', 25],
      [3, 'replace', 'a "quoted" name', 30],
      [4, 'delete', 'gone.txt', 36],
      [5, 'move', 'one', 38],
      [6, 'root', null, 39],
      [7, 'other', 'later.txt', 41],
    ]);
    expect(change.paths).toContain('gone.txt');
  });

  it('may be of an older version: "# Changes", paths without quotes, Windows line ends', () => {
    const old = `message = ''\n\n# Dependencies\n[2] ${BASE}\n\n# Changes\n\n1. Edit in file2.txt:2 2.12\nB:BD 2.22 -> 2.22:31/2\n- x\n`;
    expect(readChange(old.replaceAll('\n', '\r\n'), { hash: SELF })).toMatchObject({
      timestamp: null,
      dependencies: [{ used: true }],
      paths: ['file2.txt'],
    });
  });

  it('may have neither dependencies nor hunks', () => {
    expect(readChange(`message = 'empty'\n`, { hash: SELF })).toMatchObject({ dependencies: [], hunks: [] });
    expect(readChange(`message = 'first'\n# Hunks\n\n1. Root add\n`, { hash: SELF }).hunks).toHaveLength(1);
  });

  it('cannot pass off a line of its message as a dependency', () => {
    const forged = `message = '''\nhello\n# Dependencies\n[2] ${TIP}\n# Hunks\n'''\n\n# Dependencies\n[2] ${BASE}\n`;
    const { message, dependencies } = readChange(forged, { hash: SELF });
    expect(message).toContain(TIP);
    expect(dependencies.map((each) => each.hash)).toEqual([BASE]);
  });

  it.each([
    ['a header that is no TOML', `message = 'x\n\n# Hunks\n`, /:1 the header is no TOML/],
    ['a header without message', `timestamp = '2026-01-01T00:00:00Z'\n`, /no "message"/],
    ['a time that is none', `message = ''\ntimestamp = 'soon'\n`, /"timestamp"/],
    ['authors that are no list', `message = ''\nauthors = 'dev-001'\n`, /"authors" is no list/],
    [
      'a line that is no dependency',
      `message = ''\n# Dependencies\nneeds ${TIP}\n`,
      /:3 "needs B+QC" is no dependency/,
    ],
    [
      'a hash that is none',
      `message = ''\n# Dependencies\n\n[2] ${TIP.slice(1)}x\n`,
      /:4 "B+QCx" is not the hash/,
    ],
    [
      'a number that comes twice',
      `message = ''\n# Dependencies\n[2] ${TIP}\n[2]+${BASE}\n`,
      /:4 uses the number 2/,
    ],
    [
      'text before the first hunk',
      `message = ''\n# Hunks\nhello\n`,
      /:3 "hello" stands before the first hunk/,
    ],
  ])('is refused for %s, with the number of the line', (_, text, message) => {
    const error = failure(() => readChange(text, { hash: SELF }));
    expect(error.code).toBe('INVALID_INPUT');
    expect(error.message).toMatch(message);
  });

  it('is refused beyond the limit, and under a name that is no hash', () => {
    expect(failure(() => readChange(' '.repeat(16 * 1024 * 1024 + 1), { hash: SELF })).message).toContain(
      'longer',
    );
    expect(failure(() => readChange(PRINTED, { hash: 'HEAD' })).message).toContain('"HEAD" is not the hash');
  });

  it('is read or refused whatever it holds, never anything else', () => {
    const piece = fc.oneof(
      fc.constantFrom(...PRINTED.split('\n')),
      fc.constantFrom('# Dependencies', '# Hunks', "'''", '"""', '[[', '1. Edit in "'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (lines) => {
        try {
          readChange(lines.join('\n'), { hash: SELF });
        } catch (error) {
          expect(error).toBeInstanceOf(CountersignError);
        }
      }),
    );
  });
});

describe('a hash', () => {
  it('is base32 of 32 or 33 bytes, and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 30, maxLength: 35 }), (bytes) => {
        expect(isHash(base32(bytes))).toBe(bytes.length === 32 || bytes.length === 33);
      }),
    );
    expect(isHash(TIP.toLowerCase())).toBe(false);
    expect(isHash(`${TIP.slice(0, -1)}B`)).toBe(false);
  });
});

describe('a log', () => {
  const entry = (of: string, more = {}) => ({
    hash: of,
    authors: ['dev-001'],
    timestamp: '2026-03-07T06:59:38.257226181Z',
    message: 'm',
    ...more,
  });

  it('lists changes with their authors, as names, addresses or tables', () => {
    const log = readLog(
      JSON.stringify([
        entry(SELF, { authors: ['Dev One <dev-001@example.org>', { key: '7Bkey' }], paths: ['a.txt'] }),
        entry(TIP, { authors: undefined, author: { name: 'dev-002', email: 'dev-002@example.org' } }),
        entry(BASE, { state: 'S', attribution: { ai_assisted: true } }),
      ]),
    );
    expect(log.map(({ authors }) => authors[0])).toEqual([
      { name: 'Dev One', email: 'dev-001@example.org', key: null },
      { name: 'dev-002', email: 'dev-002@example.org', key: null },
      { name: 'dev-001', email: null, key: null },
    ]);
    expect(log[0]?.paths).toEqual(['a.txt']);
  });

  it('tells each change its tip: the next in the list', () => {
    const log = readLog(JSON.stringify([entry(SELF), entry(TIP), entry(BASE)]));
    const plain = `message = 'x'\n# Dependencies\n[2] ${BASE}\n`;
    const revisions = revisionsOf(
      log,
      new Map([
        [SELF, PRINTED],
        [TIP, plain],
      ]),
    );
    expect(revisions.map(({ dependencies }) => dependencies[0]?.kind)).toEqual(['order', 'order']);
  });

  it.each([
    ['no JSON', '[\n{"hash":\n', /the log:\d+ is not JSON/],
    ['no list', '{}', /is not a JSON list/],
    ['no object', '[1]', /change 1 is not an object/],
    ['no hash', JSON.stringify([entry('main')]), /has the hash "main"/],
    ['no time', JSON.stringify([entry(TIP, { timestamp: 'soon' })]), /no time in ISO 8601/],
    ['no paths', JSON.stringify([entry(TIP, { paths: [1] })]), /no list of texts/],
    ['an author without a name', JSON.stringify([entry(TIP, { authors: [{}] })]), /neither a name/],
    ['a change that comes twice', JSON.stringify([entry(TIP), entry(TIP)]), /change 2 is also change 1/],
  ])('is refused for %s', (_, text, message) => {
    expect(failure(() => readLog(text)).message).toMatch(message);
  });
});

function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? [])
    .map((group) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(group.padEnd(5, '0'), 2)])
    .join('');
}
