/** The gateway: one port on which people and programs reach the runtime, by HTTP and by WebSocket. */
import { randomUUID } from 'node:crypto';
import type { AlarmDepth } from '../actors/ports.ts';
import { CountersignError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { ServerStore, StoppedStore } from '../persistence/server-records.ts';
import { ATOMIC_PATH } from './atomic/envelope.ts';
import { atomicHandshake } from './atomic/handshake.ts';
import { AtomicLink } from './atomic/link.ts';
import { type AuthConfig, Authenticator } from './authenticate.ts';
import type { Backend } from './backend.ts';
import type { Bus } from './bus/bus.ts';
import { Deadlines } from './deadlines.ts';
import { createApp, STREAM_PATH } from './http/app.ts';
import { errorResponse } from './http/problem-response.ts';
import type { Services } from './http/services.ts';
import type { Hub } from './hub.ts';
import { InFlight } from './in-flight.ts';
import { inspectHandshake } from './inspect/handshake.ts';
import { INSPECT_LIMITS, type InspectLimits } from './inspect/limits.ts';
import { InspectLink, type InspectServices } from './inspect/link.ts';
import { INSPECT_PATH } from './inspect/target.ts';
import { InspectedWorkflows } from './inspect/workflows.ts';
import { STREAM_LIMITS, type StreamLimits } from './limits.ts';
import { listen } from './listen.ts';
import { OVERDUE_AFTER_S, OverdueReaders } from './live/overdue.ts';
import { GONE_AFTER_MS, Presence } from './live/presence.ts';
import { Quarantine } from './live/quarantine.ts';
import { Metrics } from './metrics.ts';
import { Regard } from './regard.ts';
import { Revocations } from './revocations.ts';
import { Session } from './session.ts';
import { leave, type Phase } from './shutdown.ts';
import type { People } from './static/people.ts';
import { serveStatic } from './static/serve.ts';
import { KnownTenants } from './tenants.ts';
import {
  BODY_TIMEOUT_MS,
  type SocketListener,
  type TransportName,
  type UpgradeAnswer,
  type UpgradeRequest,
} from './transport.ts';
import { handshake } from './upgrade.ts';

export interface GatewayOptions {
  readonly backend: Backend;
  /** The one the runtime publishes to. The gateway closes it. */
  readonly hub: Hub;
  /** Between servers; a revoked token is told over it. */
  readonly bus?: Bus;
  /** What operators are shown of all servers on this database, and of the alarm clock. */
  readonly cluster?: {
    readonly servers: ServerStore;
    readonly stopped: StoppedStore;
    readonly version: string;
    readonly alarms?: () => Promise<AlarmDepth>;
  };
  readonly auth: AuthConfig;
  readonly log: Logger;
  readonly host?: string;
  /** 0, the default, picks a free one. */
  readonly port?: number;
  readonly transport?: TransportName | 'auto';
  /** Pages of other hosts that may open a WebSocket. */
  readonly origins?: readonly string[];
  /** Whom the sign-in page offers; development only. */
  readonly people?: People;
  readonly limits?: Partial<StreamLimits>;
  readonly inspectLimits?: Partial<InspectLimits>;
  readonly bodyTimeoutMs?: number;
  /** Other processes of this server listen on the same port. */
  readonly shared?: boolean;
  /** A second port, of this process alone: its health, its figures. */
  readonly ownPort?: number;
  /** After so long without an acknowledgement of critical rows a reader is reported; 15 minutes by default. */
  readonly overdueAfterMs?: number;
  /** How long `close` lets `/readyz` say 503 while it still serves; 0 by default. */
  readonly leadMs?: number;
  /** How long `close` waits for requests in flight. */
  readonly graceMs?: number;
}

export interface Gateway {
  /** `http://127.0.0.1:4000` */
  readonly url: string;
  readonly port: number;
  readonly transport: TransportName;
  /** Not ready; no new connections; requests in flight finish; sockets are told when to reconnect. */
  close(): Promise<void>;
}

const GRACE_MS = 10_000;

export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { backend, hub, log, host = '127.0.0.1', graceMs = GRACE_MS, leadMs = 0 } = options;
  const sessions = new Set<Session>();
  const sockets = new InFlight();
  let phase: Phase = 'serving';
  const revocations = new Revocations({ store: backend.store.revocations, log, bus: options.bus });
  revocations.onChange(() => {
    for (const session of sessions) session.endIfRevoked((identity) => revocations.isRevoked(identity));
  });
  await revocations.look();
  const { overdueAfterMs = OVERDUE_AFTER_S * 1000 } = options;
  const overdue = new OverdueReaders({ store: backend.store.readers, log, afterMs: overdueAfterMs });
  const metrics = metricsOf(sessions, overdue);
  const { presence, quarantine } = clusterOf(options, metrics);
  const services: InspectServices & Services = {
    backend,
    work: { view: (ref, of) => backend.view(ref, of), directory: (tenant) => backend.directory(tenant) },
    hub,
    log,
    authenticator: new Authenticator(options.auth, revocations),
    revocations,
    regard: new Regard(sessions, backend, log),
    tenants: new KnownTenants(backend.store),
    metrics,
    presence,
    quarantine,
    alarms: options.cluster?.alarms,
    overdueAfterMs,
    limits: { ...STREAM_LIMITS, ...options.limits },
    inspection: {
      limits: { ...INSPECT_LIMITS, ...options.inspectLimits },
      workflows: new InspectedWorkflows(backend.store),
    },
    inFlight: new InFlight(),
    deadlines: new Deadlines(),
    isStopping: () => phase === 'stopping',
    isLeaving: () => phase !== 'serving',
    web: serveStatic(options.people),
  };
  const handlers = {
    fetch: createApp(services),
    upgrade: upgrader(services, sessions, sockets, new Set(options.origins)),
    tooLarge: () =>
      errorResponse(new CountersignError('BODY_TOO_LARGE', 'The body is larger than 1 MiB.'), randomUUID()),
  };
  const transport = await listen(
    options.transport ?? 'auto',
    handlers,
    {
      host,
      port: options.port ?? 0,
      socketPath: STREAM_PATH,
      otherSocketPaths: [ATOMIC_PATH, INSPECT_PATH],
      bodyTimeoutMs: options.bodyTimeoutMs ?? BODY_TIMEOUT_MS,
      shared: options.shared ?? false,
      ownPort: options.ownPort,
    },
    log,
  );
  void presence?.say();
  const stop = async () => {
    const enter = (next: Phase) => {
      phase = next;
    };
    const commands = services.inFlight;
    await leave({ transport, sessions, commands, sockets, enter, leadMs, graceMs });
    for (const part of [hub, revocations, services.regard, overdue, presence]) await part?.close();
  };
  let stopped: Promise<void> | undefined;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${transport.port}`,
    port: transport.port,
    transport: transport.name,
    close: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

function clusterOf({ cluster, backend, log }: GatewayOptions, { live }: Metrics) {
  const { atWork } = backend;
  if (cluster === undefined) return { presence: undefined, quarantine: new Quarantine({ atWork, log }) };
  const id = randomUUID();
  const shared = { store: cluster.stopped, server: id, goneAfterMs: GONE_AFTER_MS };
  const quarantine = new Quarantine({ atWork, shared, log });
  const figures = () => ({
    sockets: live.sockets(),
    subscriptions: live.subscriptions(),
    commandsWaiting: atWork.waiting,
  });
  const { servers: store, version } = cluster;
  const also = () => quarantine.say();
  return { presence: new Presence({ store, version, figures, also, log, id }), quarantine };
}

function metricsOf(sessions: ReadonlySet<Session>, overdue: OverdueReaders): Metrics {
  const sum = (total: number, session: Session) => total + session.subscriptions;
  const metrics = new Metrics({
    sockets: () => sessions.size,
    subscriptions: () => [...sessions].reduce(sum, 0),
  });
  const help = 'Readers that leave critical rows unacknowledged for too long, on all servers';
  metrics.gauge('countersign_overdue_readers', help, () => overdue.count);
  return metrics;
}

function upgrader(
  services: InspectServices,
  sessions: Set<Session>,
  sockets: InFlight,
  origins: ReadonlySet<string>,
) {
  const kept = (session: Session) => {
    sessions.add(session);
    return session;
  };
  const forget = (ended: Session) => sessions.delete(ended);
  return (request: UpgradeRequest): UpgradeAnswer => {
    if (services.isStopping()) {
      const error = new CountersignError('SHUTTING_DOWN', 'The server is stopping.');
      return { accept: false, response: errorResponse(error, randomUUID()) };
    }
    const isAtomic = request.path === ATOMIC_PATH;
    const inspect = request.path === INSPECT_PATH ? inspectHandshake(request, origins) : undefined;
    const answer = inspect ?? (isAtomic ? atomicHandshake : handshake)(request, origins);
    if (!answer.ok) return { accept: false, response: answer.response };
    const { token, protocol } = answer;
    return {
      accept: true,
      protocol,
      open: (socket) => {
        if (inspect?.ok) {
          const link = new InspectLink(services, socket, randomUUID(), token, forget, inspect.target);
          kept(link.session);
          return new OpenSocket(link, sockets);
        }
        if (!isAtomic)
          return new OpenSocket(kept(new Session(services, socket, undefined, token, forget)), sockets);
        const link = new AtomicLink(services, socket, randomUUID(), token, forget);
        kept(link.session);
        return new OpenSocket(link, sockets);
      },
    };
  };
}

/** A session ends when it says so; its socket is open until the other side has answered. */
class OpenSocket implements SocketListener {
  readonly #listener: SocketListener;
  readonly #sockets: InFlight;

  constructor(listener: SocketListener, sockets: InFlight) {
    this.#listener = listener;
    this.#sockets = sockets;
    sockets.enter();
  }

  message(text: string): void {
    this.#listener.message(text);
  }

  binary(): void {
    this.#listener.binary();
  }

  drain(): void {
    this.#listener.drain();
  }

  closed(): void {
    this.#sockets.leave();
    this.#listener.closed();
  }
}
