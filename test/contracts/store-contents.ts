/** The part of the contract that is about what revisions hold. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../src/actors/ports.ts';
import type { ContentRecord, StoredFile } from '../../src/persistence/records.ts';
import { proposal, state, step } from '../support/commits.ts';

const tenant = 'recorders';

function content(change: string, revision: number, over: Partial<ContentRecord> = {}): ContentRecord {
  const counted = { bytes: 120, files: 1, added: 3, removed: 2 };
  const recorded = { recordedBy: 'recorder', recordedAt: 1_700_000_000_123 };
  return { tenant, change, revision, digest: 'ab'.repeat(32), ...counted, ...recorded, ...over };
}

function file(place: number, path: string, over: Partial<StoredFile> = {}): StoredFile {
  return {
    place,
    path,
    oldPath: null,
    kind: 'modified',
    isBinary: false,
    added: 3,
    removed: 2,
    digest: 'cd'.repeat(32),
    hunks: [
      [1, 2, 1, 0],
      [9, 0, 8, 3],
    ],
    diff: Buffer.from([0, 255, 92, 39, 0x80]),
    ...over,
  };
}

/** Call inside the `describe` of a store, in which it is open. */
export function storeContents(current: () => Store): void {
  let store: Store;
  let made = 0;
  /** An open change. */
  const fresh = async () => {
    const change = `content-${String(++made).padStart(3, '0')}`;
    await store.commit([proposal(change, { tenant })]);
    return change;
  };
  const close = (change: string) =>
    store.commit([step(change, 1, { tenant, state: state(2, { outcome: 'approved' }) })]);
  const touching = async (paths: readonly string[], except = '') =>
    (await store.hunksTouching(tenant, paths, except)).map(
      (each) => `${each.change} ${each.revision} ${each.path}`,
    );
  beforeAll(async () => {
    store = current();
    await store.createTenant({ tenant, title: 'Recorders', createdAt: 5 });
  });

  describe('the content of a revision', () => {
    it('comes back as it was stored, the files in their order and one by one', async () => {
      const change = await fresh();
      const files = [
        file(1, 'src/ü %41\\"{}, a.ts', { hunks: [] }),
        file(2, 'b', { oldPath: 'a', kind: 'renamed', isBinary: true, diff: Buffer.alloc(0) }),
        file(3, 'c', { kind: 'copied', oldPath: 'b' }),
      ];
      const given = content(change, 2, { files: 3 });
      expect(await store.contents({ tenant, change })).toEqual([]);
      expect(await store.saveContent(given, files)).toEqual(given);
      const first = content(change, 1, { files: 0 });
      expect(await store.saveContent(first, [])).toEqual(first);
      expect(await store.contents({ tenant, change })).toEqual([first, given]);
      const listed = files.map(({ hunks: _, diff: __, ...each }) => each);
      const page = (after: number, limit: number) => store.revisionFiles(given, { after, limit });
      expect(await page(0, 10)).toEqual(listed);
      expect(await page(1, 1)).toEqual(listed.slice(1, 2));
      expect(await store.revisionFiles(first, { after: 0, limit: 10 })).toEqual([]);
      for (const each of files) expect(await store.revisionFile(given, each.place)).toEqual(each);
      expect(await store.revisionFile(given, 4)).toBeUndefined();
      expect(await store.revisionFile({ ...given, tenant: 'other' }, 1)).toBeUndefined();
    });

    it('is stored once; whoever comes later is told what stands', async () => {
      const change = await fresh();
      const one = content(change, 1);
      const others = [
        content(change, 1, { digest: 'ef'.repeat(32) }),
        content(change, 1, { recordedBy: 'x' }),
      ];
      const stands = await Promise.all(
        [one, ...others].map((each) => store.saveContent(each, [file(1, 'a')])),
      );
      expect(new Set(stands.map((each) => JSON.stringify(each))).size).toBe(1);
      expect(await store.contents({ tenant, change })).toEqual([stands[0]]);
      expect(await store.revisionFiles(one, { after: 0, limit: 9 })).toHaveLength(1);
    });
  });

  describe('hunks that touch a path', () => {
    it('are those of the newest content of other open changes', async () => {
      const [a, b, closed] = [await fresh(), await fresh(), await fresh()];
      await store.saveContent(content(a, 1), [file(1, 'x'), file(2, 'y')]);
      await store.saveContent(content(a, 2), [file(1, 'w'), file(2, 'y', { hunks: [[4, 1, 4, 1]] })]);
      await store.saveContent(content(b, 1), [file(1, 'x', { isBinary: true, hunks: [] })]);
      await store.saveContent(content(closed, 1), [file(1, 'x'), file(2, 'y')]);
      await close(closed);
      expect(await touching(['x', 'y', 'y'])).toEqual([`${a} 2 y`, `${b} 1 x`]);
      expect(await touching(['x', 'y'], a)).toEqual([`${b} 1 x`]);
      expect(await touching(['none', '\0'])).toEqual([]);
      expect(await touching([])).toEqual([]);
      expect(await store.hunksTouching('other', ['x', 'y'], '')).toEqual([]);
      expect(await store.hunksTouching(tenant, ['y'], '')).toEqual([
        { change: a, revision: 2, path: 'y', kind: 'modified', isBinary: false, hunks: [[4, 1, 4, 1]] },
      ]);
    });

    it('come with the commit they are and the one they are based on, at most as many as are asked for', async () => {
      const [a, b] = [await fresh(), await fresh()];
      await store.saveContent(content(a, 1, { commit: 'c1', base: 'c0' }), [file(1, 'z')]);
      await store.saveContent(content(b, 1), [file(1, 'z')]);
      const found = await store.hunksTouching(tenant, ['z'], '', { first: b, limit: 2 });
      expect(found).toMatchObject([{ change: b }, { change: a, commit: 'c1', base: 'c0' }]);
      expect(found[0]).not.toHaveProperty('base');
      expect(await store.hunksTouching(tenant, ['z'], '', { first: b, limit: 1 })).toHaveLength(1);
      expect((await store.contents({ tenant, change: a }))[0]).toMatchObject({ commit: 'c1', base: 'c0' });
    });

    it('are found by commit, also of revisions that are not the newest, with the files that are asked for', async () => {
      const a = await fresh();
      const renamed = file(2, 'new', { oldPath: 'old', kind: 'renamed' });
      await store.saveContent(content(a, 1, { commit: 'd1', base: 'd0' }), [file(1, 'q'), renamed]);
      await store.saveContent(content(a, 2, { commit: 'd2' }), [file(1, 'q')]);
      const of = async (...paths: string[]) =>
        (await store.hunksOfCommits(tenant, ['d1', 'd2', 'none'], paths)).map(({ files, ...each }) => ({
          ...each,
          files: files.map(({ path, kind, hunks }) => `${path} ${kind} ${hunks.length}`),
        }));
      expect(await of('old')).toEqual([
        { commit: 'd1', base: 'd0', files: ['new renamed 2'] },
        { commit: 'd2', base: null, files: [] },
      ]);
      expect((await of('q'))[1]?.files).toEqual(['q modified 2']);
      expect(await store.hunksOfCommits('other', ['d1'], ['q'])).toEqual([]);
    });

    it('are found under both names of a renamed file; a copy leaves the other name alone', async () => {
      const [renamed, copied] = [await fresh(), await fresh()];
      await store.saveContent(content(renamed, 1), [file(1, 'new', { oldPath: 'old', kind: 'renamed' })]);
      await store.saveContent(content(copied, 1), [file(1, 'twin', { oldPath: 'old', kind: 'copied' })]);
      expect(await touching(['old'])).toEqual([`${renamed} 1 old`]);
      expect(await touching(['new', 'twin'])).toEqual([`${renamed} 1 new`, `${copied} 1 twin`]);
    });
  });
}
