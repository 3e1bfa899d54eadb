/**
 * The handshake of a client of Atomic: a program rather than a page, which may put its token into the Authorization header
 * and need not offer a subprotocol.
 */
import { CountersignError } from '../../errors.ts';
import type { UpgradeRequest } from '../transport.ts';
import { type Handshake, offeredBy, originRefusal, refused } from '../upgrade.ts';
import { ATOMIC_SUBPROTOCOL } from './envelope.ts';

export function atomicHandshake(request: UpgradeRequest, origins: ReadonlySet<string>): Handshake {
  const refusal = originRefusal(request, origins);
  if (refusal) return refusal;
  const { names, token } = offeredBy(request);
  if (names.length > 0 && !names.includes(ATOMIC_SUBPROTOCOL))
    return refused(
      new CountersignError('INVALID_INPUT', `None of the subprotocols offered is "${ATOMIC_SUBPROTOCOL}".`, {
        hint: `Offer "${ATOMIC_SUBPROTOCOL}", or none; see docs/atomic.md.`,
      }),
    );
  const presented = token ?? /^bearer +([^ ]+)$/i.exec(request.header('authorization') ?? '')?.[1];
  if (presented === undefined)
    return refused(new CountersignError('UNAUTHENTICATED', 'The request carries no token.'));
  return { ok: true, token: presented, protocol: names.length > 0 ? ATOMIC_SUBPROTOCOL : '' };
}
