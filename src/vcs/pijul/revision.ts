/** What a printed change says about itself. Texts are as they were recorded; only their shape was checked. */

/**
 * `declared`: the change was recorded on it (`[n] HASH`). `implied`: its hunks name it, but another dependency brings it
 * along (`[n]+HASH`). `extra`: known for telling conflicts apart, of no meaning to people (`[*] HASH`). `order`: the tip
 * of the channel when it was recorded, and nothing of it is used: a dependency of time only.
 */
export type DependencyKind = 'declared' | 'implied' | 'extra' | 'order';

export interface Dependency {
  readonly hash: string;
  readonly kind: DependencyKind;
  /** The first line of the other change, where the text repeats it. */
  readonly message: string | null;
  /** Whether a hunk of this change builds on a line of that one. */
  readonly used: boolean;
}

export interface Author {
  readonly name: string | null;
  readonly email: string | null;
  /** Public key, where the author is known by that. */
  readonly key: string | null;
}

export type HunkKind =
  | 'add'
  | 'delete'
  | 'restore'
  | 'move'
  | 'edit'
  | 'replace'
  | 'conflict'
  | 'root'
  | 'other';

export interface Hunk {
  readonly number: number;
  readonly kind: HunkKind;
  /** Null where the text names none. */
  readonly path: string | null;
  /** Of its heading in the text, counted from 1. */
  readonly line: number;
}

/** As `log --output-format json` lists it. */
export interface LoggedChange {
  readonly hash: string;
  readonly authors: readonly Author[];
  /** ISO 8601 with offset, as it was printed. */
  readonly timestamp: string | null;
  readonly message: string;
  readonly description: string | null;
  /** Only where `--files` asked for them. */
  readonly paths: readonly string[];
}

export interface Revision extends LoggedChange {
  readonly dependencies: readonly Dependency[];
  readonly hunks: readonly Hunk[];
}
