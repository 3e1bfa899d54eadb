/** The groups a change touches. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCodeOwners } from '../../../src/actors/owners/codeowners.ts';
import { MAX_FILES_NAMED, ownerGroups, unownedFiles } from '../../../src/actors/owners/groups.ts';
import { parseOwnersFiles } from '../../../src/actors/owners/owners-files.ts';

const github = parseCodeOwners('* @all\n/a/ @a @b\n/b/ @b @a\n/free/\n', { dialect: 'github' });
const prow = parseOwnersFiles(
  new Map([
    ['OWNERS', 'approvers: [root]'],
    ['a/OWNERS', 'approvers: [ann]'],
    ['a/b/OWNERS', 'approvers: [bob]'],
  ]),
  { format: 'kubernetes' },
);

describe('the groups of a change', () => {
  it('are one per line of CODEOWNERS that owns something, and one for the same people', () => {
    expect(ownerGroups(github, ['b/x', 'a/y', 'README', 'free/z'])).toEqual([
      { name: 'CODEOWNERS:1', members: ['@all'], required: 1, files: ['README'], fileCount: 1 },
      { name: 'CODEOWNERS:2', members: ['@a', '@b'], required: 1, files: ['a/y', 'b/x'], fileCount: 2 },
    ]);
    expect(unownedFiles(github, ['free/z', 'a/y'])).toEqual(['free/z']);
  });

  it('are one per nearest OWNERS file, with the owners from above', () => {
    expect(ownerGroups(prow, ['a/b/x', 'a/b/c/y', 'a/z', 'top'])).toEqual([
      {
        name: 'a/b/OWNERS',
        members: ['ann', 'bob', 'root'],
        required: 1,
        files: ['a/b/c/y', 'a/b/x'],
        fileCount: 2,
      },
      { name: 'a/OWNERS', members: ['ann', 'root'], required: 1, files: ['a/z'], fileCount: 1 },
      { name: 'OWNERS', members: ['root'], required: 1, files: ['top'], fileCount: 1 },
    ]);
  });

  it('are one per section of GitLab, which counts a file of two sections once where the people are the same', () => {
    const text = '[A][2]\n*.ts @x @y\n[B][2]\nsrc/ @y @x\n^[C]\n* @z\n';
    expect(ownerGroups(parseCodeOwners(text, { dialect: 'gitlab' }), ['src/a.ts'])).toEqual([
      { name: 'CODEOWNERS:2', members: ['@x', '@y'], required: 2, files: ['src/a.ts'], fileCount: 1 },
      { name: 'CODEOWNERS:6', members: ['@z'], required: 0, files: ['src/a.ts'], fileCount: 1 },
    ]);
  });

  it('name a hundred files and count ten thousand', () => {
    const files = Array.from({ length: 10_000 }, (_, index) => `a/dir${index % 50}/file${index}`);
    const [group] = ownerGroups(github, files);
    expect([group?.files.length, group?.fileCount]).toEqual([MAX_FILES_NAMED, 10_000]);
  });

  it('take paths with a leading slash or "./" for the same', () => {
    expect(ownerGroups(github, ['./a/y', '/a/y', 'a/y'])[0]?.files).toEqual(['a/y']);
  });

  it('do not depend on the order of the files, and cover every file that is owned', () => {
    const name = fc.constantFrom('a', 'b', 'free', 'x.md');
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));
    fc.assert(
      fc.property(fc.array(path), fc.constantFrom(github, prow), (files, rules) => {
        const groups = ownerGroups(rules, files);
        expect(ownerGroups(rules, [...files].reverse())).toEqual(groups);
        const covered = [...groups.flatMap((group) => group.files), ...unownedFiles(rules, files)];
        expect(covered.sort()).toEqual([...new Set(files)].sort());
        expect(new Set(groups.map(({ members }) => members.join())).size).toBe(groups.length);
      }),
    );
  });
});
