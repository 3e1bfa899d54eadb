/**
 * Runs with every test file. A module that many files use cannot do this by an `afterAll` of its own: it is loaded once
 * for all files of a worker, and would tidy up after the first of them only.
 */
import { rmSync } from 'node:fs';
import { afterAll } from 'vitest';
import { made } from './made.ts';

afterAll(() => {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true });
});
