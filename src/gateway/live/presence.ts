/**
 * Which servers run on one database. Each says every few seconds that it is there and what it has in hand; one that has not been
 * heard of for a while is shown as gone, and later not at all; a day later it is forgotten. Nothing is decided by it: it is what
 * operators look at.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { messageOf } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import type { SeenServer, ServerRecord, ServerStore } from '../../persistence/server-records.ts';

const EVERY_MS = 5_000;
/** After so long without a word a server counts as gone: it has missed two and was not just slow. */
export const GONE_AFTER_MS = 15_000;
/** One that is gone is shown for so long, so that operators see what has happened. */
export const SHOWN_MS = 10 * 60_000;
/** How often those that are long gone are forgotten. */
const FORGET_EVERY_MS = 3_600_000;
/** Servers listed at most. */
const MOST = 200;

export interface PresenceOptions {
  readonly store: ServerStore;
  /** Of the program. */
  readonly version: string;
  /** What it has in hand now. */
  readonly figures: () => Pick<ServerRecord, 'sockets' | 'subscriptions' | 'commandsWaiting'>;
  /** What else is said each time. */
  readonly also?: (() => Promise<void>) | undefined;
  readonly log: Logger;
  /** A new one unless given. */
  readonly id?: string;
}

export interface ListedServer extends SeenServer {
  /** The one that was asked. */
  readonly isSelf: boolean;
  readonly isGone: boolean;
}

export class Presence {
  readonly id: string;
  readonly #options: PresenceOptions;
  readonly #startedAt = Date.now();
  readonly #timer: NodeJS.Timeout;
  #said: Promise<void> = Promise.resolve();
  #isSilent = false;
  /** When servers were forgotten last, by `performance.now`. */
  #forgotAt = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  constructor(options: PresenceOptions) {
    this.#options = options;
    this.id = options.id ?? randomUUID();
    this.#timer = setInterval(() => void this.say(), EVERY_MS).unref();
  }

  /** Never fails: what could not be said is said the next time. */
  say(): Promise<void> {
    this.#said = this.#said.then(() => this.#say());
    return this.#said;
  }

  /** All that are there or were there a short while ago; this one as it is now. Throws STORE_UNAVAILABLE. */
  async list(): Promise<readonly ListedServer[]> {
    await this.say();
    const seen = await this.#options.store.list(SHOWN_MS, MOST);
    return seen.map((server) => ({
      ...server,
      isSelf: server.id === this.id,
      isGone: server.silentMs >= GONE_AFTER_MS,
    }));
  }

  /** The server stops; never fails. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await this.#said;
    await this.#options.store.left(this.id).catch(() => undefined);
  }

  async #say(): Promise<void> {
    if (this.#isClosed) return;
    const { store, version, figures, also, log } = this.#options;
    const me = { id: this.id, host: hostname(), pid: process.pid, version, startedAt: this.#startedAt };
    try {
      await store.seen({ ...me, ...figures() });
      await also?.();
      await this.#forget();
      this.#isSilent = false;
    } catch (error) {
      if (!this.#isSilent) log.warn({ reason: messageOf(error) }, 'the server cannot say that it runs');
      this.#isSilent = true;
    }
  }
  async #forget(): Promise<void> {
    const now = performance.now();
    if (now - this.#forgotAt < FORGET_EVERY_MS) return;
    await this.#options.store.forget();
    this.#forgotAt = now;
  }
}
