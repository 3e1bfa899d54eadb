#!/usr/bin/env -S node --max-semi-space-size=64
/**
 * The `countersign` program. Nothing else is loaded before the command is known: `dev` has a database to start.
 * The larger nursery of the first line is for the server: most of what a batch allocates dies with it, and halves of
 * 16 MiB would have it copied and promoted first (a fifth of the CPU at 15,000 transitions a second).
 */
import { processIo } from './io.ts';
import { run } from './run.ts';

process.exitCode = await run(process.argv.slice(2), processIo());
