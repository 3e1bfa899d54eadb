/** Commands about projects, calendars and the directory. */
import { type Command, Option } from 'commander';
import type { Io } from '../io.ts';
import { adder, type Finish } from './add.ts';

export function addProjects(io: Io, program: Command, finish: Finish): void {
  const addOwners = adder(
    program.command('owners').description('say who owns the files of a project'),
    finish,
  );
  addOwners(
    { usage: 'set <project> <path>', about: 'read them from a repository, or from one file (for operators)' },
    (command) =>
      command
        .addOption(
          new Option('--format <format>', 'how the files are read')
            .choices(['github', 'gitlab', 'kubernetes', 'gerrit'])
            .makeOptionMandatory(),
        )
        .option('--reason <text>', 'why'),
    async (options, [project = '', path = '']) =>
      (await import('../commands/owners.ts')).setOwners(io, options, project, path),
  );
  addOwners(
    { usage: 'show <project>', about: 'show the files that say it' },
    (command) => command,
    async (options, [project = '']) =>
      (await import('../commands/owners.ts')).showOwners(io, options, project),
  );
  const calendar = program.command('calendar').description('set and list working time that timers count');
  const addCalendar = adder(calendar, finish);
  addCalendar(
    { usage: 'set <name> <file>', about: 'set a calendar from a JSON file (for operators)' },
    (command) => command,
    async (options, [name = '', file = '']) =>
      (await import('../commands/calendar.ts')).setCalendar(io, options, name, file),
  );
  addCalendar(
    { usage: 'list', about: 'list calendars' },
    (command) => command,
    async (options) => (await import('../commands/calendar.ts')).listCalendars(io, options),
  );
}

export function addDirectory(io: Io, program: Command, finish: Finish): void {
  const directory = program
    .command('directory')
    .description('say who is who: people, groups, roles and where');
  const add = adder(directory, finish);
  add(
    {
      usage: 'apply <file>',
      about: 'make the directory say what a TOML or JSON file says (for administrators)',
    },
    (command) =>
      command
        .option('--prune', 'take away what the file does not say')
        .option('--dry-run', 'only show what would be said')
        .option('--reason <text>', 'why'),
    async (options, [file = '']) =>
      (await import('../commands/directory.ts')).applyDirectory(io, options, file),
  );
  add(
    { usage: 'show', about: 'list what the directory says' },
    (command) =>
      command.addOption(
        new Option('--kind <kind>', 'only these').choices([
          'principal',
          'group',
          'grant',
          'project',
          'portfolio',
          'tenant',
        ]),
      ),
    async (options) => (await import('../commands/directory.ts')).showDirectory(io, options),
  );
  add(
    { usage: 'roles <principal>', about: 'show the roles that the directory grants somebody' },
    (command) => command.option('--project <name>', 'in this project (else everywhere)'),
    async (options, [principal = '']) =>
      (await import('../commands/directory.ts')).showRoles(io, options, principal),
  );
}
