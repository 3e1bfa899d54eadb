/** What every bus between servers does, whatever carries it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bus } from '../../src/gateway/bus/bus.ts';

export interface BusRig {
  open(): Promise<Bus>;
  /** One that waits 100 ms for an answer, and asks every 2 s whether the other end is there. */
  openImpatient(): Promise<Bus>;
  /** Breaks every connection and refuses new ones. */
  cut(): void;
  restore(): void;
  /** Every connection stays, and nothing comes through, until `proceed`. */
  stall(): void;
  proceed(): void;
  /** Writes to the channel what anybody who can reach it might. */
  say(text: string): Promise<void>;
  close(): Promise<void>;
}

/** What one server heard, and a way to wait for more. */
class Heard {
  readonly reached: [string, number][] = [];
  missed = 0;
  #wake: () => void = () => {};

  constructor(bus: Bus) {
    bus.subscribe({
      reached: (tenant, seq) => {
        this.reached.push([tenant, seq]);
        this.#wake();
      },
      missed: () => {
        this.missed += 1;
        this.#wake();
      },
    });
  }

  last(tenant: string): number | undefined {
    return this.reached.findLast(([of]) => of === tenant)?.[1];
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

export function busContract(name: string, start: () => Promise<BusRig>, skip = false): void {
  describe.skipIf(skip)(`the bus ${name}`, () => {
    let rig: BusRig;
    let a: Bus;
    let b: Bus;
    let c: Bus;
    beforeAll(async () => {
      rig = await start();
      [a, b, c] = await Promise.all([rig.open(), rig.open(), rig.open()]);
    });
    afterAll(async () => {
      await Promise.all([a, b, c].map((bus) => bus?.close()));
      await rig?.close();
    });

    it('tells every other server how far a stream has come, and nobody what he said himself', async () => {
      const [atA, atB, atC] = [new Heard(a), new Heard(b), new Heard(c)];
      a.publish('acme', 7);
      await Promise.all([atB, atC].map((heard) => heard.until(() => heard.last('acme') === 7)));
      b.publish('acme', 8);
      await atA.until(() => atA.last('acme') === 8);
      expect(atA.reached).toEqual([['acme', 8]]);
      expect(atB.reached).toEqual([['acme', 7]]);
    });

    it('says 20,000 positions in few messages, the last of each stream among them', async () => {
      const heard = new Heard(b);
      for (let seq = 1; seq <= 10_000; seq++) {
        a.publish('busy', seq);
        a.publish('other', seq * 2);
        if (seq % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      await heard.until(() => heard.last('busy') === 10_000 && heard.last('other') === 20_000);
      expect(heard.reached.length).toBeLessThan(1_000);
      const busy = heard.reached.filter(([tenant]) => tenant === 'busy').map(([, seq]) => seq);
      expect(busy).toEqual(busy.toSorted((one, other) => one - other));
    });

    it('carries 2,000 tenants at once, with names as long as they may be', async () => {
      const heard = new Heard(c);
      const tenants = Array.from({ length: 2_000 }, (_, index) => `t${index}`.padEnd(63, 'x'));
      for (const [index, tenant] of tenants.entries()) a.publish(tenant, 2 ** 52 + index);
      // What others said before may still be on its way, and a position may be said twice.
      const meant = () => new Map(heard.reached.filter(([tenant]) => tenants.includes(tenant)));
      await heard.until(() => meant().size >= tenants.length);
      expect(meant()).toEqual(new Map(tenants.map((tenant, index) => [tenant, 2 ** 52 + index])));
    });

    it('stops telling who has ended his subscription', async () => {
      const ended: number[] = [];
      const end = b.subscribe({ reached: (_, seq) => ended.push(seq), missed: () => {} });
      end();
      const heard = new Heard(b);
      a.publish('quiet', 1);
      await heard.until(() => heard.last('quiet') === 1);
      expect(ended).toEqual([]);
    });

    it('is not disturbed by what others write to its channel', async () => {
      const heard = new Heard(b);
      for (const text of [
        '',
        'hello',
        'null',
        '[]',
        '{"from":1}',
        '{"from":"x","reached":{"../etc":1,"acme":"9","__proto__":4,"a":-1,"b":1e300}}',
      ])
        await rig.say(text);
      a.publish('after', 3);
      await heard.until(() => heard.last('after') === 3);
      expect(heard.reached).toEqual([['after', 3]]);
    });

    it('comes back after an outage by itself, says that something may be missed, and what it could not say', async () => {
      const heard = new Heard(b);
      rig.cut();
      for (let seq = 1; seq <= 50; seq++) {
        a.publish('outage', seq);
        await new Promise((resolve) => setImmediate(resolve));
      }
      rig.restore();
      await heard.until(() => heard.missed > 0);
      a.publish('outage', 51);
      await heard.until(() => heard.last('outage') === 51);
    });

    it('speaks again after the other end was too slow to answer, though no connection broke', async () => {
      const speaker = await rig.openImpatient();
      const heard = new Heard(b);
      rig.stall();
      speaker.publish('slow', 1);
      // Longer than it waits for the answer; that it has given up cannot be seen from outside.
      await new Promise((resolve) => setTimeout(resolve, 300));
      rig.proceed();
      speaker.publish('slow', 2);
      await heard.until(() => heard.last('slow') === 2);
      await speaker.close();
    });

    it('notices by itself that the other end is gone, though no connection broke', async () => {
      const listener = await rig.openImpatient();
      const heard = new Heard(listener);
      rig.stall();
      await heard.until(() => heard.missed > 0);
      rig.proceed();
      a.publish('back', 1);
      await heard.until(() => heard.last('back') === 1);
      await listener.close();
    });

    it('says what is still unsaid before it closes', async () => {
      const heard = new Heard(b);
      const leaving = await rig.open();
      leaving.publish('farewell', 9);
      await leaving.close();
      await heard.until(() => heard.last('farewell') === 9);
    });
  });
}
