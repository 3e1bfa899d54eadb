/**
 * One subscription: catching up from the log, live, or waiting for its socket to drain. It is live only when it has
 * everything the feed has delivered, decided in the same tick it joins the feed: no gap, no duplicate. A slow socket
 * sends it back to catching up, so that no queue of ours grows.
 */
import type { LogRow } from '../persistence/records.ts';
import { Delivery, type Receiver } from './delivery.ts';
import type { Feed, FeedStore } from './feed.ts';
import { advanceFrame } from './protocol.ts';
import type { Frame } from './transport.ts';

/** A subscription's socket, as far as it may know it. */
export interface Outlet {
  /** Whether there is room for another event. */
  hasRoom(): boolean;
  push(frame: Frame): void;
  /** Reading the log failed: the connection ends, the client comes back with its position. */
  fail(error: unknown): void;
  readonly store: FeedStore;
}

const NAMES = Array.from({ length: 101 }, (_, count) => `s${count}`);

/** The name of a connection's nth subscription; all connections name theirs alike, and share the names they use most. */
export function subscriptionName(count: number): string {
  return NAMES[count] ?? `s${count}`;
}

/** What the subscription is of; the whole tenant where neither is given. */
export interface Scope {
  readonly change?: string;
  readonly project?: string;
}

const PAGE = 200;
/** So many rows that were not for this subscription make an "advance", so that its position does not fall behind. */
const ADVANCE_EVERY = 200;

const NOTHING: ReadonlySet<string> = new Set();

type Mode = 'catching-up' | 'live' | 'waiting' | 'closed';

export class Subscription implements Receiver {
  readonly id: string;
  readonly #feed: Feed;
  readonly #scope: Scope;
  readonly #outlet: Outlet;
  /** Projects whose rows the client may not read. */
  #hidden: ReadonlySet<string>;
  #isCounted = false;
  #mode: Mode = 'waiting';
  /** All rows up to here were sent or are not for us. */
  #last: number;
  /** What the client was told last. */
  #told: number;

  constructor(
    id: string,
    feed: Feed,
    scope: Scope,
    since: number,
    outlet: Outlet,
    hidden: ReadonlySet<string> = NOTHING,
  ) {
    this.id = id;
    this.#feed = feed;
    this.#scope = scope;
    this.#outlet = outlet;
    this.#last = since;
    this.#told = since;
    this.#hidden = hidden;
    this.#count(this.#needsProjects());
  }

