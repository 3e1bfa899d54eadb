/** The way of commits to changes under review, with real repositories and a real server. */
import { execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ROOT } from '../repo/sources.ts';
import { isLong } from '../support/runs.ts';
import { newDataDir, type Server } from './process.ts';
import { Clone, ENVIRONMENT, lines, stack, startRecordingServer } from './recording-rig.ts';

// Every step is a git command or ten, and the machine may have other things to do.
vi.setConfig({ testTimeout: 120_000 });

let server: Server;
beforeAll(async () => {
  server = await startRecordingServer();
}, 60_000);
afterAll(() => server.stop());

describe('record', () => {
  it('gives commits a Change-Id, proposes them with what they depend on, and does nothing the second time', async () => {
    const clone = stack(server);
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
    const clone = stack(server);
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
    const clone = Clone.make(server);
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
  it.runIf(isLong)('takes 10,000 files in one change, and refuses more with a sentence', async () => {
    const clone = Clone.make(server);
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
  });

  it('refuses to rewrite what is signed, detached, pushed or a merge, and says what to do', async () => {
    const clone = stack(server);
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
    const origin = stack(server);
    const clone = new Clone(server);
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

describe('status --mine', () => {
  it('shows my changes, what I may do, and whom they wait for', async () => {
    const clone = Clone.make(server);
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
