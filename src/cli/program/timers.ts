/** Commands about timers, for operators. */

import type { Command } from 'commander';
import type { Io } from '../io.ts';
import { wholeNumber } from '../options.ts';
import { type Add, adder, type Finish } from './add.ts';

export function addTimers(add: Add, io: Io, program: Command, finish: Finish): void {
  add(
    { usage: 'timers', about: 'list what is due when, over all changes (for operators)' },
    (command) =>
      command
        .option('--name <name>', 'only timers of this name')
        .option('--before <time>', 'only those due before this time (ISO 8601, UTC)')
        .option('--limit <n>', 'how many to list', wholeNumber(1, 200))
        .option('--cursor <cursor>', 'where the list before this one ended'),
    async (options) => (await import('../commands/timers.ts')).timers(io, options),
  );
  const timer = program
    .command('timer')
    .description('what operators do to timers: of one change, or of all by a query');
  addOperations(adder(timer, finish), io);
}

const REASON = 'why, for the log';

function addOperations(add: Add, io: Io): void {
  const operation = (name: string, about: string, take: (command: Command) => Command) =>
    add(
      { usage: `${name} [change] [timer]`, about },
      (command) =>
        take(command)
          .requiredOption('--reason <text>', REASON)
          .option('--project <name>', 'project, where several have a change with this key')
          .option('--name <name>', 'where no change is named: all timers of this name')
          .option('--before <time>', 'where no change is named: those due before (ISO 8601, UTC)'),
      async (options, [change, timer]) =>
        (await import('../commands/timer.ts')).operateTimers(
          io,
          options,
          `timer.${name}` as never,
          change,
          timer,
        ),
    );
  operation('snooze', 'let timers be due later', (command) =>
    command.requiredOption('--until <time>', 'when (ISO 8601, UTC)'),
  );
  operation('cancel', 'end timers without what they would do', (command) => command);
  operation('fire', 'let timers be over now', (command) => command);
  operation('retarget', 'let timers ask another role', (command) =>
    command
      .option('--escalate <role>', 'this role may act from then on')
      .option('--remind <role>', 'this role is reminded'),
  );
  add(
    { usage: 'schedule <change>', about: 'add a timer that reminds a role, or lets it act' },
    (command) =>
      command
        .requiredOption('--name <name>', 'what it is called')
        .requiredOption('--at <time>', 'when (ISO 8601, UTC)')
        .requiredOption('--path <state>', 'the state or region it is for, as Review.security')
        .requiredOption('--reason <text>', REASON)
        .option('--escalate <role>', 'this role may act from then on')
        .option('--remind <role>', 'this role is reminded')
        .option('--project <name>', 'project, where several have a change with this key'),
    async (options, [change = '']) =>
      (await import('../commands/timer.ts')).scheduleTimer(io, options, change),
  );
}
