/**
 * A subscription to a set of changes: first a snapshot of it, then what enters, changes and leaves. Rows of the log only
 * say which changes to look at; what is sent is how they are now. So a slow reader costs one name per change that moved,
 * and a change that moved ten times meanwhile is sent once.
 */
import { createHash } from 'node:crypto';
import type { Delivery, Receiver } from '../delivery.ts';
import type { Feed } from '../feed.ts';
import { advanceFrame, type Item, setFrame } from '../protocol.ts';
import type { Outlet } from '../subscription.ts';
import type { Source } from './source.ts';

/** Changes looked at for one snapshot, and those it may hold. */
const LOOKED_THROUGH = 2_000;
export const MAX_ITEMS = 500;
/** Changes looked at for one frame. */
const CHUNK = 50;
/** More moved than this while nobody read: a fresh snapshot is cheaper. */
const MAX_DIRTY = 2_000;
/** What moves within this time is sent together. */
const GATHER_MS = 50;
/** How often it is asked whether permissions have changed. */
const STAMP_MS = 1_000;
/** What begins or ends by the clock alone, like a delegation, is noticed after this; so is room in a set that was full. */
const AFRESH_MS = 300_000;
/** So many rows without a change of the set make an "advance". */
const ADVANCE_EVERY = 200;

export class LiveSet implements Receiver {
  readonly id: string;
  readonly #feed: Pick<Feed, 'position' | 'join' | 'leave'>;
  readonly #source: Source;
  readonly #outlet: Outlet;
  /** The changes the client has, each with a digest of what it was sent of it. */
  readonly #members = new Map<string, string>();
  /** Changes to be looked at. */
  readonly #dirty = new Set<string>();
  #needsSnapshot = true;
  #complete = true;
  #stamp: unknown;
  #told = 0;
  #isRunning = false;
  #isClosed = false;
  #gathering: NodeJS.Timeout | undefined;
  #watch: NodeJS.Timeout | undefined;
  #refreshedAt = 0;
  #onRoom: (() => void) | undefined;

  constructor(id: string, feed: Pick<Feed, 'position' | 'join' | 'leave'>, source: Source, outlet: Outlet) {
    this.id = id;
    this.#feed = feed;
    this.#source = source;
    this.#outlet = outlet;
  }

  /** How things are now and nothing more, for a subscription to rows that could not be recovered. */
  async once(): Promise<void> {
    await this.#snapshot();
    this.close();
  }

  /** The socket has room again. */
  drained(): void {
    this.#onRoom?.();
  }

