/** The words that all kinds of owners files share: who owns a path, and what was wrong with a file that says so. */

/** Some owners who stand together: `required` of `members` must approve what they own. */
export interface Ownership {
  /** Where it is written: "dirA/OWNERS", "CODEOWNERS:12". */
  readonly name: string;
  /** As written: "@octocat", "@org/team", "@@maintainer", "jane@example.com", a login; "*" means anyone. */
  readonly members: readonly string[];
  /** 0 where these owners are asked and nobody waits for them. */
  readonly required: number;
}

/** Finds who owns a path. The same owners are the same object each time, so they can be keys of a map. */
export type OwnerLookup = (path: string) => readonly Ownership[];

/** One defect of an owners file. The line was skipped unless the sentence says otherwise. */
export interface OwnersProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

/** Sets the order of text by code units, the same on every machine. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
