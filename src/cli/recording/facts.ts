/** What a server is told of a revision, within what one change may be made to remember. */
import { CountersignError } from '../../errors.ts';
import { BOUNDS } from '../../machines/built-in.ts';
import type { Json } from '../../persistence/records.ts';
import type { FileChange } from '../../vcs/git/diff.ts';
import type { Revision } from '../../vcs/git/revisions.ts';
import { principalIn } from './people.ts';
import { short } from './range.ts';

export interface DependsOn {
  /** A key in the same project, or the id of a change. */
  readonly on: string;
  readonly kind: 'textual' | 'declared' | 'near' | 'order';
  readonly rule: string;
}

/** Of the data of one event, as JSON; a request holds 1 MiB with all that stands around them. */
const MOST_BYTES = 1_000_000;

/** Throws INVALID_INPUT where the commit touches more than a change can hold. `changed`: null where it is not known. */
export function factsOf(
  revision: Revision,
  dependencies: readonly DependsOn[],
  changed: readonly string[] | null,
): { readonly [field: string]: Json } {
  const { commit, parents, tree, patchId, author, committer, coAuthors } = revision;
  const [base] = parents;
  const files = pathsOf(revision.files ?? []);
  if (files.length > BOUNDS.files) throw tooMany(revision, `${files.length.toLocaleString('en')} files`);
  const people = coAuthors.flatMap((each) => principalIn(each) ?? []).slice(0, BOUNDS.people);
  const writer = principalIn(author);
  const hand = principalIn(committer);
  const facts = {
    commit,
    ...(base !== undefined && { base }),
    tree,
    ...(patchId !== null && { patchId }),
    ...(writer !== undefined && { author: writer }),
    ...(hand !== undefined && { committer: hand }),
    ...(people.length > 0 && { coAuthors: [...new Set(people)] }),
    files,
    lines: linesOf(revision.files ?? []),
    dependencies: dependencies.slice(0, BOUNDS.dependencies).map((each) => ({ ...each })),
  };
  // Where what changed does not fit as well, it counts as not known, and votes that rest on it are asked for again.
  const whole = changed === null || changed.length > BOUNDS.files ? facts : { ...facts, changed };
  if (bytesOf(whole) <= MOST_BYTES) return whole;
  if (bytesOf(facts) <= MOST_BYTES) return facts;
  throw tooMany(revision, `${files.length.toLocaleString('en')} files with names of ${bytesOf(files)} bytes`);
}

/** Where a file was and where it is, for both have owners. */
export function pathsOf(files: readonly FileChange[]): readonly string[] {
  return [...new Set(files.flatMap(({ path, from }) => (from === null ? [path] : [from, path])))];
}

export function linesOf(files: readonly FileChange[]): number {
  return files.reduce((sum, { added, removed }) => sum + added + removed, 0);
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

function tooMany({ commit, subject }: Revision, what: string): CountersignError {
  return new CountersignError(
    'INVALID_INPUT',
    `${short(commit)} "${subject.slice(0, 60)}" touches ${what}, more than one change can hold (${BOUNDS.files.toLocaleString('en')} files, 1 MB of names).`,
    { hint: 'Split the commit; what is generated can often be left out of the repository.' },
  );
}
