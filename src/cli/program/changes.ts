/** Commands about what happens to changes. */
import { Option } from 'commander';
import { HISTORY_KINDS } from '../import/kinds.ts';
import type { Io } from '../io.ts';
import { headerText, repeated, wholeNumber } from '../options.ts';
import { type Add, withProject } from './add.ts';

const FOR = 'act as the delegate of this person';
const ALL_OR_NOTHING = 'of several changes, do all or none';

export function addChanges(add: Add, io: Io): void {
  add(
    { usage: 'propose', about: 'put a change under review that is in no repository' },
    (command) =>
      command
        .requiredOption('--definition <name>', 'workflow it follows')
        .requiredOption('--project <name>', 'project it belongs to')
        .requiredOption('--title <text>', 'what it is about')
        .option('--key <key>', 'its name in version control, unique in the project')
        .option('--attribute <name=value>', 'a declared fact, as risk=high; may be repeated', repeated),
    async (options) => (await import('../commands/propose.ts')).propose(io, options),
  );
  add(
    { usage: 'send <change> <trigger>', about: 'send an event to a change (by id or key)' },
    (command) =>
      withProject(command)
        .option('--reason <text>', 'why, for the log')
        .option('--for <name>', FOR)
        .option('--event-data <json>', 'data that goes into the log with the event')
        .option('--version <n>', 'refuse where the change has moved on from this version', wholeNumber(1))
        .option('--key <key>', 'idempotency key', headerText)
        .option('--also <change>', 'send it to this change too; may be repeated', repeated)
        .option('--all-or-nothing', ALL_OR_NOTHING),
    async (options, [change = '', trigger = '']) =>
      (await import('../commands/send.ts')).send(io, options, change, trigger),
  );
  for (const meaning of ['approve', 'reject'] as const)
    add(
      { usage: `${meaning} <change...>`, about: `${meaning} a change (by id or key), or several` },
      (command) =>
        withProject(command)
          .option('--region <name>', 'which of the parallel reviews')
          .option('--for <name>', FOR)
          .option('--reason <text>', 'why, for the log')
          .option('--all-or-nothing', ALL_OR_NOTHING),
      async (options, changes) => (await import('../commands/vote.ts')).vote(io, options, meaning, changes),
    );
  add(
    {
      usage: 'import <path>',
      about: 'import a review history: a file, a repository, the export of a code host',
    },
    (command) =>
      command
        .option('--project <name>', 'project to import into (else the one the history names)')
        .option('--definition <name>', 'workflow to use, by name or file (else ReviewHistory)')
        .addOption(new Option('--from <kind>', 'what wrote it (else by its content)').choices(HISTORY_KINDS))
        .option('--concurrency <n>', 'changes in hand at the same time', wholeNumber(1, 512)),
    async (options, [path = '']) => (await import('../commands/import.ts')).importHistory(io, options, path),
  );
}

export function addReading(add: Add, io: Io): void {
  add(
    { usage: 'work', about: 'list the changes that wait for you, and what you may do' },
    (command) =>
      command
        .option('--project <name>', 'only of this project')
        .option('--limit <n>', 'how many to list', wholeNumber(1, 200)),
    async (options) => (await import('../commands/work.ts')).work(io, options),
  );
  add(
    { usage: 'status [change]', about: 'show changes, or one change and what may happen to it' },
    (command) =>
      command
        .option('--project <name>', 'only of this project')
        .option('--state <state>', 'only in this state, as Review.checks.pending or Review.*')
        .option('--outcome <outcome>', 'only this outcome, or "open"')
        .option('--author <id>', 'only by this author')
        .option('--mine', 'mine: what I may do, whom each waits for, when it goes on')
        .option('--definition <name>', 'only of this workflow')
        .option('--limit <n>', 'how many to list', wholeNumber(1, 200))
        .option('--cursor <cursor>', 'where the list before this one ended'),
    async (options, [change]) => (await import('../commands/status.ts')).status(io, options, change),
  );
  add(
    { usage: 'diff <change>', about: 'show what a revision of a change holds' },
    (command) =>
      withProject(command)
        .option('--revision <n>', 'which one (else the newest that is there)', wholeNumber(1))
        .option('--file <path>', 'only this file'),
    async (options, [change = '']) => (await import('../commands/diff.ts')).diff(io, options, change),
  );
  add(
    { usage: 'estimate <change>', about: 'when a change will go on and be over, by what others took' },
    withProject,
    async (options, [change = '']) => (await import('../commands/estimate.ts')).estimate(io, options, change),
  );
  add(
    { usage: 'reviewers <change>', about: 'whom to ask for what a change still needs' },
    (command) => withProject(command).option('--limit <n>', 'how many for each need', wholeNumber(1, 50)),
    async (options, [change = '']) =>
      (await import('../commands/reviewers.ts')).reviewers(io, options, change),
  );
  add(
    { usage: 'log [change]', about: 'show what happened, to a change or in the tenant' },
    (command) =>
      withProject(command)
        .option('--tenant', 'of the whole tenant')
        .option('--after <seq>', 'only after this position', wholeNumber(0))
        .option('--limit <n>', 'how many at most', wholeNumber(1))
        .option('--follow', 'go on as things happen; with --json, one document per line'),
    async (options, [change]) => (await import('../commands/log.ts')).log(io, options, change),
  );
}
