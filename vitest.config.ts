/** Real PostgreSQL for the whole run (see test/support/global-setup.ts), and how long the random tests are. */
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

/** What `npm test` is content with; `npm run test:long` (COUNTERSIGN_LONG=1) runs as many as each test names itself. */
const SHORT = {
  COUNTERSIGN_NET_RUNS: '1000',
  COUNTERSIGN_VOTE_HISTORIES: '600',
};

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    // One more than two processors: there is always a file that waits for a server, a timer or the disk.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    env: process.env.COUNTERSIGN_LONG === '1' ? {} : { ...SHORT, ...given() },
    testTimeout: 20_000,
    hookTimeout: 30_000,
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
