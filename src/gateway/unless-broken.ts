/** One change that cannot be loaded must not take a whole list with it: there it is left out. Operators see it in quarantine. */
import { InvariantError } from '../errors.ts';

/** What `broken` makes of the invariant that broke, undefined unless given; any other failure stays one. */
export async function unlessBroken<T, Broken = undefined>(
  asked: Promise<T>,
  broken?: (error: InvariantError) => Broken,
): Promise<T | Broken | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof InvariantError) return broken?.(error);
    throw error;
  }
}
