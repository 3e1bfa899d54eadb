/** The command for a change that broke an invariant and was stopped. */
import type { Io } from '../io.ts';
import type { Add } from './add.ts';

export function addRelease(add: Add, io: Io): void {
  add(
    {
      usage: 'release <change>',
      about: 'let a quarantined change go on: the server that stopped it loads it anew (for operators)',
    },
    (command) =>
      command
        .requiredOption('--reason <text>', 'what was mended, for the server log')
        .option('--project <name>', 'project, where several have a change with this key'),
    async (options, [change = '']) => (await import('../commands/release.ts')).release(io, options, change),
  );
}
