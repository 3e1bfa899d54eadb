/** The answer to whoever names a change that is not there, or not for him. */
import { CountersignError } from '../errors.ts';

export function noSuchChange(id: string): CountersignError {
  return new CountersignError('NOT_FOUND', `There is no change ${id} in this tenant.`);
}
