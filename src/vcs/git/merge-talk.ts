/**
 * Merges, asked for one round after the other from one `git merge-tree --stdin`. Before git 2.50 it keeps its answers in a
 * buffer until that is full. So behind each round stands a merge that is known to conflict over a file with a very long name,
 * and naming it pushes out everything before.
 */
import { invariant } from '../../errors.ts';
import { type GitTalk, splitAtNul } from './run.ts';

/** In bytes; more than any C library lets gather in a pipe's buffer. */
export const LONG_NAME = 128 * 1024;

export class MergeTalk {
  readonly #talk: GitTalk;
  readonly #parts: AsyncGenerator<Buffer>;
  readonly #pushing: string;
  /** Answers that are still to come for merges nobody asked for. */
  #unread = 0;

  /** `pushing`: the two commits of the conflict. */
  constructor(talk: GitTalk, pushing: readonly [string, string]) {
    this.#talk = talk;
    this.#parts = splitAtNul(talk.output);
    this.#pushing = pushing.join(' ');
  }

  /** The trees of these merges; null for those with conflicts. */
  async ask(merges: readonly (readonly [ours: string, theirs: string])[]): Promise<(string | null)[]> {
    this.#talk.send(`${[...merges.map((each) => each.join(' ')), this.#pushing].join('\n')}\n`);
    for (; this.#unread > 0; this.#unread--) await this.#answer();
    this.#unread = 1;
    const trees: (string | null)[] = [];
    while (trees.length < merges.length) trees.push(await this.#answer());
    return trees;
  }

  /** `status NUL tree NUL (path NUL)* NUL`; status 1 is clean. */
  async #answer(): Promise<string | null> {
    const status = await this.#part();
    const tree = await this.#part();
    while ((await this.#part()) !== '');
    return status === '1' ? tree : null;
  }

  async #part(): Promise<string> {
    const { value, done } = await this.#parts.next();
    invariant(!done, 'git merge-tree answers every merge or ends with an error');
    return value.toString('latin1');
  }
}
