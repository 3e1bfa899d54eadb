/** What the answer about conflicts says where it did not look at everything. */
import { expect, it } from 'vitest';
import { conflictsWith, MAX_PATHS } from '../../../src/actors/dependencies/conflict-question.ts';
import type { LoadedGraph } from '../../../src/actors/dependencies/loading.ts';
import type { TouchingHunks } from '../../../src/persistence/records.ts';

const ref = { tenant: 't', change: 'n' };
const member = (change: string) => ({ change, key: change, project: 'p', outcome: null, since: 1 });
const found = { graph: { places: new Map() }, member } as unknown as LoadedGraph;

/** A change with this many files, and others that all edit the first of them. */
function storeWith(files: number, others: number) {
  const edit = (change: string): TouchingHunks => ({
    ...{ change, revision: 1, path: 'f0', kind: 'modified', isBinary: false, hunks: [[1, 1, 1, 1]] },
    base: 'b',
  });
  const asked: { paths: number; limit: number | undefined }[] = [];
  const store = {
    contents: async () => [{ ...ref, revision: 1 }],
    revisionFiles: async () =>
      Array.from({ length: files }, (_, at) => ({ path: `f${at}`, oldPath: null, kind: 'modified' })),
    hunksTouching: async (_: string, paths: readonly string[], __: string, page?: { limit?: number }) => {
      asked.push({ paths: paths.length, limit: page?.limit });
      const all = [edit('n'), ...Array.from({ length: others }, (_, at) => edit(`o${at}`))];
      return all.slice(0, page?.limit);
    },
    hunksOfCommits: async () => [],
    graphNodes: async (_: string, changes: readonly string[]) => changes.map(member),
  };
  return { store: store as unknown as Parameters<typeof conflictsWith>[0], asked };
}

it('names how many files of how many were looked at', async () => {
  const { store, asked } = storeWith(MAX_PATHS + 5, 1);
  const answer = await conflictsWith(store, ref, found, 10);
  expect(answer.truncated).toBe('Looked at are the first 1000 of 1005 files.');
  expect(asked).toEqual([{ paths: 1_000, limit: 20_001 }]);
});

it('names how many edits of others were held against it, and that conflicts may be missing', async () => {
  const { store } = storeWith(1, 9);
  const answer = await conflictsWith(store, ref, found, 10, 5);
  expect(answer).toMatchObject({
    total: 4,
    truncated:
      'Held against them are the first 5 files of open changes; there are more, so conflicts may be missing.',
  });
});

it('says nothing of the kind exactly at the bound', async () => {
  const { store } = storeWith(MAX_PATHS, 4);
  expect(await conflictsWith(store, ref, found, 4, 5)).toMatchObject({ total: 4, truncated: null });
});
