/** HTTP on `node:http`: wait for the body, answer, stream if need be. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { ReadableStream as WebStream } from 'node:stream/web';
import type { InFlight } from './in-flight.ts';
import { ArrivedRequest, standardRequest } from './request.ts';
import { bodyOf, headersOf } from './response.ts';
import { MAX_BODY_BYTES, MAX_HEADERS, type TransportHandlers } from './transport.ts';

/** How long the rest of a refused body is read and thrown away, so that the client gets to read the answer. */
const LINGER_MS = 2_000;

export function serveNode(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  handlers: TransportHandlers,
  inFlight: InFlight,
): void {
  incoming.on('error', () => outgoing.destroy());
  outgoing.on('error', () => incoming.destroy());
  if (incoming.rawHeaders.length > MAX_HEADERS * 2) {
    outgoing.writeHead(431, { connection: 'close' }).end();
    return;
  }
  const answer = async (body: Uint8Array | null) => {
    inFlight.enter();
    try {
      const peer = { address: incoming.socket.remoteAddress ?? '' };
      await write(outgoing, await handlers.fetch(arrived(incoming, body), peer));
    } finally {
      inFlight.leave();
    }
  };
  const { headers } = incoming;
  if (!('content-length' in headers) && !('transfer-encoding' in headers)) void answer(null);
  else if (Number(headers['content-length']) > MAX_BODY_BYTES)
    refuseBody(incoming, outgoing, handlers.tooLarge());
  else readBody(incoming, answer, () => refuseBody(incoming, outgoing, handlers.tooLarge()));
}

function arrived(incoming: IncomingMessage, body: Uint8Array | null): Request {
  const headers: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const method = incoming.method ?? 'GET';
  return standardRequest(new ArrivedRequest(method, incoming.url ?? '/', headers, body));
}

function readBody(
  incoming: IncomingMessage,
  complete: (body: Uint8Array) => void,
  tooLarge: () => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  const onData = (chunk: Buffer) => {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) {
      chunks.push(chunk);
      return;
    }
    incoming.off('data', onData).off('end', onEnd);
    tooLarge();
  };
  const onEnd = () => complete(Buffer.concat(chunks, size));
  incoming.on('data', onData).on('end', onEnd);
}

/**
 * Answers before the body has arrived, reads on for a while without keeping anything, then closes. Closing at once would
 * make the kernel reset the connection, and the client would never see why.
 */
function refuseBody(incoming: IncomingMessage, outgoing: ServerResponse, response: Response): void {
  const finish = () => {
    clearTimeout(timer);
    if (!outgoing.writableEnded) outgoing.end();
  };
  const timer = setTimeout(finish, LINGER_MS);
  incoming.on('end', finish).on('close', finish).resume();
  const body = bodyOf(response);
  for (const [name, value] of headersOf(response)) outgoing.setHeader(name, value);
  outgoing.setHeader('connection', 'close');
  outgoing.statusCode = response.status;
  outgoing.write('text' in body ? body.text : '');
}

async function write(outgoing: ServerResponse, response: Response): Promise<void> {
  if (outgoing.destroyed) return;
  outgoing.statusCode = response.status;
  for (const [name, value] of headersOf(response)) outgoing.setHeader(name, value);
  const body = bodyOf(response);
  if ('text' in body) {
    outgoing.setHeader('content-length', Buffer.byteLength(body.text));
    outgoing.end(body.text);
    return;
  }
  if (body.stream === null || outgoing.req.method === 'HEAD') {
    outgoing.end();
    return;
  }
  const source = Readable.fromWeb(body.stream as WebStream);
  source.on('error', () => outgoing.destroy()).pipe(outgoing);
  outgoing.on('close', () => source.destroy());
  await new Promise((resolve) => outgoing.once('close', resolve));
}
