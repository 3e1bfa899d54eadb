/** Who listens to a bus, whichever it is: takes messages as they came and passes on what others have said. */
import type { BusListener } from './bus.ts';
import { decodeNotice, REVOCATIONS } from './notice.ts';

export class BusListeners {
  readonly #self: string;
  readonly #all = new Set<BusListener>();

  /** `self` is the name that this server's own messages carry. */
  constructor(self: string) {
    this.#self = self;
  }

  add(listener: BusListener): () => void {
    this.#all.add(listener);
    return () => void this.#all.delete(listener);
  }

  take(text: string): void {
    const notice = decodeNotice(text);
    if (notice === undefined || notice.from === this.#self) return;
    for (const [tenant, seq] of notice.reached) {
      for (const listener of this.#all)
        if (tenant === REVOCATIONS) listener.revoked?.(seq);
        else listener.reached(tenant, seq);
    }
  }

  missed(): void {
    for (const listener of this.#all) listener.missed();
  }
}
