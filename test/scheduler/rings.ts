/** Collects what a scheduler rings, and waits for it. */
import type { Scheduler } from '../../src/actors/ports.ts';

export interface Ring {
  readonly slot: number;
  /** When it rang, by the system's clock. */
  readonly at: number;
}

export interface Rings {
  readonly all: readonly Ring[];
  readonly failed: number;
  /** Resolves when each of these has rung. */
  of(slots: readonly number[]): Promise<void>;
  next(): Promise<void>;
  forget(): void;
}

export async function openRings(scheduler: Scheduler, { failures = 0 } = {}): Promise<Rings> {
  const all: Ring[] = [];
  let failed = 0;
  let wake = () => {};
  let woken = new Promise<void>((resolve) => {
    wake = resolve;
  });
  await scheduler.onRing(async (slot) => {
    if (failed < failures) {
      failed += 1;
      throw new Error('not now');
    }
    all.push({ slot, at: Date.now() });
    const waiting = wake;
    woken = new Promise<void>((resolve) => {
      wake = resolve;
    });
    waiting();
  });
  const has = (slot: number) => all.some((ring) => ring.slot === slot);
  return {
    all,
    get failed() {
      return failed;
    },
    of: async (slots) => {
      while (!slots.every(has)) await woken;
    },
    next: () => woken,
    forget: () => {
      all.length = 0;
    },
  };
}
