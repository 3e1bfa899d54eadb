/**
 * One server over `node:http`: connections are kept, a request costs two small objects. Node's global `fetch` needs
 * two to three times the processor time per request, which an import on the server's own cores cannot afford.
 */
import { Agent, type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps, Agent as TlsAgent } from 'node:https';
import { CountersignError, messageOf } from '../errors.ts';
import { patiently } from './retry.ts';

export interface Target {
  readonly url: URL;
  readonly token: string;
}

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the address of the server, query included. */
  readonly path: string;
  readonly body?: unknown;
  /** Makes the request repeatable: it is sent again where it is unknown whether it arrived. */
  readonly idempotencyKey?: string;
  /** Sent as `If-Match`. */
  readonly version?: number;
}

export interface Response {
  readonly status: number;
  readonly text: string;
  readonly retryAfterMs: number | undefined;
}

interface Tuning {
  /** How long to keep trying while the server is away or busy. */
  readonly patienceMs: number;
  readonly connections: number;
}

const ANSWER_WITHIN_MS = 30_000;

/** A server, as long as it is talked to. Throws SERVER_UNREACHABLE; every answer is returned, whatever its status. */
export class HttpClient {
  readonly #target: Target;
  readonly #tuning: Tuning;
  readonly #agent: Agent;
  readonly #open: typeof requestHttp;
  readonly #authorization: string;
  #answered = false;

  constructor(target: Target, tuning: Tuning) {
    const secure = target.url.protocol === 'https:';
    const options = { keepAlive: true, maxSockets: tuning.connections, scheduling: 'fifo' } as const;
    this.#target = target;
    this.#tuning = tuning;
    this.#agent = secure ? new TlsAgent(options) : new Agent(options);
    this.#open = secure ? requestHttps : requestHttp;
    this.#authorization = `Bearer ${target.token}`;
  }

  /** Tries again where that cannot do anything twice: keyed commands, and reading from a server that has answered before. */
  async request(request: Request): Promise<Response> {
    const repeatable = request.idempotencyKey !== undefined || (request.method === 'GET' && this.#answered);
    const response = await patiently(() => this.#send(request), repeatable ? this.#tuning.patienceMs : 0);
    this.#answered = true;
    return response;
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(request: Request): Promise<Response> {
    const { url } = this.#target;
    const body = request.body === undefined ? undefined : Buffer.from(JSON.stringify(request.body));
    return new Promise((resolve, reject) => {
      const outgoing = this.#open({
        agent: this.#agent,
        protocol: url.protocol,
        hostname: url.hostname.replace(/^\[|\]$/g, ''),
        port: url.port,
        path: url.pathname.replace(/\/$/, '') + request.path,
        method: request.method,
        headers: this.#headers(request, body),
        timeout: ANSWER_WITHIN_MS,
      });
      const fail = (error: Error) => reject(this.#unreachable(error));
      outgoing.on('timeout', () => giveUp(outgoing));
      outgoing.on('error', fail);
      outgoing.on('response', (incoming) => collect(incoming).then(resolve, fail));
      outgoing.end(body);
    });
  }

  #headers(request: Request, body: Buffer | undefined): Record<string, string | number> {
    const headers: Record<string, string | number> = { authorization: this.#authorization };
    if (body) {
      headers['content-type'] = 'application/json';
      headers['content-length'] = body.length;
    }
    if (request.idempotencyKey !== undefined) headers['idempotency-key'] = request.idempotencyKey;
    if (request.version !== undefined) headers['if-match'] = `"${request.version}"`;
    return headers;
  }

  #unreachable(cause: Error): CountersignError {
    const why = 'code' in cause ? String(cause.code) : messageOf(cause);
    return new CountersignError(
      'SERVER_UNREACHABLE',
      `No server answers at ${this.#target.url.origin} (${why}).`,
      {
        cause,
      },
    );
  }
}

function giveUp(outgoing: ClientRequest): void {
  outgoing.destroy(new Error(`no answer within ${ANSWER_WITHIN_MS / 1000} s`));
}

async function collect(incoming: IncomingMessage): Promise<Response> {
  incoming.setEncoding('utf8');
  let text = '';
  for await (const chunk of incoming) text += chunk;
  const seconds = Number(incoming.headers['retry-after']);
  const retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : undefined;
  return { status: incoming.statusCode ?? 0, text, retryAfterMs };
}
