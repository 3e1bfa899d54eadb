/** The bus on Redis: publish and subscribe, which keep nothing. ioredis reconnects and subscribes again by itself. */
import { randomUUID } from 'node:crypto';
import { Redis, type RedisOptions } from 'ioredis';
import { messageOf } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import type { Bus, BusListener } from './bus.ts';
import { BusListeners } from './listeners.ts';
import { CHANNEL, encodeNotices } from './notice.ts';
import { Outbox } from './outbox.ts';

/** How long a start waits for Redis before it goes on without, in ms. */
const PATIENCE_MS = 1_000;
const CLOSE_MS = 1_000;

/** Nothing queues up while Redis is away: the outbox holds what is worth saying. */
const CONNECTION: RedisOptions = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  commandTimeout: 5_000,
  retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 10), 2_000),
};

export class RedisBus implements Bus {
  readonly kind = 'redis';
  readonly #speaker: Redis;
  readonly #ear: Redis;
  readonly #self: string = randomUUID();
  readonly #listeners = new BusListeners(this.#self);
  readonly #outbox: Outbox;
  readonly #log: Logger;
  #isAway = false;

  private constructor(url: string, log: Logger) {
    this.#log = log;
    this.#outbox = new Outbox({ send: (reached) => this.#say(reached) });
    this.#speaker = new Redis(url, { ...CONNECTION, connectionName: 'countersign-bus' });
    this.#ear = new Redis(url, { ...CONNECTION, autoResubscribe: false, connectionName: 'countersign-bus' });
    this.#speaker.on('error', (error) => this.#down(error)).on('ready', () => this.#outbox.retry());
    this.#ear.on('error', (error) => this.#down(error)).on('close', () => this.#down(undefined));
    this.#ear.on('message', (_channel, text: string) => this.#listeners.take(text));
    this.#ear.on('ready', () => {
      this.#ear.subscribe(CHANNEL).then(
        () => this.#up(),
        (error: unknown) => this.#down(error),
      );
    });
  }

  /** Resolves when it listens, or after a second: a Redis that is away is waited for in the background. */
  static async open(url: string, log: Logger): Promise<RedisBus> {
    const bus = new RedisBus(url, log);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, PATIENCE_MS);
      bus.#ear.once('subscribed', () => {
        clearTimeout(timer);
        resolve();
      });
    });
    return bus;
  }

  publish(tenant: string, seq: number): void {
    this.#outbox.add(tenant, seq);
  }

  subscribe(listener: BusListener): () => void {
    return this.#listeners.add(listener);
  }

  async close(): Promise<void> {
    await Promise.race([this.#outbox.flush(), new Promise((resolve) => setTimeout(resolve, CLOSE_MS))]);
    this.#outbox.stop();
    for (const client of [this.#speaker, this.#ear]) client.removeAllListeners('close').disconnect();
  }

  async #say(reached: ReadonlyMap<string, number>): Promise<void> {
    for (const text of encodeNotices(this.#self, reached)) await this.#speaker.publish(CHANNEL, text);
  }

  #up(): void {
    this.#ear.emit('subscribed');
    if (!this.#isAway) return;
    this.#isAway = false;
    this.#log.info('the bus between servers is back');
    this.#listeners.missed();
  }

  #down(error: unknown): void {
    if (this.#isAway) return;
    this.#isAway = true;
    const reason = error === undefined ? 'Redis ended the connection' : messageOf(error);
    this.#log.warn({ reason }, 'the bus between servers is away; they see each other’s steps later');
  }
}
