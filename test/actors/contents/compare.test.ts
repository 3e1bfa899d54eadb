/** Which files two revisions treat differently. */
import { expect, it } from 'vitest';
import { compare } from '../../../src/actors/contents/compare.ts';
import type { RevisionFile } from '../../../src/persistence/records.ts';

function file(place: number, path: string, digest: string): RevisionFile {
  return { place, path, oldPath: null, kind: 'modified', isBinary: false, added: 0, removed: 0, digest };
}

it('a path that stands twice, deleted and added as something else, is one file', () => {
  const twice = [file(1, 'x', 'd'), file(2, 'x', 'e')];
  expect(compare(twice, twice)).toEqual([{ path: 'x', status: 'same', before: 1, after: 1 }]);
  expect(compare(twice, [file(1, 'x', 'd')])).toMatchObject([{ status: 'changed' }]);
});

it('nothing against nothing is nothing', () => {
  expect(compare([], [])).toEqual([]);
});
