import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Deadlines } from '../../src/gateway/deadlines.ts';

const NOW = 1_700_000_000_000;
const DAY_MS = 86_400_000;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});

afterEach(() => {
  vi.useRealTimers();
});

class Waiting {
  readonly came: number[] = [];

  due(): void {
    this.came.push(Date.now() - NOW);
  }
}

test('a deadline comes when it is due or a tenth of a second later, never before', () => {
  const deadlines = new Deadlines();
  const waiting = [0, 1, 99, 100, 101, 999, 1_000, 61_234].map((ms) => {
    const each = new Waiting();
    deadlines.add(each, NOW + ms);
    return { ms, each };
  });
  vi.advanceTimersByTime(62_000);
  for (const { ms, each } of waiting) {
    expect(each.came).toHaveLength(1);
    expect(each.came[0]).toBeGreaterThanOrEqual(ms);
    expect(each.came[0]).toBeLessThan(ms + 100);
  }
});

test('thousands of deadlines within a second need no more than a timer for each tenth of it', () => {
  const deadlines = new Deadlines();
  for (let index = 0; index < 5_000; index++) deadlines.add(new Waiting(), NOW + 10_000 + (index % 1_000));
  expect(vi.getTimerCount()).toBeLessThanOrEqual(11);
});

test('one that was taken back does not come, and others of its time do', () => {
  const deadlines = new Deadlines();
  const [gone, stays] = [new Waiting(), new Waiting()];
  const slot = deadlines.add(gone, NOW + 500);
  deadlines.add(stays, NOW + 500);
  deadlines.remove(gone, slot);
  vi.advanceTimersByTime(1_000);
  expect(gone.came).toEqual([]);
  expect(stays.came).toEqual([500]);
});

test('where all of a time were taken back, no timer is left', () => {
  const deadlines = new Deadlines();
  const waiting = new Waiting();
  deadlines.remove(waiting, deadlines.add(waiting, NOW + 500));
  expect(vi.getTimerCount()).toBe(0);
});

test('one that came takes back nothing that was set after it', () => {
  const deadlines = new Deadlines();
  const waiting = new Waiting();
  const slot = deadlines.add(waiting, NOW + 500);
  vi.advanceTimersByTime(600);
  deadlines.add(waiting, NOW + 1_500);
  deadlines.remove(waiting, slot);
  vi.advanceTimersByTime(1_000);
  expect(waiting.came).toEqual([500, 1_500]);
});

test('one that is further ahead than a timer reaches comes early and can be set again', () => {
  const deadlines = new Deadlines();
  const waiting = new Waiting();
  deadlines.add(waiting, NOW + 60 * DAY_MS);
  vi.advanceTimersByTime(20 * DAY_MS);
  expect(waiting.came).toEqual([]);
  vi.advanceTimersByTime(5 * DAY_MS);
  expect(waiting.came).toHaveLength(1);
});
