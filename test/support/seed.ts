/**
 * Runs before every test file. With COUNTERSIGN_SEED (a 32-bit number) the properties draw the same inputs again: `.ci/run`
 * takes it from the tree it tests, so that what it refuses is about that tree, and fails there every time. Without it each
 * run draws others.
 */
import fc from 'fast-check';

const given = process.env.COUNTERSIGN_SEED;
if (given !== undefined) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(given) | 0 });
