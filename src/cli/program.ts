/**
 * What can be typed. Every command loads its own module when it runs and returns a result; how results are shown is
 * the same for all.
 */
import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import type { Common } from './connection.ts';
import { HISTORY_KINDS } from './import/kinds.ts';
import type { Io } from './io.ts';
import { headerText, oneOrMore, port, repeated, type Words, wholeNumber } from './options.ts';
import type { Result } from './result.ts';

/** Called once with what the command came to. */
type Finish = (result: Result, json: boolean) => void;

/** Adds a command: `take` its options, then `run` it. */
type Add = (words: Words, take: (command: Command) => Command, run: Run) => void;
// Commander knows options by their text only; each command states the type of its own.
// biome-ignore lint/suspicious/noExplicitAny: the compile boundary between option texts and option types
type Run = (options: any, args: readonly string[]) => Promise<Result>;

export function createProgram(io: Io, finish: Finish): Command {
  const program = new Command('countersign')
    .description('Change approval: workflows proven before they run, every decision in a log that stays.')
    .version(packageVersion())
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err, outputError: () => {} });
  withCommon(program);
  const add = adder(program, finish);
  addServers(program);
  addWorkflows(add, io);
  addChanges(add, io);
  addReading(add, io);
  addTimers(add, io);
  addProjects(io, program, finish);
  addDelegations(add, io);
  addDirectory(io, program, finish);
  addAdministration(add, io, program, finish);
  return program;
}

function adder(parent: Command, finish: Finish): Add {
  return ({ usage, about, alias }, take, run) => {
    const command = withCommon(take(parent.command(usage).description(about)));
    if (alias) command.alias(alias);
    command.action(async () => {
      const options = command.optsWithGlobals<Common>();
      finish(await run(options, command.args), options.json === true);
    });
  };
}

function withCommon(command: Command): Command {
  const common = [
    ['--json', 'print one JSON document on the standard output'],
    ['--url <url>', 'address of the server (else COUNTERSIGN_URL, else the local one)'],
    ['--token <token>', 'token to use (else COUNTERSIGN_TOKEN, else the local one)'],
    ['--data <dir>', 'data directory of the local server (else COUNTERSIGN_DATA, else .countersign)'],
    ['--as <who>', 'on the local development server: be this person, as ada:reviewer,lead'],
  ] as const;
  for (const [flags, about] of common)
    command.addOption(new Option(flags, about).helpGroup('Options of every command:'));
  return command;
}

function addServers(program: Command): void {
  const server = (name: string, about: string) =>
    program
      .command(name)
      .description(about)
      .option('--port <n>', 'port to listen on', port)
      .option('--host <host>', 'address to listen on')
      .option('--data <dir>', 'data directory')
      .option('--json', 'print one JSON document when the server is ready');
  const serve = server('serve', 'run a server on the database that DATABASE_URL names');
  serve.action(async () => (await import('./serve.ts')).serve(serve.optsWithGlobals()));
  const dev = server('dev', 'run a server with everything embedded');
  dev.action(async () => (await import('./dev.ts')).dev(dev.optsWithGlobals()));
}

function addWorkflows(add: Add, io: Io): void {
  add(
    { usage: 'check <file...>', about: 'check workflow definitions, without a server' },
    (command) => command,
    async (_, files) => (await import('./commands/check.ts')).check(io, files),
  );
  add(
    { usage: 'deploy <file>', about: 'check a workflow definition and deploy it' },
    (command) => command.option('--reason <text>', 'why, for the log'),
    async (options, [file = '']) => (await import('./commands/deploy.ts')).deploy(io, options, file),
  );
  add(
    { usage: 'definitions', about: 'list the deployed workflows' },
    (command) => command,
    async (options) => (await import('./commands/definitions.ts')).definitions(io, options),
  );
}

function addChanges(add: Add, io: Io): void {
  add(
    { usage: 'propose', alias: 'record', about: 'put a change under review' },
    (command) =>
      command
        .requiredOption('--definition <name>', 'workflow it follows')
        .requiredOption('--project <name>', 'project it belongs to')
        .requiredOption('--title <text>', 'what it is about')
        .option('--key <key>', 'its name in version control, unique in the project')
        .option('--attribute <name=value>', 'a declared fact, as risk=high; may be repeated', repeated),
    async (options) => (await import('./commands/propose.ts')).propose(io, options),
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
      (await import('./commands/send.ts')).send(io, options, change, trigger),
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
      async (options, changes) => (await import('./commands/vote.ts')).vote(io, options, meaning, changes),
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
    async (options, [path = '']) => (await import('./commands/import.ts')).importHistory(io, options, path),
  );
}

