/** The way of approved changes back onto a branch, by command and by hook, with real repositories and a real server. */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Server } from './process.ts';
import { approve, Clone, ENVIRONMENT, lines, stack, startRecordingServer } from './recording-rig.ts';

// Every step is a git command or ten, and the machine may have other things to do.
vi.setConfig({ testTimeout: 120_000 });

let server: Server;
beforeAll(async () => {
  server = await startRecordingServer();
}, 60_000);
afterAll(() => server.stop());

describe('land', () => {
  it('refuses what is not approved, then lands in the order of dependencies and has the changes applied', async () => {
    const clone = stack(server);
    const { changes } = await clone.record();
    const [four, spell] = changes;
    const early = await clone.land(spell.key);
    expect(early.changes[0]).toMatchObject({
      done: 'refused',
      why: expect.stringContaining('It is not approved: it is in Recorded'),
    });
    await approve(server, four.key, spell.key);
    const trial = await clone.land(spell.key, four.key, '--dry-run');
    expect(trial.changes.map((each: { done: string }) => each.done)).toEqual(['landed', 'landed']);
    const unnamed = await clone.land('--dry-run');
    expect(unnamed.changes.map(({ key, done }: { key: string; done: string }) => [key, done])).toEqual([
      [four.key, 'landed'],
      [spell.key, 'landed'],
    ]);
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
    const clone = Clone.make(server);
    clone.git('switch', '--quiet', '-c', 'work');
    clone.commit('Beside', { 'b.txt': 'b\n' });
    clone.commit('Inside', { 'a.txt': lines('mine') });
    const { changes } = await clone.record();
    const [beside, inside] = changes;
    await approve(server, beside.key, inside.key);
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
    const clone = Clone.make(server);
    clone.commit('long', { 'l.txt': lines('a', 'b', 'c', 'd', 'e', 'f') });
    clone.git('switch', '--quiet', '-c', 'work');
    clone.commit('Last', { 'l.txt': lines('a', 'b', 'c', 'd', 'e', 'F') });
    const { changes } = await clone.record();
    await approve(server, changes[0].key);
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
    const clone = stack(server);
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

    const other = new Clone(server);
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
    const clone = Clone.make(server);
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
    const bare = new Clone(server);
    const clone = stack(server);
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
    await approve(server, ...ids);
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
