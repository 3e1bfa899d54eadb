/** What `atomic log --output-format json` and `pijul log --output-format json` print, newest change first. */
import { messageOf } from '../../errors.ts';
import { readChange } from './change.ts';
import { isHash } from './hash.ts';
import { authorsOf, isObject, timeOf } from './header.ts';
import type { LoggedChange, Revision } from './revision.ts';
import { defect, excerpt, hold } from './text.ts';

const NAME = 'the log';
/** 64 Mi characters: some 200,000 changes. */
const LONGEST_LOG = 64 * 1024 * 1024;

/** Throws INVALID_INPUT with the number of a line, or of the change in the list. */
export function readLog(text: string): LoggedChange[] {
  hold(text, NAME, LONGEST_LOG);
  const list = parse(text);
  if (!Array.isArray(list)) throw defect(NAME, 1, 'is not a JSON list of changes');
  const seen = new Map<string, number>();
  return list.map((each: unknown, index) => {
    const change = loggedChange(each, `${NAME}, change ${index + 1}`);
    const first = seen.get(change.hash);
    if (first !== undefined) throw defect(`${NAME}, change ${index + 1}`, null, `is also change ${first}`);
    seen.set(change.hash, index + 1);
    return change;
  });
}

/**
 * The changes of a log with what their texts say, newest first. The tip each was recorded on is the next in the log.
 * Changes without a text are left out.
 */
export function revisionsOf(log: readonly LoggedChange[], texts: ReadonlyMap<string, string>): Revision[] {
  return log.flatMap(({ hash }, index) => {
    const text = texts.get(hash);
    const tip = log[index + 1]?.hash;
    return text === undefined ? [] : [readChange(text, { hash, ...(tip !== undefined && { tip }) })];
  });
}

/** One entry of a log; `place` stands in errors. */
export function loggedChange(value: unknown, place: string): LoggedChange {
  if (!isObject(value)) throw defect(place, null, 'is not an object');
  const { hash, message, description, author } = value;
  if (typeof hash !== 'string' || !isHash(hash))
    throw defect(place, null, `has the hash ${excerpt(String(hash))}, which is none`);
  const timestamp = timeOf(value.timestamp);
  if (timestamp === undefined) throw defect(place, null, 'has a "timestamp" that is no time in ISO 8601');
  const paths = value.paths ?? value.files ?? [];
  if (!Array.isArray(paths) || !paths.every((path) => typeof path === 'string'))
    throw defect(place, null, 'has "paths" that are no list of texts');
  return {
    hash,
    authors: authorsOf(value.authors ?? (author === undefined ? [] : [author]), place, null),
    timestamp,
    message: typeof message === 'string' ? message : '',
    description: typeof description === 'string' ? description : null,
    paths,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw defect(NAME, lineOf(text, error), `is not JSON: ${messageOf(error).slice(0, 200)}`, error);
  }
}

/** V8 names a position, or gives up at the end of the text. */
function lineOf(text: string, error: unknown): number {
  const at = /at position (\d+)/.exec(messageOf(error))?.[1];
  return text.slice(0, at === undefined ? text.length : Number(at)).split('\n').length;
}
