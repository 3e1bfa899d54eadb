/** What one connection listens to: opened and closed by its commands, resumed when its socket has drained. */
import type { Principal } from '../actors/commands.ts';
import { noSuchChange } from '../actors/missing.ts';
import { CountersignError } from '../errors.ts';
import type { ReaderStore } from '../persistence/reader-records.ts';
import type { StreamPosition } from '../persistence/records.ts';
import type { Feed } from './feed.ts';
import { requireOpen } from './http/hidden.ts';
import type { Hub, Listener } from './hub.ts';
import type { StreamLimits } from './limits.ts';
import { LiveSet } from './live/live-set.ts';
import { openReader, type Reader } from './live/readers.ts';
import { queried, type SetStore, type WorkView, workOf } from './live/source.ts';
import type { CommandOf, Query, Subscribed } from './protocol.ts';
import { type Outlet, type Scope, Subscription, subscriptionName } from './subscription.ts';

/** A subscription that waits until the client knows about it. */
export interface Opened {
  readonly reply: Subscribed;
  readonly start: () => void;
}

export interface SubscriptionServices {
  readonly hub: Hub;
  readonly backend: { readonly store: SetStore & { readonly readers: ReaderStore } };
  readonly work: WorkView;
  /** At most so many at once. */
  readonly limits: Pick<StreamLimits, 'subscriptions'>;
}

/** The connection, as far as its subscriptions know it: told when the streams were renumbered, and where frames go. */
export interface Subscriber extends Listener, Outlet {
  /** Who the connection is of now. */
  readonly principal: Principal;
  /** Projects that he may not read. */
  readonly hidden: ReadonlySet<string>;
}

type Open = Subscription | LiveSet;

const NOTHING: readonly Open[] = [];
const WHOLE: Scope = {};

type Subscribe = CommandOf<'subscribe'>;

export class Subscriptions {
  readonly #services: SubscriptionServices;
  readonly #subscriber: Subscriber;
  /** Nearly always one, so a list as long as needed. */
  #open = NOTHING;
  /** Of those opened with a name, by id. */
  #readers: Map<string, Reader> | undefined;
  /** Snapshots on their way to subscriptions that could not be recovered. */
  #restoring: Map<string, LiveSet> | undefined;
  #opening = 0;
  #count = 0;
  #tenant: string | undefined;
  #isClosed = false;

  constructor(services: SubscriptionServices, subscriber: Subscriber) {
    this.#services = services;
    this.#subscriber = subscriber;
  }

  get size(): number {
    return this.#open.length;
  }

