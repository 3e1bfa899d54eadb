/**
 * Timers: the rows are the truth, this is what wakes them. What is due within a slot waits in memory and fires to the
 * millisecond; what is further away is left to the scheduler, one ring per slot. A sweep finds whatever got lost:
 * it fires what is overdue and arms the slots of the next hour again.
 */
import { messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { DueTimer } from '../persistence/records.ts';
import type { Clock, Scheduler, Store } from './ports.ts';

/** One ring of the scheduler serves all timers due within this time. */
const SLOT_MS = 1_000;
/** How far ahead timers wait in memory. A slot is rung for one slot early, so that a late ring makes no timer late. */
const NEAR_MS = 2 * SLOT_MS;
const SWEEP_MS = 30_000;
/** The sweep arms this far ahead; a timer further away is armed by a later sweep, or was when it was set. */
const ARM_AHEAD_MS = 60 * 60_000;
/** Timers fetched at a time: bounds memory after a long outage. */
const PAGE = 5_000;

export interface TimerWorld {
  readonly store: Pick<Store, 'dueTimers' | 'timerSlots'>;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  /** Gives a due timer to its change; resolves once that is settled. */
  readonly fire: (timer: DueTimer) => Promise<void>;
}

export class Timers {
  readonly #world: TimerWorld;
  /** Timers that wait in memory, by identity. */
  readonly #near = new Map<string, () => void>();
  /** Timers that could not fire: they stay in memory until the next sweep, so that nothing tries them in a loop. */
  #failed: string[] = [];
  readonly #firing = new Set<Promise<void>>();
  #cancelSweep: () => void = () => {};
  #closed = false;

  constructor(world: TimerWorld) {
    this.#world = world;
  }

  /** Listens to the scheduler and sweeps once: after a restart nothing waits longer than it must. */
  async open(): Promise<void> {
    await this.#world.scheduler.onRing((slot) => this.#approach(slot + NEAR_MS));
    await this.#sweep();
  }

  /** Takes note of timers that a commit has set. */
  set(timers: readonly DueTimer[]): void {
    const horizon = this.#world.clock.now() + NEAR_MS;
    const far = new Set<number>();
    for (const timer of timers) {
      if (timer.dueAt <= horizon) this.#wait(timer);
      else far.add(alarmFor(slotOf(timer.dueAt)));
    }
    if (far.size > 0) this.#arm([...far]);
  }

  /** Stops waking; timers that are being fired are waited for. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelSweep();
    for (const cancel of this.#near.values()) cancel();
    this.#near.clear();
    await Promise.allSettled(this.#firing);
  }

  /** Brings pending timers due before `before` into memory. */
  async #approach(before: number): Promise<void> {
    while (!this.#closed) {
      // What waits in memory is pending too and comes first; past it, a page of new ones.
      const limit = this.#near.size + PAGE;
      const due = await this.#world.store.dueTimers(before, limit);
      for (const timer of due) this.#wait(timer);
      if (due.length < limit) return;
      await Promise.allSettled(this.#firing);
    }
  }

  #wait(timer: DueTimer): void {
    const key = `${timer.tenant}/${timer.change}/${timer.name}/${timer.setVersion}`;
    if (this.#closed || this.#near.has(key)) return;
    const cancel = this.#world.clock.at(timer.dueAt, () => {
      const firing = this.#fire(timer, key).finally(() => this.#firing.delete(firing));
      this.#firing.add(firing);
    });
    this.#near.set(key, cancel);
  }

  async #fire(timer: DueTimer, key: string): Promise<void> {
    try {
      await this.#world.fire(timer);
      this.#near.delete(key);
    } catch (error) {
      this.#failed.push(key);
      const context = { timer: timer.name, change: timer.change, err: messageOf(error) };
      this.#world.log.warn(context, 'a timer could not fire; the next sweep tries again');
    }
  }

  #arm(slots: readonly number[]): void {
    this.#world.scheduler.arm(slots).catch((error: unknown) => {
      this.#world.log.warn(
        { err: messageOf(error) },
        'wake-ups could not be scheduled; the sweep will do it',
      );
    });
  }

  async #sweep(): Promise<void> {
    const { store, clock, log } = this.#world;
    try {
      const now = clock.now();
      for (const key of this.#failed) this.#near.delete(key);
      this.#failed = [];
      const slots = await store.timerSlots(now, now + ARM_AHEAD_MS, SLOT_MS);
      if (slots.length > 0) this.#arm(slots.map(alarmFor));
      await this.#approach(now + NEAR_MS);
    } catch (error) {
      log.warn({ err: messageOf(error) }, 'the sweep for timers failed; it will be repeated');
    }
    if (!this.#closed) this.#cancelSweep = clock.at(clock.now() + SWEEP_MS, () => void this.#sweep());
  }
}

function slotOf(at: number): number {
  return Math.floor(at / SLOT_MS) * SLOT_MS;
}

function alarmFor(slot: number): number {
  return slot - SLOT_MS;
}
