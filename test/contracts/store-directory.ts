/** The part of the contract that is about the directory. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../src/actors/ports.ts';

/** Call inside the `describe` of a store, in which it is open. */
export function storeDirectory(current: () => Store): void {
  const tenant = 'listed';
  const saying = { tenant, setBy: 'ann', reason: 'a new "team"', setAt: 1_700_000_000_123 };
  const group = (name: string, members: string[] | null) =>
    ({ kind: 'group', name, value: members && { members } }) as const;
  let store: Store;
  beforeAll(async () => {
    store = current();
    await store.createTenant({ tenant, title: 'Listed', createdAt: 5 });
  });

  describe('the directory', () => {
    it('numbers what is said, and gives the newest of each kind and name', async () => {
      expect(await store.directorySince(tenant, 0)).toEqual([]);
      expect(await store.addDirectoryEntries(saying, [group('a', ['x']), group('b', ['y'])])).toBe(2);
      expect(await store.addDirectoryEntries(saying, [group('a', ['x', 'z'])])).toBe(3);
      expect(await store.directorySince(tenant, 0)).toEqual([
        { seq: 2, ...group('b', ['y']), setBy: 'ann', reason: 'a new "team"', setAt: 1_700_000_000_123 },
        { seq: 3, ...group('a', ['x', 'z']), setBy: 'ann', reason: 'a new "team"', setAt: 1_700_000_000_123 },
      ]);
      expect(await store.addDirectoryEntries({ ...saying, reason: null }, [group('b', null)])).toBe(4);
      expect((await store.directorySince(tenant, 3)).map(({ name, value }) => [name, value])).toEqual([
        ['b', null],
      ]);
      expect(await store.directorySince(tenant, 4)).toEqual([]);
    });

    it('keeps all that was said, newest first, in pages', async () => {
      const seqs = async (page: { before?: number; limit: number }) =>
        (await store.directoryHistory(tenant, page)).map(({ seq }) => seq);
      expect(await seqs({ limit: 2 })).toEqual([4, 3]);
      expect(await seqs({ before: 3, limit: 9 })).toEqual([2, 1]);
    });

    it('belongs to a tenant that exists', async () => {
      const unknown = store.addDirectoryEntries({ ...saying, tenant: 'nobody' }, [group('a', [])]);
      await expect(unknown).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect(await store.directorySince('nobody', 0)).toEqual([]);
    });

    it('gives every entry a number of its own, whoever speaks at the same time', async () => {
      const at = await store.addDirectoryEntries(saying, [group('first', [])]);
      const all = Array.from({ length: 20 }, (_, index) =>
        store.addDirectoryEntries(saying, [group(`g${index}`, []), group(`h${index}`, [])]),
      );
      const last = await Promise.all(all);
      expect(last.sort((a, b) => a - b)).toEqual(
        Array.from({ length: 20 }, (_, index) => at + 2 * index + 2),
      );
      expect(await store.directorySince(tenant, at)).toHaveLength(40);
    });
  });
}
