/** A process full of clients: they follow streams and say when the last of them has seen what it was to see. */
import { ComebackLog } from './comebacks.ts';
import { DIALECTS, type Dialect } from './dialects.ts';
import type { ToClients } from './messages.ts';
import { RawClient } from './raw-client.ts';

const FIRST_PAUSE_MS = 1_000;
const SWALLOWED_MS = 10_000;
const AT_ONCE = 64;

/**
 * The kernel looks for a free port of an address one by one. With thousands taken, or resting after an earlier run, that
 * took milliseconds for each connection; so a few connections share an address of 127/8, of their own process.
 */
const PER_ADDRESS = 100;
const ADDRESSES = 254;

function addressOf(index: number): string {
  const process16 = process.pid & 0xffff;
  const [high, low] = [16 + ((process16 >> 8) & 0x7f), process16 & 0xff];
  return `127.${high}.${low}.${1 + (Math.floor(index / PER_ADDRESS) % ADDRESSES)}`;
}

const say = (message: unknown) => process.send?.(message);
const nowMs = () => performance.timeOrigin + performance.now();

let clients: RawClient[] = [];
let live = 0;
let events = 0;
let expected = Number.POSITIVE_INFINITY;
let latencies: number[] = [];
let timing = false;
let next: { port: number; since: number } | undefined;
let isEnding = false;
let comebacks = new ComebackLog();
let dialect: Dialect;
let options: Extract<ToClients, { do: 'open' }>;

const RECORDED = Buffer.from('"recorded_at":"');

function count(event: Buffer): void {
  events += 1;
  if (timing) {
    const from = event.indexOf(RECORDED) + RECORDED.length;
    latencies.push(Date.now() - Date.parse(event.toString('latin1', from, from + 24)));
  }
  if (events < expected) return;
  expected = Number.POSITIVE_INFINITY;
  say({ done: 'seen', at: nowMs() });
}

function open(index: number, port: number, since?: number): RawClient {
  comebacks.reached(index, 'dialled', nowMs());
  const client: RawClient = new RawClient({
    port,
    localAddress: addressOf(index),
    path: dialect.path,
    protocols: options.protocols,
    onConnected: () => comebacks.reached(index, 'connected', nowMs()),
    onFrame: (payload) => {
      const heard = dialect.hear(payload);
      if (heard === 'event') {
        if (next) comebacks.reached(index, 'caught_up', nowMs());
        count(payload);
      } else if (heard === 'welcome') {
        comebacks.reached(index, 'welcomed', nowMs());
        const stream = options.streams[index % options.streams.length] ?? 'tenant';
        const greeting = dialect.greeting(stream, since);
        if (greeting === undefined) ready();
        else client.send(greeting);
      } else if (heard === 'subscribed') {
        comebacks.reached(index, 'subscribed', nowMs());
        ready();
      } else if (heard === 'ping') client.send(dialect.pong);
    },
    onClose: () => {
      clearTimeout(watch);
      if (isReady) live -= 1;
      isReady = false;
      if (isEnding) return;
      const again = () => {
        clients[index] = next ? open(index, next.port, next.since) : open(index, port, since);
      };
      // As the client of the documentation does it.
      setTimeout(again, Math.random() * FIRST_PAUSE_MS);
    },
  });
  let isReady = false;
  // A connection that the other side's full backlog has swallowed looks open from here.
  const watch = setTimeout(() => {
    comebacks.silent += 1;
    client.socket.destroy();
  }, SWALLOWED_MS);
  const ready = () => {
    clearTimeout(watch);
    isReady = true;
    live += 1;
    openNext();
    if (live === options.count) say({ done: 'live', at: nowMs() });
  };
  return client;
}

/** At first a few at a time; after that, whoever is cut comes back by itself. */
function openNext(): void {
  if (clients.length < options.count) clients.push(open(clients.length, options.port));
}

process.on('message', async (message: ToClients) => {
  if (message.do === 'open') {
    options = message;
    dialect = DIALECTS[message.dialect];
    for (let index = 0; index < AT_ONCE; index++) openNext();
  }
  if (message.do === 'expect') {
    events = 0;
    expected = message.events;
    say({ done: 'expecting' });
  }
  if (message.do === 'time') {
    timing = message.on;
    say({ done: 'timed', latencies });
    latencies = [];
  }
  if (message.do === 'pause') {
    for (const client of clients) client.socket.pause();
    say({ done: 'paused' });
  }
  if (message.do === 'fail-over') {
    events = 0;
    expected = message.events;
    next = message;
    comebacks = new ComebackLog();
    say({ done: 'expecting' });
  }
  if (message.do === 'comebacks') say({ done: 'comebacks', comebacks: comebacks.summary() });
  if (message.do === 'end') {
    isEnding = true;
    // Without the rest that follows an orderly end: its ports are free for whoever comes next.
    for (const client of clients) client.socket.resetAndDestroy();
    clients = [];
    process.exit(0);
  }
});

// The bench is gone.
process.on('disconnect', () => process.exit(1));
