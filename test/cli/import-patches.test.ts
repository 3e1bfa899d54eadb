/** What Atomic and Pijul print of their changes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sourceOf } from '../../src/cli/import/source.ts';
import { imported, read } from './importing.ts';
import { cli, fake, file, only, scratch } from './rig.ts';

describe('changes of Atomic and Pijul', () => {
  const hash = (letter: string) => `${letter.repeat(51)}QC`;
  const entry = (of: string, more = {}) => ({
    hash: of,
    authors: ['Dev One <dev-001@example.org>'],
    timestamp: '2026-02-01T00:00:00.123456789Z',
    message: 'First line\nand more',
    ...more,
  });

  it('are under review from their start, by their hash', async () => {
    const directory = join(scratch(), 'demo');
    mkdirSync(directory);
    const path = join(directory, 'log.json');
    writeFileSync(path, JSON.stringify([entry(hash('A')), entry(hash('B'), { timestamp: undefined })]));
    const { records, skipped } = await read(path);
    expect(records).toMatchObject([
      { project: 'demo', commit: hash('A'), title: 'First line', author: 'dev-001@example.org' },
    ]);
    expect(skipped).toEqual({ 'change without project, name, author or time': 1 });
    expect((await imported(path)).summary).toMatchObject({ outcomes: { open: 1 } });
  });

  it('tell what they build on where their text is given', async () => {
    const text = `message = 'x'\ntimestamp = '2026-02-01T00:00:00Z'\n\n[[authors]]\nname = 'dev-001'\n\n# Dependencies\n[2] ${hash('B')}\n[3] ${hash('C')}\n\n# Hunks\n\n1. Edit in "a.txt":1 3.1 "UTF-8"\n`;
    const { summary, server } = await imported(file(`${hash('A')}.change`, text));
    expect(summary).toMatchObject({ changes: 1 });
    expect([...server.runtime.changes.values()][0]?.facts.attributes).toEqual({
      files: 1,
      depends_on: [hash('C')],
    });
  });

  it('depend on what they build on, though they came with the log, and on nothing that is not here', async () => {
    const { server, at } = await fake();
    const directory = join(scratch(), 'demo');
    mkdirSync(directory);
    const log = join(directory, 'log.json');
    writeFileSync(log, JSON.stringify([entry(hash('A')), entry(hash('C'))]));
    await cli(['import', log], at);
    const text = `message = 'x'\ntimestamp = '2026-02-01T00:00:00Z'\n\n[[authors]]\nname = 'dev-001'\n\n# Dependencies\n[2] ${hash('B')}\n[3] ${hash('C')}\n\n# Hunks\n\n1. Edit in "a.txt":1 3.1 "UTF-8"\n2. Edit in "a.txt":9 2.1 "UTF-8"\n`;
    const printed = join(directory, `${hash('A')}.change`);
    writeFileSync(printed, text);
    expect(only(await cli(['import', printed, '--json'], at))).toMatchObject({
      refused: { CHANGE_EXISTS: 1 },
      skipped: { 'dependency on a change that is not here': 1 },
    });
    const said = server.seen.filter(({ body }) => body.trigger === 'change.depend');
    expect(said.map(({ body }) => [body.as?.id, body.data])).toEqual([
      ['dev-001@example.org', { dependencies: [{ on: hash('C'), kind: 'textual', rule: 'hunks-refer-to' }] }],
    ]);
  });

  it('are refused with the line where a hash is none', async () => {
    const path = file(
      'log.json',
      `[\n${JSON.stringify(entry(hash('A')))},\n${JSON.stringify(entry('main'))}]`,
    );
    await expect((await sourceOf(path, {})).count()).rejects.toThrow(/log\.json:3 has the hash "main"/);
  });
});
