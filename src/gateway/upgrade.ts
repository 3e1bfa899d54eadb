/** The handshake of a WebSocket: from which pages, with which subprotocol, and whether a token came along. */
import { randomUUID } from 'node:crypto';
import { CountersignError } from '../errors.ts';
import { errorResponse } from './http/problem-response.ts';
import { BEARER_PREFIX, SUBPROTOCOL } from './protocol.ts';
import type { UpgradeRequest } from './transport.ts';

export type Handshake =
  /** `protocol` is empty where none is spoken of. */
  | { readonly ok: true; readonly token: string | undefined; readonly protocol: string }
  | { readonly ok: false; readonly response: Response };

/** `origins`: pages of other hosts that may connect, like `https://review.example.com`. */
export function handshake(request: UpgradeRequest, origins: ReadonlySet<string>): Handshake {
  const refusal = originRefusal(request, origins);
  if (refusal) return refusal;
  if (request.query !== '')
    return refused(
      new CountersignError('INVALID_INPUT', 'The address of the stream takes no query.', {
        hint: 'Send the token in the first frame or as a subprotocol: addresses stand in logs; see docs/protocol.md.',
      }),
    );
  const { names, token } = offeredBy(request);
  if (!names.includes(SUBPROTOCOL)) {
    return refused(
      new CountersignError('INVALID_INPUT', `The client does not offer "${SUBPROTOCOL}".`, {
        hint: `Offer the subprotocol "${SUBPROTOCOL}"; see docs/protocol.md.`,
      }),
    );
  }
  return { ok: true, token, protocol: SUBPROTOCOL };
}

export function originRefusal(request: UpgradeRequest, origins: ReadonlySet<string>): Handshake | undefined {
  if (isAllowedOrigin(request.header('origin'), request.header('host'), origins)) return undefined;
  return refused(
    new CountersignError('FORBIDDEN', 'Pages of this origin may not connect.', {
      hint: 'Add the origin to the allowed ones in the configuration of the server.',
    }),
  );
}

/** The subprotocols a client offers; one of them may be a token, which is never named in an answer. */
export function offeredBy(request: UpgradeRequest): { names: string[]; token: string | undefined } {
  const header = request.header('sec-websocket-protocol') ?? '';
  const offered = header.split(',').map((name) => name.trim());
  const bearer = offered.find((name) => name.startsWith(BEARER_PREFIX));
  return {
    names: offered.filter((name) => name !== '' && !name.startsWith(BEARER_PREFIX)),
    token: bearer?.slice(BEARER_PREFIX.length),
  };
}

/** No origin: not a browser. The same host: our own pages. */
function isAllowedOrigin(origin: string | null, host: string | null, origins: ReadonlySet<string>): boolean {
  if (origin === null || origins.has(origin)) return true;
  if (host === null || !URL.canParse(origin)) return false;
  const { protocol, host: page } = new URL(origin);
  // Some proxies name the port that the scheme implies, and leave capitals as they were typed.
  const own = `${protocol}//${host}`;
  return page !== '' && URL.canParse(own) && new URL(own).host === page;
}

export function refused(error: CountersignError): Handshake {
  return { ok: false, response: errorResponse(error, randomUUID()) };
}
