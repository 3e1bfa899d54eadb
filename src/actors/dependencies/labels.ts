/**
 * Text that strangers wrote, made fit for a label: one line, no control characters, nothing that turns the direction of
 * writing, no half of a surrogate pair, and no longer than people read. What is special in a notation is left to that.
 */

export const MAX_LABEL = 80;

/** Characters that are not seen, but for the two that join emoji and letters. */
const UNSEEN = /(?![\u200c\u200d])\p{Cf}/gu;
const SPACES = /[\s\p{Cc}\p{Z}]+/gu;

export function labelText(text: string): string {
  const line = text.toWellFormed().replace(UNSEEN, '').replace(SPACES, ' ').trim();
  const characters = [...line];
  return characters.length <= MAX_LABEL ? line : `${characters.slice(0, MAX_LABEL - 1).join('')}…`;
}

/** How a change is written; one that may not be read has no title. */
export function nodeLabel({ key, title }: { readonly key: string; readonly title: string }): string {
  return title === '' ? key : `${key}: ${title}`;
}
