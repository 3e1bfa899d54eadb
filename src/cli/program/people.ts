/** Commands about who acts for whom. */
import type { Io } from '../io.ts';
import { oneOrMore, wholeNumber } from '../options.ts';
import type { Add } from './add.ts';

export function addDelegations(add: Add, io: Io): void {
  add(
    { usage: 'delegate <to>', about: 'let somebody act for you while you are away' },
    (command) =>
      command
        .requiredOption('--until <when>', 'when it ends: 7d, 36h, or a time as 2026-12-24T18:00:00Z')
        .requiredOption('--reason <text>', 'why')
        .option('--roles <roles>', 'which of your roles, as a,b (else all of them)', oneOrMore)
        .option('--project <name>', 'only in this project')
        .option('--start <when>', 'when it begins (else now)'),
    async (options, [to = '']) => (await import('../commands/delegate.ts')).delegate(io, options, to),
  );
  add(
    { usage: 'delegations', about: 'list who acts for you and for whom you act, or end one' },
    (command) =>
      command
        .option('--all', "everybody's (for operators)")
        .option('--revoke <id>', 'end this one at once')
        .option('--limit <n>', 'how many to list', wholeNumber(1, 200))
        .option('--cursor <cursor>', 'where the list before this one ended'),
    async (options) => (await import('../commands/delegate.ts')).delegations(io, options),
  );
}
