/**
 * The connection that stays: one link after the other, each with a valid token, with pauses that grow and are random
 * ("full jitter"), until it is closed or a close code says that coming back would change nothing.
 */
import { ConnectionLost, ProblemError } from './failures.ts';
import { type Ended, Link, type Patience } from './link.ts';
import { mayComeBack } from './names.ts';
import type { SocketClass } from './socket.ts';
import { Value } from './store.ts';

export type Status =
  | { readonly is: 'connecting' }
  | { readonly is: 'open'; readonly tenant: string; readonly principal: string }
  /** Between two attempts. */
  | { readonly is: 'waiting'; readonly code: number; readonly reason: string }
  /** It will not come back: closed here, or for a reason that has to be mended first. */
  | { readonly is: 'ended'; readonly code: number; readonly reason: string };

/** Gets a token; `refused` says that the one given before was not accepted. */
export type TokenProvider = (why: { readonly refused: boolean }) => string | Promise<string>;

/** Who wants to know about links: subscriptions, and the queue of commands. */
export interface Participant {
  attach(link: Link): void;
  detach(): void;
  /** No link will come any more. */
  end(why: string): void;
}

export interface ConnectionOptions {
  readonly url: string;
  readonly token: TokenProvider;
  readonly socketClass: SocketClass;
  readonly pauses: { readonly firstMs: number; readonly mostMs: number };
  readonly patience: Patience;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** The token was not accepted, or was revoked: another one may be. */
const REFUSED_TOKEN: readonly number[] = [4501, 4502];
/** A token is renewed when this part of its time is over. */
const RENEW_AFTER = 0.8;
/** After a renewal failed, and the least time between two. */
const RENEW_AGAIN_MS = 1_000;
const MAX_TIMER_MS = 2 ** 31 - 1;

export class Connection {
  readonly status = new Value<Status>({ is: 'connecting' });
  readonly #options: ConnectionOptions;
  readonly #participants = new Set<Participant>();
  #link: Link | undefined;
  /** The last that was made, open or not. */
  #made: Link | undefined;
  #attempt = 0;
  #wasRefused = false;
  #isClosed = false;
  #renewal: ReturnType<typeof setTimeout> | undefined;
  #wake: () => void = () => {};

  constructor(options: ConnectionOptions) {
    this.#options = options;
    void this.#run();
  }

  join(participant: Participant): void {
    this.#participants.add(participant);
    if (this.status.getSnapshot().is === 'ended') participant.end('the connection has ended');
    else if (this.#link) participant.attach(this.#link);
  }

  leave(participant: Participant): void {
    this.#participants.delete(participant);
  }

  /** The next attempt is made now, where one is waited for. */
  retry(): void {
    if (this.status.getSnapshot().is === 'waiting') this.#wake();
  }

  close(): void {
    this.#isClosed = true;
    this.#made?.close();
    this.#wake();
    this.#end({ code: 1000, reason: 'closed by the client' });
  }

  async #run(): Promise<void> {
    while (!this.#isClosed) {
      const ended = await this.#once();
      if (this.#isClosed) return;
      if (!this.#goesOnAfter(ended)) {
        this.#end(ended);
        return;
      }
      this.status.set({ is: 'waiting', ...ended });
      await this.#pause();
      if (!this.#isClosed) this.status.set({ is: 'connecting' });
    }
  }

  /** One link, to its end. */
  async #once(): Promise<Ended> {
    let link: Link | undefined;
    try {
      const token = await this.#options.token({ refused: this.#wasRefused });
      if (this.#isClosed) return { code: 1000, reason: '' };
      const { url, socketClass, patience } = this.#options;
      link = await Link.open(url, socketClass, patience, (made) => {
        this.#made = made;
      });
      const { tenant, principal, expires_at } = await link.ask({ type: 'connect', token });
      if (this.#isClosed) link.close();
      this.#attempt = 0;
      this.#wasRefused = false;
      this.#renewBefore(link, Date.parse(expires_at));
      this.status.set({ is: 'open', tenant, principal });
      this.#link = link;
      for (const participant of [...this.#participants]) participant.attach(link);
      return await link.ended;
    } catch (error) {
      return await endOf(error, link);
    } finally {
      clearTimeout(this.#renewal);
      this.#link = undefined;
      this.#made = undefined;
      for (const participant of [...this.#participants]) participant.detach();
    }
  }

  /** A token that was refused may be an old one: one more is asked for, once. */
  #goesOnAfter({ code }: Ended): boolean {
    if (!REFUSED_TOKEN.includes(code)) return mayComeBack(code);
    const isFirst = !this.#wasRefused;
    this.#wasRefused = true;
    return isFirst;
  }

  #renewBefore(link: Link, expiresAt: number): void {
    const left = Math.max((expiresAt - Date.now()) * RENEW_AFTER, RENEW_AGAIN_MS);
    clearTimeout(this.#renewal);
    this.#renewal = setTimeout(() => void this.#renew(link), Math.min(left, MAX_TIMER_MS));
  }

  /** On the open connection. Where that fails the server closes when the old one expires, and a new link gets a new one. */
  async #renew(link: Link): Promise<void> {
    try {
      const token = await this.#options.token({ refused: false });
      const { expires_at } = await link.ask({ type: 'connect', token });
      if (this.#link === link) this.#renewBefore(link, Date.parse(expires_at));
    } catch {
      if (this.#link === link) this.#renewBefore(link, 0);
    }
  }

  #pause(): Promise<void> {
    const { firstMs, mostMs } = this.#options.pauses;
    const most = Math.min(mostMs, firstMs * 2 ** this.#attempt);
    this.#attempt = Math.min(this.#attempt + 1, 30);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, most * this.#options.random());
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #end(ended: Ended): void {
    this.status.set({ is: 'ended', ...ended });
    this.status.end();
    const why = `the connection has ended (${ended.code}${ended.reason && `, ${ended.reason}`})`;
    for (const participant of [...this.#participants]) participant.end(why);
    this.#participants.clear();
  }
}

/** A refused token is followed by a close that says whether to come back; anything else is only a reason to try again. */
async function endOf(error: unknown, link: Link | undefined): Promise<Ended> {
  if (error instanceof ConnectionLost) return { code: error.code, reason: error.message };
  const reason = error instanceof Error ? error.message : 'the token could not be had';
  if (!link) return { code: 1006, reason };
  const isSaid = error instanceof ProblemError && !error.problem.retryable;
  if (isSaid) return { ...(await link.ended), reason };
  link.drop(reason);
  return { code: 1006, reason };
}
