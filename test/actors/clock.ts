/** A clock that moves when it is told to. */
import type { Clock } from '../../src/actors/ports.ts';

export class ManualClock implements Clock {
  #now: number;
  #alarms: { at: number; wake: () => void }[] = [];

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  at(at: number, wake: () => void): () => void {
    const alarm = { at, wake };
    this.#alarms.push(alarm);
    if (at <= this.#now) queueMicrotask(() => this.#ring(alarm));
    return () => {
      this.#alarms = this.#alarms.filter((each) => each !== alarm);
    };
  }

  #ring(alarm: { at: number; wake: () => void }): void {
    if (!this.#alarms.includes(alarm)) return;
    this.#alarms = this.#alarms.filter((each) => each !== alarm);
    alarm.wake();
  }

  /** When the next alarm is due; undefined where none is set. */
  get next(): number | undefined {
    return this.#alarms.length === 0 ? undefined : Math.min(...this.#alarms.map(({ at }) => at));
  }

  /** Moves to `to` and wakes what is due by then, in order. */
  moveTo(to: number): void {
    for (;;) {
      const due = this.#alarms.filter(({ at }) => at <= to).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#now = Math.max(this.#now, due.at);
      this.#ring(due);
    }
    this.#now = Math.max(this.#now, to);
  }
}
