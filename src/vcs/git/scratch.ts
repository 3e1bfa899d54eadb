/**
 * Picks commits onto trees without a work tree, and leaves no trace: new objects go into a directory of their own, which
 * reads the repository's as an alternate (gitrepository-layout(5)) and is removed in the end.
 *
 * A pick is a merge whose base is the parent of the picked commit. `git merge-tree` cannot be told the base before git 2.40,
 * it looks for it in the history; so the tree that is picked onto becomes a commit whose parent is that very parent.
 */
import { createHash } from 'node:crypto';
import { access, constants, mkdir, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { LONG_NAME, MergeTalk } from './merge-talk.ts';
import { PatchTalk } from './patch-talk.ts';
import { gitTalkIn, type Repository } from './repository.ts';
import { type GitTalk, PLAIN_DIFF } from './run.ts';

const EMPTY_TREE = {
  sha1: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  sha256: '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
} as const;

/** Later than any real commit, so that the search for the base starts here and ends at once. */
const WHEN = 'countersign <> 4102444800 +0000';
const MERGE = [
  '-c',
  'core.fsync=none',
  'merge-tree',
  '--write-tree',
  '--stdin',
  '--name-only',
  '--no-messages',
];
/** No context lines: what stands around an edit is not part of it. */
const PATCH = ['diff-tree', '--stdin', '-r', '-M', '--root', '-p', '-U0', ...PLAIN_DIFF];

/** Thousands of small files that nobody keeps: in memory where there is plenty, which takes half the time. */
const MEMORY = '/dev/shm';
const PLENTY = 1024 ** 3;

async function place(): Promise<string> {
  try {
    await access(MEMORY, constants.W_OK);
    const { bavail, bsize } = await statfs(MEMORY);
    if (bavail * bsize >= PLENTY) return MEMORY;
  } catch {
    // No such place on this system.
  }
  return tmpdir();
}

/** What can be picked: a commit with at most one parent. */
export interface Pickable {
  readonly commit: string;
  readonly parents: readonly string[];
  readonly tree: string;
}

export class Scratch {
  readonly #repository: Repository;
  readonly #directory: string;
  readonly #folders = new Map<string, Promise<unknown>>();
  readonly #commits = new Map<string, Promise<string>>();
  readonly #talks: GitTalk[] = [];
  #merges: Promise<MergeTalk> | undefined;
  #patches: PatchTalk | undefined;

  private constructor(repository: Repository, directory: string) {
    const alternates = [repository.objects, ...others(repository)].map(quoted).join(delimiter);
    const environment = { GIT_OBJECT_DIRECTORY: directory, GIT_ALTERNATE_OBJECT_DIRECTORIES: alternates };
    this.#repository = { ...repository, environment: { ...repository.environment, ...environment } };
    this.#directory = directory;
  }

  static async open(repository: Repository): Promise<Scratch> {
    return new Scratch(repository, await mkdtemp(join(await place(), 'countersign-picks-')));
  }

  async close(): Promise<void> {
    await Promise.all(this.#talks.map((talk) => talk.end()));
    await rm(this.#directory, { recursive: true, force: true });
  }

  get emptyTree(): string {
    return EMPTY_TREE[this.#repository.format];
  }

  /** The tree that picking `change` onto each of these trees gives; null where it does not apply. */
  async pick(change: Pickable, onto: readonly string[]): Promise<ReadonlyMap<string, string | null>> {
    const trees = [...new Set(onto)];
    if (trees.length === 0) return new Map();
    const base = change.parents[0] ?? (await this.#commit(this.emptyTree));
    const theirs = change.parents.length === 1 ? change.commit : await this.#commit(change.tree, base);
    const ours = await Promise.all(trees.map((tree) => this.#commit(tree, base)));
    this.#merges ??= this.#startMerges();
    const results = await (await this.#merges).ask(ours.map((each) => [each, theirs]));
    return new Map(trees.map((tree, at) => [tree, results[at] ?? null]));
  }

  /** What the patches of these commits are, without context; one that changes nothing has none. */
  ownPatches(commits: readonly Pickable[]): Promise<ReadonlyMap<string, string>> {
    return this.patches(commits.map(({ commit, parents }) => [commit, ...parents.slice(0, 1)]));
  }

  /** The same of what leads from one tree to another, by the first of the two; each may come first once. */
  patches(pairs: readonly (readonly string[])[]): Promise<ReadonlyMap<string, string>> {
    this.#patches ??= new PatchTalk(this.#start(PATCH));
    return this.#patches.ask(pairs);
  }

  #start(args: readonly string[]): GitTalk {
    const talk = gitTalkIn(this.#repository, args);
    this.#talks.push(talk);
    return talk;
  }

  /** One side of the conflict changes the file with the long name, the other removes it. */
  async #startMerges(): Promise<MergeTalk> {
    const name = Buffer.from('long'.repeat(LONG_NAME / 4));
    const tree = async (text: string) => {
      const blob = Buffer.from(await this.#write('blob', Buffer.from(text)), 'hex');
      return this.#write('tree', Buffer.concat([Buffer.from('100644 '), name, Buffer.from('\0'), blob]));
    };
    const base = await this.#commit(await tree('one\n'));
    const sides = [
      await this.#commit(await tree('other\n'), base),
      await this.#commit(this.emptyTree, base),
    ] as const;
    return new MergeTalk(this.#start(MERGE), sides);
  }

  /** A commit that no branch holds, written as git writes loose objects: a process for each would take longer than its pick. */
  #commit(tree: string, parent?: string): Promise<string> {
    const text = [
      `tree ${tree}`,
      ...(parent ? [`parent ${parent}`] : []),
      `author ${WHEN}`,
      `committer ${WHEN}`,
    ];
    const content = `${text.join('\n')}\n\npick\n`;
    let written = this.#commits.get(content);
    if (!written) {
      written = this.#write('commit', Buffer.from(content));
      this.#commits.set(content, written);
    }
    return written;
  }

  async #write(type: 'blob' | 'tree' | 'commit', content: Buffer): Promise<string> {
    const object = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content]);
    const id = createHash(this.#repository.format).update(object).digest('hex');
    const folder = join(this.#directory, id.slice(0, 2));
    let made = this.#folders.get(folder);
    if (!made) {
      made = mkdir(folder, { recursive: true });
      this.#folders.set(folder, made);
    }
    await made;
    await writeFile(join(folder, id.slice(2)), deflateSync(object, { level: 0 }));
    return id;
  }
}

/** Alternates of the repository as it was opened; inside a hook, git's own. */
function others({ environment }: Repository): string[] {
  const { GIT_ALTERNATE_OBJECT_DIRECTORIES: listed } = environment;
  return listed ? [listed] : [];
}

/** A path in that list; one that starts with a quote is taken as C would. A list is passed on as it is. */
function quoted(path: string, at: number): string {
  return at === 0 ? `"${path.replace(/["\\]/g, '\\$&')}"` : path;
}
