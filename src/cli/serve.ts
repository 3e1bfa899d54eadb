/** `serve`: a server for production. It brings nothing of its own: the database and the keys are named, or it refuses. */
import { readConfig } from '../config.ts';
import { createLogger } from '../log.ts';
import { authOf } from './auth.ts';
import { compose } from './compose.ts';
import { closeOnSignal, environment, missing, type ServerOptions } from './lifetime.ts';

export async function serve(options: ServerOptions): Promise<void> {
  const config = readConfig(environment(options));
  if (config.DATABASE_URL === null) {
    throw missing('DATABASE_URL', '"serve" needs a PostgreSQL; "dev" brings one');
  }
  const auth = authOf(config);
  if (!auth) throw missing('COUNTERSIGN_JWKS', 'without it or COUNTERSIGN_JWT_KEY no token can be verified');
  const log = createLogger(config.COUNTERSIGN_LOG_LEVEL);
  const server = await compose({ config, log, auth, admin: { connectionString: config.DATABASE_URL } });
  closeOnSignal(server.close, log);
  const { url, transport, wakeUps } = server;
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ url, pid: process.pid, transport, wake_ups: wakeUps })}\n`
      : `Countersign serves ${url} (transport ${transport}, wake-ups by BullMQ on ${wakeUps}).\n`,
  );
}
