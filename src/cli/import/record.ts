/** One reviewed change of a history, whatever it was read from: a line of a file, a commit, an export of a code host. */

export interface HistoryRecord {
  readonly project: string;
  /** Its name in version control or at its code host, unique in the project: the key of the change. */
  readonly commit: string;
  /** Gerrit's `Change-Id`; the first years of a history may have none. */
  readonly changeId: string | null;
  readonly title: string;
  readonly author: string;
  /** ISO 8601. */
  readonly authoredAt: string;
  /** ISO 8601; when the votes had been given at the latest. */
  readonly submittedAt: string;
  readonly area: string | null;
  /** Who gave a positive review, the author perhaps among them. */
  readonly reviewedBy: readonly string[];
  /** Whose automatic checks passed. */
  readonly tryBot: readonly string[];
  readonly files: number | null;
  /** When each of them reviewed or checked (ISO 8601), where that is known. */
  readonly votedAt?: ReadonlyMap<string, string>;
  /** Those of them that are programs by what the code host says, whatever their names look like. */
  readonly programs?: ReadonlySet<string>;
  /** Who gave the change up, and when (ISO 8601). */
  readonly withdrawn?: { readonly by: string; readonly at: string };
  /** Changes it builds on, by what `commit` is for those. */
  readonly dependsOn?: readonly string[];
  /** What it holds; absent where the history does not have it. */
  readonly content?: RecordContent;
}

export interface RecordContent {
  readonly commit?: string;
  /** The commit that the diff is against. */
  readonly base?: string;
  /** The diff, compressed and in base 64; undefined where it is larger than a server takes. Made when it is asked for. */
  gzip(): Promise<string | undefined>;
}

/** Where records come from. Both methods read from the start; the first to tell how many there are, and that all are valid. */
export interface HistorySource {
  count(): Promise<number>;
  /** `skip` is told of everything that no record can hold. */
  records(skip?: Skip): AsyncIterable<HistoryRecord>;
}

/** Something could not be used, for this reason: a few words, from a fixed set, never of the history itself. */
export type Skip = (reason: string, times?: number) => void;
