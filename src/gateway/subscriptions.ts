/** What one connection listens to: opened and closed by its commands, resumed when its socket has drained. */
import { CountersignError } from '../errors.ts';
import type { Hub, Listener } from './hub.ts';
import type { CommandOf, Subscribed } from './protocol.ts';
import { type Outlet, type Scope, Subscription } from './subscription.ts';

/** A subscription that waits until the client knows about it. */
export interface Opened {
  readonly reply: Subscribed;
  readonly start: () => void;
}

export class Subscriptions {
  readonly #hub: Hub;
  readonly #outlet: Outlet;
  readonly #listener: Listener;
  readonly #limit: number;
  readonly #open = new Map<string, Subscription>();
  #opening = 0;
  #count = 0;
  #tenant: string | undefined;
  #isClosed = false;

  /** At most `limit` at once. `listener` is told when the streams were renumbered. */
  constructor(hub: Hub, outlet: Outlet, listener: Listener, limit: number) {
    this.#hub = hub;
    this.#outlet = outlet;
    this.#listener = listener;
    this.#limit = limit;
  }

  get size(): number {
    return this.#open.size;
  }

  resume(): void {
    for (const subscription of this.#open.values()) subscription.resume();
  }

  close(): void {
    this.#isClosed = true;
    for (const subscription of this.#open.values()) subscription.close();
    this.#open.clear();
    this.#releaseIfIdle();
  }

  /** Undefined where the connection ended meanwhile. */
  async subscribe(command: CommandOf<'subscribe'>, tenant: string): Promise<Opened | undefined> {
    if (this.#open.size + this.#opening >= this.#limit) {
      throw new CountersignError('INVALID_INPUT', `A connection has at most ${this.#limit} subscriptions.`);
    }
    this.#opening += 1;
    this.#tenant = tenant;
    try {
      const scope = await this.#scopeOf(command.stream, tenant);
      const opened = await this.#hub.open(tenant, this.#listener);
      if (this.#isClosed || opened === undefined) return undefined;
      const { feed, position } = opened;
      const start = startOf(command, position.seq, position.epoch);
      this.#count += 1;
      const subscription = new Subscription(`s${this.#count}`, feed, scope, start.since, this.#outlet);
      this.#open.set(subscription.id, subscription);
      const reply = { subscription: subscription.id, epoch: position.epoch, ...start };
      return { reply, start: () => subscription.resume() };
    } finally {
      this.#opening -= 1;
      this.#releaseIfIdle();
    }
  }

  unsubscribe(id: string): void {
    const subscription = this.#open.get(id);
    if (subscription === undefined) {
      throw new CountersignError('NOT_FOUND', `This connection has no subscription "${id}".`);
    }
    subscription.close();
    this.#open.delete(id);
    this.#releaseIfIdle();
  }

  async #scopeOf(stream: string, tenant: string): Promise<Scope> {
    if (stream === 'tenant') return {};
    const separator = stream.indexOf(':');
    const name = stream.slice(separator + 1);
    if (stream.slice(0, separator) === 'project') return { project: name };
    const change = name.toLowerCase();
    if ((await this.#outlet.store.change({ tenant, change })) === undefined) {
      throw new CountersignError('NOT_FOUND', `There is no change ${change} in this tenant.`);
    }
    return { change };
  }

  #releaseIfIdle(): void {
    const isIdle = this.#open.size === 0 && this.#opening === 0;
    if (isIdle && this.#tenant !== undefined) this.#hub.release(this.#tenant, this.#listener);
  }
}

/** From where on, and whether that is what was asked for. A position beyond the stream, or of another epoch, means nothing. */
function startOf({ since, epoch: seen }: CommandOf<'subscribe'>, position: number, epoch: string) {
  const recovered = (seen === undefined || seen === epoch) && (since ?? 0) <= position;
  return { since: recovered ? (since ?? position) : position, recovered };
}
