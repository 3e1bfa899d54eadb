/**
 * Puts one commit onto another without a work tree: as it stands where it follows it already, else picked. A picked commit
 * keeps author, dates of the author and message to the byte; its committer is whoever lands it.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathText } from '../paths.ts';
import { headerName, readCommitObjects, writeCommitObject } from './commit-objects.ts';
import { gitIn, gitStreamIn, type Repository } from './repository.ts';
import { treesOf } from './revisions.ts';
import { gitFailureOf } from './run.ts';

export interface Landable {
  readonly commit: string;
  readonly parents: readonly string[];
  readonly tree: string;
}

export type Picked =
  | { readonly kind: 'follows' | 'picked'; readonly commit: string }
  | { readonly kind: 'conflict'; readonly files: readonly string[] }
  /** All that it does is there already. */
  | { readonly kind: 'nothing' };

/** Later than any real commit, so that git's search for the base of the merge ends at once. */
const NOBODY = 'countersign <> 4102444800 +0000';

/** `change` has at most one parent; `committer` is a line as `git var GIT_COMMITTER_IDENT` prints it. */
export async function pickOnto(
  repository: Repository,
  change: Landable,
  onto: string,
  committer: string,
): Promise<Picked> {
  if (change.parents[0] === onto) return { kind: 'follows', commit: change.commit };
  const ontoTree = (await treesOf(repository, [onto])).get(onto) ?? '';
  const merged = await mergedTree(repository, change, ontoTree);
  if (typeof merged !== 'string') return { kind: 'conflict', files: merged };
  const changesNothing = await isEmpty(repository, change);
  if (merged === ontoTree && !changesNothing) return { kind: 'nothing' };
  const [object] = await readCommitObjects(repository, [change.commit]);
  const kept = (object?.headers ?? []).filter((header) =>
    ['author', 'encoding'].includes(headerName(header)),
  );
  const author = kept.filter((header) => headerName(header) === 'author');
  const encoding = kept.filter((header) => headerName(header) === 'encoding');
  const headers = [
    Buffer.from(`tree ${merged}`),
    Buffer.from(`parent ${onto}`),
    ...author,
    Buffer.from(`committer ${committer}`),
    ...encoding,
  ];
  const commit = await writeCommitObject(repository, {
    headers,
    message: object?.message ?? Buffer.alloc(0),
  });
  return { kind: 'picked', commit };
}

async function isEmpty(repository: Repository, { parents, tree }: Landable): Promise<boolean> {
  const [parent] = parents;
  return parent !== undefined && (await treesOf(repository, [parent])).get(parent) === tree;
}

/** The tree, or the files in which it does not come to one. */
async function mergedTree(
  repository: Repository,
  { commit, parents, tree }: Landable,
  ontoTree: string,
): Promise<string | readonly string[]> {
  const bare = (of: string, ...under: string[]) => {
    const parts = [`tree ${of}`, ...under.map((parent) => `parent ${parent}`)];
    const lines = [...parts, `author ${NOBODY}`, `committer ${NOBODY}`].map((line) => Buffer.from(line));
    return writeCommitObject(repository, { headers: lines, message: Buffer.from('pick\n') });
  };
  const base = parents[0] ?? (await bare(await emptyTree(repository)));
  const theirs = parents[0] === undefined ? await bare(tree, base) : commit;
  const ours = await bare(ontoTree, base);
  const args = ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', ours, theirs];
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of gitStreamIn(repository, args)) chunks.push(chunk);
  } catch (error) {
    if (gitFailureOf(error)?.status !== 1) throw error;
    const [, ...names] = split(Buffer.concat(chunks));
    return [...new Set(names.map(pathText))];
  }
  return split(Buffer.concat(chunks))[0]?.toString('latin1').trim() ?? '';
}

function split(output: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  let from = 0;
  for (let at = output.indexOf(0); at >= 0; at = output.indexOf(0, from)) {
    if (at > from) parts.push(output.subarray(from, at));
    from = at + 1;
  }
  return parts;
}

async function emptyTree(repository: Repository): Promise<string> {
  return (await gitIn(repository, ['hash-object', '-t', 'tree', '-w', '--stdin'])).toString('latin1').trim();
}

/** The line that names who commits here and now; git's own complaint where it does not know. `given`: GIT_COMMITTER_… */
export async function committerLine(
  repository: Repository,
  given: Readonly<Record<string, string>>,
): Promise<string> {
  const said = await gitIn(repository, ['var', 'GIT_COMMITTER_IDENT'], { environment: given });
  return said.toString('utf8').trim();
}

/** Works on the repository with new objects put aside and thrown away in the end. */
export async function withoutTrace<T>(
  repository: Repository,
  work: (trial: Repository) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'countersign-trial-'));
  const { GIT_ALTERNATE_OBJECT_DIRECTORIES: others } = repository.environment;
  const first = `"${repository.objects.replace(/["\\]/g, '\\$&')}"`;
  const alternates = [first, ...(others ? [others] : [])].join(delimiter);
  const environment = {
    ...repository.environment,
    GIT_OBJECT_DIRECTORY: directory,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: alternates,
  };
  try {
    return await work({ ...repository, objects: directory, environment });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
