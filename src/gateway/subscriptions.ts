/** What one connection listens to: opened and closed by its commands, resumed when its socket has drained. */
import type { Principal } from '../actors/commands.ts';
import { CountersignError } from '../errors.ts';
import type { ReaderStore } from '../persistence/reader-records.ts';
import type { StreamPosition } from '../persistence/records.ts';
import type { Feed } from './feed.ts';
import { requireOpen } from './http/hidden.ts';
import { noSuchChange } from './http/missing.ts';
import type { Hub, Listener } from './hub.ts';
import { LiveSet } from './live/live-set.ts';
import { openReader, type Reader } from './live/readers.ts';
import { queried, type SetStore, type WorkView, workOf } from './live/source.ts';
import type { CommandOf, Query, Subscribed } from './protocol.ts';
import { type Outlet, type Scope, Subscription } from './subscription.ts';

/** A subscription that waits until the client knows about it. */
export interface Opened {
  readonly reply: Subscribed;
  readonly start: () => void;
}

export interface SubscriptionServices {
  readonly hub: Hub;
  readonly store: SetStore & { readonly readers: ReaderStore };
  readonly work: WorkView;
  /** At most so many at once. */
  readonly limit: number;
}

interface Open {
  readonly subscription: Subscription | LiveSet;
  readonly reader?: Reader | undefined;
}

type Subscribe = CommandOf<'subscribe'>;

export class Subscriptions {
  readonly #services: SubscriptionServices;
  readonly #outlet: Outlet;
  readonly #listener: Listener;
  readonly #principal: () => Principal;
  readonly #hidden: () => ReadonlySet<string>;
  readonly #open = new Map<string, Open>();
  /** Snapshots on their way to subscriptions that could not be recovered. */
  readonly #restoring = new Map<string, LiveSet>();
  #opening = 0;
  #count = 0;
  #tenant: string | undefined;
  #isClosed = false;

  /** `listener` is told when the streams were renumbered; `principal` is who the connection is of now, `hidden` what he may not read. */
  constructor(
    services: SubscriptionServices,
    outlet: Outlet,
    listener: Listener,
    principal: () => Principal,
    hidden: () => ReadonlySet<string>,
  ) {
    this.#services = services;
    this.#outlet = outlet;
    this.#listener = listener;
    this.#principal = principal;
    this.#hidden = hidden;
  }

  get size(): number {
    return this.#open.size;
  }

