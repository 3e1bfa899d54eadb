/** The HTTP API over a `FakeRuntime`, small enough to see what the command line sends and to fail on demand. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { REFUSALS, type RefusalCode } from '../../src/errors.ts';
import { FakeRuntime, type Who } from './fake-runtime.ts';

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
  readonly body: Record<string, unknown> & { as?: Who };
}

export interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Looks at a request first: answers it, cuts the connection before or after the work, or lets it pass. */
type Intercept = (seen: Seen) => Reply | 'cut' | 'cut-after' | undefined;

export class FakeServer {
  readonly runtime = new FakeRuntime();
  readonly seen: Seen[] = [];
  /** What was sent of contents, compressed, by change. */
  readonly diffs = new Map<string, Buffer>();
  /** Whose token the command line has. */
  principal: Who = { id: 'alice', kind: 'person', roles: ['developer', 'reviewer'] };
  intercept: Intercept = () => undefined;
  readonly #answers = new Map<string, { body: string; reply: Reply }>();
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** On the same port after a `stop`. */
  async start(): Promise<this> {
    const server = createServer((request, response) => void this.#handle(request, response));
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>((ready) => server.listen(this.#port, '127.0.0.1', ready));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
    return this;
  }

  /** As a killed process does: connections end in the middle of whatever they carry. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
    if (server) await new Promise((closed) => server.close(closed));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += chunk;
    const url = new URL(request.url ?? '/', this.url);
    const seen: Seen = {
      method: request.method ?? '',
      path: decodeURIComponent(url.pathname),
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
      body: text ? JSON.parse(text) : {},
    };
    this.seen.push(seen);
    const intercepted = this.intercept(seen);
    if (intercepted === 'cut') return void response.destroy();
    const reply = typeof intercepted === 'object' ? intercepted : this.#keyed(seen, text);
    if (intercepted === 'cut-after') return void response.destroy();
    const isProblem = reply.status >= 400;
    response.writeHead(reply.status, {
      'content-type': isProblem ? 'application/problem+json' : 'application/json',
      ...reply.headers,
    });
    response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
  }

  #keyed(seen: Seen, text: string): Reply {
    const key = seen.headers['idempotency-key'];
    if (typeof key !== 'string') return this.#route(seen);
    const body = `${seen.path} ${text}`;
    const known = this.#answers.get(key);
    if (known)
      return known.body === body ? known.reply : refusal('IDEMPOTENCY_KEY_REUSED', 'The key was used.');
    const reply = this.#route(seen);
    this.#answers.set(key, { body, reply });
    return reply;
  }

  /** As if the idempotency keys were of another principal. */
  forget(): void {
    this.#answers.clear();
  }

  #route(seen: Seen): Reply {
    const { runtime } = this;
    const who = seen.body.as ?? this.principal;
    const [, , resource = '', id, sub] = seen.path.split('/');
    const held = runtime.changes.get(id ?? '');
    const name = `${seen.method} ${[resource, id && ':id', sub].filter(Boolean).join('/')}`;
    switch (name) {
      case 'GET tenants':
        return ok({ items: runtime.tenants, next_cursor: null });
      case 'POST tenants':
        return { status: 201, body: seen.body };
      case 'GET definitions':
        return ok({
          items: [...runtime.definitions].map(([each, rest]) => ({ name: each, ...rest })),
          next_cursor: null,
        });
      case 'POST definitions':
        return { status: 201, body: runtime.deploy(seen.body.definition) };
      case 'GET definitions/:id': {
        const found = runtime.definitions.get(id ?? '');
        return found ? ok({ name: id, ...found }) : notFound(`There is no workflow ${id}.`);
      }
      case 'POST changes':
        return this.#propose(seen, who);
      case 'GET changes':
        return this.#list(seen);
      case 'GET outcomes':
        return ok({ outcomes: this.#outcomes(seen) });
      case 'PUT changes/:id/revisions':
        this.diffs.set(id ?? '', Buffer.from(String(seen.body.gzip), 'base64'));
        return ok({});
      case 'GET changes/:id':
        return held ? ok(runtime.view(held, this.principal)) : notFound(`There is no change ${id}.`);
      case 'POST changes/:id/events': {
        if (!held) return notFound(`There is no change ${id}.`);
        const expected = seen.headers['if-match'];
        if (expected !== undefined && expected !== `"${held.version}"`)
          return refusal('STALE_VERSION', `The change is at version ${held.version}.`, [
            String(held.version),
          ]);
        const row = runtime.send(held, seen.body as never, who);
        return row.refusal ? refusal(row.refusal.code, row.refusal.message, row.refusal.accepted) : ok(row);
      }
      case 'GET transitions':
      case 'GET changes/:id/transitions': {
        const after = Number(seen.query.after ?? 0);
        const rows = runtime.rows.filter(({ seq, change }) => seq > after && (!id || change === id));
        return ok({ items: rows.slice(0, Number(seen.query.limit ?? 100)), next_cursor: null });
      }
      default:
        return notFound(`There is no ${name}.`);
    }
  }

  #propose(seen: Seen, who: Who): Reply {
    const { project, key } = seen.body;
    for (const { facts } of this.runtime.changes.values())
      if (key !== undefined && facts.project === project && facts.key === key)
        return refusal('CHANGE_EXISTS', `A change with the key ${key} exists.`);
    const held = this.runtime.propose(seen.body, who);
    if (!held) return notFound(`There is no workflow ${seen.body.definition}.`);
    return { status: 201, body: this.runtime.view(held, this.principal) };
  }

  #list({ query }: Seen): Reply {
    const matches = this.#matching(query);
    const limit = Number(query.limit ?? 100);
    const items = matches.slice(0, limit).map((held) => this.runtime.view(held, this.principal));
    return ok({ items, next_cursor: matches.length > limit ? 'more' : null });
  }

  #outcomes({ query }: Seen): Record<string, number> {
    const counts: Record<string, number> = { open: 0 };
    for (const held of this.#matching(query)) {
      const outcome = this.runtime.view(held, this.principal).outcome ?? 'open';
      counts[outcome] = (counts[outcome] ?? 0) + 1;
    }
    return counts;
  }

  #matching(query: Seen['query']) {
    return [...this.runtime.changes.values()].filter(({ facts }) =>
      (['project', 'key', 'author'] as const).every(
        (name) => query[name] === undefined || facts[name] === query[name],
      ),
    );
  }
}

function ok(body: unknown): Reply {
  return { status: 200, body };
}

export function problem(status: number, code: string, detail: string, more: object = {}): Reply {
  return { status, body: { type: `/errors#${code}`, title: code, status, code, detail, ...more } };
}

export function notFound(detail: string): Reply {
  return problem(404, 'NOT_FOUND', detail, { hint: 'Check the id.', retryable: false });
}

export function refusal(code: RefusalCode, detail: string, accepted: readonly string[] = []): Reply {
  return problem(REFUSALS[code].status, code, detail, { accepted, retryable: false });
}
