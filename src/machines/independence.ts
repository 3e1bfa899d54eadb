/**
 * Separation of duties: how somebody is tied to a change. Ties are by person: an agent is its sponsor, a delegate is both
 * himself and whom he acts for; and they are judged against all revisions, so that a later one cannot wash them off. An
 * agent that is only named brings no sponsor along: a revision says whom those it names work for.
 */
import { type ChangeContext, partiesOf, type Sender } from './context.ts';
import type { Exclusion } from './definition.ts';

/** How the sender is tied to the change, as a sentence, or undefined where the sender is independent in this sense. */
export function tieOf(exclusion: Exclusion, context: ChangeContext, sender: Sender): string | undefined {
  const tied = tiedTo(exclusion, context);
  const who = [sender.id, ...partiesOf(sender)].find((each) => tied.includes(each));
  if (who === undefined) return undefined;
  const what = { author: 'the author', uploader: 'the uploader', contributors: 'a contributor' }[exclusion];
  if (who === sender.id) return `${who} is ${what} of this change`;
  return `${sender.id} acts for ${who}, who is ${what} of this change`;
}

/** Principals and persons an exclusion speaks of, as things stand now. */
export function tiedTo(exclusion: Exclusion, context: ChangeContext): readonly string[] {
  const { revision, contributors } = context;
  const authors = [context.author, ...(context.authorFor ?? [])];
  if (exclusion === 'contributors') return contributors ?? authors;
  if (exclusion === 'uploader')
    return revision ? [revision.uploader, ...(revision.uploaderFor ?? [])] : authors;
  return revision
    ? [...authors, revision.author, ...(revision.authorFor ? [revision.authorFor] : [])]
    : authors;
}
