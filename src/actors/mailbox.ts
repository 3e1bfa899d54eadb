/**
 * Mailboxes: one queue per change that has work. A change is worked on by one lane at a time, so its inputs run in the
 * order they came; everything that has gathered meanwhile goes into the next batch. What has no work is kept for a
 * while as a live snapshot and then forgotten: the store has it.
 *
 * A group stands in the queues of all its mailboxes at once, behind what came before it and in front of what came later,
 * and is begun when it is first in all of them. Everybody waits only for what came earlier, so nobody waits in a circle
 * and nobody waits for ever.
 */
import { LRUCache } from 'lru-cache';
import type { Refusal } from '../errors.ts';
import type { ChangeRef, KeyRef } from '../persistence/records.ts';
import type { AtWork, Stop, StoppedChange } from './at-work.ts';
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
  /** Set where an invariant broke: the actor stays stopped until an operator starts it again, or the process ends. */
  quarantined: Stop | false;
  busy: boolean;
  /** The groups among those that wait, in order; undefined where there are none. */
  gates: Gate[] | undefined;
}

interface Gate {
  readonly group: Group;
  /** How many items come before it and after the gate in front of it. */
  ahead: number;
}

/** One command of a group. */
export interface Member {
  readonly mailbox: Mailbox;
  readonly input: Input;
  readonly claim: Item['claim'];
  /** Why it may not be done at all, where that is known already. */
  readonly barred: Refusal | null;
}

/** Commands to several changes, one each, that are done all or not at all. */
export interface Group {
  readonly members: readonly Member[];
  /** Exactly one of `settle`, with an answer for each member, and `fail` is called, once. */
  readonly settle: (answers: readonly Answer[]) => void;
  readonly fail: (error: Error) => void;
  /** In how many of its mailboxes it is not first yet. */
  behind: number;
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

export class Mailboxes implements AtWork {
  /** Those with work. */
  readonly #boxes = new Map<string, Mailbox>();
  /** Those without work, and some that have work again: taking them out and in would cost more than the lookup. */
  readonly #idle: LRUCache<string, Mailbox>;
  #ready: Mailbox[] = [];
  readonly #readyGroups: Group[] = [];
  #waiting = 0;

  constructor(limits: MailboxLimits) {
    this.#idle = new LRUCache({ max: limits.idleActors, ttl: limits.idleMs, ttlResolution: 1_000 });
  }

  /** Items, those of groups too, that no lane has taken yet. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Queues an item; `live` is given for a change that is being proposed. */
  deliver(ref: ChangeRef, item: Item, live?: Live): void {
    const mailbox = this.#open(ref, live);
    if (mailbox.waiting.length === 0) mailbox.waiting = [item];
    else mailbox.waiting.push(item);
    this.#waiting += 1;
    if (!mailbox.busy && mailbox.waiting.length === 1 && !mailbox.gates) this.#ready.push(mailbox);
  }

  /** Queues a group; each change stands in it once. */
  deliverGroup(
    given: readonly (Omit<Member, 'mailbox'> & { readonly ref: ChangeRef })[],
    settle: Group['settle'],
    fail: Group['fail'],
  ): void {
    const members = given.map(({ ref, ...rest }) => ({ ...rest, mailbox: this.#open(ref, undefined) }));
    const group: Group = { members, settle, fail, behind: members.length };
    this.#waiting += members.length;
    for (const { mailbox } of members) {
      const gates = mailbox.gates ?? [];
      const counted = gates.reduce((sum, { ahead }) => sum + ahead, 0);
      const ahead = mailbox.waiting.length - counted;
      mailbox.gates = gates;
      if (gates.push({ group, ahead }) === 1 && ahead === 0 && !mailbox.busy) this.#isFirst(group);
    }
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
      const items = count < limit ? firstOf(mailbox) : [];
      if (items.length === 0 || items.some(({ claim }) => claim && claimed.has(keyOf(claim)))) {
        left.push(mailbox);
        continue;
      }
      for (const { claim } of items) if (claim) claimed.add(keyOf(claim));
      mailbox.waiting = items.length === mailbox.waiting.length ? [] : mailbox.waiting.slice(items.length);
      mailbox.busy = true;
      moveGate(mailbox, -items.length);
      count += items.length;
      taken.push({ mailbox, items });
    }
    this.#ready = left;
    this.#waiting -= count;
    return taken;
  }

  /** A group that is first in all its mailboxes, which are busy until `release`. */
  takeGroup(): Group | undefined {
    const group = this.#readyGroups.shift();
    if (!group) return undefined;
    for (const { mailbox } of group.members) {
      mailbox.busy = true;
      mailbox.gates = mailbox.gates && mailbox.gates.length > 1 ? mailbox.gates.slice(1) : undefined;
    }
    this.#waiting -= group.members.length;
    return group;
  }

  /** Puts items back in front: a conflict means they are judged again. */
  putBack(mailbox: Mailbox, items: readonly Item[]): void {
    mailbox.waiting = [...items, ...mailbox.waiting];
    moveGate(mailbox, items.length);
    this.#waiting += items.length;
  }

  /** The batch is through with this mailbox. */
  release(mailbox: Mailbox): void {
    mailbox.busy = false;
    const gate = mailbox.gates?.[0];
    if (gate?.ahead === 0) {
      this.#isFirst(gate.group);
      return;
    }
    if (mailbox.waiting.length > 0) {
      this.#ready.push(mailbox);
      return;
    }
    if (mailbox.quarantined) return;
    this.#boxes.delete(mailbox.id);
    if (mailbox.live && mailbox.live.version > 0) this.#idle.set(mailbox.id, mailbox);
    else this.#idle.delete(mailbox.id);
  }

  stopped(tenant?: string): readonly StoppedChange[] {
    return [...this.#boxes.values()].flatMap(({ ref, quarantined }) =>
      quarantined && ref.tenant === (tenant ?? ref.tenant) ? [{ ...ref, ...quarantined }] : [],
    );
  }

  restart(ref: ChangeRef): boolean {
    const mailbox = this.#boxes.get(nameOf(ref));
    if (!mailbox?.quarantined) return false;
    mailbox.quarantined = false;
    if (!mailbox.busy && mailbox.waiting.length === 0 && !mailbox.gates) this.#boxes.delete(mailbox.id);
    return true;
  }

  #open(ref: ChangeRef, live: Live | undefined): Mailbox {
    const id = nameOf(ref);
    const open = this.#boxes.get(id);
    if (open) return open;
    const mailbox = this.#idle.get(id) ?? newMailbox(ref, id, live);
    this.#boxes.set(mailbox.id, mailbox);
    return mailbox;
  }

  /** From now until the group is taken nobody takes anything of this mailbox, so it is told once for each. */
  #isFirst(group: Group): void {
    group.behind -= 1;
    if (group.behind === 0) this.#readyGroups.push(group);
  }
}

function newMailbox(ref: ChangeRef, id: string, live: Live | undefined): Mailbox {
  return { ref, id, waiting: [], live, quarantined: false, busy: false, gates: undefined };
}

/** What may be taken now: nothing from behind a group that waits. */
function firstOf({ waiting, gates }: Mailbox): readonly Item[] {
  const most = Math.min(gates?.[0]?.ahead ?? MAX_ITEMS_OF_ONE, MAX_ITEMS_OF_ONE);
  return waiting.length <= most ? waiting : waiting.slice(0, most);
}

function moveGate({ gates }: Mailbox, by: number): void {
  const first = gates?.[0];
  if (first) first.ahead += by;
}
