/** Which commits a commit depends on, on real repositories: the cases everybody agrees on, each with the rule that found it. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Dependencies, dependenciesAmong, dependenciesOf } from '../../src/vcs/git/dependencies.ts';
import { openRepository } from '../../src/vcs/git/repository.ts';
import { commitsBetween } from '../../src/vcs/git/revisions.ts';
import { lines, makeRepository, runGit, type TestRepository, temporaryDirectory } from './repository.ts';

/** What the last commit depends on, among those after `base`. */
async function found(
  { directory }: Pick<TestRepository, 'directory'>,
  base: string,
  tip = 'HEAD',
): Promise<Dependencies> {
  const repository = await openRepository(directory);
  const between = await commitsBetween(repository, base, tip);
  return dependenciesOf(repository, between.at(-1) ?? '', between.slice(0, -1));
}

const told = ({ edges }: Dependencies) =>
  edges.map(({ commit, kind, rule, direct }) => ({ commit, kind, rule, direct }));
const textual = (commit: string, rule: string, direct = true) => ({ commit, kind: 'textual', rule, direct });

describe('a commit depends', () => {
  it('on one that edited the same line (D1)', async () => {
    const made = makeRepository();
    const base = made.commit({ f: lines(20) });
    const a = made.commit({ f: lines(20, { 10: 'A' }) });
    made.commit({ f: lines(20, { 10: 'B' }) });
    expect(told(await found(made, base))).toEqual([textual(a, 'does-not-apply-without')]);
  });

  it('not on one whose line has an unchanged line between, which is only near (D3)', async () => {
    const made = makeRepository();
    const base = made.commit({ f: lines(20) });
    const a = made.commit({ f: lines(20, { 10: 'A' }) });
    made.commit({ f: lines(20, { 10: 'A', 12: 'B' }) });
    expect(told(await found(made, base))).toEqual([
      { commit: a, kind: 'near', rule: 'within-3-lines', direct: true },
    ]);
  });

  it('not on one that inserted at the top, far from it (D5)', async () => {
    const made = makeRepository();
    const base = made.commit({ f: lines(30) });
    made.commit({ f: lines(30, { 1: 'A\nA\nline 1' }) });
    made.commit({ f: lines(30, { 1: 'A\nA\nline 1', 25: 'B' }) });
    expect(told(await found(made, base))).toEqual([]);
  });

  it('on one that added the file it appends to (D6)', async () => {
    const made = makeRepository();
    const base = made.commit({ other: 'x\n' });
    const a = made.commit({ f: lines(10) });
    made.commit({ f: `${lines(10)}more\n` });
    expect(told(await found(made, base))).toEqual([textual(a, 'does-not-apply-without')]);
  });

  it('on one that gave the file its path (D7)', async () => {
    const made = makeRepository();
    const base = made.commit({ f: lines(20) });
    const a = made.commit({ f: null, g: lines(20) });
    made.commit({ g: lines(20, { 10: 'B' }) });
    expect(told(await found(made, base))).toEqual([textual(a, 'path-of-rename')]);
  });

  it('on one that gave the file its path, even if nothing of the old content is left', async () => {
    const made = makeRepository();
    const base = made.commit({ f: lines(20) });
    const a = made.commit({ f: null, g: lines(20) });
    made.commit({ g: 'all new\n' });
    expect(told(await found(made, base))).toEqual([textual(a, 'path-of-rename')]);
  });

  it('on the last edit of a line directly and on the first one through it (D11)', async () => {
    const made = makeRepository();
    const base = made.commit({ f: lines(20) });
    const a = made.commit({ f: lines(20, { 10: 'A' }) });
    const b = made.commit({ f: lines(20, { 10: 'B' }) });
    made.commit({ f: lines(20, { 10: 'C' }) });
    expect(told(await found(made, base))).toEqual([
      textual(b, 'does-not-apply-without'),
      textual(a, 'does-not-apply-without', false),
    ]);
  });

  it('on one that inserted at the same spot (D13)', async () => {
    const made = makeRepository();
    const base = made.commit({ f: lines(20) });
    const a = made.commit({ f: lines(20, { 10: 'line 10\nA' }) });
    made.commit({ f: lines(20, { 10: 'line 10\nA\nB' }) });
    expect(told(await found(made, base))).toEqual([textual(a, 'does-not-apply-without')]);
  });

  it('on the one it reverts, though without that one it applies cleanly, as nothing (D16)', async () => {
    const made = makeRepository();
    const base = made.commit({ f: lines(20) });
    const a = made.commit({ f: lines(20, { 10: 'A' }) });
    made.commit({ f: lines(20) });
    expect(told(await found(made, base))).toEqual([textual(a, 'patch-changes-without')]);
  });

  it('on nothing where it changes nothing, whatever came before', async () => {
    const made = makeRepository();
    const base = made.commit({ f: lines(20) });
    made.commit({ f: lines(20, { 10: 'A' }) });
    made.commit({});
    made.commit({});
    expect(told(await found(made, base))).toEqual([]);
    const repository = await openRepository(made.directory);
    const among = await dependenciesAmong(
      repository,
      made.git('rev-parse', 'HEAD'),
      await commitsBetween(repository, base, 'HEAD'),
    );
    expect(among.map(told)).toEqual([[], [], []]);
  });

  it('on a binary file and on a submodule as they were left', async () => {
    const made = makeRepository();
    const link = (id: string) =>
      made.git('update-index', '--add', '--cacheinfo', `160000,${id.repeat(40)},sub`);
    const commit = () => {
      made.git('commit', '--quiet', '-m', 'link');
      return made.git('rev-parse', 'HEAD');
    };
    const base = made.commit({ bin: Buffer.from([0, 1]) });
    const binary = made.commit({ bin: Buffer.from([0, 2]) });
    link('1');
    const first = commit();
    link('2');
    commit();
    expect(told(await found(made, base))).toEqual([textual(first, 'does-not-apply-without')]);
    made.git('reset', '--quiet', '--hard', binary);
    made.commit({ bin: Buffer.from([0, 3]) });
    expect(told(await found(made, base))).toEqual([textual(binary, 'does-not-apply-without')]);
  });

  it('on what its trailers name, by change-id or by commit, and says which names lead elsewhere', async () => {
    const made = makeRepository();
    const base = made.commit({ f: 'x\n' });
    const a = made.commit({ a: 'x\n' }, 'a\n\nChange-Id: Iaaaa\n');
    const b = made.commit({ b: 'x\n' });
    made.commit({ c: 'x\n' }, `c\n\nDepends-On: Iaaaa, ${b.slice(0, 10)}\nDepends-On: Ielse\n`);
    const dependencies = await found(made, base);
    expect(dependencies.edges).toEqual([
      { on: b, commit: b, kind: 'declared', rule: 'trailer', direct: true },
      { on: 'Iaaaa', commit: a, kind: 'declared', rule: 'trailer', direct: true },
    ]);
    expect(dependencies.declaredElsewhere).toEqual(['Ielse']);
  });

  it('across files, through one that touched both', async () => {
    const made = makeRepository();
    const base = made.commit({ f: lines(9), g: lines(9), h: lines(9) });
    const a = made.commit({ f: lines(9, { 5: 'A' }) });
    made.commit({ h: lines(9, { 5: 'other' }) });
    const b = made.commit({ f: lines(9, { 5: 'B' }), g: lines(9, { 5: 'B' }) });
    made.commit({ g: lines(9, { 5: 'C' }) });
    expect(told(await found(made, base))).toEqual([
      textual(b, 'does-not-apply-without'),
      textual(a, 'does-not-apply-without', false),
    ]);
  });

  it('the same with CRLF, and with names that look like options or hold quotes and newlines', async () => {
    const names = ['--upload-pack=x', '-rf', '$(x)', 'new\nline', `q"uo'te`, '\t', 'ü', 'a%41'];
    const of = (text: string) => lines(9, { 5: text }).replaceAll('\n', '\r\n');
    const made = makeRepository();
    const base = made.commit(Object.fromEntries(names.map((name) => [name, of('x')])));
    const first = names.map((name) => made.commit({ [name]: of('A') }));
    for (const name of names) made.commit({ [name]: of('B') });
    const repository = await openRepository(made.directory);
    const open = await commitsBetween(repository, base, 'HEAD');
    const all = await dependenciesAmong(repository, open.at(-1) ?? '', open);
    expect(all.map(told)).toEqual([
      ...names.map(() => []),
      ...first.map((a) => [textual(a, 'does-not-apply-without')]),
    ]);
  });
});

