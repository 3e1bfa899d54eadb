/** A directory as a file, and what has to be said so that the server's is the same. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { entryFor } from '../../src/actors/directory/entries.ts';
import { differences, readDirectoryFile } from '../../src/cli/directory-file.ts';

const directory = mkdtempSync(join(tmpdir(), 'countersign-test-'));
afterAll(() => rmSync(directory, { recursive: true }));

const TEXT = `
[principals.ada]
manager = "grace"
aliases = ["ada@acme.example"]

[groups."acme/security"]
members = ["ada", "@leads"]

[projects.site]
portfolio = "shop"

[[grants]]
role = "security_reviewer"
to = { group = "acme/security" }
in = { portfolio = "shop" }

[[grants]]
role = "manager"
to = { manager_level = 1 }
`;

const read = (text: string, name = 'directory.toml') => {
  const path = join(directory, name);
  writeFileSync(path, text);
  return readDirectoryFile(path, name);
};

describe('a directory file', () => {
  it('says everything the first time, and nothing the second', async () => {
    const wanted = await read(TEXT);
    const said = differences(wanted, [], false);
    expect(said.map(({ kind }) => kind)).toEqual(['principal', 'group', 'project', 'grant', 'grant']);
    const standing = said.map((each, index) => ({
      ...entryFor(each),
      seq: index + 1,
      set_by: 'x',
      reason: null,
      set_at: '',
    }));
    expect(differences(wanted, standing, true)).toEqual([]);
    const less = await read(TEXT.slice(0, TEXT.indexOf('[projects')));
    expect(differences(less, standing, false)).toEqual([]);
    expect(differences(less, standing, true)).toEqual([
      { kind: 'project', name: 'site', value: null },
      expect.objectContaining({ kind: 'grant', removed: true }),
      expect.objectContaining({ kind: 'grant', removed: true }),
    ]);
  });

  it('is JSON just as well', async () => {
    const json = JSON.stringify({ groups: { web: { members: ['ada'] } } });
    expect((await read(json, 'directory.json')).groups).toEqual({ web: { members: ['ada'] } });
  });

  it.each([
    ['a = ', 'directory.toml is not TOML'],
    ['[people.ada]\n', 'Unrecognized key: "people"'],
    ['[groups.web]\nmembers = "ada"\n', 'groups.web.members'],
  ])('that reads %j is refused with its place', async (text, message) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining(message),
    });
  });
});
