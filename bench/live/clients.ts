/** A process full of clients: they follow streams and say when the last of them has seen what it was to see. */
import type { ToClients } from './messages.ts';
import { RawClient } from './raw-client.ts';

const FIRST_PAUSE_MS = 1_000;
const SWALLOWED_MS = 10_000;
const AT_ONCE = 64;

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
let options: Extract<ToClients, { do: 'open' }>;

function check(): void {
  if (events >= expected) {
    expected = Number.POSITIVE_INFINITY;
    say({ done: 'seen', at: nowMs() });
  }
}

const RECORDED = Buffer.from('"recorded_at":"');

function open(index: number, port: number, since?: number): RawClient {
  const client: RawClient = new RawClient({
    port,
    localAddress: options.localAddress,
    protocols: options.protocols,
    onFrame: (payload) => {
      // {"type":"event…  {"type":"connected…  {"id":…
      if (payload[9] === 0x65 && payload[10] === 0x76) {
        events += 1;
        if (timing) {
          const from = payload.indexOf(RECORDED) + RECORDED.length;
          latencies.push(Date.now() - Date.parse(payload.toString('latin1', from, from + 24)));
        }
        check();
      } else if (payload[9] === 0x63 && payload[10] === 0x6f) {
        const stream = options.streams[index % options.streams.length] ?? 'tenant';
        if (!options.subscribe) ready();
        else client.send(JSON.stringify({ id: 1, type: 'subscribe', stream, since }));
      } else if (payload[2] === 0x69) ready();
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
  const watch = setTimeout(() => client.socket.destroy(), SWALLOWED_MS);
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
    say({ done: 'expecting' });
  }
  if (message.do === 'end') {
    isEnding = true;
    for (const client of clients) client.socket.destroy();
    clients = [];
    process.exit(0);
  }
});

// The bench is gone.
process.on('disconnect', () => process.exit(1));
