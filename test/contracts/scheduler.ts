/** What every `Scheduler` must do, run over each backend by `test/scheduler/*.test.ts`. */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { SchedulerOptions, StartedScheduler } from '../../src/scheduler/start.ts';
import { openRings } from '../scheduler/rings.ts';

export interface SchedulerRig {
  start(more?: Partial<SchedulerOptions>): Promise<StartedScheduler>;
  /** The backend goes away for its clients, and comes back. */
  cut(): void;
  restore(): void;
  /** The backend loses every alarm while its connections stand. */
  wipe(): Promise<void>;
  /** Messages of the log since the last call. */
  logged(): string[];
  close(): Promise<void>;
}

/** Call inside a `describe`. */
export function schedulerContract(open: () => Promise<SchedulerRig>): void {
  let rig: SchedulerRig;
  const started: StartedScheduler[] = [];
  const start = async (more?: Partial<SchedulerOptions>) => {
    const scheduler = await rig.start(more);
    started.push(scheduler);
    return scheduler;
  };
  beforeAll(async () => {
    rig = await open();
  });
  afterEach(async () => {
    rig.restore();
    await Promise.all(started.splice(0).map((scheduler) => scheduler.close()));
    await rig.wipe();
    rig.logged();
  });
  afterAll(() => rig.close());

  it('rings every armed slot at its time or later, never before', async () => {
    const scheduler = await start();
    const rings = await openRings(scheduler);
    const slots = [1, 120, 121, 250, 400].map((ms) => Date.now() + ms);
    await scheduler.arm(slots);
    await rings.of(slots);
    for (const ring of rings.all) expect(ring.at).toBeGreaterThanOrEqual(ring.slot);
  });

  it('says how many alarms are set, and that it cannot while the backend is away', async () => {
    const scheduler = await start();
    const { backend } = scheduler;
    const from = Date.now() + 3_600_000;
    await scheduler.arm([from, from + 1_000, from + 2_000, from]);
    expect(await scheduler.depth()).toEqual({ backend, jobs: { delayed: 3, waiting: 0, active: 0 } });
    rig.cut();
    await expect.poll(() => scheduler.depth(), { timeout: 5_000 }).toEqual({ backend, jobs: null });
  });

  it('wakes for an alarm that is earlier than the one it is waiting for', async () => {
    const scheduler = await start();
    const rings = await openRings(scheduler);
    const soon = Date.now() + 300;
    await scheduler.arm([soon + 3_600_000]);
    await scheduler.arm([soon]);
    await rings.of([soon]);
    expect(rings.all.map((ring) => ring.slot)).toEqual([soon]);
  });

  it('rings at once for a slot that has passed, and again when it is armed again', async () => {
    const scheduler = await start();
    const rings = await openRings(scheduler);
    const slot = Date.now() - 60_000;
    await scheduler.arm([slot]);
    await rings.of([slot]);
    rings.forget();
    await scheduler.arm([slot]);
    await rings.of([slot]);
  });

  it('waits for its own clock where the backend wakes it too early', async () => {
    const slow = 250;
    const clock = {
      now: () => Date.now() - slow,
      at: (at: number, wake: () => void) => {
        const timer = setTimeout(wake, at + slow - Date.now());
        return () => clearTimeout(timer);
      },
    };
    const scheduler = await start({ clock });
    const rings = await openRings(scheduler);
    const slot = clock.now() + 50;
    await scheduler.arm([slot]);
    await rings.of([slot]);
    expect(rings.all[0]?.at).toBeGreaterThanOrEqual(slot + slow);
  });

  it('takes a slot that is armed twice, here or by another process, as one', async () => {
    const [one, other] = [await start(), await start()];
    const rings = await openRings(one);
    const slot = Date.now() + 300;
    await Promise.all([one.arm([slot, slot]), other.arm([slot]), one.arm([slot])]);
    const last = slot + 1;
    await one.arm([last]);
    await rings.of([slot, last]);
    expect(rings.all).toHaveLength(2);
  });

  it('arms and rings two thousand slots at once', async () => {
    const scheduler = await start();
    const rings = await openRings(scheduler);
    const from = Date.now() + 100;
    const slots = Array.from({ length: 2_000 }, (_, i) => from + (i % 400) * 1_000_000 + i);
    const due = slots.filter((slot) => slot < from + 2_000);
    await scheduler.arm(slots);
    await rings.of(due);
    expect(rings.all).toHaveLength(due.length);
  });

  it('rings in another process for the alarms of one that has gone', async () => {
    const first = await start();
    const slot = Date.now() + 200;
    await first.arm([slot]);
    await first.close();
    const rings = await openRings(await start());
    await rings.of([slot]);
  });

  it('rings each slot in one of two processes', async () => {
    const [one, other] = [await start(), await start()];
    const [here, there] = [await openRings(one), await openRings(other)];
    const slots = Array.from({ length: 40 }, (_, i) => Date.now() + 50 + i);
    await one.arm(slots.slice(0, 20));
    await other.arm(slots.slice(20));
    while (new Set([...here.all, ...there.all].map((ring) => ring.slot)).size < slots.length)
      await Promise.race([here.next(), there.next()]);
  });

  it('rings again, later, when what it called has failed', async () => {
    const scheduler = await start();
    const rings = await openRings(scheduler, { failures: 1 });
    const slot = Date.now() - 1;
    await scheduler.arm([slot]);
    await rings.of([slot]);
    expect(rings.failed).toBe(1);
    expect(rig.logged()).toContain('a ring failed and is tried again');
  });

  it('can arm again what the backend has lost without a word', async () => {
    const scheduler = await start({ rememberMs: 1 });
    const rings = await openRings(scheduler);
    const slot = Date.now() + 400;
    await scheduler.arm([slot]);
    await rig.wipe();
    await sweepUntil(rings.of([slot]), scheduler, slot);
  });

  it('survives an outage of the backend, says so once, and works again by itself', async () => {
    const scheduler = await start();
    const rings = await openRings(scheduler);
    const during = Date.now() + 300;
    rig.cut();
    await scheduler.arm([during]);
    await scheduler.arm([during]);
    rig.restore();
    await sweepUntil(rings.of([during]), scheduler, during);
    const lines = rig.logged();
    expect(lines.filter((line) => line.includes('lost its backend'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('has its backend again'))).toHaveLength(1);
  });

  it('closes within a second while the backend is away, and twice is as good as once', async () => {
    const scheduler = await start();
    await openRings(scheduler);
    rig.cut();
    await scheduler.arm([Date.now() + 10]);
    const begun = performance.now();
    await scheduler.close();
    await scheduler.close();
    expect(performance.now() - begun).toBeLessThan(1_000);
  });
}

/** Arms the slot again and again, as the runtime's sweep does, until `done`. */
async function sweepUntil(done: Promise<void>, scheduler: StartedScheduler, slot: number): Promise<void> {
  const sweep = setInterval(() => void scheduler.arm([slot]), 50);
  await done.finally(() => clearInterval(sweep));
}
