import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../repo/sources.ts';
import { cli, file, only, scratch } from './rig.ts';

const examples = join(ROOT, 'examples');
const at = (format: string, ...more: string[]) =>
  cli(['export', 'release-approval.toml', '--format', format, ...more], { cwd: examples });

describe('export', () => {
  it.each([
    ['pnml', '<pnml'],
    ['scxml', '<scxml xmlns="http://www.w3.org/2005/07/scxml"'],
    ['mermaid', 'stateDiagram-v2'],
    ['xstate', '"type": "parallel"'],
    ['toml', 'name = "ReleaseApproval"'],
    ['json', '"name": "ReleaseApproval"'],
  ])('writes a definition as %s', async (format, part) => {
    const said = await at(format);
    expect(said).toMatchObject({ exit: 0, err: '' });
    expect(said.out).toContain(part);
  });

  it('gives one document with the digest, the same for all spellings', async () => {
    const documents = await Promise.all(
      ['toml', 'json'].map(async (format) => only(await at(format, '--json'))),
    );
    expect(documents[0]).toMatchObject({ format: 'toml', name: 'ReleaseApproval' });
    expect(documents[0]?.digest).toBe(documents[1]?.digest);
    const again = file('again.toml', String(documents[0]?.text));
    expect(only(await cli(['export', again, '--format', 'json', '--json'])).digest).toBe(
      documents[0]?.digest,
    );
  });

  it('gives a document for each of several files, with its name', async () => {
    const files = ['release-approval.toml', 'release-approval.ts'];
    const said = await cli(['export', ...files, '--format', 'mermaid', '--json'], { cwd: examples });
    const documents = said.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(documents.map((each) => each.file)).toEqual(files);
    expect(documents[0].digest).toBe(documents[1].digest);
  });

  it('writes a net that is read again as it was', async () => {
    const [first, second] = [scratch(), scratch()];
    writeFileSync(join(first, 'a.pnml'), (await at('pnml')).out);
    const again = await cli(['export', 'a.pnml', '--format', 'pnml'], { cwd: first });
    expect(again).toMatchObject({ exit: 0, err: '' });
    writeFileSync(join(second, 'a.pnml'), again.out);
    expect((await cli(['export', 'a.pnml', '--format', 'pnml'], { cwd: second })).out).toBe(again.out);
    const checked = only(await cli(['check', 'a.pnml', '--json'], { cwd: second }));
    expect(checked).toMatchObject({ safe: true, bound: 1 });
  });

  it('says what is wrong with the file or the format', async () => {
    expect((await at('svg')).exit).toBe(2);
    const said = await cli(['export', file('bad.toml', 'name = 1'), '--format', 'json', '--json']);
    expect(said.exit).toBe(1);
    expect(only(said)).toMatchObject({ error: { code: 'DEFINITION_INVALID' } });
    const directory = scratch();
    copyFileSync(join(examples, 'release-approval.toml'), join(directory, 'net.pnml'));
    expect((await cli(['export', 'net.pnml', '--format', 'toml'], { cwd: directory })).exit).toBe(2);
  });
});
