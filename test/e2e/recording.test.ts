/** The way of commits to changes under review and back onto a branch, with real repositories and a real server. */
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ROOT } from '../repo/sources.ts';
import { newDataDir, Server } from './process.ts';

const WORKFLOW = join(ROOT, 'examples/release-approval.ts');
const lines = (...other: string[]) => `${['one', 'two', 'three', ...other].join('\n')}\n`;

// Every step is a git command or ten, and the machine may have other things to do.
vi.setConfig({ testTimeout: 120_000 });

let server: Server;
beforeAll(async () => {
  server = await Server.start();
  expect((await server.run('deploy', WORKFLOW)).code).toBe(0);
}, 60_000);
afterAll(() => server.stop());

const ENVIRONMENT = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
};

class Clone {
  readonly directory: string;
  constructor(directory = newDataDir()) {
    this.directory = directory;
  }
  git(...args: string[]): string {
    const done = spawnSync('git', args, { cwd: this.directory, env: ENVIRONMENT });
    if (done.status !== 0) throw new Error(`git ${args.join(' ')}: ${done.stderr}`);
    return done.stdout.toString('utf8').trim();
  }
  /** On `main`, with one commit that is not under review, and as Ada. */
  static make(): Clone {
    const clone = new Clone();
    clone.git('init', '--quiet', '--initial-branch=main', '.');
    clone.identify();
    clone.commit('start', { 'a.txt': lines() });
    return clone;
  }
  identify(): void {
    this.git('config', 'user.name', 'Ada');
    this.git('config', 'user.email', 'Ada@example.com');
  }
  write(files: Record<string, string | Buffer | null>): void {
    for (const [path, text] of Object.entries(files)) {
      const full = join(this.directory, path);
      mkdirSync(dirname(full), { recursive: true });
      if (text === null) rmSync(full);
      else writeFileSync(full, text);
    }
  }
  commit(message: string, files: Record<string, string | Buffer | null> = {}): string {
    this.write(files);
    this.git('add', '--all', '.');
    this.git('commit', '--quiet', '--allow-empty', '-m', message);
    return this.git('rev-parse', 'HEAD');
  }
  record(...more: string[]) {
    const at = ['--repository', this.directory, '--definition', 'ReleaseApproval', '--base', 'main'];
    return server.json('record', ...at, ...more);
  }
  land(...more: string[]) {
    return server.json('land', '--repository', this.directory, '--as', 'rob:release_manager', ...more);
  }
}

/** Submitted by its author and approved on both sides. */
async function approve(...keys: string[]): Promise<void> {
  for (const key of keys) {
    await server.json('send', key, 'submit', '--as', 'ada:developer');
    await server.json('approve', key, '--region', 'security', '--as', 'sam:security_reviewer');
    await server.json('approve', key, '--region', 'quality', '--as', 'quinn:quality_reviewer');
  }
}

/** Two commits on a branch `work`, the second of which edits what the first added. */
function stack(): Clone {
  const clone = Clone.make();
  clone.git('switch', '--quiet', '-c', 'work');
  clone.commit('Add four', { 'a.txt': lines('four') });
  clone.commit('Spell it out', { 'a.txt': lines('FOUR') });
  return clone;
}

