/** Who edits the same places, against sets of lines, and who goes first. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conflictsOf, type FileHunks } from '../../../src/actors/dependencies/conflicts.ts';
import { closest } from '../../../src/actors/dependencies/meeting.ts';
import { byPrecedence, goesFirst, type Standing } from '../../../src/actors/dependencies/precedence.ts';
import { type Hunk, oldRanges, proximity } from '../../../src/vcs/hunks.ts';

const file = (change: string, hunks: readonly Hunk[], over: Partial<FileHunks> = {}): FileHunks => ({
  change,
  path: 'src/a.ts',
  base: 'base',
  hunks,
  ...over,
});
const standing = (change: string, over: Partial<Standing> = {}): Standing => ({
  change,
  key: change.toUpperCase(),
  submittedAt: change.charCodeAt(0),
  isApproved: false,
  ...over,
});
const edit = (start: number, lines: number): Hunk => [start, lines, start, lines];

/** As a diff has them: in order, with at least one unchanged line between. */
const hunks: fc.Arbitrary<readonly Hunk[]> = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 0, max: 3 })), { maxLength: 5 })
  .map((parts) => {
    const made: Hunk[] = [];
    let gap = 0;
    for (const [unchanged, lines] of parts) {
      gap += unchanged;
      made.push(edit(lines === 0 ? gap : gap + 1, lines));
      gap += lines;
    }
    return made;
  });

/** What an edit takes of a file: its lines at odd places, the gaps an insertion fills at even ones. */
function taken(all: readonly Hunk[]): { lines: Set<number>; insertions: Set<number> } {
  const lines = new Set<number>();
  const insertions = new Set<number>();
  for (const [start, count] of all) {
    if (count === 0) insertions.add(start);
    for (let line = start; line < start + count; line++) lines.add(line);
  }
  return { lines, insertions };
}

/** The same question asked line by line. */
function byLines(a: readonly Hunk[], b: readonly Hunk[]): string {
  const [one, other] = [taken(a), taken(b)];
  const within = (gap: number, { lines }: typeof one) => lines.has(gap) && lines.has(gap + 1);
  const overlaps =
    [...one.lines].some((line) => other.lines.has(line)) ||
    [...one.insertions].some((gap) => other.insertions.has(gap) || within(gap, other)) ||
    [...other.insertions].some((gap) => within(gap, one));
  if (overlaps) return 'overlap';
  const sides = ({ lines, insertions }: typeof one) => [
    ...[...lines].flatMap((line) => [line - 1, line]),
    ...insertions,
  ];
  const gaps = sides(one).flatMap((x) => sides(other).map((y) => Math.abs(x - y)));
  const least = Math.min(Number.POSITIVE_INFINITY, ...gaps);
  return least === 0 ? 'touching' : least <= 3 ? 'near' : 'apart';
}

describe('the closest place of two edits', () => {
  it('is as close as their lines say', () => {
    fc.assert(
      fc.property(hunks, hunks, (a, b) => {
        expect(closest(a, b)?.closeness ?? 'apart').toBe(byLines(a, b));
        expect(closest(b, a)?.closeness).toBe(closest(a, b)?.closeness);
        expect(proximity(oldRanges(a), oldRanges(b))).toBe(byLines(a, b));
      }),
      { numRuns: 500 },
    );
  });

  it('does not depend on the order in which hunks are told', () => {
    fc.assert(
      fc.property(hunks, hunks, (a, b) => {
        expect(closest([...a].reverse(), b)).toEqual(closest(a, b));
      }),
    );
  });

  it('takes linear time where both edit everywhere', () => {
    const many = (first: number) => Array.from({ length: 20_000 }, (_, at) => edit(first + at * 20, 1));
    expect(closest(many(1), many(11))).toBeUndefined();
    expect(closest(many(1), many(5))).toEqual({ closeness: 'near', from: 1, to: 4 });
  });
});

