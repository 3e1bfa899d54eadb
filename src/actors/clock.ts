/**
 * The ports of time and identity as the running system has them. The wall clock can be set while somebody waits for a
 * time on it: back, and then nothing may wake early; forward, and then nothing may sleep on for a delay that was right
 * before. So whoever waits stands in one queue ordered by time, before one timer of the process that asks the clock often.
 */
import { v7 } from 'uuid';
import type { Clock, NewId } from './ports.ts';

/** The longest the process sleeps while somebody waits: so late a clock that was set forward is noticed at most. */
const LOOK_MS = 500;
/** Wall time and elapsed time may drift apart; by more than this at once, the clock was set or the machine slept. */
const JUMP_MS = 500;

/** A clock that tells when it was set. */
export interface SettableClock extends Clock {
  /**
   * Calls `react` each time the clock was set by half a second or more; returns how to stop that. Noticed only while
   * somebody waits for a time.
   */
  onJump?(react: () => void): () => void;
}

/** Where a wall clock gets its time from. All in ms. */
export interface TimeSource {
  /** Since the epoch, as the machine has it; may be set. */
  wall(): number;
  /** Since some moment; never set. */
  elapsed(): number;
  /** Calls `wake` once after about `ms`; returns how to cancel. */
  sleep(ms: number, wake: () => void): () => void;
}

const machine: TimeSource = {
  wall: () => Date.now(),
  elapsed: () => performance.now(),
  sleep(ms, wake) {
    const handle = setTimeout(wake, ms).unref();
    return () => clearTimeout(handle);
  },
};

interface Waiter {
  readonly at: number;
  /** Gone when it was called or cancelled. */
  wake: (() => void) | undefined;
}

/** Wall-clock time from a source. Those who wait for one time are woken in the order in which they came. */
export function wallClock(source: TimeSource): Required<SettableClock> {
  const queue: Waiter[] = [];
  const reactions = new Set<() => void>();
  let offset = source.wall() - source.elapsed();
  let stopSleeping = () => {};

  const rest = () => {
    stopSleeping();
    const [first] = queue;
    if (first) stopSleeping = source.sleep(Math.min(Math.max(first.at - source.wall(), 0), LOOK_MS), look);
  };
  const look = () => {
    const now = source.wall();
    const moved = now - source.elapsed() - offset;
    offset += moved;
    const later = placeAfter(queue, now);
    const due = queue.splice(0, later);
    rest();
    for (const waiter of due) waiter.wake?.();
    if (Math.abs(moved) >= JUMP_MS) for (const react of reactions) react();
  };

  return {
    now: () => source.wall(),
    at(at, wake) {
      const waiter: Waiter = { at, wake };
      if (queue.length === 0) offset = source.wall() - source.elapsed();
      const place = placeAfter(queue, at);
      queue.splice(place, 0, waiter);
      if (place === 0) rest();
      return () => {
        waiter.wake = undefined;
      };
    },
    onJump(react) {
      reactions.add(react);
      return () => void reactions.delete(react);
    },
  };
}

/** How many of the queue wait for `at` or an earlier time. */
function placeAfter(queue: readonly Waiter[], at: number): number {
  let low = 0;
  for (let high = queue.length; low < high; ) {
    const middle = (low + high) >>> 1;
    if ((queue[middle] as Waiter).at <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

export const systemClock: Required<SettableClock> = wallClock(machine);

/** UUID version 7 (RFC 9562): ordered by time, so that new rows land next to each other. */
export const newId: NewId = () => v7();
