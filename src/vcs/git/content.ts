/**
 * What a commit does, byte for byte: its diff as people send it about, a digest under which two commits do the very same
 * thing (`git patch-id` passes over white space, which may be the whole change), and the files in which two revisions differ.
 */
import { createHash } from 'node:crypto';
import { pathText } from '../paths.ts';
import { gitIn, gitStreamIn, type Repository } from './repository.ts';
import { gitFailureOf, PLAIN_DIFF, splitAtNul } from './run.ts';

/** A commit and the parent it is compared with: the first one. */
export interface Compared {
  readonly commit: string;
  readonly parents: readonly string[];
}

/** Nothing of it is left to configuration: the same commit gives the same bytes everywhere. */
const PATCH = [
  '-c',
  'diff.suppressBlankEmpty=false',
  'diff-tree',
  '--no-commit-id',
  '--root',
  '-r',
  '-M',
  '-p',
  '-U3',
  '--inter-hunk-context=0',
  '--diff-algorithm=myers',
  '--src-prefix=a/',
  '--dst-prefix=b/',
  '--submodule=short',
  '--ignore-submodules=none',
  '-O/dev/null',
  ...PLAIN_DIFF,
];

/** Of a diff that is compared as a whole. */
const MOST_BYTES = 1024 ** 3;
const [LINE_FEED, PLUS, MINUS, BACKSLASH] = [0x0a, 0x2b, 0x2d, 0x5c];

const sidesOf = ({ commit, parents }: Compared) => [...parents.slice(0, 1), commit];

/** The diff; with the content of binary files where `binary`. Undefined where it has more than `limit` bytes. */
export async function diffOf(
  repository: Repository,
  compared: Compared,
  { binary, limit }: { readonly binary: boolean; readonly limit: number },
): Promise<Buffer | undefined> {
  const args = [...PATCH, ...(binary ? ['--binary'] : []), '--end-of-options', ...sidesOf(compared)];
  try {
    return await gitIn(repository, args, { limit });
  } catch (error) {
    if (gitFailureOf(error)?.kind === 'too-much-output') return undefined;
    throw error;
  }
}

/** The same for two commits exactly where they do the same to the same surroundings, wherever in a file that is. */
export async function contentDigest(repository: Repository, compared: Compared): Promise<string> {
  const args = [...PATCH, '--binary', '--end-of-options', ...sidesOf(compared)];
  const diff = await gitIn(repository, args, { limit: MOST_BYTES });
  const hash = createHash('sha256');
  let oldLines = 0;
  let newLines = 0;
  for (let at = 0, end = 0; at < diff.length; at = end + 1) {
    end = diff.indexOf(LINE_FEED, at);
    if (end < 0) end = diff.length;
    const sign = diff[at];
    if (oldLines > 0 || newLines > 0) {
      if (sign !== PLUS && sign !== BACKSLASH) oldLines--;
      if (sign !== MINUS && sign !== BACKSLASH) newLines--;
    } else {
      const text = diff.toString('latin1', at, Math.min(end, at + 140));
      const hunk = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(text);
      if (hunk) [oldLines, newLines] = [+(hunk[1] ?? 1), +(hunk[2] ?? 1)];
      // Where and how alike, not what.
      if (hunk || /^(index |similarity index |dissimilarity index )/.test(text)) {
        hash.update(hunk ? '@' : '');
        continue;
      }
    }
    hash.update(diff.subarray(at, end)).update('\n');
  }
  return hash.digest('hex');
}

/** The paths that two revisions do not leave, or did not find, the same way; renames count as two paths. */
export async function differingPaths(
  repository: Repository,
  before: Compared,
  after: Compared,
): Promise<string[]> {
  const [one, other] = await Promise.all([before, after].map((each) => entriesOf(repository, each)));
  const paths = new Set([...(one?.keys() ?? []), ...(other?.keys() ?? [])]);
  return [...paths].filter((path) => one?.get(path) !== other?.get(path)).sort();
}

/** Modes and blobs on both sides, by path. */
async function entriesOf(repository: Repository, compared: Compared): Promise<Map<string, string>> {
  const args = ['diff-tree', '--no-commit-id', '--root', '-r', '--raw', '--no-renames', '--no-abbrev', '-z'];
  const found = new Map<string, string>();
  let entry: string | undefined;
  for await (const part of splitAtNul(
    gitStreamIn(repository, [...args, '--end-of-options', ...sidesOf(compared)], {
      limit: Number.POSITIVE_INFINITY,
    }),
  )) {
    if (entry === undefined) entry = part.toString('latin1');
    else {
      found.set(pathText(part), entry);
      entry = undefined;
    }
  }
  return found;
}