describe('looking for dependencies', () => {
  it('gives every commit of a stack the same answer at once as one by one', async () => {
    const made = makeRepository();
    const base = made.commit({ f: lines(40), g: lines(40) });
    const edits: Record<'f' | 'g', Record<number, string>> = { f: {}, g: {} };
    for (let at = 0; at < 8; at++) {
      const file = at % 3 === 0 ? 'g' : 'f';
      edits[file][1 + ((at * 7) % 11)] = `edit ${at}`;
      made.commit({ [file]: lines(40, edits[file]) });
    }
    const repository = await openRepository(made.directory);
    const open = await commitsBetween(repository, base, 'HEAD');
    const tip = open.at(-1) ?? '';
    const together = await dependenciesAmong(repository, tip, open);
    const alone = await Promise.all(open.map((commit) => dependenciesOf(repository, commit, open)));
    expect(together.map(told)).toEqual(alone.map(told));
    expect(together.some(({ edges }) => edges.length > 0)).toBe(true);
  });

  it('works in bare repositories and linked work trees, whatever is checked out, and leaves no trace', async () => {
    const made = makeRepository();
    const base = made.commit({ f: lines(20), '.gitattributes': '* merge=union\n' });
    const a = made.commit({ f: lines(20, { 10: 'A' }) });
    const b = made.commit({ f: lines(20, { 10: 'B' }) });
    const elsewhere = temporaryDirectory();
    runGit(elsewhere, ['clone', '--quiet', '--bare', made.directory, join(elsewhere, 'bare "q\\: x')]);
    made.git('worktree', 'add', '--quiet', join(elsewhere, 'linked'), base);
    const places = [made.directory, join(elsewhere, 'bare "q\\: x'), join(elsewhere, 'linked')];
    const before = made.git('count-objects', '-v');
    for (const directory of places) {
      expect(told(await found({ directory }, base, b))).toEqual([textual(a, 'does-not-apply-without')]);
    }
    expect(made.git('count-objects', '-v')).toBe(before);
    expect(made.git('status', '--porcelain')).toBe('');
  });

  it('says in a shallow clone what it cannot know', async () => {
    const made = makeRepository();
    made.commit({ f: lines(20) });
    const a = made.commit({ f: lines(20, { 10: 'A' }) });
    const b = made.commit({ f: lines(20, { 10: 'B' }) });
    made.commit({ f: lines(20, { 10: 'C' }) });
    const directory = join(temporaryDirectory(), 'shallow');
    runGit('/', ['clone', '--quiet', '--depth=3', `file://${made.directory}`, directory]);
    const repository = await openRepository(directory);
    const open = await commitsBetween(repository, null, 'HEAD');
    const dependencies = await dependenciesOf(repository, open.at(-1) ?? '', open);
    expect(told(dependencies)).toEqual([textual(b, 'does-not-apply-without')]);
    expect(dependencies.unknown).toEqual([expect.stringContaining(`shallow at ${a.slice(0, 12)}`)]);
  });

  it('finds what a commit depends on across merged branches, and gives a merge its open parents', async () => {
    const made = makeRepository();
    const base = made.commit({ f: lines(20), g: lines(20) });
    const left = made.commit({ f: lines(20, { 10: 'L' }) });
    made.git('checkout', '--quiet', '-b', 'side', base);
    const right = made.commit({ g: lines(20, { 10: 'R' }) });
    made.git('checkout', '--quiet', 'main');
    made.git('merge', '--quiet', '--no-ff', '-m', 'merge', 'side');
    const order = (commit: string) => ({ commit, kind: 'order', rule: 'parent-of-merge', direct: true });
    expect(told(await found(made, base))).toEqual([order(right), order(left)]);
    made.commit({ g: lines(20, { 10: 'B' }) });
    const dependencies = await found(made, base);
    expect(told(dependencies)).toEqual([textual(right, 'does-not-apply-without')]);
    expect(dependencies.unknown).toEqual([expect.stringContaining('is a merge')]);
  });

  it('tries no more commits than it was allowed, and says so', async () => {
    const made = makeRepository();
    const base = made.commit({ f: lines(20) });
    for (const text of ['A', 'B', 'C', 'D']) made.commit({ f: lines(20, { 10: text }) });
    const repository = await openRepository(made.directory);
    const open = await commitsBetween(repository, base, 'HEAD');
    const dependencies = await dependenciesOf(repository, open.at(-1) ?? '', open, { limit: 2 });
    expect(dependencies.edges.map(({ commit }) => commit)).toEqual([open[2], open[1]]);
    expect(dependencies.unknown).toEqual([expect.stringContaining('1 older open commits were not tried')]);
  });
});
