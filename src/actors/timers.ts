/**
 * Timers: the rows are the truth, this is what wakes them. What is due soon waits in memory and fires on
 * time; what is further away is left to the scheduler, one ring per slot. A sweep finds whatever got lost: it fires what
 * is overdue and arms the next slots again. It also follows when the clock was set.
 */
import { messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { DueTimer } from '../persistence/records.ts';
import type { SettableClock } from './clock.ts';
import type { Scheduler, Store } from './ports.ts';

/** One ring of the scheduler serves all timers due within this time. */
const SLOT_MS = 1_000;
/** A slot is rung so long before it begins: a late ring makes no timer late, and a full slot is in memory in time. */
const EARLY_MS = 2 * SLOT_MS;
/** How far ahead timers wait in memory. */
const NEAR_MS = EARLY_MS + SLOT_MS;
/** Timers fire on this grid: those of one tick are one batch, and one batch of 50 costs far less than ten of 5. */
const TICK_MS = 10;
/** What a lost alarm costs at most, about. */
const SWEEP_MS = 10_000;
/** The sweep arms this far ahead, for many sweeps to come; what is further away was armed when it was set. */
const ARM_AHEAD_MS = 5 * 60_000;
/** A scheduler may sleep this long on what the clock showed before it was set; meanwhile memory does its work. */
const AFTER_JUMP_MS = 10_000 + NEAR_MS;
/** Timers fetched at a time: bounds memory after a long outage. */
const PAGE = 5_000;
/** Knocks at a time: about a batch, so that commands of users find their place between them. */
const KNOCKS = 128;

export interface TimerWorld {
  readonly store: Pick<Store, 'dueTimers' | 'timerSlots'>;
  readonly clock: SettableClock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  /** Gives a timer to its change; resolves once that is settled. One that is not due yet does nothing there. */
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
  #ignoreJumps: () => void = () => {};
  #closed = false;

  constructor(world: TimerWorld) {
    this.#world = world;
  }

  /** Listens to the scheduler and sweeps once: after a restart nothing waits longer than it must. */
  async open(): Promise<void> {
    const { scheduler, clock } = this.#world;
    await scheduler.onRing((slot) => this.#approach(slot + NEAR_MS));
    this.#ignoreJumps = clock.onJump?.(() => void this.#sweep(AFTER_JUMP_MS)) ?? this.#ignoreJumps;
    await this.#sweep(NEAR_MS);
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
    this.#ignoreJumps();
    this.#cancelSweep();
    for (const cancel of this.#near.values()) cancel();
    this.#near.clear();
    await Promise.allSettled(this.#firing);
  }

  /** Brings pending timers due before `before` into memory, and the changes they are for. */
  async #approach(before: number): Promise<void> {
    const fresh: DueTimer[] = [];
    while (!this.#closed) {
      // What waits in memory is pending too and comes first; past it, a page of new ones.
      const limit = this.#near.size + PAGE;
      const due = await this.#world.store.dueTimers(before, limit);
      const now = this.#world.clock.now();
      for (const timer of due) if (this.#wait(timer) && timer.dueAt > now) fresh.push(timer);
      if (due.length < limit) break;
      await Promise.allSettled(this.#firing);
    }
    await this.#knock(fresh);
  }

  /**
   * Gives timers to their changes before the time. The step sees that it is too early; but whatever has to be loaded for
   * them is in memory from then on, and when they are due only the commit is left to do.
   */
  async #knock(timers: readonly DueTimer[]): Promise<void> {
    for (let at = 0; at < timers.length && !this.#closed; at += KNOCKS)
      await Promise.allSettled(timers.slice(at, at + KNOCKS).map(this.#world.fire));
  }

  /** False where it waits already. */
  #wait(timer: DueTimer): boolean {
    const key = `${timer.tenant}/${timer.change}/${timer.name}/${timer.setVersion}`;
    if (this.#closed || this.#near.has(key)) return false;
    const cancel = this.#world.clock.at(Math.ceil(timer.dueAt / TICK_MS) * TICK_MS, () => {
      const firing = this.#fire(timer, key).finally(() => this.#firing.delete(firing));
      this.#firing.add(firing);
    });
    this.#near.set(key, cancel);
    return true;
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

  /** `nearMs`: how far ahead timers are brought into memory. */
  async #sweep(nearMs: number): Promise<void> {
    const { store, clock, log } = this.#world;
    try {
      const now = clock.now();
      for (const key of this.#failed) this.#near.delete(key);
      this.#failed = [];
      const slots = await store.timerSlots(now, now + ARM_AHEAD_MS, SLOT_MS);
      if (slots.length > 0) this.#arm(slots.map(alarmFor));
      await this.#approach(now + nearMs);
    } catch (error) {
      log.warn({ err: messageOf(error) }, 'the sweep for timers failed; it will be repeated');
    }
    // After a jump two sweeps may have run side by side; one goes on.
    this.#cancelSweep();
    if (!this.#closed) this.#cancelSweep = clock.at(clock.now() + SWEEP_MS, () => void this.#sweep(NEAR_MS));
  }
}

function slotOf(at: number): number {
  return Math.floor(at / SLOT_MS) * SLOT_MS;
}

function alarmFor(slot: number): number {
  return slot - EARLY_MS;
}