function addReading(add: Add, io: Io): void {
  add(
    { usage: 'work', about: 'list the changes that wait for you, and what you may do' },
    (command) =>
      command
        .option('--project <name>', 'only of this project')
        .option('--limit <n>', 'how many to list', wholeNumber(1, 200)),
    async (options) => (await import('./commands/work.ts')).work(io, options),
  );
  add(
    { usage: 'status [change]', about: 'show changes, or one change and what may happen to it' },
    (command) =>
      command
        .option('--project <name>', 'only of this project')
        .option('--state <state>', 'only in this state, as Review.checks.pending or Review.*')
        .option('--outcome <outcome>', 'only this outcome, or "open"')
        .option('--author <id>', 'only by this author')
        .option('--definition <name>', 'only of this workflow')
        .option('--limit <n>', 'how many to list', wholeNumber(1, 200))
        .option('--cursor <cursor>', 'where the list before this one ended'),
    async (options, [change]) => (await import('./commands/status.ts')).status(io, options, change),
  );
  add(
    { usage: 'diff <change>', about: 'show what a revision of a change holds' },
    (command) =>
      withProject(command)
        .option('--revision <n>', 'which one (else the newest that is there)', wholeNumber(1))
        .option('--file <path>', 'only this file'),
    async (options, [change = '']) => (await import('./commands/diff.ts')).diff(io, options, change),
  );
  add(
    { usage: 'estimate <change>', about: 'when a change will go on and be over, by what others took' },
    withProject,
    async (options, [change = '']) => (await import('./commands/estimate.ts')).estimate(io, options, change),
  );
  add(
    { usage: 'reviewers <change>', about: 'whom to ask for what a change still needs' },
    (command) => withProject(command).option('--limit <n>', 'how many for each need', wholeNumber(1, 50)),
    async (options, [change = '']) =>
      (await import('./commands/reviewers.ts')).reviewers(io, options, change),
  );
  add(
    { usage: 'log [change]', about: 'show what happened, to a change or in the tenant' },
    (command) =>
      withProject(command)
        .option('--tenant', 'of the whole tenant')
        .option('--after <seq>', 'only after this position', wholeNumber(0))
        .option('--limit <n>', 'how many at most', wholeNumber(1))
        .option('--follow', 'go on as things happen; with --json, one document per line'),
    async (options, [change]) => (await import('./commands/log.ts')).log(io, options, change),
  );
}

function addTimers(add: Add, io: Io): void {
  add(
    { usage: 'timers', about: 'list what is due when, over all changes (for operators)' },
    (command) =>
      command
        .option('--name <name>', 'only timers of this name')
        .option('--before <time>', 'only those due before this time (ISO 8601, UTC)')
        .option('--limit <n>', 'how many to list', wholeNumber(1, 200))
        .option('--cursor <cursor>', 'where the list before this one ended'),
    async (options) => (await import('./commands/timers.ts')).timers(io, options),
  );
}

function addProjects(io: Io, program: Command, finish: Finish): void {
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
      (await import('./commands/owners.ts')).setOwners(io, options, project, path),
  );
  addOwners(
    { usage: 'show <project>', about: 'show the files that say it' },
    (command) => command,
    async (options, [project = '']) =>
      (await import('./commands/owners.ts')).showOwners(io, options, project),
  );
  const calendar = program.command('calendar').description('set and list working time that timers count');
  const addCalendar = adder(calendar, finish);
  addCalendar(
    { usage: 'set <name> <file>', about: 'set a calendar from a JSON file (for operators)' },
    (command) => command,
    async (options, [name = '', file = '']) =>
      (await import('./commands/calendar.ts')).setCalendar(io, options, name, file),
  );
  addCalendar(
    { usage: 'list', about: 'list calendars' },
    (command) => command,
    async (options) => (await import('./commands/calendar.ts')).listCalendars(io, options),
  );
}

function addDirectory(io: Io, program: Command, finish: Finish): void {
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
      (await import('./commands/directory.ts')).applyDirectory(io, options, file),
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
    async (options) => (await import('./commands/directory.ts')).showDirectory(io, options),
  );
  add(
    { usage: 'roles <principal>', about: 'show the roles that the directory grants somebody' },
    (command) => command.option('--project <name>', 'in this project (else everywhere)'),
    async (options, [principal = '']) =>
      (await import('./commands/directory.ts')).showRoles(io, options, principal),
  );
}

function addAdministration(add: Add, io: Io, program: Command, finish: Finish): void {
  add(
    { usage: 'token', about: 'make a token for development' },
    (command) =>
      command
        .option('--sub <id>', 'who it is for (else developer)')
        .option('--kind <kind>', 'person, agent or system (else person)')
        .option('--role <role>', 'a role; may be repeated', oneOrMore)
        .option('--tenant <name>', 'tenant (else default)')
        .option('--ttl <duration>', 'how long it lasts, as 30m, 12h, 7d (else 12h)'),
    async (options) => (await import('./commands/token.ts')).token(io, options),
  );
  const tenant = program.command('tenant').description('create and list tenants');
  const addTenant = adder(tenant, finish);
  addTenant(
    { usage: 'create <name>', about: 'create a tenant' },
    (command) => command.option('--title <text>', 'its title (else its name)'),
    async (options, [name = '']) => (await import('./commands/tenant.ts')).createTenant(io, options, name),
  );
  addTenant(
    { usage: 'list', about: 'list tenants' },
    (command) => command,
    async (options) => (await import('./commands/tenant.ts')).listTenants(io, options),
  );
}

function addDelegations(add: Add, io: Io): void {
  add(
    { usage: 'delegate <to>', about: 'let somebody act for you while you are away' },
    (command) =>
      command
        .requiredOption('--until <when>', 'when it ends: 7d, 36h, or a time as 2026-12-24T18:00:00Z')
        .requiredOption('--reason <text>', 'why')
        .option('--roles <roles>', 'which of your roles, as a,b (else all of them)', oneOrMore)
        .option('--project <name>', 'only in this project')
        .option('--start <when>', 'when it begins (else now)'),
    async (options, [to = '']) => (await import('./commands/delegate.ts')).delegate(io, options, to),
  );
  add(
    { usage: 'delegations', about: 'list who acts for you and for whom you act, or end one' },
    (command) =>
      command
        .option('--all', "everybody's (for operators)")
        .option('--revoke <id>', 'end this one at once')
        .option('--limit <n>', 'how many to list', wholeNumber(1, 200))
        .option('--cursor <cursor>', 'where the list before this one ended'),
    async (options) => (await import('./commands/delegate.ts')).delegations(io, options),
  );
}

const FOR = 'act as the delegate of this person';
const ALL_OR_NOTHING = 'of several changes, do all or none';

function withProject(command: Command): Command {
  return command.option('--project <name>', 'project, where several have a change with this key');
}

function packageVersion(): string {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;
}
