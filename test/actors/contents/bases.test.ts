/** Conflicts that are called exact, against what git merges and picks. */
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { type FileEdit, type Known, onOneBase } from '../../../src/actors/contents/bases.ts';
import { parseDiff } from '../../../src/actors/contents/parse-diff.ts';
import { conflictsOf } from '../../../src/actors/dependencies/conflicts.ts';
import type { CommitHunks } from '../../../src/persistence/records.ts';
import { diffOf } from '../../../src/vcs/git/content.ts';
import { openRepository, type Repository } from '../../../src/vcs/git/repository.ts';
import { oldRanges } from '../../../src/vcs/hunks.ts';
import { isLong, runs } from '../../support/runs.ts';
import { lines, makeRepository, type TestRepository } from '../../vcs/repository.ts';

vi.setConfig({ testTimeout: 60_000 });

/** Lines that are replaced, go, or have others put before them, in one or two places; no text is written by both sides. */
const editsOf = (count: number) =>
  fc
    .array(fc.tuple(fc.nat(count - 1), fc.constantFrom('replace', 'remove', 'insert')), {
      minLength: 1,
      maxLength: 2,
    })
    .map((places) => {
      const how = new Map(places);
      return Array.from({ length: count }, (_, at) => how.get(at) ?? 'stay');
    });

/** Each line is taken by the first that does not leave it as it is. */
function edited(count: number, ...all: readonly (readonly [who: string, how: readonly string[]])[]): string {
  return lines(count)
    .split(/(?<=\n)/)
    .map((line, at) => {
      const [who, how] = all.find(([, each]) => each[at] !== undefined && each[at] !== 'stay') ?? ['', []];
      const own = `${who} ${at}\n`;
      return { replace: own, remove: '', insert: own + line }[how[at] ?? 'stay'] ?? line;
    })
    .join('');
}

type Edit = FileEdit & { readonly change: string };

async function editOf(repository: Repository, base: string, commit: string): Promise<Edit> {
  const diff = await diffOf(repository, { commit, parents: [base] }, { binary: true, limit: 1e6 });
  const parsed = parseDiff(diff ?? Buffer.alloc(0));
  const hunks = parsed.ok ? (parsed.files[0]?.hunks ?? []) : [];
  return { change: commit, path: 'f', base, commit, hunks };
}

const knownAs = (...all: readonly FileEdit[]): Known =>
  new Map(
    all.map(({ commit = '', base, hunks, kind = 'modified' }): [string, CommitHunks] => [
      commit,
      { commit, base, files: [{ path: 'f', oldPath: null, kind, isBinary: false, hunks }] },
    ]),
  );

/** One commit for each text of the file, all on what `base` names; their ids. */
function commitsOn({ git, gitWith }: TestRepository, base: string, texts: readonly string[]): string[] {
  const stream = texts.map(
    (text, at) =>
      `commit refs/heads/t${at}\ncommitter A <a@x> 1 +0000\ndata 1\nx\nfrom ${base}\nM 100644 inline f\ndata ${text.length}\n${text}\n`,
  );
  gitWith(stream.join(''), 'fast-import', '--quiet', '--force');
  return git('rev-parse', ...texts.map((_, at) => `refs/heads/t${at}`)).split('\n');
}

function merges({ directory }: TestRepository, one: string, other: string): boolean {
  return spawnSync('git', ['merge-tree', '--write-tree', one, other], { cwd: directory }).status === 0;
}

function closeness(
  ours: FileEdit & { change: string },
  theirs: FileEdit & { change: string },
  known?: Known,
) {
  const [found] = conflictsOf({
    revision: [ours],
    open: [theirs],
    standing: () => undefined,
    ...(known && { known }),
  });
  return found;
}

const doesNotMerge = (found: { closeness: string } | undefined) =>
  found?.closeness === 'overlap' || found?.closeness === 'touching';

/** What is said of two edits is what git found: only where both remove the same lines may it pass over them. */
function expectAgreement(found: ReturnType<typeof closeness>, merged: boolean, a: Edit, b: Edit): void {
  if (merged) expect(doesNotMerge(found) && !sharesRemoval(a, b)).toBe(false);
  else expect(doesNotMerge(found)).toBe(true);
}

const LINES = 14;
const cases = (edits: number) =>
  fc.array(fc.array(editsOf(LINES), { minLength: edits, maxLength: edits }), {
    minLength: 15,
    maxLength: 15,
  });

