/** Where the files of this package lie, whether its sources run, its build, or the benches compiled beside them. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

const NAME = 'countersign';
const ROOT = packageRoot(import.meta.dirname);
const isBuilt = relative(ROOT, import.meta.dirname).split(sep)[0] === 'dist';

/** Absolute paths. What only a build makes need not be there. */
export const packageFiles = {
  manifest: join(ROOT, 'package.json'),
  /** The program: there is one after a build only. */
  program: join(ROOT, 'dist/cli/main.js'),
  /** What authors of workflows import. */
  library: join(ROOT, isBuilt ? 'dist/index.js' : 'src/index.ts'),
  /** A folder of numbered SQL files. */
  migrations: join(ROOT, isBuilt ? 'dist/migrations' : 'src/persistence/migrations'),
  /** The folder of the web application: there is one after a build only. */
  web: join(ROOT, 'dist/web'),
} as const;

/** The closest folder above that holds the manifest of this package. Throws where there is none. */
function packageRoot(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === NAME) return folder;
    if (dirname(folder) === folder)
      throw new Error(
        `No folder above ${from} holds the package.json of ${NAME}; install the package as a whole, not a part of dist.`,
      );
  }
}
