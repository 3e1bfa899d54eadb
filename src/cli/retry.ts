/** Trying again: for a bounded time, later each time, never at the same moment as everybody else. */
import { setTimeout as sleep } from 'node:timers/promises';
import { CountersignError } from '../errors.ts';

interface Attempt {
  readonly status: number;
  readonly retryAfterMs: number | undefined;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Repeats `attempt` while the server is away (a retryable error) or busy (503), until `patienceMs` have passed;
 * then the last answer or error stands. Pauses double, with full jitter; a `Retry-After` is waited out.
 */
export async function patiently<T extends Attempt>(
  attempt: () => Promise<T>,
  patienceMs: number,
): Promise<T> {
  let pauseMs = FIRST_PAUSE_MS;
  let deadline: number | undefined;
  for (;;) {
    let last: { response: T } | { error: CountersignError };
    try {
      const response = await attempt();
      if (response.status !== 503) return response;
      last = { response };
    } catch (error) {
      if (!(error instanceof CountersignError && error.retryable)) throw error;
      last = { error };
    }
    const now = performance.now();
    deadline ??= now + patienceMs;
    const asked = 'response' in last ? last.response.retryAfterMs : undefined;
    const waitMs = asked === undefined ? Math.random() * pauseMs : asked + Math.random() * FIRST_PAUSE_MS;
    if (now + waitMs >= deadline) {
      if ('error' in last) throw last.error;
      return last.response;
    }
    await sleep(waitMs);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
}
