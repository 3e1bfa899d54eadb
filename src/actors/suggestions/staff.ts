/** The tenant's directory, asked about one change: who holds which roles there. */
import type { StoredChange } from '../../persistence/records.ts';
import { knownAs } from '../directory/directories.ts';
import { type Directory, holdersOf } from '../directory/state.ts';
import type { Staff } from './candidates.ts';

export function staffFor(directory: Directory, place: Pick<StoredChange, 'project' | 'author'>): Staff {
  return {
    known: (principal) => knownAs(directory, principal, place),
    holders: (roles) => holdersOf(directory, roles, place),
  };
}
