/** Commands about servers, tokens and tenants. */
import type { Command } from 'commander';
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
