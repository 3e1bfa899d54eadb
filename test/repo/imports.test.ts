/** Imports run one way (STYLE.md), no file can be reached from itself, and no file is dead. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesUnder, importGraph, ROOT, read, specifiersIn } from './sources.ts';

const LEAVES = ['errors', 'config', 'log', 'package-files'];

/** What each place may import besides itself and the leaves. A new folder must be given its place here. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  machines: [],
  persistence: [],
  client: [],
  vcs: [],
  actors: ['machines', 'persistence', 'vcs'],
  scheduler: ['machines', 'persistence', 'actors'],
  gateway: ['machines', 'persistence', 'actors', 'client'],
  cli: ['machines', 'persistence', 'actors', 'scheduler', 'gateway', 'client', 'vcs', 'index'],
  index: ['machines', 'client'],
};

const graph = importGraph();
const edges = [...graph].flatMap(([from, targets]) => targets.map((to) => ({ from, to })));

/** `src/actors/ports.ts` → `actors`, `src/errors.ts` → `errors`. */
function placeOf(path: string): string {
  return (path.split('/')[1] ?? '').replace(/\.ts$/, '');
}

function allowed(from: string, to: string): boolean {
  if (LEAVES.includes(to)) return true;
  return from === to || (MAY_IMPORT[from] ?? []).includes(to);
}

describe('imports in src', () => {
  it('are found in all their spellings', () => {
    const source = [
      `import { a } from './a.ts';`,
      `import type { B } from './b.ts';`,
      `export * from './c.ts';`,
      `import './d.ts';`,
      `const e = await import('./e.ts');`,
      `let f: import('./f.ts').F;`,
      `  type G,\n} from './g.ts';`,
      `// import './no.ts'`,
      ` * from './no.ts'`,
    ].join('\n');
    expect(specifiersIn(source)).toEqual([...'abcdefg'].map((name) => `./${name}.ts`));
  });

  it('come from a folder that has its place in the order', () => {
    const places = new Set([...graph.keys()].map(placeOf));
    expect([...places].filter((place) => !(place in MAY_IMPORT) && !LEAVES.includes(place))).toEqual([]);
  });

  it('run one way between folders', () => {
    expect(edges.filter(({ from, to }) => !allowed(placeOf(from), placeOf(to)))).toEqual([]);
  });

  it('name files that exist, with their ending', () => {
    expect(edges.filter(({ to }) => !existsSync(join(ROOT, to)) || !/\.(ts|json)$/.test(to))).toEqual([]);
  });

  it('never lead from a file back to itself', () => {
    expect(cycles()).toEqual([]);
  });

  const roots = ['src/cli/main.ts', 'src/index.ts', 'src/client/index.ts'].filter((path) => graph.has(path));
  it.runIf(graph.has('src/cli/main.ts'))('reach every file from the command line or the library', () => {
    expect([...graph.keys()].filter((path) => !reachableFrom(roots).has(path))).toEqual([]);
  });
});

describe('imports in tests', () => {
  it('reach src, never dist', () => {
    const built = filesUnder('test', '.ts').filter((path) => /from '[./]+\/dist\//.test(read(path)));
    expect(built).toEqual([]);
  });
});

function reachableFrom(roots: readonly string[]): Set<string> {
  const seen = new Set<string>();
  const open = [...roots];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    open.push(...(graph.get(path) ?? []));
  }
  return seen;
}

/** Files that can reach themselves. */
function cycles(): string[] {
  return [...graph].filter(([path, targets]) => reachableFrom(targets).has(path)).map(([path]) => path);
}
