/**
 * Commits as revisions: what they change, whose they are, which change they belong to. Three processes for up to 2,000
 * commits: one for their messages, one for their files, and `git diff-tree | git patch-id`.
 *
 * A merge is compared with its first parent: what it brings to the branch it was made on. Where a commit's parents were not
 * fetched (a shallow clone), what it changed is not known, and its files are null rather than the whole tree.
 */
import { CountersignError } from '../../errors.ts';
import { DIFF_TREE, type FileChange, readDiffs } from './diff.ts';
import { gitIn, gitPipeIn, gitStreamIn, type Repository } from './repository.ts';
import { PLAIN_DIFF, splitAtNul } from './run.ts';

export interface Person {
  readonly name: string;
  readonly email: string;
}

export interface Revision {
  readonly commit: string;
  readonly tree: string;
  /** First parent first; empty for a root, and where the parents were not fetched. */
  readonly parents: readonly string[];
  /** `git show COMMIT | git patch-id --stable`; null where the patch has no text (nothing changed, or not known). */
  readonly patchId: string | null;
  /** The last `Change-Id` trailer, else the commit. */
  readonly changeId: string;
  /** What `Depends-On` trailers name, as written. */
  readonly dependsOn: readonly string[];
  readonly author: Person;
  readonly committer: Person;
  readonly coAuthors: readonly Person[];
  readonly subject: string;
  readonly message: string;
  /** ISO 8601 with the offset of whoever wrote; 1970 where a commit holds no date. */
  readonly authoredAt: string;
  readonly committedAt: string;
  /** In the order of git; null where the parents were not fetched. */
  readonly files: readonly FileChange[] | null;
}

const UNIT = '\x1f';
const trailer = (key: string) => `%(trailers:key=${key},valueonly,unfold,separator=%x1f)`;
/** For `--format`: the Change-Id trailers of a commit, as `changeIdIn` takes them. */
export const CHANGE_IDS = trailer('Change-Id');
const TRAILERS = [CHANGE_IDS, ...['Depends-On', 'Co-authored-by'].map(trailer)];
const FIELDS = ['%H', '%T', '%P', '%an', '%ae', '%aI', '%cn', '%ce', '%cI', ...TRAILERS, '%s', '%B'];
const LOG = ['log', '--no-walk=unsorted', '--stdin', '-z', '--no-color', '--no-notes', '--encoding=UTF-8'];
const BATCH = 2000;
const COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/;

/** The revisions of these commits (full ids), in their order. Throws FILE_UNREADABLE where one is not there. */
export async function readRevisions(repository: Repository, commits: readonly string[]): Promise<Revision[]> {
  const wanted = [...new Set(commits)];
  const wrong = wanted.find((commit) => !COMMIT.test(commit));
  if (wrong !== undefined) throw noCommit(wrong);
  const found = new Map<string, Revision>();
  for (let from = 0; from < wanted.length; from += BATCH) {
    for (const revision of await readBatch(repository, wanted.slice(from, from + BATCH)))
      found.set(revision.commit, revision);
  }
  return commits.map((commit) => {
    const revision = found.get(commit);
    if (!revision) throw noCommit(commit);
    return revision;
  });
}

