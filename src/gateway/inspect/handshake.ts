/**
 * The handshake of a receiver. A page brings its token as a subprotocol, like on the stream. A receiver that is given
 * nothing but an address, as that of the package is, brings it as the password of that address, which WebSocket clients
 * of Node send in the Authorization header. In the path or the query, where logs would keep it, it is not looked for.
 */
import { CountersignError } from '../../errors.ts';
import { asCountersignError } from '../problem.ts';
import type { UpgradeRequest } from '../transport.ts';
import { type Handshake, offeredBy, originRefusal, refused } from '../upgrade.ts';
import { type Target, targetOf } from './target.ts';

export const INSPECT_SUBPROTOCOL = 'countersign.inspect.json';

export type InspectHandshake =
  | (Handshake & { readonly ok: true; readonly target: Target })
  | (Handshake & { readonly ok: false });

/** `origins`: pages of other hosts that may connect. */
export function inspectHandshake(request: UpgradeRequest, origins: ReadonlySet<string>): InspectHandshake {
  const refusal = originRefusal(request, origins);
  if (refusal?.ok === false) return refusal;
  const { names, token: offered } = offeredBy(request);
  const isOffered = names.includes(INSPECT_SUBPROTOCOL);
  if (!isOffered && (names.length > 0 || offered !== undefined))
    return no(
      new CountersignError('INVALID_INPUT', `The client does not offer "${INSPECT_SUBPROTOCOL}".`, {
        hint: `Offer the subprotocol "${INSPECT_SUBPROTOCOL}" beside the token; see docs/inspector.md.`,
      }),
    );
  const token = offered ?? inHeader(request.header('authorization') ?? '');
  if (token === undefined)
    return no(new CountersignError('UNAUTHENTICATED', 'The request carries no token.'));
  try {
    const target = targetOf(request.query);
    return { ok: true, token, protocol: isOffered ? INSPECT_SUBPROTOCOL : '', target };
  } catch (error) {
    return no(asCountersignError(error));
  }
}

/** The token of `Bearer <token>`, or the password of `Basic <user:password>`, whoever the user is. */
function inHeader(header: string): string | undefined {
  const [, scheme = '', credentials = ''] = /^(bearer|basic) +([^ ]+)$/i.exec(header) ?? [];
  if (scheme.toLowerCase() === 'bearer') return credentials;
  const text = Buffer.from(credentials, 'base64').toString('utf8');
  return text.slice(text.indexOf(':') + 1) || undefined;
}

function no(error: CountersignError): InspectHandshake {
  return refused(error) as Handshake & { ok: false };
}
