/** What a commit tells: this server's subscribers the rows, the other servers how far each stream has come. */
import type { Publisher } from '../../actors/ports.ts';
import type { Hub } from '../hub.ts';
import type { Bus } from './bus.ts';

/** The publisher of a runtime on a hub and a bus; the hub is told what other servers say from now on. */
export function publisherOn(hub: Hub, bus: Bus): Publisher {
  bus.subscribe({
    reached: (tenant, seq) => hub.wake(tenant, seq),
    missed: () => hub.lookUp(),
  });
  return {
    publish: (rows) => {
      hub.publish(rows);
      for (const { tenant, seq } of rows) bus.publish(tenant, seq);
    },
  };
}