describe('an exact answer', () => {
  it('on one base is what git merge-tree finds', async () => {
    const made = makeRepository();
    const repository = await openRepository(made.directory);
    const base = made.commit({ f: lines(LINES) });
    const seen = { conflict: 0, clean: 0 };
    await fc.assert(
      fc.asyncProperty(cases(2), async (pairs) => {
        const texts = pairs.flatMap(([mine = [], theirs = []]) => [
          edited(LINES, ['mine', mine]),
          edited(LINES, ['theirs', theirs]),
        ]);
        const commits = commitsOn(made, base, texts);
        for (let at = 0; at + 1 < commits.length; at += 2) {
          const [one = '', other = ''] = commits.slice(at);
          const [a, b] = [await editOf(repository, base, one), await editOf(repository, base, other)];
          const found = closeness(a, b);
          if (found) expect(found.approximate).toBe(false);
          const merged = merges(made, one, other);
          seen[merged ? 'clean' : 'conflict'] += 1;
          expectAgreement(found, merged, a, b);
        }
      }),
      { numRuns: runs(1, 3) },
    );
    if (isLong) expect(Math.min(seen.clean, seen.conflict)).toBeGreaterThan(0);
  });

  it('on different bases is what git finds where the upper one is put onto the lower base', async () => {
    const made = makeRepository();
    const repository = await openRepository(made.directory);
    const base = made.commit({ f: lines(LINES) });
    const seen = { exact: 0, unknown: 0, conflict: 0 };
    await fc.assert(
      fc.asyncProperty(cases(3), async (triples) => {
        for (const [below = [], mine = [], theirs = []] of triples) {
          if (below.some((each, at) => each !== 'stay' && mine[at] !== 'stay')) continue;
          const texts = [['below', below] as const, ['mine', mine] as const, ['theirs', theirs] as const];
          const [middle = '', alone = '', other = ''] = commitsOn(
            made,
            base,
            texts.map((each) => edited(LINES, each)),
          );
          const [top = ''] = commitsOn(made, middle, [edited(LINES, ['below', below], ['mine', mine])]);
          const m = await editOf(repository, base, middle);
          const [a, b] = [await editOf(repository, middle, top), await editOf(repository, base, other)];
          const known = knownAs(m);
          const ground = onOneBase(a, b, known);
          seen[ground.kind === 'mapped' ? 'exact' : 'unknown'] += 1;
          if (ground.kind !== 'mapped') continue;
          const merged = merges(made, alone, other);
          if (!merged) seen.conflict += 1;
          expectAgreement(
            closeness(a, b, known),
            merged,
            { ...a, hunks: ground.ours },
            { ...b, hunks: ground.theirs },
          );
        }
      }),
      { numRuns: runs(1, 3) },
    );
    if (isLong) expect(Math.min(seen.exact, seen.conflict)).toBeGreaterThan(0);
  });
});

/** Whether a removal of one is, to the line, a removal of the other. */
function sharesRemoval(a: FileEdit, b: FileEdit): boolean {
  const removals = ({ hunks }: FileEdit) =>
    oldRanges(hunks.filter(([, count]) => count > 0)).map(({ from, to }) => `${from} ${to}`);
  return removals(a).some((each) => removals(b).includes(each));
}

describe('two edits on different bases', () => {
  const edit = (change: string, base: string | null, line: number, more: Partial<FileEdit> = {}) => ({
    ...{ change, path: 'f', base, commit: change },
    hunks: [[line, 1, line, 1]] as const,
    ...more,
  });
  const grown = edit('m', 'x', 1, { hunks: [[1, 1, 1, 6]] });

  it('are held against each other where one commit is below both', () => {
    const found = closeness(edit('a', 'm', 15), edit('b', 'x', 10), knownAs(grown));
    expect(found).toMatchObject({ closeness: 'overlap', approximate: false, paths: [{ reason: null }] });
    expect(found?.sentence).toContain('both edit line 10 of f.');
    expect(closeness(edit('a', 'm', 10), edit('b', 'x', 10), knownAs(grown))).toBeUndefined();
  });

  it('are counted by the lines of the one that the other stands on', () => {
    const found = closeness(edit('a', 'm', 6), { ...grown, change: 'm' }, knownAs(grown));
    expect(found).toMatchObject({ closeness: 'overlap', approximate: false });
  });

  it.each([
    ['nobody knows a base', edit('b', null, 13), 'it is not known what both are based on'],
    ['nothing leads from one to the other', edit('b', 'z', 15), 'what lies between these is not stored'],
    ['the lines were edited in between', edit('b', 'x', 3), 'edits lines of f that were edited between'],
  ])('are approximate where %s, with the reason', (_, other, reason) => {
    const found = closeness(edit('a', 'm', 3), other, knownAs(grown));
    const far = found ?? closeness(edit('a', 'm', 15), other, knownAs(grown));
    expect(far).toMatchObject({ approximate: true, paths: [{ reason: expect.stringContaining(reason) }] });
    expect(far?.sentence).toContain(`The lines may have moved: ${far?.paths[0]?.reason}.`);
  });

  it('meet where one deletes the file or both put one there, and not where both delete it', () => {
    const of = (change: string, kind: FileEdit['kind']) => edit(change, 'x', 10, { hunks: [], kind });
    expect(closeness(of('a', 'deleted'), of('b', 'modified'))).toMatchObject({ closeness: 'overlap' });
    expect(closeness(of('a', 'added'), of('b', 'renamed'))).toMatchObject({ closeness: 'overlap' });
    expect(closeness(of('a', 'deleted'), of('b', 'deleted'))).toBeUndefined();
  });
});