describe('record', () => {
  it('gives commits a Change-Id, proposes them with what they depend on, and does nothing the second time', async () => {
    const clone = stack();
    const before = clone.git('rev-parse', 'HEAD', 'HEAD^{tree}').split('\n');
    clone.write({ 'a.txt': 'edited, not committed\n' });
    const first = await clone.record();
    const [head, tree] = clone.git('rev-parse', 'HEAD', 'HEAD^{tree}').split('\n');
    expect(first.rewritten).toMatchObject({
      branch: 'refs/heads/work',
      from: before[0],
      to: head,
      commits: 2,
    });
    expect(tree).toBe(before[1]);
    expect(clone.git('status', '--porcelain')).toBe('M a.txt');
    const [four, spell] = first.changes;
    expect(four).toMatchObject({ done: 'proposed', title: 'Add four', revision: 1, depends_on: [] });
    expect(four.key).toMatch(/^I[0-9a-f]{40}$/);
    expect(spell).toMatchObject({
      done: 'proposed',
      commit: head,
      depends_on: [{ on: four.key, kind: 'textual', rule: 'does-not-apply-without' }],
    });
    const change = await server.json('status', spell.key);
    expect(change).toMatchObject({
      author: 'ada@example.com',
      revision: { commit: head, author: 'ada@example.com' },
    });
    expect(change.dependencies).toEqual([
      expect.objectContaining({ on: four.key, change: four.id, kind: 'textual', standing: 'open' }),
    ]);
    expect((await server.run('diff', spell.key)).stdout).toContain('+FOUR');

    const again = await clone.record();
    expect(again.rewritten).toBeNull();
    expect(again.changes.map((each: { done: string }) => each.done)).toEqual(['unchanged', 'unchanged']);
    expect(clone.git('config', 'countersign.definition')).toBe('ReleaseApproval');
    const text = await server.run('record', '--repository', clone.directory);
    expect(text.stdout).toMatch(/CHANGE +NOW +STATE +TITLE +DEPENDS ON\n/);
    expect(text.stdout).toContain('(textual: does-not-apply-without)');
  });

  it('makes an amended commit a new revision of its change', async () => {
    const clone = stack();
    const { changes } = await clone.record();
    clone.write({ 'a.txt': lines('Four') });
    clone.git('commit', '--quiet', '--all', '--amend', '--no-edit');
    const again = await clone.record();
    expect(again.changes).toEqual([
      expect.objectContaining({ key: changes[0].key, done: 'unchanged', revision: 1 }),
      expect.objectContaining({ key: changes[1].key, done: 'revised', revision: 2 }),
    ]);
    expect((await server.run('diff', changes[1].key)).stdout).toContain('+Four');
  });

  it('takes binary files, renames, deletions, CRLF, and names that are no UTF-8', async () => {
    const clone = Clone.make();
    clone.commit('more', { 'old.txt': lines('a', 'b', 'c'), 'gone.txt': 'gone\n' });
    clone.git('switch', '--quiet', '-c', 'odd');
    clone.git('mv', 'old.txt', 'new.txt');
    clone.write({ 'gone.txt': null, 'crlf.txt': 'a\r\nb\r\n', 'b.bin': Buffer.from([0, 1, 2, 255]) });
    const odd = Buffer.concat([Buffer.from(`${clone.directory}/`), Buffer.from([0x66, 0xff])]);
    writeFileSync(odd, 'x\n');
    clone.git('add', '--all', '.');
    clone.git('update-index', '--add', '--cacheinfo', `160000,${clone.git('rev-parse', 'HEAD')},module`);
    clone.git('commit', '--quiet', '-m', 'All sorts');
    const { changes, notes } = await clone.record();
    expect(notes).toEqual([]);
    const { files } = await server.json('diff', changes[0].key);
    const names = files.map(({ path, kind }: { path: string; kind: string }) => `${kind} ${path}`);
    expect(names.sort()).toEqual([
      'added b.bin',
      'added crlf.txt',
      'added f%FF',
      'added module',
      'deleted gone.txt',
      'renamed new.txt',
    ]);
  });

  // A minute by itself: `npm run test:long` runs it.
  it.runIf(process.env.COUNTERSIGN_LONG === '1')(
    'takes 10,000 files in one change, and refuses more with a sentence',
    async () => {
      const clone = Clone.make();
      clone.git('switch', '--quiet', '-c', 'many');
      const blob = clone.git('hash-object', '-w', 'a.txt');
      const entries = (from: number, to: number) =>
        Array.from({ length: to - from }, (_, at) => `100644 ${blob}\tmany/file-${from + at}.txt\n`).join('');
      const index = (text: string) =>
        execFileSync('git', ['update-index', '--index-info'], {
          cwd: clone.directory,
          input: text,
          env: ENVIRONMENT,
        });
      index(entries(0, 10_000));
      clone.git('commit', '--quiet', '-m', 'Many');
      const { changes } = await clone.record();
      expect(changes[0]).toMatchObject({ done: 'proposed', revision: 1 });
      index(entries(10_000, 20_001));
      clone.git('commit', '--quiet', '-m', 'Too many');
      const said = await server.run('record', '--repository', clone.directory);
      expect(said.code).toBe(2);
      expect(said.stderr).toContain('"Too many" touches 10,001 files, more than one change can hold');
    },
  );

  it('refuses to rewrite what is signed, detached, pushed or a merge, and says what to do', async () => {
    const clone = stack();
    const refusal = async (...more: string[]) =>
      (
        await server.run(
          'record',
          '--repository',
          clone.directory,
          '--definition',
          'ReleaseApproval',
          '--base',
          'main',
          ...more,
        )
      ).stderr;
    expect(await refusal('--no-rewrite')).toMatch(
      /No Change-Id is in .* and 1 more, and --no-rewrite forbids[\s\S]*hook install/,
    );
    clone.git('switch', '--quiet', '--detach');
    expect(await refusal()).toMatch(/HEAD is detached[\s\S]*git switch -c NAME/);
    clone.git('switch', '--quiet', 'work');
    clone.git('update-ref', 'refs/remotes/origin/work', 'HEAD~1');
    expect(await refusal()).toMatch(/has been pushed already/);
    clone.git('update-ref', '-d', 'refs/remotes/origin/work');
    clone.git('switch', '--quiet', '-c', 'side', 'main');
    clone.commit('Beside', { 'b.txt': 'b\n' });
    clone.git('merge', '--quiet', '--no-edit', 'work');
    expect(await refusal()).toMatch(/is a merge that would have to be made anew/);
    clone.git('switch', '--quiet', '--force-create', 'signed', 'main');
    const commit = clone.git('cat-file', 'commit', clone.commit('Signed'));
    const signed = commit.replace(
      '\n\n',
      '\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n -----END PGP SIGNATURE-----\n\n',
    );
    const id = execFileSync('git', ['hash-object', '-t', 'commit', '-w', '--stdin'], {
      cwd: clone.directory,
      input: `${signed}\n`,
    });
    clone.git('reset', '--quiet', '--hard', id.toString().trim());
    expect(await refusal()).toMatch(/is signed, and adding a Change-Id .* would drop the signature/);
  });

  it('says what a shallow clone cannot know', async () => {
    const origin = stack();
    const clone = new Clone();
    clone.git('clone', '--quiet', '--depth=1', '--branch=work', `file://${origin.directory}`, '.');
    clone.git('fetch', '--quiet', '--depth=1', 'origin', 'main:refs/heads/main');
    const said = await server.run(
      'record',
      '--repository',
      clone.directory,
      '--definition',
      'ReleaseApproval',
      '--base',
      'main',
    );
    expect(said.stderr).toMatch(
      /The history is shallow at .*: what that commit changed cannot be known\.\n.*--unshallow/,
    );
  });
});