  /** From now on rows of these projects are left out, and of no others. Those on their way are looked at again. */
  hide(hidden: ReadonlySet<string>): void {
    if (this.#mode === 'closed' || isSame(hidden, this.#hidden)) return;
    this.#hidden = hidden;
    this.#count(this.#needsProjects());
    if (this.#mode !== 'live') return;
    this.#wait();
    this.resume();
  }

  #needsProjects(): boolean {
    return this.#scope.project !== undefined || this.#hidden.size > 0;
  }

  /** While it is counted, rows come with their projects. */
  #count(isCounted: boolean): void {
    if (isCounted !== this.#isCounted) this.#feed.projectSubscriptions += isCounted ? 1 : -1;
    this.#isCounted = isCounted;
  }

  /** What the client was told of: nothing after it can be acknowledged. */
  get told(): number {
    return this.#told;
  }

  /** Starts, or goes on after the socket had no room. */
  resume(): void {
    if (this.#mode !== 'waiting') return;
    this.#mode = 'catching-up';
    void this.#catchUp();
  }

  close(): void {
    if (this.#mode === 'closed') return;
    this.#count(false);
    this.#feed.leave(this);
    this.#mode = 'closed';
  }

  deliver(delivery: Delivery): void {
    if (delivery.seq <= this.#last) return;
    if (this.#outlet.hasRoom()) this.#take(delivery);
    else this.#wait();
  }

  async #catchUp(): Promise<void> {
    let isRemembered = false;
    while (this.#mode === 'catching-up') {
      if (this.#takeRecent()) return;
      if (!isRemembered && !this.#needsProjects()) {
        isRemembered = true;
        await this.#remember();
        continue;
      }
      const reached = this.#feed.position;
      const hidden = this.#hidden;
      const rows = await this.#readPage();
      if (rows !== undefined && hidden !== this.#hidden) continue;
      if (rows === undefined || !this.#takePage(rows)) return;
      // A page that is not full held everything there was when it was asked for.
      if (rows.length < PAGE) this.#skipTo(reached, hidden.size > 0 ? 1 : ADVANCE_EVERY);
    }
  }

  /** Takes what the feed still remembers and goes live; false where it does not reach back far enough. */
  #takeRecent(): boolean {
    const recent = this.#feed.after(this.#last);
    if (recent === undefined || !this.#isDecidable(recent)) return false;
    for (const delivery of recent) {
      if (!this.#outlet.hasRoom()) {
        this.#wait();
        return true;
      }
      this.#take(delivery);
      if (this.#isClosed()) return true;
    }
    this.#mode = 'live';
    this.#feed.join(this);
    return true;
  }

  /** Where the log cannot be read now, reading a page will say so. */
  async #remember(): Promise<void> {
    await this.#feed.remember(this.#last).catch(() => undefined);
  }

  /** Rows delivered before anybody asked for a project do not carry theirs. */
  #isDecidable(recent: readonly Delivery[]): boolean {
    return !this.#needsProjects() || recent.every(({ project }) => project !== undefined);
  }

  async #readPage(): Promise<readonly LogRow[] | undefined> {
    try {
      const except = this.#hidden.size > 0 ? { exceptProjects: [...this.#hidden] } : {};
      const query = { after: this.#last, limit: PAGE, ...this.#scope, ...except };
      const rows = await this.#outlet.store.log(this.#feed.tenant, query);
      return this.#mode === 'catching-up' ? rows : undefined;
    } catch (error) {
      if (this.#mode !== 'closed') this.#outlet.fail(error);
      return undefined;
    }
  }

  #takePage(rows: readonly LogRow[]): boolean {
    for (const row of rows) {
      if (!this.#outlet.hasRoom()) {
        this.#wait();
        return false;
      }
      this.#send(new Delivery(row, undefined));
      if (this.#isClosed()) return false;
    }
    return true;
  }

  /** A send may have ended the connection, and us with it. */
  #isClosed(): boolean {
    return this.#mode === 'closed';
  }

  #take(delivery: Delivery): void {
    if (!this.#isMine(delivery)) this.#skipTo(delivery.seq);
    else if (this.#isHidden(delivery)) this.#skipTo(delivery.seq, 1);
    else this.#send(delivery);
  }

  #isMine({ change, project }: Delivery): boolean {
    if (this.#scope.change !== undefined) return change === this.#scope.change;
    return this.#scope.project === undefined || project === this.#scope.project;
  }

  /** A row whose project nobody knows is not shown to somebody from whom some are hidden. */
  #isHidden({ project }: Delivery): boolean {
    return this.#hidden.size > 0 && (project === undefined || this.#hidden.has(project));
  }

  #send(delivery: Delivery): void {
    this.#outlet.push(delivery.frame(this.id, this.#told));
    this.#last = delivery.seq;
    this.#told = delivery.seq;
  }

  /** What is hidden is told at once, so that it can be acknowledged; what others asked for now and then. */
  #skipTo(seq: number, every = ADVANCE_EVERY): void {
    this.#last = Math.max(this.#last, seq);
    if (this.#last - this.#told < every) return;
    this.#outlet.push(advanceFrame(this.id, this.#last));
    this.#told = this.#last;
  }

  #wait(): void {
    this.#feed.leave(this);
    if (this.#mode !== 'closed') this.#mode = 'waiting';
  }
}

function isSame(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  return some.size === others.size && [...some].every((each) => others.has(each));
}
