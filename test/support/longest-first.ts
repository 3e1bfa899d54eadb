/** Starts the files that take longest first, so that no worker is left alone with one of them in the end. */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Beginnings of paths, the longest first; everything else follows in the order of vitest. */
const LONG = [
  'test/web/app',
  'test/e2e/timers',
  'test/e2e/servers',
  'test/e2e/workers',
  'test/e2e/',
  'test/web/',
  'test/persistence/embedded',
  'test/client/bad-network',
  'test/types/completion',
  'test/cli/',
  'test/vcs/',
];

// vitest asks for a class.
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const root = `${this.ctx.config.root}/`;
    const rank = ({ moduleId }: TestSpecification) => {
      const found = LONG.findIndex((beginning) => moduleId.startsWith(root + beginning));
      return found < 0 ? LONG.length : found;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
