/** The one place where everything meets: a store, a runtime on it, an alarm clock beside it, a gateway before it. */
import type pg from 'pg';
import { newId, systemClock } from '../actors/clock.ts';
import { Runtime } from '../actors/runtime.ts';
import type { Config } from '../config.ts';
import type { AuthConfig } from '../gateway/authenticate.ts';
import { openBus } from '../gateway/bus/open.ts';
import { publisherOn } from '../gateway/bus/publisher.ts';
import { Hub } from '../gateway/hub.ts';
import { type GatewayOptions, startGateway } from '../gateway/server.ts';
import type { Logger } from '../log.ts';
import { openDatabase } from '../persistence/open-database.ts';
import { withRole } from '../persistence/pools.ts';
import type { PostgresStore } from '../persistence/postgres-store.ts';
import { APP_ROLE } from '../persistence/roles.ts';
import { migrateScheduler } from '../scheduler/migrate.ts';
import { type StartedScheduler, startScheduler } from '../scheduler/start.ts';
import { packageVersion } from './version.ts';

export interface Parts {
  readonly config: Config;
  readonly log: Logger;
  readonly auth: AuthConfig;
  /** Connects as the owner: migrates. */
  readonly admin: pg.ClientConfig;
  /** Connects as the application; left out, the owner's sessions take on its role. */
  readonly app?: pg.ClientConfig;
  /** Runs when the database is ready and before the first request is. */
  readonly prepare?: (store: PostgresStore) => Promise<void>;
  /** How this process takes part in serving, beside what the configuration says. */
  readonly place?: Pick<GatewayOptions, 'shared' | 'ownPort' | 'leadMs'>;
  /** Whom the sign-in page of a development server offers. */
  readonly people?: (store: PostgresStore) => NonNullable<GatewayOptions['people']>;
}

export interface Running {
  readonly url: string;
  readonly transport: string;
  readonly wakeUps: string;
  /** Answers what is in hand, then stops from the outside in. */
  close(): Promise<void>;
}

/** Starts a server; what had been started is stopped again when a later part fails. */
export async function compose(parts: Parts): Promise<Running> {
  const { config, log, auth, admin, app = withRole(admin, APP_ROLE), prepare, place } = parts;
  const closing: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const stop of closing.splice(0).reverse()) await stop();
  };
  try {
    const store = await openDatabase({ admin, app, log });
    closing.push(() => store.close());
    await prepare?.(store);
    const scheduler = await alarmClock(config, log, admin, app);
    closing.push(() => scheduler.close());
    const bus = await openBus({ postgres: app, redisUrl: config.REDIS_URL, log });
    closing.push(() => bus.close());
    const hub = new Hub({ store, log });
    const publisher = publisherOn(hub, bus);
    const limits = {
      batchSize: config.COUNTERSIGN_BATCH_SIZE,
      maxWaiting: config.COUNTERSIGN_MAX_WAITING,
      idleActors: config.COUNTERSIGN_IDLE_ACTORS,
    };
    const runtime = new Runtime({ store, clock: systemClock, newId, scheduler, publisher, log, limits });
    closing.push(() => runtime.close());
    await runtime.open();
    const gateway = await startGateway({
      backend: runtime,
      hub,
      bus,
      overdueAfterMs: config.COUNTERSIGN_OVERDUE_AFTER_S * 1000,
      auth,
      log,
      host: config.HOST,
      port: config.PORT,
      transport: config.COUNTERSIGN_TRANSPORT,
      origins: config.COUNTERSIGN_ORIGINS,
      cluster: {
        servers: store.servers,
        stopped: store.stoppedChanges,
        version: packageVersion(),
        alarms: () => scheduler.depth(),
      },
      ...place,
      ...(parts.people && { people: parts.people(store) }),
    });
    closing.push(() => gateway.close());
    return { url: gateway.url, transport: gateway.transport, wakeUps: scheduler.backend, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function alarmClock(
  { REDIS_URL }: Config,
  log: Logger,
  admin: pg.ClientConfig,
  app: pg.ClientConfig,
): Promise<StartedScheduler> {
  if (REDIS_URL !== null) return startScheduler({ redisUrl: REDIS_URL, log });
  await migrateScheduler(admin, APP_ROLE);
  return startScheduler({ postgres: app, log });
}
