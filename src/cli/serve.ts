/** `serve`: a server for production. It brings nothing of its own: the database and the keys are named, or it refuses. */
import { type Config, readConfig } from '../config.ts';
import type { AuthConfig } from '../gateway/authenticate.ts';
import { createLogger } from '../log.ts';
import { authOf } from './auth.ts';
import { closeOnSignal, environment, missing, type ServeOptions } from './lifetime.ts';
import { placeIn } from './workers/place.ts';

export async function serve(options: ServeOptions): Promise<void> {
  const place = placeIn(process.env);
  const config = readConfig(environment({ ...options, ...(place && { port: place.port }) }));
  const { admin, auth } = demanded(config);
  const log = createLogger(config.COUNTERSIGN_LOG_LEVEL);
  if (options.workers !== undefined && place === undefined) {
    const { serveWorkers } = await import('./workers/serve-workers.ts');
    return serveWorkers(options.workers, options, config, log);
  }
  const { compose } = await import('./compose.ts');
  const leadMs = (options.lead ?? 0) * 1000;
  if (place !== undefined) {
    const { liveAsWorker, giveUpAsWorker } = await import('./workers/worker.ts');
    try {
      const { ownPort } = place;
      const at = { shared: true, leadMs, ...(ownPort !== undefined && { ownPort }) };
      const ownLog = log.child({ worker: place.index });
      const { close, ...ready } = await compose({ config, log: ownLog, auth, admin, place: at });
      return liveAsWorker(close, { ready }, ownLog);
    } catch (error) {
      giveUpAsWorker();
      throw error;
    }
  }
  const server = await compose({ config, log, auth, admin, place: { leadMs } });
  const { url, transport, wakeUps } = server;
  closeOnSignal(server.close, log);
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ url, pid: process.pid, transport, wake_ups: wakeUps })}\n`
      : `Countersign serves ${url} (transport ${transport}, wake-ups by BullMQ on ${wakeUps}).\n`,
  );
}

function demanded(config: Config): { admin: { connectionString: string }; auth: AuthConfig } {
  if (config.DATABASE_URL === null) {
    throw missing('DATABASE_URL', '"serve" needs a PostgreSQL; "dev" brings one');
  }
  const auth = authOf(config);
  if (!auth) throw missing('COUNTERSIGN_JWKS', 'without it or COUNTERSIGN_JWT_KEY no token can be verified');
  return { admin: { connectionString: config.DATABASE_URL }, auth };
}
