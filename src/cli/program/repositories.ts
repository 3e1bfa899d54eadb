/** Commands that stand between a git repository and the changes under review. */
import { type Command, Option } from 'commander';
import type { Io } from '../io.ts';
import { repeated } from '../options.ts';
import { type Add, adder, type Finish } from './add.ts';

export function addRepositories(add: Add, io: Io, program: Command, finish: Finish): void {
  add(
    { usage: 'record [range]', about: 'put the commits of a branch under review, or bring them up to date' },
    (command) =>
      withRepository(command)
        .option('--definition <name>', 'workflow they follow (remembered in the repository)')
        .option('--project <name>', 'project they belong to (remembered; else the name of the directory)')
        .option('--base <ref>', 'the branch they are meant for (remembered; else the upstream, or main)')
        .option('--attribute <name=value>', 'what the changes are proposed with (repeatable)', repeated)
        .option('--no-rewrite', 'refuse where a commit has no Change-Id, instead of adding it'),
    async (options, [range]) => (await import('../commands/record.ts')).record(io, options, range),
  );
  add(
    { usage: 'land [change...]', about: 'put approved changes on a branch (else all that you may apply)' },
    (command) =>
      withRepository(command)
        .option('--onto <branch>', 'the branch (else countersign.onto of the repository, or main)')
        .option('--project <name>', 'project of the changes (else that of the repository)')
        .option('--trigger <name>', 'which trigger applies them, where several do')
        .option('--dry-run', 'only say what would land'),
    async (options, changes) => (await import('../commands/land.ts')).land(io, options, changes),
  );
  add(
    { usage: 'checkout <change>', about: 'check a change out on a branch of its own' },
    (command) =>
      withRepository(command)
        .option('--project <name>', 'project of the change (else that of the repository)')
        .option('--base <ref>', 'what the stored diff is applied to, where the commit is not here'),
    async (options, [change = '']) => (await import('../commands/checkout.ts')).checkout(io, options, change),
  );
  const hook = program.command('hook').description('have git name, record and hold back changes');
  const addHook = adder(hook, finish);
  addHook(
    {
      usage: 'install',
      about: 'write the hooks: Change-Ids in a clone, review of pushes in a bare repository',
    },
    (command) =>
      withRepository(command)
        .addOption(new Option('--record <when>', 'record too').choices(['push', 'commit']))
        .option('--server', 'the hooks of a repository that is pushed to (else where it is bare)'),
    async (options) => (await import('../commands/hook.ts')).installHook(io, options),
  );
  addHook(
    { usage: 'receive', about: 'look at what is pushed; git runs it as its pre-receive hook' },
    (command) => command,
    async (options) => (await import('../commands/hook.ts')).receiveHook(io, options, process.stdin),
  );
}

function withRepository(command: Command): Command {
  return command.option('--repository <dir>', 'where the repository is (else here)');
}
