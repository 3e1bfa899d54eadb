/** HTTP on uWebSockets.js: read the request in the callback that brings it, wait for its body, answer, stream if need be. */
import type { HttpRequest, HttpResponse } from 'uWebSockets.js';
import type { InFlight } from './in-flight.ts';
import { ArrivedRequest, standardRequest } from './request.ts';
import { bodyOf, headersOf } from './response.ts';
import { statusLine } from './status.ts';
import { MAX_BODY_BYTES, type TransportHandlers } from './transport.ts';

/** How long the rest of a refused body is read and thrown away, so that the client gets to read the answer. */
const LINGER_MS = 2_000;

interface Exchange {
  aborted: boolean;
  readonly headOnly: boolean;
  /** Called when the client went away. */
  onAbort?: () => void;
}

/** uWebSockets.js leaves bytes that are not ASCII out of header values; no header we read has any. */
export function headersOfUws(req: HttpRequest): Record<string, string> {
  const headers: Record<string, string> = Object.create(null);
  req.forEach((name, value) => {
    const before = headers[name];
    headers[name] = before === undefined ? value : `${before}, ${value}`;
  });
  return headers;
}

/** One request from first byte to last. */
export function serveUws(
  res: HttpResponse,
  req: HttpRequest,
  handlers: TransportHandlers,
  bodyTimeoutMs: number,
  inFlight: InFlight,
): void {
  const method = req.getCaseSensitiveMethod().toUpperCase();
  const query = req.getQuery();
  const target = query ? `${req.getUrl()}?${query}` : req.getUrl();
  const headers = headersOfUws(req);
  const peer = { address: Buffer.from(res.getRemoteAddressAsText()).toString('latin1') };
  const exchange: Exchange = { aborted: false, headOnly: method === 'HEAD' };
  res.onAborted(() => {
    exchange.aborted = true;
    exchange.onAbort?.();
  });
  const answer = async (body: Uint8Array | null) => {
    inFlight.enter();
    try {
      const request = standardRequest(new ArrivedRequest(method, target, headers, body));
      await writeUws(res, await handlers.fetch(request, peer), exchange);
    } finally {
      inFlight.leave();
    }
  };
  if (!('content-length' in headers) && !('transfer-encoding' in headers)) void answer(null);
  else if (Number(headers['content-length']) > MAX_BODY_BYTES) refuseBody(res, handlers.tooLarge(), exchange);
  else readBody(res, exchange, bodyTimeoutMs, answer, handlers.tooLarge);
}

function readBody(
  res: HttpResponse,
  exchange: Exchange,
  timeoutMs: number,
  complete: (body: Uint8Array) => void,
  tooLarge: () => Response,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  let finish: (() => void) | undefined;
  const timer = setTimeout(() => {
    if (!exchange.aborted) res.close();
  }, timeoutMs);
  exchange.onAbort = () => clearTimeout(timer);
  // One handler for the whole body: replacing it while it runs would free what is running.
  res.onData((chunk, isLast) => {
    size += chunk.byteLength;
    if (size > MAX_BODY_BYTES) {
      clearTimeout(timer);
      chunks.length = 0;
      finish ??= refuse(res, tooLarge(), exchange);
      if (isLast) finish();
      return;
    }
    chunks.push(Buffer.from(new Uint8Array(chunk)));
    if (!isLast) return;
    clearTimeout(timer);
    complete(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size));
  });
}

function refuseBody(res: HttpResponse, response: Response, exchange: Exchange): void {
  const finish = refuse(res, response, exchange);
  res.onData((_chunk, isLast) => {
    if (isLast) finish();
  });
}

/**
 * Answers before the body has arrived; what is left of it is read and thrown away. Closing at once would make the kernel
 * reset the connection, and the client would never see why. A client that ends its body closes by itself, as the header
 * says; one that goes on sending is cut. Returns what to do when the body has ended.
 */
function refuse(res: HttpResponse, response: Response, exchange: Exchange): () => void {
  const timer = setTimeout(() => {
    if (!exchange.aborted) res.close();
  }, LINGER_MS);
  exchange.onAbort = () => clearTimeout(timer);
  const body = bodyOf(response);
  res.cork(() => {
    writeHead(res, response);
    res.writeHeader('connection', 'close');
    res.write('text' in body ? body.text : '');
  });
  return () => {
    clearTimeout(timer);
    if (exchange.aborted) return;
    exchange.aborted = true;
    res.cork(() => res.end());
  };
}

function writeHead(res: HttpResponse, response: Response): void {
  res.writeStatus(statusLine(response.status));
  for (const [name, value] of headersOf(response)) {
    if (name !== 'content-length') res.writeHeader(name, value);
  }
}

export async function writeUws(res: HttpResponse, response: Response, exchange: Exchange): Promise<void> {
  if (exchange.aborted) return;
  const body = bodyOf(response);
  if ('text' in body || body.stream === null || exchange.headOnly) {
    res.cork(() => {
      writeHead(res, response);
      if (!('text' in body)) res.endWithoutBody();
      else if (exchange.headOnly) res.endWithoutBody(Buffer.byteLength(body.text));
      else res.end(body.text);
    });
    return;
  }
  res.cork(() => writeHead(res, response));
  await stream(res, body.stream, exchange);
}

async function stream(res: HttpResponse, source: ReadableStream, exchange: Exchange): Promise<void> {
  const reader = source.getReader();
  exchange.onAbort = () => void reader.cancel().catch(() => undefined);
  for (;;) {
    const { done, value } = await reader.read();
    if (exchange.aborted) return;
    if (done) break;
    let hasRoom = true;
    res.cork(() => {
      hasRoom = res.write(value);
    });
    if (!hasRoom) await writable(res, exchange);
    if (exchange.aborted) return;
  }
  res.cork(() => res.end());
}

function writable(res: HttpResponse, exchange: Exchange): Promise<void> {
  return new Promise((resolve) => {
    const cancel = exchange.onAbort;
    exchange.onAbort = () => {
      cancel?.();
      resolve();
    };
    res.onWritable(() => {
      resolve();
      return true;
    });
  });
}
