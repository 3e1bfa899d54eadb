/** The command about whether there are people enough. */
import { MAX_K } from '../../machines/staffing/staffing.ts';
import type { Io } from '../io.ts';
import { oneOrMore, wholeNumber } from '../options.ts';
import type { Add } from './add.ts';

export function addStaffing(add: Add, io: Io): void {
  add(
    {
      usage: 'staffing <name>',
      about: 'whether the people of the directory can finish what a workflow asks for',
    },
    (command) =>
      command
        .option('--project <name>', 'in this project (else with what is granted everywhere)')
        .option('--away <people>', 'without these, as ann,bob', oneOrMore)
        .option('--resilience <n>', 'with any so many more away (else 1)', wholeNumber(0, MAX_K)),
    async (options, [name = '']) => (await import('../commands/staffing.ts')).staffing(io, options, name),
  );
}
