/** What an error of the database means for us: it cannot be reached, the data are at fault, or neither. */
import { CountersignError, InvariantError, messageOf } from '../errors.ts';

/**
 * SQLSTATE of an error the server sent (https://www.postgresql.org/docs/18/errcodes-appendix.html). Each has a digit,
 * which tells it from the codes of the operating system that are five letters long (EPIPE).
 */
function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/**
 * Conditions that pass without the command being changed: connection (08), authorisation (28: a server being set up),
 * deadlock and serialisation (40), resources (53), locks and timeouts (55P03, 57), the system (58), a standby (25006).
 */
const UNAVAILABLE = /^(08|28|40|53|57|58)|^(25006|25P02|25P03|55P03|3D000)$/;
/** Data exceptions (22), constraints (23), limits such as the size of an index row (54). */
const DATA = /^(22|23|54)/;

/** The database refused because of what it was given. */
export function isDataError(error: unknown): error is Error {
  return DATA.test(sqlState(error) ?? '');
}

/**
 * The error to throw to callers of the store: STORE_UNAVAILABLE, INVALID_INPUT where the data are at fault, or INTERNAL
 * for what nobody expected.
 */
export function storeError(error: unknown, what: string): Error {
  if (error instanceof CountersignError || error instanceof InvariantError) return error;
  if (error instanceof TypeError || error instanceof RangeError) return error;
  const state = sqlState(error);
  // Without a SQLSTATE it came from the socket or the pool: refused, reset, timed out.
  const unavailable = state === undefined || UNAVAILABLE.test(state);
  const code = unavailable ? 'STORE_UNAVAILABLE' : isDataError(error) ? 'INVALID_INPUT' : 'INTERNAL';
  return new CountersignError(code, `${what} failed: ${messageOf(error)}`, {
    cause: error,
  });
}
