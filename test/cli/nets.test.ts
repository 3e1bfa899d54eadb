/** `check` of nets, of several files in one call, and of the standard input. */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/cli/commands/check.ts';
import { catalog } from '../../src/machines/catalog/index.ts';
import { writePnml } from '../../src/machines/nets/pnml.ts';
import { netFrom } from '../machines/nets/random-nets.ts';
import { cli, only, scratch } from './rig.ts';

const NETS = {
  'sound.pnml': 'submit: i->s+c; secOk: s->s2; codeOk: c->c2; join: s2+c2->o',
  'stuck.pnml': 't1: i->b; t2: b->c; t3: b->d; t4: c+d->o',
  'grows.pnml': 't1: i->p; comment: p->p+q; stop: p->r; drain: r+q->r; close: r->o',
  'ring.pnml': 'ping: i->p; pong: p->i',
};
const INHIBITED =
  '<pnml>\n<net id="n"><place id="i"/><transition id="t"/>\n<arc source="i" target="t" type="inhibitor"/></net></pnml>';

/** A directory with nets and definitions, good and bad. */
function files(): string {
  const cwd = scratch();
  for (const [name, text] of Object.entries(NETS)) writeFileSync(join(cwd, name), writePnml(netFrom(text)));
  writeFileSync(join(cwd, 'inhibited.pnml'), INHIBITED);
  writeFileSync(join(cwd, 'good.json'), JSON.stringify(catalog.BasicApproval));
  writeFileSync(join(cwd, 'bad.json'), JSON.stringify({ ...catalog.BasicApproval, initial: 'Nowhere' }));
  return cwd;
}

const linesOf = (out: string) =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('check', () => {
  it('prints one line for each of several nets, with its file and verdict', async () => {
    const said = await cli(['check', ...Object.keys(NETS), '--json'], { cwd: files() });
    expect(said).toMatchObject({ exit: 1, err: '' });
    const found = linesOf(said.out).map(({ file, kind, sound, states, edges }) => [
      file,
      kind,
      sound,
      states,
      edges,
    ]);
    expect(found).toEqual([
      ['sound.pnml', 'workflow', true, 6, 6],
      ['stuck.pnml', 'workflow', false, 4, 3],
      ['grows.pnml', 'workflow', false, null, null],
      ['ring.pnml', 'general', null, 2, 2],
    ]);
  });

  it('is content with sound nets and definitions, and with nets that are bounded', async () => {
    const said = await cli(['check', 'sound.pnml', 'good.json', 'ring.pnml', '--json'], { cwd: files() });
    expect(said).toMatchObject({ exit: 0, err: '' });
    expect(linesOf(said.out).map(({ file, sound }) => [file, sound])).toEqual([
      ['sound.pnml', true],
      ['good.json', true],
      ['ring.pnml', null],
    ]);
  });

  it('does not stop at a file that cannot be read, and says it in that line', async () => {
    const cwd = files();
    const argv = ['check', 'stuck.pnml', 'nowhere.pnml', 'bad.json', 'nowhere.json', 'sound.pnml'];
    const said = await cli([...argv, '--json'], { cwd });
    expect(said.exit).toBe(2);
    expect(linesOf(said.out).map(({ file, sound, error }) => [file, sound ?? error.code])).toEqual([
      ['stuck.pnml', false],
      ['nowhere.pnml', 'FILE_UNREADABLE'],
      ['bad.json', false],
      ['nowhere.json', 'FILE_UNREADABLE'],
      ['sound.pnml', true],
    ]);
    const read = await cli(argv, { cwd });
    expect(read.exit).toBe(2);
    expect(read.out).toContain('sound.pnml: sound');
    expect(read.err).toContain('nowhere.pnml cannot be read: ');
  });

  it('ends with wrong use where the only file cannot be read, or is a directory', async () => {
    const cwd = files();
    for (const name of ['nowhere.pnml', '.pnml/..', '/'])
      expect(await cli(['check', name, '--json'], { cwd })).toMatchObject({ exit: 2 });
    expect(only(await cli(['check', 'nowhere.pnml', '--json'], { cwd }))).toMatchObject({
      error: { code: 'FILE_UNREADABLE' },
    });
  });

  it('refuses at its line what no place/transition net can say', async () => {
    const said = await cli(['check', 'inhibited.pnml'], { cwd: files() });
    expect(said.exit).toBe(1);
    expect(said.out).toContain('inhibited.pnml:3:1 SCHEMA The arc is of the kind "inhibitor"');
    expect(said.out).toContain('inhibited.pnml: not a net');
  });

  it('puts what it finds at the place or transition that it names', async () => {
    const cwd = files();
    const { findings } = only(await cli(['check', 'stuck.pnml', '--json'], { cwd })) as {
      findings?: { code: string; path: string[]; where: { line: number } }[];
    };
    const text = writePnml(netFrom(NETS['stuck.pnml'])).split('\n');
    const lineOf = (name: string) => text.findIndex((line) => line.includes(`<text>${name}</text>`)) + 1;
    expect(findings?.map(({ code, path, where }) => [code, path[0], where.line])).toEqual([
      ['DEADLOCK', 'c', lineOf('c')],
      ['DEADLOCK', 'd', lineOf('d')],
      ['DEAD_TRANSITION', 't4', lineOf('t4')],
    ]);
  });
});

describe('check -', () => {
  const io = {
    out: () => {},
    err: () => {},
    env: {},
    cwd: tmpdir(),
    colours: false,
    screen: null,
    now: () => 0,
  };
  const given = (text: string | Buffer) => Readable.from([Buffer.from(text)]);

  it('reads a net or a definition from the standard input, whichever it is', async () => {
    const net = writePnml(netFrom(NETS['sound.pnml']));
    for (const text of [net, `\ufeff${net}`, Buffer.from(net, 'utf16le')])
      expect(await check(io, ['-'], given(text))).toMatchObject({
        documents: [{ kind: 'workflow', sound: true, states: 6 }],
        exit: 0,
      });
    const definition = JSON.stringify(catalog.BasicApproval);
    expect(await check(io, ['-'], given(definition))).toMatchObject({
      documents: [{ sound: true }],
      exit: 0,
    });
    const broken = await check(io, ['-'], given('name = "x"\n'));
    expect(broken).toMatchObject({ documents: [{ sound: false }], exit: 1 });
    expect(broken.text).toContain('-:1:');
  });

  it('stands among files, once', async () => {
    const cwd = files();
    const said = await check({ ...io, cwd }, ['sound.pnml', '-'], given(INHIBITED));
    expect(said).toMatchObject({ documents: [{ file: 'sound.pnml' }, { file: '-', kind: null }], exit: 1 });
    await expect(check(io, ['-', '-'], given(''))).rejects.toThrow('named twice');
  });

  it('stops reading where there is more than is read at all', async () => {
    const endless = Readable.from(
      (function* () {
        for (;;) yield Buffer.alloc(8_000_000, '<');
      })(),
    );
    await expect(check(io, ['-'], endless)).rejects.toThrow('larger than 64000000 bytes');
  });
});