describe('land', () => {
  it('refuses what is not approved, then lands in the order of dependencies and has the changes applied', async () => {
    const clone = stack();
    const { changes } = await clone.record();
    const [four, spell] = changes;
    const early = await clone.land(spell.key);
    expect(early.changes[0]).toMatchObject({
      done: 'refused',
      why: expect.stringContaining('It is not approved: it is in Recorded'),
    });
    await approve(four.key, spell.key);
    const trial = await clone.land(spell.key, four.key, '--dry-run');
    expect(trial.changes.map((each: { done: string }) => each.done)).toEqual(['landed', 'landed']);
    const before = clone.git('rev-parse', 'main');
    const alone = await clone.land(spell.key);
    expect(alone.changes[0]).toMatchObject({
      done: 'refused',
      why: expect.stringContaining('DEPENDENCY_OPEN'),
    });
    expect(clone.git('rev-parse', 'main')).toBe(before);
    const landed = await clone.land(spell.key, four.key);
    expect(landed.changes).toEqual([
      expect.objectContaining({
        key: four.key,
        done: 'landed',
        how: 'follows',
        commit: four.commit,
        outcome: 'applied',
      }),
      expect.objectContaining({
        key: spell.key,
        done: 'landed',
        how: 'follows',
        commit: spell.commit,
        outcome: 'applied',
      }),
    ]);
    expect(clone.git('rev-parse', 'main')).toBe(spell.commit);
    const again = await clone.land(spell.key);
    expect(again.changes[0]).toMatchObject({ done: 'there', outcome: 'applied' });
  });

  it('picks onto a branch that has moved, keeps the author, and names the file of a conflict', async () => {
    const clone = Clone.make();
    clone.git('switch', '--quiet', '-c', 'work');
    clone.commit('Beside', { 'b.txt': 'b\n' });
    clone.commit('Inside', { 'a.txt': lines('mine') });
    const { changes } = await clone.record();
    const [beside, inside] = changes;
    await approve(beside.key, inside.key);
    clone.git('switch', '--quiet', 'main');
    const moved = clone.commit('Meanwhile', { 'a.txt': lines('theirs') });
    const here = await server.run('land', inside.key, '--repository', clone.directory);
    expect(here.stderr).toMatch(/main is checked out at .*\n.*git switch -/);
    clone.git('switch', '--quiet', 'work');
    const { changes: landed, error } = await clone.land();
    expect(error).toBeUndefined();
    const by = (key: string) => landed.find((each: { key: string }) => each.key === key);
    expect(by(beside.key)).toMatchObject({ done: 'landed', how: 'picked', outcome: 'applied' });
    expect(by(inside.key)).toMatchObject({
      done: 'refused',
      why: expect.stringContaining('It conflicts with main in a.txt'),
    });
    expect(clone.git('log', '-1', '--format=%an %s %P', 'main')).toBe(`Ada Beside ${moved}`);
    expect(clone.git('diff', '--name-only', moved, 'main')).toBe('b.txt');
  });

  it('refuses where the surroundings changed, for that is another patch than was approved', async () => {
    const clone = Clone.make();
    clone.commit('long', { 'l.txt': lines('a', 'b', 'c', 'd', 'e', 'f') });
    clone.git('switch', '--quiet', '-c', 'work');
    clone.commit('Last', { 'l.txt': lines('a', 'b', 'c', 'd', 'e', 'F') });
    const { changes } = await clone.record();
    await approve(changes[0].key);
    clone.git('switch', '--quiet', 'main');
    const moved = clone.commit('Near', { 'l.txt': lines('a', 'b', 'c', 'D', 'e', 'f') });
    clone.git('switch', '--quiet', 'work');
    const { changes: landed } = await clone.land(changes[0].key);
    expect(landed[0]).toMatchObject({
      done: 'refused',
      why: expect.stringContaining('would not be what was approved'),
    });
    expect(clone.git('rev-parse', 'main')).toBe(moved);
  });
});

