/**
 * BullMQ as an alarm clock and nothing else: one job per time slot, and a ring when its time has come.
 * Delivery is at least once and a delay is a lower bound; what is due is decided by the `timers` rows.
 */
import type { Job } from 'bullmq';
import type { SettableClock } from '../actors/clock.ts';
import type { AlarmDepth, Scheduler } from '../actors/ports.ts';
import { invariant } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Alarm, AlarmJob, AlarmWorker, Backend } from './backend.ts';
import type { ArmedSlots } from './memory.ts';
import type { Outage } from './outage.ts';
import { until, within } from './wait.ts';

/** Jobs per statement. */
const BULK = 2_000;
/** How long arming waits for the answer to one, in ms. */
const ANSWER_MS = 2_000;
/** How long `close` lets running rings finish, in ms. */
const PATIENCE_MS = 600;

interface Parts {
  readonly backend: Backend;
  readonly armed: ArmedSlots;
  readonly outage: Outage;
  readonly clock: SettableClock;
  readonly log: Logger;
}

export class BullScheduler implements Scheduler {
  readonly backend: Backend['kind'];
  readonly #parts: Parts;
  readonly #closing = new AbortController();
  readonly #ignoreJumps: () => void;
  #worker: AlarmWorker | undefined;
  #closed: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.backend = parts.backend.kind;
    parts.outage.onReturn(() => parts.armed.clear());
    // A slot that has rung comes again where the clock is set back.
    this.#ignoreJumps = parts.clock.onJump?.(() => parts.armed.clear()) ?? (() => {});
  }

  /** Never rejects: what could not be armed is not remembered, and the runtime's next sweep arms it again. */
  async arm(slots: readonly number[]): Promise<void> {
    const { armed, backend, clock, outage } = this.#parts;
    if (this.#closing.signal.aborted || !backend.reachable()) return;
    const now = clock.now();
    const missing = armed.missing(slots, now);
    if (missing.length === 0) return;
    try {
      for (let at = 0; at < missing.length; at += BULK) {
        const chunk = missing.slice(at, at + BULK);
        await within(ANSWER_MS, this.#add(chunk.map((slot) => alarmJob(slot, now))));
        armed.remember(chunk);
      }
      outage.up();
    } catch (error) {
      outage.down(error);
    }
  }

  async onRing(ring: (slot: number) => Promise<void>): Promise<void> {
    invariant(this.#worker === undefined, 'the ring of a scheduler is set once');
    const { backend, clock, log } = this.#parts;
    this.#worker = await backend.work(async ({ data }: Job<Alarm>) => {
      await until(clock, data.slot, this.#closing.signal);
      await ring(data.slot);
    });
    this.#worker.on('failed', (job, err) => {
      if (this.#closing.signal.aborted) return;
      log.warn({ err, slot: job?.data.slot, attempt: job?.attemptsMade }, 'a ring failed and is tried again');
    });
  }

  /** Never rejects, and takes no longer than arming. */
  async depth(): Promise<AlarmDepth> {
    const { backend } = this.#parts;
    const ask = async () => {
      const counts = await within(ANSWER_MS, backend.queue.getJobCounts('delayed', 'waiting', 'active'));
      const { delayed = 0, waiting = 0, active = 0 } = counts;
      return { delayed, waiting, active };
    };
    const jobs = backend.reachable() ? await ask().catch(() => null) : null;
    return { backend: backend.kind, jobs };
  }

  /** Takes less than a second, whatever the backend does. An alarm whose ring was cut short rings elsewhere, later. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#ignoreJumps();
    this.#closing.abort(new Error('the scheduler is closing'));
    const { backend } = this.#parts;
    await within(PATIENCE_MS, this.#worker?.close() ?? Promise.resolve()).catch(() => {
      void this.#worker?.disconnect().catch(() => undefined);
    });
    await within(PATIENCE_MS / 4, backend.queue.close()).catch(() => undefined);
    backend.disconnect();
  }

  /** In bulk PostgreSQL writes through temporary tables; one job goes in without them. */
  async #add(jobs: AlarmJob[]): Promise<void> {
    const { queue } = this.#parts.backend;
    const [first] = jobs;
    if (first && jobs.length === 1) await queue.add(first.name, first.data, first.opts);
    else await queue.addBulk(jobs);
  }
}

/**
 * The id is the slot, so arming twice adds one job. A slot that has begun may be ringing at this moment for those
 * who were there before; its job gets an id of its own, or the backend would take it for the one that is running.
 */
function alarmJob(slot: number, now: number): AlarmJob {
  const jobId = slot > now ? `slot-${slot}` : `slot-${slot}-${now}`;
  const opts = {
    jobId,
    timestamp: now,
    delay: Math.max(0, slot - now),
    attempts: 10,
    backoff: { type: 'exponential', delay: 500 },
    removeOnComplete: true,
    removeOnFail: true,
  };
  return { name: 'ring', data: { slot }, opts };
}
