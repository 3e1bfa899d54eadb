/** What RFC 6455 (4.2.1, 4.4) asks of a request that wants to become a WebSocket: the same over every transport. */
import { randomUUID } from 'node:crypto';
import { CountersignError } from '../errors.ts';
import { errorResponse } from './http/problem-response.ts';

const VERSION = '13';
/** 16 bytes in base64. */
const KEY = /^[+/0-9A-Za-z]{22}==$/;
/** RFC 9110 (5.6.2). */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** The answer to a request that cannot become one: 426 with the version that can, or 400; nothing where it can. */
export function handshakeDefect(header: (name: string) => string | null): Response | undefined {
  if (header('sec-websocket-version') !== VERSION)
    return answer(
      new CountersignError('UPGRADE_REQUIRED', `Only version ${VERSION} of WebSocket is spoken here.`),
      { 'sec-websocket-version': VERSION, upgrade: 'websocket' },
    );
  if (header('upgrade')?.toLowerCase() !== 'websocket') return bad('has no "Upgrade: websocket"', 'Send it.');
  if (!listed(header('connection')).some((name) => name.toLowerCase() === 'upgrade'))
    return bad('has no "Connection: Upgrade"', 'Send it.');
  if (!KEY.test(header('sec-websocket-key') ?? ''))
    return bad('has no Sec-WebSocket-Key of 16 bytes', 'Send 16 random bytes in base64.');
  const offered = header('sec-websocket-protocol');
  const names = listed(offered);
  if (offered !== null && (!names.every((name) => TOKEN.test(name)) || new Set(names).size < names.length))
    return bad('offers a subprotocol that is empty, given twice or no name', 'Offer each once.');
  return undefined;
}

function listed(header: string | null): string[] {
  return (header ?? '').split(',').map((name) => name.trim());
}

function bad(what: string, hint: string): Response {
  return answer(new CountersignError('INVALID_INPUT', `The request for a WebSocket ${what}.`, { hint }));
}

function answer(error: CountersignError, headers: Record<string, string> = {}): Response {
  return errorResponse(error, randomUUID(), headers);
}
