/** A bus between hubs of one process, for tests; it passes its messages through the same spelling as the others. */
import { randomUUID } from 'node:crypto';
import type { Bus } from '../../src/gateway/bus/bus.ts';
import { BusListeners } from '../../src/gateway/bus/listeners.ts';
import { encodeNotices } from '../../src/gateway/bus/notice.ts';
import { Outbox } from '../../src/gateway/bus/outbox.ts';

export interface MemoryChannel {
  /** Another server joins. */
  open(): Bus;
  /** While cut, nothing gets through. */
  cut(): void;
  restore(): void;
  /** What anybody might write to the channel. */
  say(text: string): void;
}

export function memoryChannel(): MemoryChannel {
  const ends = new Set<{ readonly listeners: BusListeners; readonly outbox: Outbox }>();
  let isCut = false;
  const say = (text: string) => {
    for (const { listeners } of ends) listeners.take(text);
  };
  const open = (): Bus => {
    const self = randomUUID();
    const listeners = new BusListeners(self);
    const outbox = new Outbox({
      send: async (reached) => {
        if (isCut) throw new Error('the channel is cut');
        for (const text of encodeNotices(self, reached)) say(text);
      },
    });
    const end = { listeners, outbox };
    ends.add(end);
    return {
      kind: 'postgres',
      publish: (tenant, seq) => outbox.add(tenant, seq),
      subscribe: (listener) => listeners.add(listener),
      close: async () => {
        await outbox.flush();
        ends.delete(end);
      },
    };
  };
  return {
    open,
    say,
    cut: () => {
      isCut = true;
    },
    restore: () => {
      isCut = false;
      for (const { listeners, outbox } of ends) {
        listeners.missed();
        outbox.retry();
      }
    },
  };
}
