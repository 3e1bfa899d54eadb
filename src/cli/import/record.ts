/** One reviewed commit of a history, whatever it was read from: a line of a file, a commit of a repository. */

export interface HistoryRecord {
  readonly project: string;
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
}

/** Where records come from. Both methods read from the start; the first to tell how many there are, and that all are valid. */
export interface HistorySource {
  count(): Promise<number>;
  records(): AsyncIterable<HistoryRecord>;
}
