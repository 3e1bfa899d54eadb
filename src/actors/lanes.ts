/**
 * Lanes: what has gathered in the mailboxes is run as batches. While one lane's batch is being committed, the other lane
 * steps the next one; groups have a lane of their own.
 */
import { CountersignError } from '../errors.ts';
import type { ChangeRef } from '../persistence/records.ts';
import { type BatchWorld, runBatch } from './batch.ts';
import { runGroup } from './group.ts';
import type { Live } from './live.ts';
import type { Group, Item, Mailboxes } from './mailbox.ts';

export interface LaneLimits {
  /** Commands that wait before further ones are refused with TOO_BUSY. */
  readonly maxWaiting: number;
  /** Items per batch, about. */
  readonly batchSize: number;
  /** Batches in progress at once. */
  readonly lanes: number;
}

export class Lanes {
  readonly #world: BatchWorld;
  readonly #mailboxes: Mailboxes;
  readonly #limits: LaneLimits;
  #running = 0;
  #isGroupRunning = false;
  #scheduled = false;
  #closing = false;
  #drained: () => void = () => {};

  constructor(world: BatchWorld, limits: LaneLimits) {
    this.#world = world;
    this.#mailboxes = world.mailboxes;
    this.#limits = limits;
  }

  /** Throws SHUTTING_DOWN, or TOO_BUSY where too many commands wait. */
  deliver(ref: ChangeRef, item: Item, live?: Live): void {
    this.#admit();
    this.#mailboxes.deliver(ref, item, live);
    this.#schedule();
  }

  /** The same for a group. */
  deliverGroup(...group: Parameters<Mailboxes['deliverGroup']>): void {
    this.#admit();
    this.#mailboxes.deliverGroup(...group);
    this.#schedule();
    this.#runGroup();
  }

  /** Whether commands are still taken. */
  get isOpen(): boolean {
    return !this.#closing;
  }

  /** Takes no more commands from now on. */
  refuse(): void {
    this.#closing = true;
  }

  /** Resolves when all that was taken is done. */
  async drain(): Promise<void> {
    if (this.#isIdle()) return;
    await new Promise<void>((drained) => {
      this.#drained = drained;
    });
  }

  #isIdle(): boolean {
    return this.#running === 0 && !this.#isGroupRunning && this.#mailboxes.waiting === 0;
  }

  #admit(): void {
    if (this.#closing)
      throw new CountersignError('SHUTTING_DOWN', 'The server is stopping and takes no new commands.');
    if (this.#mailboxes.waiting >= this.#limits.maxWaiting) {
      throw new CountersignError('TOO_BUSY', `${this.#mailboxes.waiting} commands are waiting already.`);
    }
  }

  /** Once per turn of the event loop, so that everything this turn brings is in one batch. */
  #schedule(): void {
    if (this.#scheduled || this.#running >= this.#limits.lanes) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#runLane();
    });
  }

  /**
   * One lane gathers better than two: the second one opens only when half a batch is waiting, for then stepping it
   * while the first is being committed gains more than a larger commit would.
   */
  #runLane(): void {
    if (this.#running > 0 && this.#mailboxes.waiting < this.#limits.batchSize / 2) return;
    const work = this.#mailboxes.take(this.#limits.batchSize);
    if (work.length === 0) {
      if (this.#isIdle()) this.#drained();
      return;
    }
    this.#running += 1;
    void runBatch(work, this.#world).then(() => {
      this.#running -= 1;
      this.#schedule();
      this.#runGroup();
    });
    if (this.#mailboxes.waiting > 0) this.#schedule();
  }

  /** One at a time: groups and single commands keep each other waiting for changes only. */
  #runGroup(): void {
    if (this.#isGroupRunning) return;
    const group: Group | undefined = this.#mailboxes.takeGroup();
    if (!group) return;
    this.#isGroupRunning = true;
    void runGroup(group, this.#world).then(() => {
      this.#isGroupRunning = false;
      this.#schedule();
      this.#runGroup();
    });
  }
}