  resume(): void {
    for (const snapshot of this.#restoring.values()) snapshot.drained();
    for (const [id, { subscription }] of this.#open) if (!this.#restoring.has(id)) subscription.resume();
  }

  /** Permissions may have changed. */
  recheck(): void {
    for (const { subscription } of this.#open.values())
      if (subscription instanceof LiveSet) void subscription.recheck();
      else subscription.hide(this.#hidden());
  }

  close(): void {
    this.#isClosed = true;
    for (const snapshot of this.#restoring.values()) snapshot.close();
    for (const { subscription } of this.#open.values()) subscription.close();
    this.#open.clear();
    this.#releaseIfIdle();
  }

  /** Undefined where the connection ended meanwhile. */
  async subscribe(command: Subscribe): Promise<Opened | undefined> {
    const { hub, limit } = this.#services;
    if (this.#open.size + this.#opening >= limit) {
      throw new CountersignError('INVALID_INPUT', `A connection has at most ${limit} subscriptions.`);
    }
    requireFit(command);
    this.#opening += 1;
    const { tenant } = this.#principal();
    this.#tenant = tenant;
    try {
      const scope = isSet(command) ? {} : await this.#scopeOf(command.stream, tenant);
      const opened = await hub.open(tenant, this.#listener);
      const reader = await this.#readerOf(command, opened?.position.seq ?? 0);
      if (this.#isClosed || opened === undefined) return undefined;
      this.#count += 1;
      const id = `s${this.#count}`;
      return isSet(command)
        ? this.#openSet(id, command, opened.feed, opened.position)
        : this.#openRows(id, command, scope, opened, reader);
    } finally {
      this.#opening -= 1;
      this.#releaseIfIdle();
    }
  }

  async unsubscribe({ subscription: id, forget = false }: CommandOf<'unsubscribe'>): Promise<void> {
    const { subscription, reader } = this.#known(id);
    subscription.close();
    this.#open.delete(id);
    this.#releaseIfIdle();
    if (forget && reader) await this.#services.store.readers.forget(reader);
  }

  /** Everything up to `seq` has been seen by whoever reads; returns up to where that is known now. */
  async acknowledge({ subscription: id, seq }: CommandOf<'ack'>): Promise<number> {
    const { subscription, reader } = this.#known(id);
    if (reader === undefined || subscription instanceof LiveSet) {
      throw new CountersignError('INVALID_INPUT', `Subscription "${id}" was opened without a "reader".`);
    }
    if (seq > subscription.told) {
      const message = `Subscription "${id}" has been sent rows up to ${subscription.told}, not up to ${seq}.`;
      throw new CountersignError('INVALID_INPUT', message);
    }
    return this.#services.store.readers.acknowledge(reader, seq);
  }

  #openRows(
    id: string,
    command: Subscribe,
    scope: Scope,
    { feed, position }: { readonly feed: Feed; readonly position: StreamPosition },
    reader: Reader | undefined,
  ): Opened {
    const since = command.since ?? reader?.acknowledged;
    const start = startOf({ since, epoch: command.epoch }, position);
    const subscription = new Subscription(id, feed, scope, start.since, this.#outlet, this.#hidden());
    this.#open.set(id, { subscription, reader });
    return {
      reply: { subscription: id, epoch: position.epoch, ...start },
      start: () => void this.#begin(id, scope, start, subscription),
    };
  }

  /** Where a position means nothing, how things are now comes first; what happens from then on follows. */
  async #begin(
    id: string,
    scope: Scope,
    { since, recovered }: Pick<Subscribed, 'since' | 'recovered'>,
    subscription: Subscription,
  ): Promise<void> {
    try {
      if (!recovered) await this.#restore(id, since, scope);
      if (this.#open.has(id)) subscription.resume();
    } catch (error) {
      if (!this.#isClosed) this.#outlet.fail(error);
    }
  }

  async #restore(id: string, position: number, scope: Scope): Promise<void> {
    const feed = { position, join: () => {}, leave: () => {} };
    const snapshot = new LiveSet(id, feed, this.#sourceOf(scope), this.#outlet);
    this.#restoring.set(id, snapshot);
    await snapshot.once().finally(() => this.#restoring.delete(id));
  }

  #sourceOf({ change, project }: Scope) {
    const { store } = this.#services;
    const { tenant } = this.#principal();
    const query = { ...(project !== undefined && { project }) };
    const all = queried(store, tenant, query, this.#hidden);
    if (change === undefined) return all;
    const candidates = async () => {
      const found = await store.change({ tenant, change });
      return found ? [found] : [];
    };
    return { ...all, candidates };
  }

  #openSet(id: string, command: Subscribe, feed: Feed, { seq, epoch }: StreamPosition): Opened {
    const { store, work } = this.#services;
    const query: Query = command.query ?? {};
    const source =
      command.stream === 'work'
        ? workOf(store, work, this.#principal, query, this.#hidden)
        : queried(store, this.#principal().tenant, query, this.#hidden);
    const subscription = new LiveSet(id, feed, source, this.#outlet);
    this.#open.set(id, { subscription });
    const reply = { subscription: id, epoch, since: seq, recovered: command.since === undefined };
    return { reply, start: () => subscription.resume() };
  }

  #readerOf(command: Subscribe, position: number): Promise<Reader | undefined> {
    return openReader(this.#services.store.readers, this.#principal(), command, position);
  }

  #known(id: string): Open {
    const known = this.#open.get(id);
    if (known) return known;
    throw new CountersignError('NOT_FOUND', `This connection has no subscription "${id}".`);
  }

  async #scopeOf(stream: string, tenant: string): Promise<Scope> {
    if (stream === 'tenant') return {};
    const separator = stream.indexOf(':');
    const name = stream.slice(separator + 1);
    if (stream.slice(0, separator) === 'project') {
      requireOpen(name, this.#hidden());
      return { project: name };
    }
    const change = name.toLowerCase();
    const found = await this.#services.store.change({ tenant, change });
    if (found === undefined || this.#hidden().has(found.project)) {
      throw noSuchChange(change);
    }
    return { change };
  }

  #releaseIfIdle(): void {
    const isIdle = this.#open.size === 0 && this.#opening === 0;
    if (isIdle && this.#tenant !== undefined) this.#services.hub.release(this.#tenant, this.#listener);
  }
}

function isSet({ stream }: Subscribe): boolean {
  return stream === 'work' || stream === 'query';
}

function requireFit(command: Subscribe): void {
  if (isSet(command) ? command.reader !== undefined : command.query !== undefined) {
    const [field, streams] = isSet(command)
      ? ['reader', '"tenant", "project:<name>" and "change:<id>"']
      : ['query', '"work" and "query"'];
    const message = `"${field}" belongs to the streams ${streams}, not to "${command.stream}".`;
    throw new CountersignError('INVALID_INPUT', message);
  }
}

/** From where on, and whether that is what was asked for. A position beyond the stream, or of another epoch, means nothing. */
function startOf(
  { since, epoch: seen }: { readonly since: number | undefined; readonly epoch: string | undefined },
  { seq: position, epoch }: StreamPosition,
) {
  const recovered = (seen === undefined || seen === epoch) && (since ?? 0) <= position;
  return { since: recovered ? (since ?? position) : position, recovered };
}
