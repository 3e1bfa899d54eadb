/**
 * The one connection of the page, by the client library (docs/client.md): rows of the tenant's log for whoever listens, how the
 * connection is, and the queue of decisions, which is kept in this browser until the server has answered them.
 */
import { useSyncExternalStore } from 'react';
import {
  type Client,
  connect,
  type Done,
  type KeyedEvent,
  NotSent,
  type SentEvent,
  storedOutbox,
  type Transition,
} from '../../../src/client/index.ts';
import { type Session, signOut } from './session.ts';

export type LiveStatus = 'connecting' | 'live' | 'waiting';

export interface LiveListener {
  readonly row: (row: Transition) => void;
  /** From here on every row comes; what was asked before may be a moment old. */
  readonly begun: () => void;
  /** Something may have been missed, or requests have failed meanwhile: load what is shown again. */
  readonly reload: () => void;
}

interface Live {
  readonly status: LiveStatus;
  /** Decisions that the server has not answered. */
  readonly waiting: number;
}

const PAUSES = { firstMs: 300, mostMs: 8_000 };
const NOTHING: Live = { status: 'connecting', waiting: 0 };

const listeners = new Set<LiveListener>();
const watchers = new Set<() => void>();
let client: Client | undefined;
let live = NOTHING;

/** From sign in to sign out; the returned function ends it. `answered` is told of decisions that an earlier page had left. */
export function startLive(
  session: Session,
  answered: (event: KeyedEvent, answer: Done | Error) => void,
): () => void {
  const { token, tenant, principal } = session;
  const storage = storedOutbox(`countersign.outbox.${tenant}.${principal}`, localStorage);
  const opened = connect({
    url: location.origin,
    token: () => token,
    pauses: PAUSES,
    outbox: { storage, answered },
  });
  client = opened;
  const retry = () => opened.retry();
  addEventListener('online', retry);
  opened.queue.subscribe(() => tell({ waiting: opened.queue.getSnapshot() }));
  tell({ status: 'connecting', waiting: opened.queue.getSnapshot() });
  void listen(opened);
  void watch(opened);
  return () => {
    removeEventListener('online', retry);
    client = undefined;
    opened.close();
    tell(NOTHING);
  };
}

/** Sends a decision, now or when there is a connection again, over a reload of the page too. */
export function send(event: SentEvent): Promise<Done> {
  return client?.send(event) ?? Promise.reject(new NotSent('Nobody is signed in.'));
}

export function useLive(): Live {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => live,
  );
}

export function onLive(listener: LiveListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

async function listen(opened: Client): Promise<void> {
  let isFirst = true;
  const began = () => {
    tell({ status: 'live' });
    for (const { begun, reload } of listeners) isFirst ? begun() : reload();
    isFirst = false;
  };
  for await (const row of opened.rows('tenant', { began })) {
    for (const each of listeners) row.type === 'event' ? each.row(row.transition) : each.reload();
  }
}

async function watch(opened: Client): Promise<void> {
  for await (const status of opened.status) {
    if (client !== opened) return;
    if (status.is === 'waiting') tell({ status: 'waiting' });
    if (status.is === 'ended') signOut(status.reason || 'The server ended the connection.');
  }
}

function tell(more: Partial<Live>): void {
  const next = { ...live, ...more };
  if (next.status === live.status && next.waiting === live.waiting) return;
  live = next;
  for (const watcher of watchers) watcher();
}