describe('checkout', () => {
  it('takes the commit where it is there, the stored diff where it is not, and leaves a dirty work tree alone', async () => {
    const clone = stack();
    const { project, changes } = await clone.record();
    const [four, spell] = changes;
    clone.git('switch', '--quiet', 'main');
    const at = ['--repository', clone.directory];
    clone.write({ 'a.txt': 'dirty\n' });
    expect((await server.run('checkout', spell.key, ...at)).stderr).toContain(
      'changes that are not committed, such as in "a.txt"',
    );
    clone.git('checkout', '--quiet', '--', 'a.txt');
    expect(await server.json('checkout', spell.key, ...at)).toMatchObject({
      from: 'commit',
      commit: spell.commit,
    });
    expect(clone.git('symbolic-ref', '--short', 'HEAD')).toBe(`change/${spell.key}`);

    const other = new Clone();
    other.git('clone', '--quiet', '--single-branch', '--branch=main', `file://${clone.directory}`, '.');
    other.identify();
    const there = ['--repository', other.directory, '--project', project, '--base', 'main'];
    expect(await server.json('checkout', four.key, ...there)).toMatchObject({
      from: 'diff',
      same_tree: true,
    });
    expect(readFileSync(join(other.directory, 'a.txt'), 'utf8')).toBe(lines('four'));
    other.git('reset', '--quiet', '--hard');
    const said = await server.run('checkout', spell.key, ...there);
    expect(said.stderr).toMatch(/its stored diff does not apply to main/);
    expect(other.git('branch', '--list', `change/${spell.key}`)).toBe('');
  });
});

