/** All streams that somebody listens to on this server. It is told after every commit, and by other servers' wake-ups. */
import { LRUCache } from 'lru-cache';
import type { Publisher } from '../actors/ports.ts';
import { messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { LogRow, StreamPosition } from '../persistence/records.ts';
import { Feed, type FeedStore } from './feed.ts';
import { SharedReads } from './shared-reads.ts';

/** How often the position of a stream in use is looked up, in case a wake-up was lost. */
const POLL_MS = 5_000;

/** Changes whose project is remembered; it never changes. */
const MAX_PROJECTS = 50_000;

interface Entry {
  readonly feed: Feed;
  /** Closes the connections that listen, when the numbering can no longer be trusted. */
  readonly listeners: Set<Listener>;
}

export interface Listener {
  /** The stream was renumbered: nothing that was said about positions holds. */
  reset(): void;
}

export interface HubOptions {
  readonly store: FeedStore;
  readonly log: Logger;
  readonly pollMs?: number;
}

export class Hub implements Publisher {
  readonly #store: FeedStore;
  readonly #log: Logger;
  readonly #entries = new Map<string, Entry>();
  readonly #projects = new LRUCache<string, string>({ max: MAX_PROJECTS });
  readonly #poll: NodeJS.Timeout;
  /** Thousands may subscribe at once, after a server died. */
  readonly #positions: SharedReads<StreamPosition | undefined>;

  constructor({ store, log, pollMs = POLL_MS }: HubOptions) {
    this.#store = store;
    this.#log = log;
    this.#positions = new SharedReads((tenant) => store.position(tenant));
    this.#poll = setInterval(() => this.lookUp(), pollMs).unref();
  }

  publish(rows: readonly LogRow[]): void {
    for (const row of rows) this.#entries.get(row.tenant)?.feed.publish(row);
  }

  /** Tenant's stream has reached `seq`, says another server. */
  wake(tenant: string, seq: number): void {
    this.#entries.get(tenant)?.feed.wake(seq);
  }

  /** The stream of a tenant and where it stands now; undefined where there is no such tenant. `release` when done. */
  async open(
    tenant: string,
    listener: Listener,
  ): Promise<{ feed: Feed; position: StreamPosition } | undefined> {
    const position = await this.#positions.read(tenant);
    if (position === undefined) return undefined;
    const known = this.#entries.get(tenant);
    if (known !== undefined && known.feed.epoch !== position.epoch) this.#reset(tenant, known);
    const entry = this.#entries.get(tenant) ?? this.#add(tenant, position);
    entry.listeners.add(listener);
    entry.feed.wake(position.seq);
    return { feed: entry.feed, position };
  }

  /** The listener has no more subscriptions; a stream without listeners is forgotten. */
  release(tenant: string, listener: Listener): void {
    const entry = this.#entries.get(tenant);
    if (entry === undefined || !entry.listeners.delete(listener) || entry.listeners.size > 0) return;
    entry.feed.close();
    this.#entries.delete(tenant);
  }

  close(): void {
    clearInterval(this.#poll);
    for (const { feed } of this.#entries.values()) feed.close();
    this.#entries.clear();
  }

  #add(tenant: string, position: StreamPosition): Entry {
    const projectOf = (of: string, change: string) => this.#projectOf(of, change);
    const feed = new Feed(tenant, position, this.#store, projectOf, this.#log);
    const entry = { feed, listeners: new Set<Listener>() };
    this.#entries.set(tenant, entry);
    return entry;
  }

  #reset(tenant: string, entry: Entry): void {
    this.#log.warn({ tenant }, 'the stream was renumbered; its subscribers reconnect');
    this.#entries.delete(tenant);
    entry.feed.close();
    for (const listener of entry.listeners) listener.reset();
  }

  #projectOf(tenant: string, change: string): string | Promise<string | undefined> {
    const key = `${tenant}/${change}`;
    return this.#projects.get(key) ?? this.#lookUpProject(key, tenant, change);
  }

  async #lookUpProject(key: string, tenant: string, change: string): Promise<string | undefined> {
    const project = (await this.#store.change({ tenant, change }))?.project;
    // A row whose change cannot be found belongs to no project; without an answer its stream would stand still.
    this.#projects.set(key, project ?? '');
    return project;
  }

  /** Asks the log where the streams in use stand now: wake-ups may have been lost. */
  lookUp(): void {
    for (const tenant of this.#entries.keys()) {
      this.#store.position(tenant).then(
        (position) => {
          const entry = this.#entries.get(tenant);
          if (entry === undefined || position === undefined) return;
          if (entry.feed.epoch !== position.epoch) this.#reset(tenant, entry);
          else entry.feed.wake(position.seq);
        },
        (error) =>
          this.#log.warn({ tenant, error: messageOf(error) }, 'the position of a stream cannot be read'),
      );
    }
  }
}
