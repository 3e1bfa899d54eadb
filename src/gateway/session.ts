/**
 * One WebSocket connection: who it is, until when, what it listens to. It answers every command once, and ends the
 * connection, with a code that says whether to come back, where going on would break a promise.
 */

import { randomUUID } from 'node:crypto';
import type { Principal } from '../actors/commands.ts';
import { hiddenFrom } from '../actors/directory/reading.ts';
import type { Directory } from '../actors/directory/state.ts';
import { CountersignError, invariant } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Authenticator } from './authenticate.ts';
import type { Backend } from './backend.ts';
import { holdContentTo } from './content.ts';
import type { Deadlines, Due } from './deadlines.ts';
import { requireReadable } from './http/hidden.ts';
import { transitionDocument } from './http/wire.ts';
import type { Hub } from './hub.ts';
import type { Identity } from './identity.ts';
import type { InFlight } from './in-flight.ts';
import { Intake } from './intake.ts';
import { CLOSE, type CloseReason, type StreamLimits } from './limits.ts';
import type { Metrics } from './metrics.ts';
import { asCountersignError, isOurFault, problemOf, problemOfRefusal } from './problem.ts';
import {
  type Command,
  type CommandOf,
  type Connected,
  connectedFrame,
  errorFrame,
  type FrameId,
  replyFrame,
} from './protocol.ts';
import { type Subscriber, type SubscriptionServices, Subscriptions } from './subscriptions.ts';
import type { KnownTenants } from './tenants.ts';
import type { Frame, Socket, SocketListener } from './transport.ts';

export interface SessionServices {
  readonly backend: Pick<Backend, 'send' | 'store'>;
  readonly hub: Hub;
  /** Asked what waits for somebody. */
  readonly work: SubscriptionServices['work'];
  readonly authenticator: Authenticator;
  readonly tenants: KnownTenants;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly limits: StreamLimits;
  /** Commands being answered, of all sessions. */
  readonly inFlight: InFlight;
  readonly deadlines: Deadlines;
  readonly isStopping: () => boolean;
}

const NOTHING: ReadonlySet<string> = new Set();

/** There are tens of thousands in a process: what they can share, they share, and they hold no closures. */
export class Session implements SocketListener, Subscriber, Due {
  readonly #services: SessionServices;
  readonly #socket: Socket;
  readonly #onClosed: (session: Session) => void;
  #name: string | undefined;
  readonly #intake: Intake;
  readonly #subscriptions: Subscriptions;
  #identity: Identity | undefined;
  /** Projects that the principal may not read, by the directory as it was last regarded. */
  #hidden = NOTHING;
  #regarded: number | undefined;
  /** The authentication under way; commands behind it wait. */
  #connecting: Promise<unknown> | undefined;
  #deadline: number;
  #isClosed = false;
  #pending = 0;

  /** `name` stands in logs and problem documents, and is made when needed; `token` where the handshake brought one. */
  constructor(
    services: SessionServices,
    socket: Socket,
    name: string | undefined,
    token: string | undefined,
    onClosed: (session: Session) => void,
  ) {
    this.#services = services;
    this.#socket = socket;
    this.#name = name;
    this.#onClosed = onClosed;
    const { limits } = services;
    this.#intake = new Intake(limits, performance.now());
    this.#deadline = services.deadlines.add(this, Date.now() + limits.connectMs);
    this.#subscriptions = new Subscriptions(services, this);
    if (token !== undefined) void this.#connectFromHandshake(token);
  }

  get name(): string {
    this.#name ??= randomUUID();
    return this.#name;
  }

  get store(): Backend['store'] {
    return this.#services.backend.store;
  }

  hasRoom(): boolean {
    return this.#socket.buffered() <= this.#services.limits.bufferedBytes;
  }

  push(frame: Frame): void {
    this.#services.metrics.delivered();
    this.#send(frame);
  }

  fail(error: unknown): void {
    this.#services.log.warn({ err: error, session: this.name }, 'a subscription could not read the log');
    this.end(CLOSE.STREAM_UNREADABLE);
  }

