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
import { CLOSE, STREAM_LIMITS, type StreamLimits } from './limits.ts';
import { listen } from './listen.ts';
import { Metrics } from './metrics.ts';
import { Session, type SessionServices } from './session.ts';
import { KnownTenants } from './tenants.ts';
import { BODY_TIMEOUT_MS, type TransportName, type UpgradeAnswer, type UpgradeRequest } from './transport.ts';
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
  readonly limits?: Partial<StreamLimits>;
  readonly bodyTimeoutMs?: number;
  /** How long `close` waits for requests in flight. */
  readonly graceMs?: number;
}

export interface Gateway {
  /** `http://127.0.0.1:4000` */
  readonly url: string;
  readonly port: number;
  readonly transport: TransportName;
  /** Not ready; no new connections; requests in flight finish; sockets are told to reconnect. */
  close(): Promise<void>;
}

const GRACE_MS = 10_000;
/** Time for closing frames to leave. */
const FAREWELL_MS = 100;

export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { backend, hub, log, host = '127.0.0.1', graceMs = GRACE_MS } = options;
  const sessions = new Set<Session>();
  let isStopping = false;
  const services: SessionServices & Services = {
    backend,
    hub,
    log,
    authenticator: new Authenticator(options.auth),
    tenants: new KnownTenants(backend.store),
    metrics: metricsOf(sessions),
    limits: { ...STREAM_LIMITS, ...options.limits },
    inFlight: new InFlight(),
    isStopping: () => isStopping,
  };
  const handlers = {
    fetch: createApp(services),
    upgrade: upgrader(services, sessions, new Set(options.origins)),
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
    },
    log,
  );

  const stop = async () => {
    isStopping = true;
    transport.stopListening();
    await Promise.all([transport.idle(graceMs), services.inFlight.none(graceMs)]);
    for (const session of sessions) session.end(CLOSE.STOPPING);
    hub.close();
    await new Promise((resolve) => setTimeout(resolve, FAREWELL_MS));
    await transport.close();
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

function upgrader(services: SessionServices, sessions: Set<Session>, origins: ReadonlySet<string>) {
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
        if (!isAtomic) return kept(new Session(services, socket, randomUUID(), token, forget));
        const link = new AtomicLink(services, socket, randomUUID(), token, forget);
        kept(link.session);
        return link;
      },
    };
  };
}
