/** Commands about definitions as models: for other tools, tested, and tried on the past. */
import { Option } from 'commander';
import type { Io } from '../io.ts';
import { wholeNumber } from '../options.ts';
import type { Add } from './add.ts';

const FORMATS = ['pnml', 'scxml', 'mermaid', 'xstate', 'toml', 'json'];

export function addModels(add: Add, io: Io): void {
  add(
    { usage: 'export <file...>', about: 'write workflow definitions for other tools, without a server' },
    (command) =>
      command.addOption(new Option('--format <format>', 'which one').choices(FORMATS).makeOptionMandatory()),
    async (options, files) => (await import('../commands/export.ts')).exportFiles(io, options, files),
  );
  add(
    { usage: 'test <file>', about: 'play the cases of a workflow, and say what they cover' },
    (command) => command.option('--write', 'write the generated cases beside it, to NAME.cases.toml'),
    async (options, [file = '']) => (await import('../commands/test.ts')).testFile(io, options, file),
  );
  add(
    { usage: 'replay', about: 'how changes of the past would have gone under a draft' },
    (command) =>
      command
        .requiredOption('--definition <file>', 'the draft')
        .requiredOption('--project <name>', 'whose changes')
        .requiredOption('--from <date>', 'proposed from then on: 2026-10-01, or a time')
        .requiredOption('--to <date>', 'and before then')
        .option('--limit <n>', 'at most so many, the newest (else 1,000)', wholeNumber(1, 5_000)),
    async (options) => (await import('../commands/replay.ts')).replay(io, options),
  );
}