  /** Starts, or goes on after the socket had no room. */
  resume(): void {
    if (this.#isClosed) return;
    this.drained();
    if (this.#watch !== undefined) return;
    this.#feed.join(this);
    this.#watch = setInterval(() => void this.recheck(), STAMP_MS).unref();
    void this.#run();
  }

  close(): void {
    this.#isClosed = true;
    this.#feed.leave(this);
    clearInterval(this.#watch);
    clearTimeout(this.#gathering);
    this.#dirty.clear();
    this.#members.clear();
    this.#onRoom?.();
  }

  deliver({ change }: Delivery): void {
    if (this.#dirty.size < MAX_DIRTY) this.#dirty.add(change);
    else this.#needsSnapshot = true;
    if (!this.#isRunning) this.#later(GATHER_MS);
  }

  /** Looks at everything again where permissions have changed; called whenever they may have. */
  async recheck(): Promise<void> {
    try {
      const age = performance.now() - this.#refreshedAt;
      const isOld = age > AFRESH_MS && (this.#stamp !== undefined || !this.#complete);
      if (this.#isRunning || this.#needsSnapshot) return;
      if (!isOld && (await this.#source.stamp()) === this.#stamp) return;
      this.#needsSnapshot = true;
      await this.#run();
    } catch (error) {
      this.#fail(error);
    }
  }

  async #run(): Promise<void> {
    if (this.#isRunning || this.#isClosed) return;
    this.#isRunning = true;
    try {
      await this.#room();
      if (!this.#isClosed) await (this.#needsSnapshot ? this.#snapshot() : this.#round());
    } catch (error) {
      this.#fail(error);
    }
    this.#isRunning = false;
    if (this.#needsSnapshot || this.#dirty.size >= CHUNK) this.#later(0);
    else if (this.#dirty.size > 0) this.#later(GATHER_MS);
  }

  #later(ms: number): void {
    if (this.#isClosed) return;
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      void this.#run();
    }, ms);
  }

  /** Everything again. It holds at least what had happened at its position; what moves meanwhile follows. */
  async #snapshot(): Promise<void> {
    this.#needsSnapshot = false;
    this.#dirty.clear();
    this.#members.clear();
    const seq = this.#feed.position;
    this.#refreshedAt = performance.now();
    this.#stamp = await this.#source.stamp();
    let [before, looked, first] = [undefined as string | undefined, 0, true];
    for (;;) {
      const page = await this.#source.candidates(before, CHUNK);
      const items = await this.#itemsOf(page.map((record) => [record.change, record] as const));
      looked += page.length;
      before = page.at(-1)?.change;
      const ended = page.length < CHUNK;
      const last = ended || looked >= LOOKED_THROUGH || this.#members.size + items.length >= MAX_ITEMS;
      if (this.#isClosed) return;
      for (const { id, digest } of items) this.#members.set(id, digest);
      this.#complete = ended;
      const documents = items.map(({ item }) => item);
      const complete = ended || !last;
      if (items.length > 0 || last) {
        this.#push({ type: 'snapshot', subscription: this.id, seq, first, last, complete, items: documents });
        first = false;
      }
      if (last) break;
      await this.#room();
      if (this.#isClosed || this.#needsSnapshot) return;
    }
    this.#told = seq;
  }

  async #round(): Promise<void> {
    const changes = [...this.#dirty].slice(0, CHUNK);
    for (const change of changes) this.#dirty.delete(change);
    const seq = this.#dirty.size > 0 ? this.#told : this.#feed.position;
    const now = await this.#itemsOf(changes.map((change) => [change, undefined] as const));
    if (this.#isClosed) return;
    const here = new Set(now.map(({ id }) => id));
    const gone = changes.filter((change) => !here.has(change) && this.#members.delete(change));
    const moved = now.filter(({ id, digest }) => this.#members.get(id) !== digest && this.#mayHold(id));
    for (const { id, digest } of moved) this.#members.set(id, digest);
    if (moved.length > 0 || gone.length > 0) {
      const items = moved.map(({ item }) => item);
      this.#push({ type: 'changed', subscription: this.id, seq, prev: this.#told, items, gone });
      this.#told = seq;
    } else if (seq - this.#told >= ADVANCE_EVERY) {
      this.#outlet.push(advanceFrame(this.id, seq));
      this.#told = seq;
    }
  }

  /** A set that is full takes in nothing new; it was said not to be complete, or is from now on. */
  #mayHold(change: string): boolean {
    if (this.#members.has(change) || this.#members.size < MAX_ITEMS) return true;
    if (this.#complete) this.#needsSnapshot = true;
    return false;
  }

  async #itemsOf(changes: readonly (readonly [string, Parameters<Source['item']>[1]])[]) {
    const items = await Promise.all(changes.map(([change, known]) => this.#source.item(change, known)));
    return items.flatMap((item) => (item ? [{ id: item.id, digest: digestOf(item), item }] : []));
  }

  #push(frame: Parameters<typeof setFrame>[0]): void {
    this.#outlet.push(setFrame(frame));
  }

  async #room(): Promise<void> {
    while (!this.#isClosed && !this.#outlet.hasRoom()) {
      await new Promise<void>((resolve) => {
        this.#onRoom = resolve;
      });
      this.#onRoom = undefined;
    }
  }

  #fail(error: unknown): void {
    if (!this.#isClosed) this.#outlet.fail(error);
  }
}

function digestOf(item: Item): string {
  return createHash('sha1').update(JSON.stringify(item)).digest('base64');
}
