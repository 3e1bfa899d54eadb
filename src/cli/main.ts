#!/usr/bin/env node
/** The `countersign` program. Nothing else is loaded before the command is known: `dev` has a database to start. */
import { processIo } from './io.ts';
import { run } from './run.ts';

process.exitCode = await run(process.argv.slice(2), processIo());
