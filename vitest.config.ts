/** Real PostgreSQL for the whole run (see test/support/global-setup.ts), and how long the random tests are. */
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';
import { isLong } from './test/support/runs.ts';

/** What `npm test` is content with; `npm run test:long` (COUNTERSIGN_LONG=1) runs as many as each test names itself. */
const SHORT = {
  COUNTERSIGN_NET_RUNS: '300',
  COUNTERSIGN_VOTE_HISTORIES: '400',
};

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/tidy.ts', 'test/support/seed.ts'],
    pool: 'forks',
    // The files of a worker share their modules, whose loading took longer than the tests: whoever changes something in them or in the
    // process puts it back.
    isolate: false,
    // Three more than two processors: there are always files that wait for a server, a timer or the disk.
    maxWorkers: 5,
    sequence: { sequencer: LongestFirst },
    env: isLong ? {} : { ...SHORT, ...given() },
    // Against what never ends; not against a machine that has other things to do.
    testTimeout: isLong ? 600_000 : 60_000,
    hookTimeout: 60_000,
  },
});

/** Counts somebody asked for win. */
function given(): Record<string, string> {
  return Object.fromEntries(
    Object.keys(SHORT).flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