  resume(): void {
    for (const snapshot of this.#restoring?.values() ?? []) snapshot.drained();
    for (const open of this.#open) if (!this.#restoring?.has(open.id)) open.resume();
  }

  /** Permissions may have changed. */
  recheck(): void {
    for (const open of this.#open)
      if (open instanceof LiveSet) void open.recheck();
      else open.hide(this.#subscriber.hidden);
  }

  close(): void {
    this.#isClosed = true;
    for (const snapshot of this.#restoring?.values() ?? []) snapshot.close();
    for (const open of this.#open) open.close();
    this.#open = NOTHING;
    this.#releaseIfIdle();
  }

  /** Undefined where the connection ended meanwhile. */
  async subscribe(command: Subscribe): Promise<Opened | undefined> {
    const { hub, limits } = this.#services;
    if (this.#open.length + this.#opening >= limits.subscriptions) {
      throw new CountersignError(
        'INVALID_INPUT',
        `A connection has at most ${limits.subscriptions} subscriptions.`,
      );
    }
    requireFit(command);
    this.#opening += 1;
    const { tenant } = this.#subscriber.principal;
    this.#tenant = tenant;
    try {
      const scope = isSet(command) ? WHOLE : await this.#scopeOf(command.stream, tenant);
      const opened = await hub.open(tenant, this.#subscriber);
      const reader = await this.#readerOf(command, opened?.position.seq ?? 0);
      if (this.#isClosed || opened === undefined) return undefined;
      this.#count += 1;
      const id = subscriptionName(this.#count);
      return isSet(command)
        ? this.#openSet(id, command, opened.feed, opened.position)
        : this.#openRows(id, command, scope, opened, reader);
    } finally {
      this.#opening -= 1;
      this.#releaseIfIdle();
    }
  }

  async unsubscribe({ subscription: id, forget = false }: CommandOf<'unsubscribe'>): Promise<void> {
    const known = this.#known(id);
    const reader = this.#readers?.get(id);
    known.close();
    this.#open = this.#open.filter((open) => open !== known);
    this.#readers?.delete(id);
    this.#releaseIfIdle();
    if (forget && reader) await this.#store.readers.forget(reader);
  }

  /** Everything up to `seq` has been seen by whoever reads; returns up to where that is known now. */
  async acknowledge({ subscription: id, seq }: CommandOf<'ack'>): Promise<number> {
    const known = this.#known(id);
    const reader = this.#readers?.get(id);
    if (reader === undefined || known instanceof LiveSet) {
      throw new CountersignError('INVALID_INPUT', `Subscription "${id}" was opened without a "reader".`);
    }
    if (seq > known.told) {
      const message = `Subscription "${id}" has been sent rows up to ${known.told}, not up to ${seq}.`;
      throw new CountersignError('INVALID_INPUT', message);
    }
    return this.#store.readers.acknowledge(reader, seq);
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
    const subscription = new Subscription(
      id,
      feed,
      scope,
      start.since,
      this.#subscriber,
      this.#subscriber.hidden,
    );
    this.#open = [...this.#open, subscription];
    if (reader) this.#readersById().set(id, reader);
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
      if (this.#open.includes(subscription)) subscription.resume();
    } catch (error) {
      if (!this.#isClosed) this.#subscriber.fail(error);
    }
  }

  async #restore(id: string, position: number, scope: Scope): Promise<void> {
    const feed = { position, join: () => {}, leave: () => {} };
    const snapshot = new LiveSet(id, feed, this.#sourceOf(scope), this.#subscriber);
    this.#restoring ??= new Map();
    this.#restoring.set(id, snapshot);
    await snapshot.once().finally(() => this.#restoring?.delete(id));
  }

  #sourceOf({ change, project }: Scope) {
    const store = this.#store;
    const { tenant } = this.#subscriber.principal;
    const query = { ...(project !== undefined && { project }) };
    const all = queried(store, tenant, query, () => this.#subscriber.hidden);
    if (change === undefined) return all;
    const candidates = async () => {
      const found = await store.change({ tenant, change });
      return found ? [found] : [];
    };
    return { ...all, candidates };
  }

  #openSet(id: string, command: Subscribe, feed: Feed, { seq, epoch }: StreamPosition): Opened {
    const { work } = this.#services;
    const store = this.#store;
    const subscriber = this.#subscriber;
    const hidden = () => subscriber.hidden;
    const query: Query = command.query ?? {};
    const source =
      command.stream === 'work'
        ? workOf(store, work, () => subscriber.principal, query, hidden)
        : queried(store, subscriber.principal.tenant, query, hidden);
    const subscription = new LiveSet(id, feed, source, subscriber);
    this.#open = [...this.#open, subscription];
    const reply = { subscription: id, epoch, since: seq, recovered: command.since === undefined };
    return { reply, start: () => subscription.resume() };
  }

  #readerOf(command: Subscribe, position: number): Promise<Reader | undefined> {
    return openReader(this.#store.readers, this.#subscriber.principal, command, position);
  }

  get #store(): SubscriptionServices['backend']['store'] {
    return this.#services.backend.store;
  }

  #readersById(): Map<string, Reader> {
    this.#readers ??= new Map();
    return this.#readers;
  }

  #known(id: string): Open {
    const known = this.#open.find((open) => open.id === id);
    if (known) return known;
    throw new CountersignError('NOT_FOUND', `This connection has no subscription "${id}".`);
  }

  async #scopeOf(stream: string, tenant: string): Promise<Scope> {
    if (stream === 'tenant') return WHOLE;
    const separator = stream.indexOf(':');
    const name = stream.slice(separator + 1);
    if (stream.slice(0, separator) === 'project') {
      requireOpen(name, this.#subscriber.hidden);
      return { project: name };
    }
    const change = name.toLowerCase();
    const found = await this.#store.change({ tenant, change });
    if (found === undefined || this.#subscriber.hidden.has(found.project)) {
      throw noSuchChange(change);
    }
    return { change };
  }

  #releaseIfIdle(): void {
    const isIdle = this.#open.length === 0 && this.#opening === 0;
    if (isIdle && this.#tenant !== undefined) this.#services.hub.release(this.#tenant, this.#subscriber);
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
  if (since === undefined) return { since: position, recovered: true };
  const recovered = (seen === undefined || seen === epoch) && since <= position;
  return { since: recovered ? since : position, recovered };
}
