/** A process full of clients: they follow streams and say when the last of them has seen what it was to see. */
import type { ToClients } from './messages.ts';
import { RawClient } from './raw-client.ts';

const say = (message: unknown) => process.send?.(message);
const nowMs = () => performance.timeOrigin + performance.now();

let clients: RawClient[] = [];
let live = 0;
let events = 0;
let expected = Number.POSITIVE_INFINITY;
let latencies: number[] = [];
let timing = false;
let next: { port: number; since: number } | undefined;
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
      live -= 1;
      if (next) clients[index] = open(index, next.port, next.since);
    },
  });
  return client;
}

function ready(): void {
  live += 1;
  if (live === options.count) say({ done: 'live', at: nowMs() });
}

process.on('message', async (message: ToClients) => {
  if (message.do === 'open') {
    options = message;
    // A few at a time: the backlog of a listening socket is short.
    for (let index = 0; index < message.count; index++) {
      clients.push(open(index, message.port));
      if (index % 100 === 99) await new Promise((resolve) => setTimeout(resolve, 5));
    }
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
    next = undefined;
    for (const client of clients) client.socket.destroy();
    clients = [];
    process.exit(0);
  }
});
