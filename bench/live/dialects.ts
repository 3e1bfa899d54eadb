/** What servers say to the clients of the bench, told apart by as few bytes as possible, and what is answered. */

export type Heard = 'event' | 'welcome' | 'subscribed' | 'ping' | 'other';

export interface Dialect {
  /** Path and query of the handshake. */
  readonly path: string;
  hear(payload: Buffer): Heard;
  /** What is said after the welcome; undefined where a client is served without asking. */
  greeting(stream: string, since: number | undefined): string | undefined;
  readonly pong: string;
}

export type DialectName = 'countersign' | 'ws' | 'socket.io' | 'uWebSockets.js';

const [ZERO, TWO, FOUR, C, E, I] = [...Buffer.from('024cei')];

const countersign: Dialect = {
  path: '/v1/stream',
  // {"type":"event…  {"type":"connected…  {"id":…
  hear: (payload) => {
    if (payload[2] === I) return 'subscribed';
    if (payload[9] === E) return 'event';
    return payload[9] === C ? 'welcome' : 'other';
  },
  greeting: (stream, since) => JSON.stringify({ id: 1, type: 'subscribe', stream, since }),
  pong: '',
};

/** Our words, but nobody has to subscribe. */
const bare: Dialect = { ...countersign, greeting: () => undefined };

/** Engine.IO version 4 over its WebSocket: a digit for the packet, and one more for the kind of message in it. */
const socketIo: Dialect = {
  path: '/socket.io/?EIO=4&transport=websocket',
  hear: (payload) => {
    if (payload[0] === ZERO) return 'welcome';
    if (payload[0] === TWO) return 'ping';
    if (payload[0] !== FOUR) return 'other';
    if (payload[1] === TWO) return 'event';
    return payload[1] === ZERO ? 'subscribed' : 'other';
  },
  greeting: () => '40',
  pong: '3',
};

export const DIALECTS: Readonly<Record<DialectName, Dialect>> = {
  countersign,
  ws: bare,
  'socket.io': socketIo,
  'uWebSockets.js': bare,
};
