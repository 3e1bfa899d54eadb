/**
 * `dev`: everything embedded, for one person or a first look. PostgreSQL is started before anything else is even
 * loaded, since it takes longest; the rest is loaded meanwhile.
 */
import { readConfig } from '../config.ts';
import { createLogger, type Logger } from '../log.ts';
import { EmbeddedPostgres } from '../persistence/embedded.ts';
import type { PostgresStore } from '../persistence/postgres-store.ts';
import { DataDirectory } from './data-directory.ts';
import { greeting } from './greeting.ts';
import { closeOnSignal, environment, type ServerOptions } from './lifetime.ts';

const TENANT = 'default';
const TOKEN_SECONDS = 30 * 24 * 3600;
/** What the development token may do besides reviewing. */
const OFFICES = ['operator', 'deployer', 'importer', 'administrator'];

export async function dev(options: ServerOptions): Promise<void> {
  const env = environment(options);
  const config = readConfig({ ...env, COUNTERSIGN_LOG_LEVEL: env.COUNTERSIGN_LOG_LEVEL || 'warn' });
  const log = createLogger(config.COUNTERSIGN_LOG_LEVEL);
  const directory = new DataDirectory(config.COUNTERSIGN_DATA);
  const modules = load();
  const postgres =
    config.DATABASE_URL === null ? await EmbeddedPostgres.start({ dataDir: directory.path, log }) : null;
  const stopPostgres = async () => postgres?.stop();
  try {
    const { compose, authOf, writeToken, people } = await modules;
    const key = config.COUNTERSIGN_JWT_KEY
      ? new TextEncoder().encode(config.COUNTERSIGN_JWT_KEY)
      : directory.key();
    const server = await compose({
      config,
      log,
      auth: authOf(config, key) ?? { key },
      ...(postgres
        ? { admin: { ...postgres.admin }, app: { ...postgres.app } }
        : { admin: { connectionString: config.DATABASE_URL ?? '' } }),
      prepare: async (store) => {
        await ensureTenant(store);
        await writeToken(directory, key, config);
      },
      people: (store) => people(key, config, store),
    });
    const close = async () => {
      directory.removeServer(process.pid);
      await server.close();
      await stopPostgres();
    };
    postgres?.onExit((error) => giveUp(error, log, server.close));
    closeOnSignal(close, log);
    const { url } = server;
    directory.writeServer({ url, pid: process.pid, started_at: new Date().toISOString() });
    process.stdout.write(
      greeting({ ...server, data: directory.path, embedded: postgres !== null }, options.json === true),
    );
  } catch (error) {
    await stopPostgres();
    throw error;
  }
}

/** The modules a server needs: most of the start-up time that is not PostgreSQL's. */
async function load() {
  const [{ compose }, { authOf }, { mintToken }, { catalog }, { developmentPeople }] = await Promise.all([
    import('./compose.ts'),
    import('./auth.ts'),
    import('../gateway/token.ts'),
    import('../machines/catalog/index.ts'),
    import('../gateway/static/people.ts'),
    import('bullmq'),
  ]);
  const roles = [...new Set([...OFFICES, ...Object.values(catalog).flatMap((each) => [...each.roles])])];
  const claims = { sub: 'developer', tenant: TENANT, kind: 'person', roles } as const;
  type Settings = ReturnType<typeof readConfig>;
  const expectedBy = ({ COUNTERSIGN_JWT_ISSUER: issuer, COUNTERSIGN_JWT_AUDIENCE: audience }: Settings) => ({
    ...(issuer !== null && { issuer }),
    ...(audience !== null && { audience }),
  });
  const writeToken = async (directory: DataDirectory, key: Uint8Array, config: Settings) =>
    directory.writeToken(await mintToken(key, claims, TOKEN_SECONDS, expectedBy(config)));
  const people = (key: Uint8Array, config: Settings, store: PostgresStore) => {
    const deployed = async () => {
      const found = (await store.definitions(TENANT)).flatMap(({ definition }) => {
        const { roles: named } = definition as { roles?: readonly string[] };
        return named ?? [];
      });
      return [...new Set([...found, ...roles.filter((role) => !OFFICES.includes(role))])].slice(0, 90);
    };
    return developmentPeople(key, TENANT, deployed, OFFICES, expectedBy(config));
  };
  return { compose, authOf, writeToken, people };
}

async function ensureTenant(store: PostgresStore): Promise<void> {
  await store.createTenant({ tenant: TENANT, title: 'Default', createdAt: Date.now() });
}

function giveUp(error: Error, log: Logger, close: () => Promise<void>): void {
  log.fatal({ err: error }, 'PostgreSQL is gone for good; the server stops');
  void close().finally(() => process.exit(3));
}
