/** The life of definitions behind the gateway: the real one, on a store in memory. */
import { newId } from '../../src/actors/clock.ts';
import { Runtime } from '../../src/actors/runtime.ts';
import { createLogger } from '../../src/log.ts';
import { ManualClock } from '../actors/clock.ts';
import { MemoryStore } from '../support/memory-store.ts';

export const fakeLife = (now: number): Runtime =>
  new Runtime({
    store: new MemoryStore(),
    clock: new ManualClock(now),
    newId,
    scheduler: { arm: async () => {}, onRing: async () => {}, close: async () => {} },
    publisher: { publish: () => {} },
    log: createLogger('silent'),
  });