  /** Who the connection is of now. */
  get principal(): Principal {
    invariant(this.#identity !== undefined, 'a session subscribes once it knows whose it is');
    return this.#identity.principal;
  }

  /** Undefined as long as nobody knows whose the connection is. */
  get tenant(): string | undefined {
    return this.#identity?.principal.tenant;
  }

  /** Projects that the principal may not read now. */
  get hidden(): ReadonlySet<string> {
    return this.#hidden;
  }

  /** What the tenant says of its people may have changed. */
  regard(directory: Directory): void {
    if (this.#identity === undefined || this.#regarded === directory.seq) return;
    this.#regarded = directory.seq;
    const hidden = hiddenFrom(directory, this.#identity.principal);
    this.#hidden = hidden.size > 0 ? hidden : NOTHING;
    this.#subscriptions.recheck();
  }

  get subscriptions(): number {
    return this.#subscriptions.size;
  }

  message(text: string): void {
    if (this.#isClosed) return;
    this.#services.metrics.frame();
    const taken = this.#intake.take(text, performance.now());
    if (taken.is === 'command') void this.#run(taken.command);
    if (taken.is === 'refused') this.#sendError(taken.id, taken.error);
    if (taken.is !== 'command' && taken.close) this.end(taken.close);
  }

  binary(): void {
    this.end(CLOSE.BINARY);
  }

  drain(): void {
    this.#subscriptions.resume();
  }

  /** Ends the connection where its token is among those that `isRevoked` tells. */
  endIfRevoked(isRevoked: (identity: Identity) => boolean): void {
    if (this.#identity !== undefined && isRevoked(this.#identity)) this.end(CLOSE.TOKEN_REVOKED);
  }

  reset(): void {
    this.end(CLOSE.STREAM_RESET);
  }

  closed(): void {
    if (!this.#isClosed) this.#forget();
  }

  /** Ends the connection. Nothing is sent after this. */
  end({ code, reason }: CloseReason): void {
    if (this.#isClosed) return;
    this.#forget();
    this.#socket.close(code, reason);
  }

  #forget(): void {
    this.#isClosed = true;
    this.#services.deadlines.remove(this, this.#deadline);
    this.#subscriptions.close();
    this.#onClosed(this);
  }

  #send(frame: Frame): void {
    if (!this.#isClosed && this.#socket.send(frame) === 'dropped') this.end(CLOSE.SLOW);
  }

  #sendError(id: FrameId | null, error: unknown): void {
    this.#send(errorFrame(id, problemOf(error, this.#requestId(id))));
  }

  #requestId(id: FrameId | null): string {
    return `${this.name}/${id ?? '-'}`;
  }

  async #run(command: Command): Promise<void> {
    this.#pending += 1;
    this.#services.inFlight.enter();
    try {
      if (this.#pending > this.#services.limits.pendingCommands) {
        throw new CountersignError('TOO_BUSY', 'Too many commands of this connection wait for an answer.');
      }
      if (this.#services.isStopping()) throw new CountersignError('SHUTTING_DOWN', 'The server is stopping.');
      await this.#answer(command);
    } catch (error) {
      const known = asCountersignError(error);
      if (isOurFault(known)) {
        this.#services.log.error({ err: error, session: this.name, command: command.type }, 'command failed');
      }
      this.#sendError(command.id, known);
      if (command.type === 'connect' && this.#identity === undefined) this.#endUnconnected(known);
    } finally {
      this.#pending -= 1;
      this.#services.inFlight.leave();
    }
  }

  async #answer(command: Command): Promise<void> {
    if (command.type === 'connect') {
      this.#send(replyFrame(command.id, await this.#connect(command.token)));
      return;
    }
    if (this.#connecting) await this.#connecting.catch(() => undefined);
    const identity = this.#identity;
    if (identity === undefined) {
      throw new CountersignError('UNAUTHENTICATED', 'The first command has to be "connect".');
    }
    this.#services.authenticator.requireUnrevoked(identity);
    await this.#do(command, identity);
  }

  async #do(command: Exclude<Command, { type: 'connect' }>, identity: Identity): Promise<void> {
    switch (command.type) {
      case 'subscribe':
        await this.#subscribe(command);
        break;
      case 'event':
        await this.#event(command, identity);
        break;
      case 'ack':
        this.#send(replyFrame(command.id, { acknowledged: await this.#subscriptions.acknowledge(command) }));
        break;
      case 'unsubscribe':
        await this.#subscriptions.unsubscribe(command);
        this.#send(replyFrame(command.id, {}));
        break;
      case 'ping':
        this.#send(replyFrame(command.id, {}));
    }
  }

  async #connectFromHandshake(token: string): Promise<void> {
    try {
      const connected = await this.#connect(token);
      this.#send(connectedFrame(connected));
    } catch (error) {
      const known = asCountersignError(error);
      this.#sendError(null, known);
      this.#endUnconnected(known);
    }
  }

  #connect(token: string): Promise<Connected> {
    const connecting = this.#verify(token);
    this.#connecting = connecting;
    const done = () => {
      if (this.#connecting === connecting) this.#connecting = undefined;
    };
    connecting.then(done, done);
    return connecting;
  }

  /** Also renews the token of an open connection, for the same principal only. */
  async #verify(token: string): Promise<Connected> {
    const identity = await this.#services.authenticator.verify(token);
    const { tenant, id } = identity.principal;
    await this.#services.tenants.require(tenant);
    const directory = await this.#services.work.directory(tenant);
    const current = this.#identity?.principal;
    if (current !== undefined && (current.tenant !== tenant || current.id !== id)) {
      throw new CountersignError(
        'FORBIDDEN',
        `This connection is that of "${current.id}"; open another one.`,
      );
    }
    // In the same tick as it counts: what is revoked from now on ends the session.
    this.#services.authenticator.requireUnrevoked(identity);
    if (!this.#isClosed) {
      this.#identity = identity;
      this.#watchExpiry(identity);
      this.#regarded = undefined;
      this.regard(directory);
    }
    return { tenant, principal: id, expires_at: new Date(identity.expiresAt).toISOString() };
  }

  #endUnconnected(error: CountersignError): void {
    if (error.code === 'UNAUTHENTICATED') this.end(CLOSE.UNAUTHENTICATED);
    if (error.code === 'FORBIDDEN') this.end(CLOSE.FORBIDDEN);
  }

  due(): void {
    if (this.#isClosed) return;
    if (this.#identity === undefined) this.end(CLOSE.NOT_CONNECTED);
    else this.#watchExpiry(this.#identity);
  }

  #watchExpiry({ expiresAt }: Identity): void {
    const { deadlines } = this.#services;
    deadlines.remove(this, this.#deadline);
    if (expiresAt <= Date.now()) this.end(CLOSE.TOKEN_EXPIRED);
    else this.#deadline = deadlines.add(this, expiresAt);
  }

  async #subscribe(command: CommandOf<'subscribe'>): Promise<void> {
    const opened = await this.#subscriptions.subscribe(command);
    if (opened === undefined) return;
    this.#send(replyFrame(command.id, opened.reply));
    opened.start();
  }

  async #event(command: CommandOf<'event'>, { principal }: Identity): Promise<void> {
    const {
      change,
      trigger,
      reason,
      data,
      for: actsFor,
      expected_version: expectedVersion,
      idempotency_key: key,
    } = command;
    const event = {
      change,
      trigger,
      ...(reason !== undefined && { reason }),
      ...(data !== undefined && { data }),
      ...(expectedVersion !== undefined && { expectedVersion }),
    };
    holdContentTo(principal, event);
    await requireReadable(this.#services.backend.store, principal, [change], this.#hidden);
    const envelope = {
      principal,
      ...(actsFor !== undefined && { actsFor }),
      ...(key !== undefined && { idempotencyKey: key }),
    };
    const answer = await this.#services.backend.send(event, envelope);
    if (answer.ok) {
      const reply = { transition: transitionDocument(answer.row), replayed: answer.replayed };
      this.#send(replyFrame(command.id, reply));
    } else {
      this.#send(errorFrame(command.id, problemOfRefusal(answer.refusal, this.#requestId(command.id))));
    }
  }
}
