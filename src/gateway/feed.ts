/**
 * One tenant's stream as this server delivers it: every row once, in order, without gaps. Rows come from commits of this
 * process in any order; what is missing between them was committed elsewhere and is read from the log. The log is the
 * truth: a row that was published only saves a read.
 */
import { messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { LogRow, StreamPosition } from '../persistence/records.ts';
import type { ReadStore } from './backend.ts';
import { Delivery, type Receiver } from './delivery.ts';
import { MAX_RECENT, RecentRows } from './recent-rows.ts';

export type FeedStore = Pick<ReadStore, 'log' | 'position' | 'change'>;

/** Another lane's rows are usually a moment behind; only then is the log asked. */
const GAP_PATIENCE_MS = 2;
const RETRY_MS = 200;
const PAGE = 500;
/** Rows kept while a gap before them is read; past this they are read again instead. */
const MAX_PENDING = 2_000;

export class Feed {
  readonly tenant: string;
  readonly epoch: string;
  readonly #store: FeedStore;
  readonly #log: Logger;
  readonly #projectOf: (tenant: string, change: string) => string | undefined | Promise<string | undefined>;
  readonly #live = new Set<Receiver>();
  readonly #recent = new RecentRows();
  readonly #pending = new Map<number, LogRow>();
  /** Rows up to here were delivered. */
  #position: number;
  /** Rows up to here are known to exist. */
  #target: number;
  #timer: NodeJS.Timeout | undefined;
  #isAdvancing = false;
  /** The past on its way into memory, for all who lack it. */
  #remembering: Promise<void> | undefined;
  #isClosed = false;
  /** Subscriptions that ask for a project: while there are any, rows are delivered with theirs. */
  projectSubscriptions = 0;

  constructor(
    tenant: string,
    start: StreamPosition,
    store: FeedStore,
    projectOf: (tenant: string, change: string) => string | undefined | Promise<string | undefined>,
    log: Logger,
  ) {
    this.tenant = tenant;
    this.epoch = start.epoch;
    this.#position = start.seq;
    this.#target = start.seq;
    this.#store = store;
    this.#projectOf = projectOf;
    this.#log = log;
  }

  get position(): number {
    return this.#position;
  }

  /** From the next row on, `receiver` is told of all of them. */
  join(receiver: Receiver): void {
    this.#live.add(receiver);
  }

  leave(receiver: Receiver): void {
    this.#live.delete(receiver);
  }

  /** What was delivered after `seq`, where that is still in memory. */
  after(seq: number): readonly Delivery[] | undefined {
    return seq >= this.#position ? [] : this.#recent.after(seq);
  }

  /** Brings what came after `seq` back into memory, where that is little: thousands may come back at once and lack the same. */
  async remember(seq: number): Promise<void> {
    if (this.#position - seq > MAX_RECENT) return;
    this.#remembering ??= this.#readBack().finally(() => {
      this.#remembering = undefined;
    });
    await this.#remembering;
  }

  async #readBack(): Promise<void> {
    const upTo = this.#recent.oldest ?? this.#position + 1;
    const after = Math.max(0, this.#position - MAX_RECENT);
    if (after + 1 >= upTo) return;
    const rows = await this.#store.log(this.tenant, { after, limit: upTo - after - 1 });
    this.#recent.precede(rows.filter(({ seq }) => seq < upTo).map((row) => new Delivery(row, undefined)));
  }

  publish(row: LogRow): void {
    if (row.seq <= this.#position) return;
    if (this.#pending.size < MAX_PENDING) this.#pending.set(row.seq, row);
    this.wake(row.seq);
  }

  /** The stream is known to have reached `seq`. */
  wake(seq: number): void {
    this.#target = Math.max(this.#target, seq);
    this.#advance();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#live.clear();
    this.#pending.clear();
  }

  /** Delivers what is next in line, for as long as that needs no waiting. */
  #advance(): void {
    if (this.#isAdvancing || this.#isClosed) return;
    for (;;) {
      const row = this.#pending.get(this.#position + 1);
      if (row === undefined) break;
      const project = this.projectSubscriptions > 0 ? this.#projectOf(this.tenant, row.change) : undefined;
      if (project instanceof Promise) {
        void this.#whileBusy(() => project);
        return;
      }
      this.#deliver(row, project);
    }
    if (this.#target > this.#position) this.#later(GAP_PATIENCE_MS);
  }

  #deliver(row: LogRow, project: string | undefined): void {
    this.#pending.delete(row.seq);
    this.#position = row.seq;
    const delivery = new Delivery(row, project);
    this.#recent.add(delivery);
    for (const receiver of this.#live) receiver.deliver(delivery);
  }

  #later(ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.#target > this.#position) void this.#whileBusy(() => this.#readGap());
    }, ms);
  }

  /** One thing at a time: while something is awaited, rows only gather. */
  async #whileBusy(work: () => Promise<unknown>): Promise<void> {
    if (this.#isAdvancing || this.#isClosed) return;
    this.#isAdvancing = true;
    let failed = false;
    try {
      await work();
    } catch (error) {
      failed = true;
      this.#log.warn(
        { tenant: this.tenant, error: messageOf(error) },
        'the stream cannot be read; will try again',
      );
    }
    this.#isAdvancing = false;
    if (this.#isClosed) return;
    if (failed) this.#later(RETRY_MS);
    else this.#advance();
  }

  /** Fetches what comes next. What it brings is delivered like anything published. */
  async #readGap(): Promise<void> {
    const target = this.#target;
    const rows = await this.#store.log(this.tenant, { after: this.#position, limit: PAGE });
    // Rows of a tenant follow each other without gaps, so whatever is read fills the line from its start.
    for (const row of rows) this.#pending.set(row.seq, row);
    const last = rows.at(-1)?.seq ?? this.#position;
    for (const seq of this.#pending.keys()) if (seq <= this.#position) this.#pending.delete(seq);
    if (rows.length === 0 && !this.#pending.has(last + 1)) {
      if (this.#pending.size > 0) throw new Error(`the log does not yet show row ${last + 1}`);
      // Only a message said that there is more: the log knows better, unless there was another message meanwhile.
      if (this.#target === target) this.#target = last;
    }
    this.#target = Math.max(this.#target, last);
  }
}