describe('hooks', () => {
  it('name commits without a server, once, and not where the message is empty', async () => {
    const clone = Clone.make();
    expect((await server.spawned('hook', 'install', '--repository', clone.directory)).code).toBe(0);
    clone.commit('With a name\n\nSigned-off-by: Ada <ada@example.com>\n# a comment');
    const message = clone.git('log', '-1', '--format=%B');
    expect(message).toMatch(
      /^With a name\n\nSigned-off-by: Ada <ada@example.com>\n(# a comment\n)?Change-Id: I[0-9a-f]{40}(\n# a comment)?$/,
    );
    clone.git('commit', '--quiet', '--amend', '--no-edit', '--allow-empty');
    expect(clone.git('log', '-1', '--format=%B')).toBe(message);
    expect(() => clone.git('commit', '--allow-empty', '-m', '')).toThrow('empty commit message');
    expect(() =>
      clone.git('commit', '--allow-empty', '-m', '$(touch pwned) `touch pwned`\n\n"; touch pwned'),
    ).not.toThrow();
    expect(clone.git('status', '--porcelain')).toBe('');
    writeFileSync(join(clone.directory, '.git/hooks/commit-msg'), '#!/bin/sh\n');
    expect((await server.spawned('hook', 'install', '--repository', clone.directory)).stderr).toContain(
      'There is another commit-msg hook already',
    );
  });

  it('record what is pushed for review, and let onto a protected branch only what was approved', async () => {
    const bare = new Clone();
    const clone = stack();
    bare.git('init', '--quiet', '--bare', '--initial-branch=main', '.');
    clone.git('remote', 'add', 'origin', bare.directory);
    clone.git('push', '--quiet', 'origin', 'main');
    for (const [name, value] of [
      ['definition', 'ReleaseApproval'],
      ['project', 'pushed'],
      ['protected', 'refs/heads/main'],
    ])
      bare.git('config', `countersign.${name}`, value ?? '');
    expect((await server.spawned('hook', 'install', '--repository', bare.directory)).code).toBe(0);

    // Pushing needs the server, which answers from this very process's event loop only for others.
    const push = (...args: string[]) =>
      new Promise<{ code: number; said: string }>((done) =>
        execFile('git', ['push', ...args], { cwd: clone.directory, env: ENVIRONMENT }, (error, out, err) =>
          done({ code: error ? 1 : 0, said: out + err }),
        ),
      );
    const nameless = await push('origin', 'HEAD:refs/for/main');
    expect(nameless).toMatchObject({ code: 1, said: expect.stringContaining('has no Change-Id') });
    const { changes: named } = await clone.record('--project', 'local');
    const pushed = await push('origin', 'HEAD:refs/for/main');
    expect(pushed).toMatchObject({ code: 0, said: expect.stringContaining('proposed') });
    expect(bare.git('for-each-ref', '--format=%(refname)')).toBe(
      `refs/countersign/${named[1].commit}\nrefs/heads/main`,
    );

    const early = await push('origin', 'HEAD:main');
    expect(early.code).toBe(1);
    expect(early.said).toMatch(/"Add four": I[0-9a-f]{40} may not be applied/);
    expect(early.said).toMatch(/"Spell it out": I[0-9a-f]{40} may not be applied/);
    const { items } = await server.document('/v1/changes?project=pushed');
    const ids = items.map(({ id }: { id: string }) => id).reverse();
    await approve(...ids);
    const landed = await server.json(
      'land',
      '--repository',
      bare.directory,
      '--as',
      'rob:release_manager',
      ...ids,
    );
    expect(landed.changes).toEqual([
      expect.objectContaining({ done: 'landed', why: null }),
      expect.objectContaining({ done: 'landed', why: null }),
    ]);

    clone.git('fetch', '--quiet', 'origin');
    clone.git('reset', '--quiet', '--hard', 'origin/main');
    clone.write({ 'a.txt': lines('FOUR ') });
    clone.git('commit', '--quiet', '--all', '-m', `More\n\nChange-Id: ${named[1].key}`);
    const sneaked = await push('origin', 'HEAD:main');
    expect(sneaked).toMatchObject({
      code: 1,
      said: expect.stringContaining('its patch is not that of the approved'),
    });
    expect(await push('origin', ':main')).toMatchObject({
      code: 1,
      said: expect.stringContaining('main is protected and is not deleted'),
    });
  });
});

describe('status --mine', () => {
  it('shows my changes, what I may do, and whom they wait for', async () => {
    const clone = Clone.make();
    clone.git('config', 'user.email', 'mia@example.com');
    clone.git('switch', '--quiet', '-c', 'work');
    clone.commit('Mine', { 'm.txt': 'm\n' });
    const { changes } = await clone.record();
    const { stdout } = await server.run('status', '--mine', '--as', 'mia@example.com:developer');
    expect(stdout).toMatch(/^CHANGE +STATE +YOU MAY +WAITS FOR +GOES ON +TITLE\n/);
    expect(stdout).toMatch(new RegExp(`${changes[0].key} +Recorded +.*submit.* Mine\n$`));
  });
});

it('runs under its second name, by which "atomic workflow" finds it', () => {
  const { bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const link = join(newDataDir(), 'atomic-workflow');
  symlinkSync(join(ROOT, bin['atomic-workflow']), link);
  const out = execFileSync(process.execPath, [link, 'status', '--data', server.dataDir], {
    encoding: 'utf8',
  });
  expect(out).toMatch(/changes: |No changes/);
});