describe('conflicts', () => {
  const ask = (revision: readonly FileHunks[], open: readonly FileHunks[], over: Partial<Standing> = {}) =>
    conflictsOf({ revision, open, standing: (change) => standing(change, change === 'n' ? over : {}) });

  it('name the lines, who goes first, and why', () => {
    const found = ask([file('n', [edit(10, 5)])], [file('a', [edit(12, 9)]), file('z', [edit(30, 1)])]);
    expect(found).toMatchObject([
      { change: 'n', with: 'a', closeness: 'overlap', first: 'a', approximate: false },
    ]);
    expect(found[0]?.sentence).toBe(
      'N and A both edit lines 12 to 14 of src/a.ts. A goes first, because it was submitted earlier.',
    );
  });

  it('come closest first, each change once, with all its paths', () => {
    const other = { path: 'src/b.ts' };
    const found = ask(
      [file('n', [edit(10, 1)]), file('n', [edit(5, 1)], other)],
      [
        file('a', [edit(13, 1)]),
        file('b', [edit(11, 1)]),
        file('c', [edit(40, 1)]),
        file('n', [edit(10, 1)]),
        file('a', [edit(5, 1)], other),
      ],
    );
    expect(found.map((one) => [one.with, one.closeness, one.paths.map(({ path }) => path)])).toEqual([
      ['a', 'overlap', ['src/b.ts', 'src/a.ts']],
      ['b', 'touching', ['src/a.ts']],
    ]);
    expect(found[0]?.sentence).toContain('both edit line 5 of src/b.ts and come close in 1 more file.');
    expect(found[1]?.sentence).toContain('both edit src/a.ts at the end of line 10.');
  });

  it('are approximate where the bases differ or nobody knows them', () => {
    for (const base of ['other', null]) {
      const [found] = ask([file('n', [edit(10, 1)])], [file('a', [edit(12, 1)], { base })]);
      expect(found).toMatchObject({ closeness: 'near', approximate: true });
      expect(found?.sentence).toContain('The lines may have moved: ');
    }
    expect(
      ask([file('n', [edit(1, 1)], { base: null })], [file('a', [edit(1, 1)], { base: null })]),
    ).toMatchObject([{ approximate: true }]);
  });

  it('are assumed for a file without lines that both edit, and not where one has lines', () => {
    expect(ask([file('n', [])], [file('a', [])])).toMatchObject([
      { closeness: 'overlap', approximate: true },
    ]);
    expect(ask([file('n', [])], [file('a', [edit(1, 1)])])).toEqual([]);
    expect(ask([], [file('a', [edit(1, 1)])])).toEqual([]);
  });

  it('let what is needed go first, then what is approved', () => {
    const question = {
      revision: [file('n', [edit(1, 1)])],
      open: [file('a', [edit(1, 1)])],
      standing: (change: string) => standing(change, { isApproved: change === 'n' }),
    };
    expect(conflictsOf(question)).toMatchObject([{ first: 'n', because: 'it is approved already' }]);
    const needs = (change: string) => change === 'n';
    expect(conflictsOf({ ...question, needs })).toMatchObject([{ first: 'a', because: 'N needs it' }]);
    expect(conflictsOf({ ...question, standing: () => undefined })).toMatchObject([{ first: 'a' }]);
  });
});

describe('precedence', () => {
  const standings = fc
    .array(
      fc.record({
        submittedAt: fc.integer({ min: 0, max: 2 }),
        isApproved: fc.boolean(),
        conflicts: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
      }),
      { minLength: 3, maxLength: 3 },
    )
    .map((all) => all.map((over, at) => standing(`c${at}`, over)));

  it('is a total order', () => {
    fc.assert(
      fc.property(standings, ([a, b, c]) => {
        if (!a || !b || !c) return;
        expect(byPrecedence(a, b)).not.toBe(0);
        expect(Math.sign(byPrecedence(a, b))).toBe(-Math.sign(byPrecedence(b, a)));
        if (byPrecedence(a, b) < 0 && byPrecedence(b, c) < 0) expect(byPrecedence(a, c)).toBeLessThan(0);
        expect(goesFirst(a, b)).toEqual(goesFirst(b, a));
      }),
    );
  });
});
