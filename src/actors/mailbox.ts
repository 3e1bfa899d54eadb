/**
 * Mailboxes: one queue per change that has work. A change is worked on by one lane at a time, so its inputs run in the
 * order they came; everything that has gathered meanwhile goes into the next batch. What has no work is kept for a
 * while as a live snapshot and then forgotten: the store has it.
 */
import { LRUCache } from 'lru-cache';
import type { ChangeRef, KeyRef } from '../persistence/records.ts';
import type { Answer } from './commands.ts';
import type { Live } from './live.ts';
import type { Input } from './step.ts';

/** An input that waits for its answer. Exactly one of `settle` and `fail` is called, once. */
export interface Item {
  readonly input: Input;
  readonly claim: (KeyRef & { readonly digest: string }) | null;
  /** Null answers an input that no longer counted. */
  readonly settle: (answer: Answer | null) => void;
  readonly fail: (error: Error) => void;
  /** How often a conflict has sent it back. */
  attempts: number;
}

export interface Mailbox {
  readonly ref: ChangeRef;
  readonly id: string;
  waiting: Item[];
  /** What memory holds of the change; undefined: load it. */
  live: Live | undefined;
  /** Set where an invariant broke: the actor stays stopped until the process ends. */
  quarantined: boolean;
  busy: boolean;
}

/** A mailbox and the items a batch took from it. */
export interface Work {
  readonly mailbox: Mailbox;
  readonly items: readonly Item[];
}

/** One string per change. */
export function nameOf({ tenant, change }: ChangeRef): string {
  return `${tenant}/${change}`;
}

/** One string per idempotency key. */
export function keyOf({ tenant, principal, key }: KeyRef): string {
  return `${tenant}\n${principal}\n${key}`;
}

export interface MailboxLimits {
  /** Live snapshots kept without work. */
  readonly idleActors: number;
  readonly idleMs: number;
}

/** One busy change may not crowd the others out of a batch. */
const MAX_ITEMS_OF_ONE = 64;

export class Mailboxes {
  /** Those with work. */
  readonly #boxes = new Map<string, Mailbox>();
  /** Those without work, and some that have work again: taking them out and in would cost more than the lookup. */
  readonly #idle: LRUCache<string, Mailbox>;
  #ready: Mailbox[] = [];
  #waiting = 0;

  constructor(limits: MailboxLimits) {
    this.#idle = new LRUCache({ max: limits.idleActors, ttl: limits.idleMs, ttlResolution: 1_000 });
  }

  /** Items that no batch has taken yet. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Queues an item; `live` is given for a change that is being proposed. */
  deliver(ref: ChangeRef, item: Item, live?: Live): void {
    const mailbox = this.#open(ref, live);
    if (mailbox.waiting.length === 0) mailbox.waiting = [item];
    else mailbox.waiting.push(item);
    this.#waiting += 1;
    if (!mailbox.busy && mailbox.waiting.length === 1) this.#ready.push(mailbox);
  }

  /**
   * Up to about `limit` items of mailboxes nobody works on; those mailboxes are busy until `release`.
   * Two changes that claim one idempotency key are never in one batch: the second is to see the first one's answer.
   */
  take(limit: number): Work[] {
    const taken: Work[] = [];
    const left: Mailbox[] = [];
    const claimed = new Set<string>();
    let count = 0;
    for (const mailbox of this.#ready) {
      const items = count < limit ? firstOf(mailbox.waiting) : [];
      if (items.length === 0 || items.some(({ claim }) => claim && claimed.has(keyOf(claim)))) {
        left.push(mailbox);
        continue;
      }
      for (const { claim } of items) if (claim) claimed.add(keyOf(claim));
      mailbox.waiting = items.length === mailbox.waiting.length ? [] : mailbox.waiting.slice(items.length);
      mailbox.busy = true;
      count += items.length;
      taken.push({ mailbox, items });
    }
    this.#ready = left;
    this.#waiting -= count;
    return taken;
  }

  /** Puts items back in front: a conflict means they are judged again. */
  putBack(mailbox: Mailbox, items: readonly Item[]): void {
    mailbox.waiting = [...items, ...mailbox.waiting];
    this.#waiting += items.length;
  }

  /** The batch is through with this mailbox. */
  release(mailbox: Mailbox): void {
    mailbox.busy = false;
    if (mailbox.waiting.length > 0) {
      this.#ready.push(mailbox);
      return;
    }
    if (mailbox.quarantined) return;
    this.#boxes.delete(mailbox.id);
    if (mailbox.live && mailbox.live.version > 0) this.#idle.set(mailbox.id, mailbox);
    else this.#idle.delete(mailbox.id);
  }

  #open(ref: ChangeRef, live: Live | undefined): Mailbox {
    const id = nameOf(ref);
    const open = this.#boxes.get(id);
    if (open) return open;
    const mailbox = this.#idle.get(id) ?? { ref, id, waiting: [], live, quarantined: false, busy: false };
    this.#boxes.set(mailbox.id, mailbox);
    return mailbox;
  }
}

function firstOf(waiting: Item[]): readonly Item[] {
  return waiting.length <= MAX_ITEMS_OF_ONE ? waiting : waiting.slice(0, MAX_ITEMS_OF_ONE);
}
