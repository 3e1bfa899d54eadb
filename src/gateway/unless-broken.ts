/** One change that cannot be loaded must not take a whole list with it: there it is left out. Operators see it in quarantine. */
import { InvariantError } from '../errors.ts';

/** Undefined where an invariant broke; any other failure stays one. */
export async function unlessBroken<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof InvariantError) return undefined;
    throw error;
  }
}
