/** The gateway: one port on which people and programs reach the runtime, by HTTP and by WebSocket. */
import { randomUUID } from 'node:crypto';
import { CountersignError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { ATOMIC_PATH } from './atomic/envelope.ts';
import { atomicHandshake } from './atomic/handshake.ts';
import { AtomicLink } from './atomic/link.ts';
import { type AuthConfig, Authenticator } from './authenticate.ts';
import type { Backend } from './backend.ts';
import { createApp, STREAM_PATH } from './http/app.ts';
import { errorResponse } from './http/problem-response.ts';
import type { Services } from './http/services.ts';
import type { Hub } from './hub.ts';
import { InFlight } from './in-flight.ts';
import { STREAM_LIMITS, type StreamLimits } from './limits.ts';
import { listen } from './listen.ts';
import { Metrics } from './metrics.ts';
import { Session, type SessionServices } from './session.ts';
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
  readonly bodyTimeoutMs?: number;
  /** Other processes of this server listen on the same port. */
  readonly shared?: boolean;
  /** A second port, of this process alone: its health, its figures. */
  readonly ownPort?: number;
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
  const services: SessionServices & Services = {
    backend,
    work: { view: (ref, of) => backend.view(ref, of), directory: (tenant) => backend.directory(tenant) },
    hub,
    log,
    authenticator: new Authenticator(options.auth),
    tenants: new KnownTenants(backend.store),
    metrics: metricsOf(sessions),
    limits: { ...STREAM_LIMITS, ...options.limits },
    inFlight: new InFlight(),
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
      otherSocketPaths: [ATOMIC_PATH],
      bodyTimeoutMs: options.bodyTimeoutMs ?? BODY_TIMEOUT_MS,
      shared: options.shared ?? false,
      ownPort: options.ownPort,
    },
    log,
  );

  const stop = async () => {
    const enter = (next: Phase) => {
      phase = next;
    };
    const commands = services.inFlight;
    await leave({ transport, sessions, commands, sockets, enter, leadMs, graceMs });
    hub.close();
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

function metricsOf(sessions: ReadonlySet<Session>): Metrics {
  const sum = (total: number, session: Session) => total + session.subscriptions;
  return new Metrics({
    sockets: () => sessions.size,
    subscriptions: () => [...sessions].reduce(sum, 0),
  });
}

function upgrader(
  services: SessionServices,
  sessions: Set<Session>,
  sockets: InFlight,
  origins: ReadonlySet<string>,
) {
  const kept = (session: Session) => {
    sessions.add(session);
    return session;
  };
  return (request: UpgradeRequest): UpgradeAnswer => {
    if (services.isStopping()) {
      const error = new CountersignError('SHUTTING_DOWN', 'The server is stopping.');
      return { accept: false, response: errorResponse(error, randomUUID()) };
    }
    const isAtomic = request.path === ATOMIC_PATH;
    const answer = (isAtomic ? atomicHandshake : handshake)(request, origins);
    if (!answer.ok) return { accept: false, response: answer.response };
    const { token, protocol } = answer;
    const forget = (ended: Session) => sessions.delete(ended);
    return {
      accept: true,
      protocol,
      open: (socket) => {
        if (!isAtomic)
          return new OpenSocket(kept(new Session(services, socket, randomUUID(), token, forget)), sockets);
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
