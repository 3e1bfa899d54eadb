/**
 * Live: one WebSocket to the tenant's stream (docs/protocol.md) for the whole page. Listeners get every row exactly once, in
 * order, across reconnects; when the log cannot say what was missed, they are told to load again. This file is all that the
 * screens know of the protocol.
 */
import { useEffect, useSyncExternalStore } from 'react';
import type { TransitionDocument } from './data/documents.ts';
import { currentSession, signOut } from './data/session.ts';

export type LiveStatus = 'connecting' | 'live' | 'waiting';

export interface LiveListener {
  readonly row: (row: TransitionDocument) => void;
  /** Something may have been missed, or the server is another one: load what is shown again. */
  readonly reload: () => void;
}

interface Frame {
  readonly id?: number | null;
  readonly type: string;
  readonly seq?: number;
  readonly prev?: number;
  readonly since?: number;
  readonly epoch?: string;
  readonly recovered?: boolean;
  readonly transition?: TransitionDocument;
  readonly error?: { readonly detail: string };
}

const CONNECT = 1;
const SUBSCRIBE = 2;
const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 8_000;
/** Past this close code the server says: do not come back before something was changed. */
const FOR_GOOD = 4500;

const listeners = new Set<LiveListener>();
const watchers = new Set<() => void>();
let status: LiveStatus = 'connecting';
let socket: WebSocket | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
let place: { readonly since?: number; readonly epoch?: string } = {};
let pauseMs = FIRST_PAUSE_MS;
let lastWords = '';

/** From sign in to sign out; the returned function ends it. */
export function startLive(): () => void {
  place = {};
  open();
  addEventListener('online', now);
  return () => {
    removeEventListener('online', now);
    clearTimeout(timer);
    const closing = socket;
    socket = null;
    closing?.close();
  };
}

function now(): void {
  if (status !== 'waiting') return;
  clearTimeout(timer);
  open();
}

function open(): void {
  const session = currentSession();
  if (session === null) return;
  const url = `${location.origin.replace(/^http/, 'ws')}/v1/stream`;
  const opened = new WebSocket(url, 'countersign.v1.json');
  socket = opened;
  const send = (frame: object) => opened.send(JSON.stringify(frame));
  opened.onopen = () => {
    send({ id: CONNECT, type: 'connect', token: session.token });
    send({ id: SUBSCRIBE, type: 'subscribe', stream: 'tenant', ...place });
  };
  opened.onmessage = ({ data }) => {
    if (socket === opened) take(JSON.parse(String(data)) as Frame);
  };
  opened.onclose = ({ code }) => {
    if (socket === opened) ended(code);
  };
}

function take(frame: Frame): void {
  if (frame.type === 'error') lastWords = frame.error?.detail ?? '';
  if (frame.type === 'reply' && frame.id === SUBSCRIBE) {
    const { since = 0, epoch = '', recovered = false } = frame;
    place = { since, epoch };
    pauseMs = FIRST_PAUSE_MS;
    tellStatus('live');
    for (const { reload } of listeners) if (!recovered || hasMissed) reload();
    hasMissed = true;
  }
  if ((frame.type === 'event' || frame.type === 'advance') && frame.seq !== undefined) {
    if (frame.type === 'event' && frame.prev !== place.since) {
      socket?.close();
      return;
    }
    place = { ...place, since: frame.seq };
    const { transition } = frame;
    if (transition !== undefined) for (const { row } of listeners) row(transition);
  }
}

/** After a first connection, failed requests may stand on the page: whoever comes back loads them again. */
let hasMissed = false;

function ended(code: number): void {
  socket = null;
  tellStatus('waiting');
  if (code >= FOR_GOOD) {
    signOut(lastWords === '' ? 'The server ended the connection.' : lastWords);
    return;
  }
  timer = setTimeout(open, pauseMs * (0.5 + Math.random() / 2));
  pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
}

function tellStatus(next: LiveStatus): void {
  if (status === next) return;
  status = next;
  for (const watcher of watchers) watcher();
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export function useLiveStatus(): LiveStatus {
  return useSyncExternalStore(watch, () => status);
}

/** The `seq` up to which the page has heard the tenant's log; undefined before the first connection. */
export function livePosition(): number | undefined {
  return place.since;
}

export function onLive(listener: LiveListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Calls `row` for every row of the tenant while the component is there; `row` should be stable. */
export function useLiveRows(row: LiveListener['row']): void {
  useEffect(() => onLive({ row, reload: () => {} }), [row]);
}
