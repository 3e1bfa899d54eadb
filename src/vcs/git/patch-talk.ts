/**
 * Digests of patches, asked for one round after the other from one `git diff-tree`: it echoes a line that is no object id and
 * then hands over everything it has printed. Two patches have the same digest when `git patch-id` gives them the same id, line
 * numbers and context left out, but white space counts.
 */
import { createHash, type Hash } from 'node:crypto';
import { invariant } from '../../errors.ts';
import { LineSplitter } from './lines.ts';
import type { GitTalk } from './run.ts';

/** No line of a patch starts with it. */
const END = '!';
/** What says where a file or hunk was, not what became of it. */
const PLACE = /^(@@ |index |similarity index |dissimilarity index )/;

export class PatchTalk {
  readonly #talk: GitTalk;
  readonly #lines = new LineSplitter((line) => this.#take(line));
  #found = new Map<string, string>();
  #asked: string | undefined;
  /** Two trees are named before their patch even where it is empty; then there is none. */
  #hash: Hash | undefined;
  #oldLines = 0;
  #newLines = 0;
  #ended = false;

  constructor(talk: GitTalk) {
    this.#talk = talk;
  }

  /** Each request is two ids, or a commit alone; the answers are by the first id. What changes nothing has none. */
  async ask(requests: readonly (readonly string[])[]): Promise<ReadonlyMap<string, string>> {
    if (requests.length === 0) return new Map();
    this.#found = new Map();
    this.#ended = false;
    this.#talk.send(`${requests.map((ids) => `${ids.join(' ')}\n`).join('')}${END}\n`);
    while (!this.#ended) {
      const { value, done } = await this.#talk.output.next();
      invariant(!done, 'git diff-tree answers every request or ends with an error');
      this.#lines.push(value);
    }
    return this.#found;
  }

  #take(line: Buffer): void {
    if (this.#oldLines > 0 && line[0] === 0x2d) this.#oldLines--;
    else if (this.#newLines > 0 && line[0] === 0x2b) this.#newLines--;
    else if (this.#isPlace(line)) return;
    this.#hash ??= createHash('sha1');
    this.#hash.update(line).update('\n');
  }

  #isPlace(line: Buffer): boolean {
    const text = line.toString('latin1', 0, 140);
    if (text === END || /^[0-9a-f]{40}([0-9a-f]{24})?( |$)/.test(text)) {
      if (this.#asked !== undefined && this.#hash) this.#found.set(this.#asked, this.#hash.digest('hex'));
      this.#ended = text === END;
      this.#asked = text.split(' ')[0];
      this.#hash = undefined;
      return true;
    }
    const hunk = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(text);
    if (hunk) [this.#oldLines, this.#newLines] = [+(hunk[1] ?? 1), +(hunk[2] ?? 1)];
    return PLACE.test(text);
  }
}
