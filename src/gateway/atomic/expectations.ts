/** A transition that names where it starts is held to that, exactly: the state is read, and its version goes along. */
import { CountersignError, type Refusal } from '../../errors.ts';
import type { ChangeRecord } from '../../persistence/records.ts';
import type { Backend } from '../backend.ts';
import { isIn, nameOf } from './states.ts';

export interface Expectation {
  /** The state the change has to be in. */
  readonly from: string;
  /** Who acts, where the message says so. */
  readonly actor: string | undefined;
}

type Commands = Pick<Backend, 'send' | 'store'>;

/** No change ever has it: only what was answered before, under the same key, is answered again. */
const NO_VERSION = -1;

/** `expected` knows what goes with an idempotency key. */
export function heldTo(
  expected: (key: string) => Expectation | undefined,
  { send, store }: Commands,
): Commands {
  return {
    store,
    send: async (event, envelope) => {
      const expectation = expected(envelope.idempotencyKey ?? '');
      if (expectation === undefined) return send(event, envelope);
      const { tenant, id } = envelope.principal;
      if (expectation.actor !== undefined && expectation.actor !== id)
        throw new CountersignError(
          'FORBIDDEN',
          `The token is that of "${id}", not of "${expectation.actor}".`,
          {
            hint: 'Leave "actor" out, or name the principal of the token.',
          },
        );
      const change = await store.change({ tenant, change: event.change });
      if (change === undefined) return send(event, envelope);
      const fits = isIn(change.state, expectation.from);
      const answer = await send({ ...event, expectedVersion: fits ? change.version : NO_VERSION }, envelope);
      if (fits || answer.ok || answer.refusal.code !== 'STALE_VERSION') return answer;
      return { ...answer, refusal: elsewhere(change, expectation.from) };
    },
  };
}

function elsewhere({ change, state }: ChangeRecord, from: string): Refusal {
  const now = nameOf(state) ?? '';
  return {
    code: 'STALE_VERSION',
    message: `Change ${change} is in "${now}", not in "${from}".`,
    accepted: [now],
  };
}
