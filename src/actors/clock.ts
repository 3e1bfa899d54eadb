/** The ports of time and identity as the running system has them. */
import { v7 } from 'uuid';
import type { Clock, NewId } from './ports.ts';

/** The longest delay a Node timer takes; a longer one would fire at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** Wall-clock time. A wake-up is checked against the clock, since timers of the process may be a little early. */
export const systemClock: Clock = {
  now: () => Date.now(),
  at(at, wake) {
    let handle: NodeJS.Timeout;
    const wait = () => {
      handle = setTimeout(
        () => (Date.now() < at ? wait() : wake()),
        Math.min(Math.max(at - Date.now(), 0), MAX_DELAY_MS),
      );
      handle.unref();
    };
    wait();
    return () => clearTimeout(handle);
  },
};

/** UUID version 7 (RFC 9562): ordered by time, so that new rows land next to each other. */
export const newId: NewId = () => v7();
