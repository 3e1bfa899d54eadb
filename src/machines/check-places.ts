/** Do the places in which votes are taken and attributes amended exist, and can anything still happen there? */
import { placeAt } from './check-paths.ts';
import type { Definition } from './definition.ts';
import { type Finding, finding, type SourcePath } from './findings.ts';

/** `what` is done in these places: `voting in "code"`. */
export function placeFindings(
  definition: Definition,
  places: readonly string[] | undefined,
  what: string,
  path: SourcePath,
): Finding[] {
  return (places ?? []).flatMap((place): Finding[] => {
    const found = placeAt(definition, place);
    if (!found) {
      const message = `There is no "${place}" for ${what}; name a state ("Review"), a region ("Review.code") or a state of a region ("Review.code.pending"); states: ${Object.keys(definition.states).join(', ')}.`;
      return [finding('UNKNOWN_PLACE', message, path)];
    }
    if (found.kind === 'region' || !found.state.final) return [];
    const message = `"${place}" is final, so nothing comes of ${what} there; name a state that is not.`;
    return [finding('UNKNOWN_PLACE', message, path)];
  });
}
