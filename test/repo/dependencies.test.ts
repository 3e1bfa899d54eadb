/** Every dependency is pinned exactly, locked with its integrity, and explained in `docs/dependencies.md`. */
import { expect, it } from 'vitest';
import { read } from './sources.ts';

const manifest = JSON.parse(read('package.json'));
const runtime: Record<string, string> = { ...manifest.dependencies, ...manifest.optionalDependencies };
const all: Record<string, string> = { ...runtime, ...manifest.devDependencies };
const locked: Record<string, { integrity?: string; optional?: boolean; hasInstallScript?: boolean }> =
  JSON.parse(read('package-lock.json')).packages;

const nameOf = (path: string) => path.split('node_modules/').at(-1) ?? path;

it('every runtime dependency has its entry in docs/dependencies.md', () => {
  const page = read('docs/dependencies.md');
  expect(Object.keys(runtime).filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

it('docs/dependencies.md names no dependency that has gone', () => {
  const rows = [...read('docs/dependencies.md').matchAll(/^\| `([^`]+)`/gm)].map((match) => match[1] ?? '');
  expect(rows.filter((name) => !(name in all))).toEqual([]);
});

it('every dependency is pinned to one version', () => {
  const exact = /^(?:npm:[@\w./-]+@)?\d+\.\d+\.\d+(?:-[\w.]+)?$/;
  expect(Object.entries(all).filter(([, version]) => !exact.test(version))).toEqual([]);
});

it('every package that any machine must install is locked with its hash', () => {
  const loose = Object.entries(locked).filter(
    ([path, entry]) => path !== '' && !entry.optional && !entry.integrity,
  );
  expect(loose.map(([path]) => path)).toEqual([]);
});

it('every package that wants to run a script at install has been decided about', () => {
  const wanting = Object.entries(locked).filter(([, entry]) => entry.hasInstallScript);
  const decided = Object.keys(manifest.allowScripts ?? {});
  expect(
    wanting.map(([path]) => nameOf(path)).filter((name) => name !== '' && !decided.includes(name)),
  ).toEqual([]);
});
