/** Commands about servers, tokens and tenants. */
import type { Command } from 'commander';
import { invariant } from '../../errors.ts';
import type { Io } from '../io.ts';
import { oneOrMore, port, wholeNumber } from '../options.ts';
import { type Add, adder, type Finish } from './add.ts';

export function addServers(program: Command): void {
  const server = (name: string, about: string) =>
    program
      .command(name)
      .description(about)
      .option('--port <n>', 'port to listen on', port)
      .option('--host <host>', 'address to listen on')
      .option('--data <dir>', 'data directory')
      .option('--json', 'print one JSON document when the server is ready');
  const serve = server('serve', 'run a server on the database that DATABASE_URL names')
    .option('--workers <n>', 'so many processes on the one port, restarted when they die', wholeNumber(1, 64))
    .option('--worker-port <n>', 'each worker also listens on its own port, from this one on', port)
    .option('--lead <seconds>', 'when told to stop, say "not ready" so long before', wholeNumber(0, 300));
  serve.action(async () => (await import('../serve.ts')).serve(serve.optsWithGlobals()));
  const dev = server('dev', 'run a server with everything embedded');
  dev.action(async () => (await import('../dev.ts')).dev(dev.optsWithGlobals()));
}

export function addAdministration(add: Add, io: Io, program: Command, finish: Finish): void {
  add(
    { usage: 'token', about: 'make a token for development' },
    (command) =>
      command
        .option('--sub <id>', 'who it is for (else developer)')
        .option('--kind <kind>', 'person, agent or system (else person)')
        .option('--role <role>', 'a role; may be repeated', oneOrMore)
        .option('--tenant <name>', 'tenant (else default)')
        .option('--ttl <duration>', 'how long it lasts, as 30m, 12h, 7d (else 12h)'),
    async (options) => (await import('../commands/token.ts')).token(io, options),
  );
  addRevocations(io, program, finish);
  add(
    { usage: 'readers', about: 'list readers of the live log that owe acknowledgements (for operators)' },
    (command) =>
      command
        .option(
          '--older-than <seconds>',
          'for so long (else as the server has it)',
          wholeNumber(0, 31_536_000),
        )
        .option('--limit <n>', 'how many to list', wholeNumber(1, 200)),
    async (options) => (await import('../commands/readers.ts')).readers(io, options),
  );
  const tenant = program.command('tenant').description('create and list tenants');
  const addTenant = adder(tenant, finish);
  addTenant(
    { usage: 'create <name>', about: 'create a tenant' },
    (command) => command.option('--title <text>', 'its title (else its name)'),
    async (options, [name = '']) => (await import('../commands/tenant.ts')).createTenant(io, options, name),
  );
  addTenant(
    { usage: 'list', about: 'list tenants' },
    (command) => command,
    async (options) => (await import('../commands/tenant.ts')).listTenants(io, options),
  );
}

/** Below `token`, which does something by itself. */
function addRevocations(io: Io, program: Command, finish: Finish): void {
  const token = program.commands.find((command) => command.name() === 'token');
  invariant(token, '"token" is added before what stands below it');
  const add = adder(token, finish);
  add(
    { usage: 'revoke [text]', about: 'end a token, or all tokens of somebody, before they expire' },
    (command) =>
      command
        .option('--id <jti>', 'the id of the token (its claim "jti"), where the token is not at hand')
        .option('--principal <id>', 'all tokens of this principal')
        .option('--issued-before <time>', 'only those issued before (else now)')
        .option('--until <time>', 'when they have expired anyway (else it counts for good)')
        .requiredOption('--reason <text>', 'why'),
    async (options, [text]) => (await import('../commands/revoke.ts')).revoke(io, options, text),
  );
  add(
    { usage: 'revocations', about: 'list what was revoked, by whom and why' },
    (command) =>
      command
        .option('--limit <n>', 'how many to list', wholeNumber(1, 200))
        .option('--cursor <cursor>', 'where the list before this one ended'),
    async (options) => (await import('../commands/revoke.ts')).revocations(io, options),
  );
}
