/** What the build makes (`scripts/bundle.mjs`), as far as running the program would not tell. */
import { existsSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { parse } from '@babel/parser';
import { describe, expect, it } from 'vitest';
import { packageFiles } from '../../src/package-files.ts';
import { filesUnder, read } from './sources.ts';

const scripts = filesUnder('dist', '.js').filter((path) => !path.startsWith('dist/web/'));
const manifest = JSON.parse(read('package.json'));

/** What a script imports or exports again when it is loaded. */
function importedBy(path: string): string[] {
  const { body } = parse(read(path), { sourceType: 'module' }).program;
  return body.flatMap((node) => ('source' in node && node.source ? [node.source.value] : []));
}

describe('the build', () => {
  it('is found from the sources, with what it was made of', () => {
    expect(Object.entries(packageFiles).filter(([, path]) => !existsSync(path))).toEqual([]);
    expect(packageFiles.library).toMatch(/src.index\.ts$/);
    expect(packageFiles.migrations).toMatch(/src.persistence.migrations$/);
  });

  it('has every migration', () => {
    const names = (folder: string) => filesUnder(folder, '.sql').map((path) => path.slice(folder.length));
    expect(names('dist/migrations')).toEqual(names('src/persistence/migrations'));
    expect(names('dist/migrations')).not.toEqual([]);
  });

  it('imports nothing in the client, which browsers run', () => {
    expect(importedBy('dist/client/index.js')).toEqual([]);
  });

  it('has no chunk that imports the program, which waits for its chunks', () => {
    expect(importedBy('dist/cli/main.js')).not.toEqual([]);
    expect(scripts.filter((path) => importedBy(path).some((name) => name.endsWith('/main.js')))).toEqual([]);
  });

  it('imports of packages only those that the manifest names', () => {
    const outside = scripts.flatMap(importedBy).filter((name) => !name.startsWith('.') && !isBuiltin(name));
    expect(outside).toContain('pino');
    expect(outside.filter((name) => !(name in manifest.dependencies))).toEqual([]);
  });

  it('leaves no question for a file of a package that is bundled', () => {
    const asked = scripts.flatMap((path) => [...read(path).matchAll(/\brequire\w*\(["']\.[^)]*\)/g)].flat());
    expect(asked).toEqual([]);
  });

  it('keeps the names of classes and functions', () => {
    const renamed = scripts.flatMap((path) =>
      [...read(path).matchAll(/^(?:var|let|const) (\w+\$\d+) = class (?!\w+ )/gm)].map(([, name]) => name),
    );
    expect(renamed).toEqual([]);
  });
});
