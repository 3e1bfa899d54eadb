/**
 * One connection of a client of Atomic: an ordinary session, with a translator between it and its socket. Every message
 * becomes one command of `docs/protocol.md`, so that the same authentication, limits and permissions hold; what the
 * session sends comes out as Atomic's messages.
 */
import { randomUUID } from 'node:crypto';
import { invariant } from '../../errors.ts';
import type { Json } from '../../persistence/records.ts';
import type { TransitionDocument } from '../http/schemas.ts';
import { parseJson } from '../json.ts';
import { asCountersignError, type Problem, problemOf } from '../problem.ts';
import { Session, type SessionServices } from '../session.ts';
import type { SendResult, Socket, SocketListener } from '../transport.ts';
import {
  type Address,
  addressOf,
  type Payload,
  type Request,
  type RequestOf,
  readRequest,
  written,
} from './envelope.ts';
import { type Expectation, heldTo } from './expectations.ts';
import { wantedBy } from './filters.ts';
import { nameOf } from './states.ts';

/** A frame of the session, as far as it is read here; it was written by this process. */
interface Frame {
  readonly id?: number | null;
  readonly type: 'connected' | 'reply' | 'error' | 'event' | 'advance';
  readonly error?: Problem;
  readonly transition?: TransitionDocument;
  readonly subscription?: string;
  readonly seq?: number;
}

/** A command on its way, and how its reply is said. */
interface Asked {
  readonly to: Address;
  readonly answer: (reply: Frame) => Payload;
  readonly key?: string;
  readonly expectation?: Expectation;
}

type Order = Omit<Asked, 'to'> & { readonly command: Readonly<Record<string, Json>> };

export class AtomicLink implements SocketListener {
  readonly session: Session;
  readonly #socket: Socket;
  readonly #frameBytes: number;
  readonly #name: string;
  readonly #asked = new Map<number, Asked>();
  readonly #wants = new Map<string, (row: TransitionDocument) => boolean>();
  #count = 0;

  /** The arguments are those of a session. */
  constructor(
    services: SessionServices,
    socket: Socket,
    name: string,
    token: string | undefined,
    onClosed: (session: Session) => void,
  ) {
    this.#socket = socket;
    this.#name = name;
    this.#frameBytes = services.limits.frameBytes;
    const expected = (key: string) => [...this.#asked.values()].find((each) => each.key === key)?.expectation;
    const translated: Socket = {
      send: (frame) => this.#translate(JSON.parse(frame.toString()) as Frame),
      buffered: () => socket.buffered(),
      close: (code, reason) => socket.close(code, reason),
    };
    const backend = heldTo(expected, {
      store: services.backend.store,
      send: (event, envelope) => services.backend.send(event, envelope),
    });
    this.session = new Session({ ...services, backend }, translated, name, token, onClosed);
  }

  message(text: string): void {
    const document = this.#documentIn(text);
    // Too large, or no JSON at all: the session says so, and counts it.
    if (document === undefined) this.session.message(text);
    else this.#ask(addressOf(document.value), this.#orderIn(document));
  }

  binary(): void {
    this.session.binary();
  }

  drain(): void {
    this.session.drain();
  }

  closed(): void {
    this.#asked.clear();
    this.session.closed();
  }

  #documentIn(text: string): { readonly value?: unknown; readonly defect?: unknown } | undefined {
    if (Buffer.byteLength(text) > this.#frameBytes) return undefined;
    try {
      return { value: parseJson(text) };
    } catch (defect) {
      return asCountersignError(defect).code === 'MALFORMED_JSON' ? undefined : { defect };
    }
  }

  #ask(to: Address, { command, ...order }: Order): void {
    this.#count += 1;
    this.#asked.set(this.#count, { to, ...order });
    this.session.message(JSON.stringify({ id: this.#count, ...command }));
  }

  /** A message that does not fit costs what any other does: its error is the answer to a ping. */
  #orderIn({ value, defect }: { readonly value?: unknown; readonly defect?: unknown }): Order {
    try {
      if (defect !== undefined) throw defect;
      return this.#orderFor(readRequest(value), addressOf(value));
    } catch (error) {
      const problem = problemOf(error, this.#name);
      return { command: { type: 'ping' }, answer: () => failed(problem) };
    }
  }

  /** Throws INVALID_INPUT. */
  #orderFor(request: Request, { id = '' }: Address): Order {
    if (request.type === 'Subscribe') return this.#subscription(request.data);
    if (request.type === 'HealthCheck')
      return {
        command: { type: 'ping' },
        answer: () => ({ type: 'HealthCheck', data: { status: 'healthy' } }),
      };
    const { resource_id: change, from_state: from, action: trigger, actor, context } = request.data;
    // Only an id that is unique everywhere can say that a message is the same as one before.
    const key = UUID.test(id) ? `atomic:${id.toLowerCase()}` : `atomic:${randomUUID()}`;
    const command = {
      type: 'event',
      change,
      trigger,
      idempotency_key: key,
      ...(context.reason && { reason: context.reason }),
      ...(context.data !== undefined && { data: context.data }),
    };
    return { command, key, expectation: { from, actor: actor ?? undefined }, answer: movedReply };
  }

  #subscription(data: RequestOf<'Subscribe'>): Order {
    const { command, wants } = wantedBy(data);
    return {
      command: { type: 'subscribe', ...command },
      answer: ({ id: _id, type: _type, subscription = '', ...rest }) => {
        this.#wants.set(subscription, wants);
        return { type: 'Subscribe', data: { ...data, subscription, ...rest } };
      },
    };
  }

  #translate(frame: Frame): SendResult {
    const asked = this.#asked.get(frame.id ?? 0);
    if (frame.id) this.#asked.delete(frame.id);
    if (frame.type === 'error' && frame.error) return this.#say(failed(frame.error), asked?.to);
    if (frame.type === 'reply' && asked) return this.#say(asked.answer(frame), asked.to);
    if (frame.type === 'event' && frame.transition) {
      const wants = this.#wants.get(frame.subscription ?? '');
      if (wants?.(frame.transition)) return this.#say(moved(frame.transition, frame.subscription));
    }
    return 'sent';
  }

  #say(payload: Payload, to?: Address): SendResult {
    return this.#socket.send(written(payload, to));
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function movedReply({ transition }: Frame): Payload {
  invariant(transition, 'an event that was done is answered with its transition');
  return moved(transition);
}

/** The names Atomic knows, and beside them what they leave out. */
function moved(row: TransitionDocument, subscription?: string): Payload {
  return {
    type: 'StateChanged',
    data: {
      resource_id: row.change,
      old_state: nameOf(row.from as Json),
      new_state: nameOf(row.to as Json),
      action: row.event,
      actor: row.principal,
      timestamp: row.occurred_at,
      context: {
        ...(subscription !== undefined && { subscription }),
        seq: row.seq,
        version: row.version,
        kind: row.kind,
        outcome: row.outcome,
        reason: row.reason,
        from: row.from,
        to: row.to,
      },
    },
  };
}

function failed({ code, detail, hint, retryable, issues, accepted }: Problem): Payload {
  return {
    type: 'Error',
    data: {
      code,
      message: detail,
      retryable,
      ...(hint && { hint }),
      ...(issues && { issues }),
      ...(accepted && { accepted }),
    },
  };
}
