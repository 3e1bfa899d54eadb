/**
 * Commits as the bytes git stores (`git cat-file commit`), so that what is made of one keeps its author, its dates, its
 * encoding and its message to the byte, whatever they hold.
 */
import { invariant } from '../../errors.ts';
import { gitIn, type Repository } from './repository.ts';

/** Header lines, continuation lines joined to theirs; then the message. */
export interface CommitObject {
  readonly headers: readonly Buffer[];
  readonly message: Buffer;
}

const LINE_FEED = 0x0a;
const SPACE = 0x20;

/** The objects of these commits, in their order. */
export async function readCommitObjects(
  repository: Repository,
  commits: readonly string[],
): Promise<CommitObject[]> {
  const input = commits.map((commit) => `${commit}\n`).join('');
  const all = await gitIn(repository, ['cat-file', '--batch'], { input, limit: Number.POSITIVE_INFINITY });
  let at = 0;
  return commits.map((commit) => {
    const end = all.indexOf(LINE_FEED, at);
    const [, type, size = ''] = all.toString('latin1', at, end).split(' ');
    invariant(type === 'commit', `${commit} is a commit that was read before`);
    const start = end + 1;
    at = start + Number(size) + 1;
    return parsed(all.subarray(start, start + Number(size)));
  });
}

function parsed(object: Buffer): CommitObject {
  const headers: Buffer[] = [];
  let at = 0;
  while (at < object.length && object[at] !== LINE_FEED) {
    let end = object.indexOf(LINE_FEED, at);
    while (end >= 0 && object[end + 1] === SPACE) end = object.indexOf(LINE_FEED, end + 1);
    if (end < 0) end = object.length;
    headers.push(object.subarray(at, end));
    at = end + 1;
  }
  return { headers, message: object.subarray(at + 1) };
}

/** `tree`, `parent`, `author`, `committer`, `encoding`, `gpgsig`, … */
export function headerName(header: Buffer): string {
  const space = header.indexOf(SPACE);
  return header.toString('latin1', 0, space < 0 ? header.length : space);
}

export function isSigned({ headers }: CommitObject): boolean {
  return headers.some((header) => /^gpgsig/.test(headerName(header)));
}

/** Writes the object into the repository; its id. */
export async function writeCommitObject(
  repository: Repository,
  { headers, message }: CommitObject,
): Promise<string> {
  const lines = headers.flatMap((header) => [header, Buffer.from('\n')]);
  const input = Buffer.concat([...lines, Buffer.from('\n'), message]);
  const written = await gitIn(repository, ['hash-object', '-t', 'commit', '-w', '--stdin'], { input });
  return written.toString('latin1').trim();
}
