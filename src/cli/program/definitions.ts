/** Commands about the life of workflows: versions, which is active where, and migrations between them. */
import type { Command } from 'commander';
import type { Common } from '../connection.ts';
import type { Io } from '../io.ts';
import { repeated, wholeNumber } from '../options.ts';
import { type Add, adder, type Finish, withCommon } from './add.ts';

const REASON = ['--reason <text>', 'why, for the history'] as const;

export function addDefinitions(add: Add, io: Io, program: Command, finish: Finish): void {
  const commands = () => import('../commands/definitions.ts');
  const definitions = withCommon(
    program
      .command('definitions')
      .argument('[name]', 'show the versions of this one')
      .description('list the deployed workflows, or the versions of one'),
  );
  definitions.action(async () => {
    const options = definitions.optsWithGlobals<Common>();
    const [name] = definitions.args;
    const { definitions: all, versions } = await commands();
    finish(
      await (name === undefined ? all(io, options) : versions(io, options, name)),
      options.json === true,
    );
  });
  adder(definitions, finish)(
    { usage: 'compare <name> <from> <to>', about: 'what is different between two versions' },
    (command) => command,
    async (options, [name = '', from = '', to = '']) =>
      (await commands()).compareVersions(io, options, name, from, to),
  );
  const where = (command: Command) =>
    command.option('--project <name>', 'only in this project').option(...REASON);
  add(
    { usage: 'activate <name> <version>', about: 'let new changes follow a version, or "newest"' },
    where,
    async (options, [name = '', version = '']) => (await commands()).activate(io, options, name, version),
  );
  add(
    { usage: 'rollback <name>', about: 'let new changes follow the version before the active one' },
    where,
    async (options, [name = '']) => (await commands()).rollback(io, options, name),
  );
  add(
    { usage: 'retire <name>', about: 'take no new changes any more; those that run go on' },
    (command) => command.option(...REASON),
    async (options, [name = '']) => (await commands()).retire(io, options, name),
  );
}

export function addMigrations(add: Add, io: Io): void {
  const commands = () => import('../commands/migrate.ts');
  const version = wholeNumber(1, 2 ** 31 - 1);
  add(
    { usage: 'migrate <name>', about: 'bring running changes to another version of their workflow' },
    (command) =>
      command
        .requiredOption('--from <version>', 'the version they follow', version)
        .requiredOption('--to <version>', 'the version they are to follow', version)
        .option('--map <old=new>', 'a state or region that has another path; may be repeated', repeated)
        .option('--drop-votes <ballot>', 'votes that do not count any more; may be repeated', repeated)
        .option('--reset-timer <name>', 'a timer that begins anew; may be repeated', repeated)
        .option('--dry-run', 'only show who would land where')
        .option('--no-wait', 'do not wait until it is through')
        .option(...REASON),
    async (options, [name = '']) => (await commands()).migrate(io, options, name),
  );
  add(
    { usage: 'migrations', about: 'list migrations' },
    (command) => command,
    async (options) => (await commands()).migrations(io, options),
  );
  add(
    { usage: 'migration <act> <id>', about: 'pause, resume, revert or close a migration' },
    (command) => command,
    async (options, [act = '', id = '']) => (await commands()).migration(io, options, act, id),
  );
}
