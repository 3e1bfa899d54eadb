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
const START_MS = 1_000;
const CLOSE_MS = 1_000;

/** How long Redis may take to answer, and how often it is asked: a silent connection looks like a quiet one. */
const PATIENCE = { answerMs: 5_000, heartbeatMs: 5_000 };

/** Nothing queues up while Redis is away: the outbox holds what is worth saying. */
const CONNECTION: RedisOptions = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
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
  readonly #heartbeat: NodeJS.Timeout;
  #isAway = false;

  private constructor(url: string, log: Logger, { answerMs, heartbeatMs }: typeof PATIENCE) {
    this.#log = log;
    this.#outbox = new Outbox({ send: (reached) => this.#say(reached) });
    const options = { ...CONNECTION, commandTimeout: answerMs, connectionName: 'countersign-bus' };
    this.#speaker = new Redis(url, options);
    this.#ear = new Redis(url, { ...options, autoResubscribe: false });
    this.#heartbeat = setInterval(() => void this.#beat(), heartbeatMs).unref();
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
  static async open(url: string, log: Logger, patience = PATIENCE): Promise<RedisBus> {
    const bus = new RedisBus(url, log, patience);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        bus.#down(new Error('Redis has not answered yet'));
        resolve();
      }, START_MS);
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
    clearInterval(this.#heartbeat);
    await Promise.race([this.#outbox.flush(), new Promise((resolve) => setTimeout(resolve, CLOSE_MS))]);
    this.#outbox.stop();
    for (const client of [this.#speaker, this.#ear]) client.removeAllListeners('close').disconnect();
  }

  async #say(reached: ReadonlyMap<string, number>): Promise<void> {
    for (const text of encodeNotices(this.#self, reached)) await this.#speaker.publish(CHANNEL, text);
  }

  /** What was not said in time is said now; connections that do not answer are made anew. To subscribe again is harmless. */
  async #beat(): Promise<void> {
    const clients = [this.#speaker, this.#ear];
    if (clients.some(({ status }) => status !== 'ready')) return;
    try {
      await Promise.all([this.#speaker.ping(), this.#ear.subscribe(CHANNEL)]);
      this.#up();
      this.#outbox.retry();
    } catch (error) {
      this.#down(error);
      for (const client of clients) if (client.status === 'ready') client.disconnect(true);
    }
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
