/** Waiting for a moment on any clock, and not waiting for ever. */
import type { Clock } from '../actors/ports.ts';

/** Resolves once `clock` shows `at` or later; rejects when `signal` aborts. */
export async function until(clock: Clock, at: number, signal: AbortSignal): Promise<void> {
  while (clock.now() < at) await nextWake(clock, at, signal);
}

/** A timer may wake a moment before the clock shows its time; `until` looks again. */
function nextWake(clock: Clock, at: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      cancel();
      reject(signal.reason);
    };
    const cancel = clock.at(at, () => {
      signal.removeEventListener('abort', giveUp);
      resolve();
    });
    signal.addEventListener('abort', giveUp, { once: true });
  });
}

/** What `work` gives, unless it takes longer than `ms`; its end is nobody's any more then. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
