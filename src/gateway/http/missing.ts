/** The answers to whoever names a change that is not there, or not for him, or cannot be loaded. */
import { CountersignError } from '../../errors.ts';

export function noSuchChange(id: string): CountersignError {
  return new CountersignError('NOT_FOUND', `There is no change ${id} in this tenant.`);
}

export function cannotBeLoaded(id: string, why: string): CountersignError {
  return new CountersignError('CHANGE_QUARANTINED', `The change ${id} cannot be loaded (${why}).`, {
    hint: 'Mend what is stored of it; its log is whole and can be read. Other changes are not affected.',
  });
}
