/** Commands about workflows, without and with a server. */
import type { Io } from '../io.ts';
import type { Add } from './add.ts';

export function addWorkflows(add: Add, io: Io): void {
  add(
    { usage: 'check <file...>', about: 'check workflow definitions, without a server' },
    (command) => command,
    async (_, files) => (await import('../commands/check.ts')).check(io, files),
  );
  add(
    { usage: 'deploy <file>', about: 'check a workflow definition and deploy it' },
    (command) =>
      command
        .option('--reason <text>', 'why, for the log')
        .option('--force', 'in spite of errors (for administrators)')
        .option('--strict-staffing', 'refuse it where the people of the directory cannot finish it'),
    async (options, [file = '']) => (await import('../commands/deploy.ts')).deploy(io, options, file),
  );
}