/** The full id of the commit that `name` (a branch, a tag, an id, `HEAD~2`) stands for. */
export async function resolveCommit(repository: Repository, name: string): Promise<string> {
  if (name === '' || name.includes('\0')) throw noCommit(name);
  try {
    const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`];
    return (await gitIn(repository, args)).toString('latin1').trim();
  } catch (cause) {
    throw noCommit(name, cause);
  }
}

/** The commits that `tip` holds and `base` does not (all of them without a base), parents before children. */
export async function commitsBetween(
  repository: Repository,
  base: string | null,
  tip: string,
): Promise<string[]> {
  const ends = await Promise.all(
    [tip, ...(base === null ? [] : [base])].map((name) => resolveCommit(repository, name)),
  );
  const input = ends.map((commit, at) => `${at === 0 ? '' : '^'}${commit}\n`).join('');
  const listed = await gitIn(repository, ['rev-list', '--topo-order', '--reverse', '--stdin'], { input });
  return listed.toString('latin1').split('\n').filter(Boolean);
}

/** The trees of commits; those that are not there are left out. */
export async function treesOf(
  repository: Repository,
  commits: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const input = commits.map((commit) => `${commit}^{tree}\n`).join('');
  const checked = await gitIn(repository, ['cat-file', '--batch-check=%(objectname) %(objecttype)'], {
    input,
  });
  const lines = checked.toString('latin1').split('\n');
  return new Map(
    commits.flatMap((commit, at) => {
      const [id = '', type] = (lines[at] ?? '').split(' ');
      return type === 'tree' ? [[commit, id] as const] : [];
    }),
  );
}

async function readBatch(repository: Repository, commits: readonly string[]): Promise<Revision[]> {
  const logged = await readLog(repository, commits);
  const known = logged.filter(({ commit }) => !repository.shallow.has(commit));
  // A second id on the line is taken for the only parent; a lone one has none, or --root would not show it.
  const input = known
    .map(({ commit, parents }) => `${[commit, ...parents.slice(0, 1)].join(' ')}\n`)
    .join('');
  const patch = ['diff-tree', '--stdin', '-r', '-M', '--root', '-p', ...PLAIN_DIFF];
  const [files, patchIds] = await Promise.all([
    readDiffs(
      gitStreamIn(repository, [...DIFF_TREE, ...PLAIN_DIFF], { input, limit: Number.POSITIVE_INFINITY }),
    ),
    gitPipeIn(repository, patch, ['patch-id', '--stable'], { input }).then(patchIdsIn),
  ]);
  return logged.map((revision) => ({
    ...revision,
    patchId: patchIds.get(revision.commit) ?? null,
    files: files.get(revision.commit) ?? (repository.shallow.has(revision.commit) ? null : []),
  }));
}

/** What `git patch-id` prints: the patch-id, then what came before the patch. */
export function patchIdsIn(output: Buffer): ReadonlyMap<string, string> {
  const lines = output.toString('latin1').split('\n').filter(Boolean);
  return new Map(lines.map((line) => line.split(' ') as [string, string]).map(([id, of]) => [of, id]));
}

type Logged = Omit<Revision, 'patchId' | 'files'>;

async function readLog(repository: Repository, commits: readonly string[]): Promise<Logged[]> {
  const args = [...LOG, `--format=${FIELDS.join('%x00')}`];
  const revisions: Logged[] = [];
  let fields: string[] = [];
  for await (const part of splitAtNul(gitStreamIn(repository, args, { input: `${commits.join('\n')}\n` }))) {
    fields.push(part.toString('utf8'));
    if (fields.length < FIELDS.length) continue;
    revisions.push(loggedOf(fields));
    fields = [];
  }
  return revisions;
}

function loggedOf(fields: readonly string[]): Logged {
  const [commit = '', tree = '', parents = '', authorName = '', authorEmail = '', authoredAt = ''] = fields;
  const [committerName = '', committerEmail = '', committedAt = '', changeIds = ''] = fields.slice(6);
  const [dependsOn = '', coAuthors = '', subject = '', message = ''] = fields.slice(10);
  return {
    commit,
    tree,
    parents: parents.split(' ').filter(Boolean),
    changeId: changeIdIn(changeIds) ?? commit,
    dependsOn: values(dependsOn),
    author: { name: plain(authorName), email: plain(authorEmail) },
    committer: { name: plain(committerName), email: plain(committerEmail) },
    coAuthors: values(coAuthors).map(personOf),
    subject: plain(subject),
    message,
    authoredAt: timeOf(authoredAt),
    committedAt: timeOf(committedAt),
  };
}

const values = (field: string): string[] => field.split(UNIT).map(plain).filter(Boolean);

/** The last one that can be a key. */
export function changeIdIn(field: string): string | undefined {
  return values(field).findLast((value) => /^\S{1,200}$/.test(value));
}

/** Names and subjects come from strangers: no control characters, no space around. */
const plain = (text: string): string => text.replace(/\p{Cc}+/gu, ' ').trim();

function personOf(text: string): Person {
  const [, name = '', email = ''] = /^(.*?)\s*<\s*([^<>]*?)\s*>\s*$/.exec(text) ?? [];
  return name || email ? { name, email } : { name: text, email: '' };
}

/** Commits may carry any number as their time. */
function timeOf(iso: string): string {
  return Number.isNaN(Date.parse(iso)) ? new Date(0).toISOString() : iso;
}

function noCommit(name: string, cause?: unknown): CountersignError {
  return new CountersignError('FILE_UNREADABLE', `The repository has no commit ${JSON.stringify(name)}.`, {
    cause,
    hint: 'Name a branch, a tag or a commit that was fetched.',
  });
}
