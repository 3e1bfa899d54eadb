import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemClock, wallClock } from '../../src/actors/clock.ts';
import { START } from './rig.ts';
import { ManualSource } from './time-source.ts';

/** How late a clock that was set forward may be noticed, in ms. */
const NOTICED_MS = 500;

const move = fc.oneof(
  fc.record({ what: fc.constant('wait' as const), ms: fc.integer({ min: -3_000, max: 6_000 }) }),
  fc.record({ what: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 3_000 }) }),
  fc.record({ what: fc.constant('set' as const), ms: fc.integer({ min: -10_000, max: 10_000 }) }),
  fc.record({ what: fc.constant('cancel' as const), ms: fc.constant(0) }),
);

describe('the wall clock', () => {
  it('wakes nobody early, everybody once and whoever is due soon, however it is set', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 40 }), (moves) => {
        const source = new ManualSource(START);
        const clock = wallClock(source);
        const waiters: { at: number; wokenAt: number[]; cancelled: boolean; cancel: () => void }[] = [];
        for (const { what, ms } of moves) {
          if (what === 'pass') source.pass(ms);
          else if (what === 'set') source.set(ms);
          else if (what === 'wait') {
            const wokenAt: number[] = [];
            const at = clock.now() + ms;
            const cancel = clock.at(at, () => wokenAt.push(clock.now()));
            waiters.push({ at, wokenAt, cancelled: false, cancel });
          } else {
            const last = waiters.findLast(({ wokenAt }) => wokenAt.length === 0);
            last?.cancel();
            if (last) last.cancelled = true;
          }
        }
        source.pass(NOTICED_MS);
        for (const { at, wokenAt, cancelled } of waiters) {
          for (const woken of wokenAt) expect(woken).toBeGreaterThanOrEqual(at);
          if (cancelled) expect(wokenAt).toEqual([]);
          else if (at <= clock.now()) expect(wokenAt).toHaveLength(1);
          else expect(wokenAt.length).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('wakes to the millisecond while nobody sets it, and in the order of coming where times are equal', () => {
    const source = new ManualSource(START);
    const clock = wallClock(source);
    const woken: [string, number][] = [];
    for (const [name, ms] of [
      ['d', 90_000],
      ['b', 700],
      ['c', 700],
      ['a', 699],
    ] as const)
      clock.at(START + ms, () => woken.push([name, clock.now() - START]));
    source.pass(100_000);
    expect(woken).toEqual([
      ['a', 699],
      ['b', 700],
      ['c', 700],
      ['d', 90_000],
    ]);
  });

  it('tells when it was set by half a second or more, once, and not of slow drift', () => {
    const source = new ManualSource(START);
    const clock = wallClock(source);
    let told = 0;
    const stop = clock.onJump(() => {
      told += 1;
    });
    clock.at(START + 10_000_000, () => {});
    for (let beats = 0; beats < 100; beats++) {
      source.set(10);
      source.pass(NOTICED_MS);
    }
    expect(told).toBe(0);
    for (const ms of [500, -500, 3_600_000, -3_600_000]) {
      source.set(ms);
      source.pass(NOTICED_MS * 3);
    }
    expect(told).toBe(4);
    stop();
    source.set(3_600_000);
    source.pass(NOTICED_MS);
    expect(told).toBe(4);
  });

  it('of the machine shows the time of the machine and wakes', async () => {
    const at = systemClock.now() + 5;
    await new Promise<void>((wake) => systemClock.at(at, wake));
    expect(Date.now()).toBeGreaterThanOrEqual(at);
  });
});
