/** What is wrong with a definition: one shape for syntax errors, schema errors and structural defects. */

/** Every code; docs/workflows.md tells what each means and how it is repaired. */
export const FINDING_CODES = [
  // of the text
  'SYNTAX',
  'DUPLICATE_KEY',
  'TOO_LARGE',
  'TOO_DEEP',
  'SCHEMA',
  'EXECUTION',
  'NO_WORKFLOW',
  // of the names
  'UNKNOWN_STATE',
  'UNKNOWN_ROLE',
  'UNKNOWN_TRIGGER',
  'UNKNOWN_INITIAL',
  'UNKNOWN_PLACE',
  'UNKNOWN_BALLOT',
  'UNKNOWN_CALENDAR',
  'BAD_INITIAL',
  'UNUSED_ROLE',
  'UNUSED_TRIGGER',
  'UNUSED_BALLOT',
  'INCLUDES_CYCLE',
  // of rules, ballots and conditions
  'SHADOWED_TRIGGER',
  'IMPOSSIBLE_NEED',
  'CONDITION',
  'CONDITION_CYCLE',
  // of the structure
  'NO_FINAL_STATE',
  'FINAL_STATE_LEFT',
  'UNREACHABLE_STATE',
  'DEAD_END',
  'LIVELOCK',
  'DEADLOCK',
  'DEAD_TRANSITION',
  'JOIN_WITHOUT_REGIONS',
  'JOIN_IMPOSSIBLE',
  'NO_JOIN',
  'REOPENED_TO_FINAL',
  'SUPERSEDED_TO_OPEN',
  'EVENTLESS_CYCLE',
  'STUCK_CHOICE',
  'UNDECIDED',
  // of nets
  'IMPROPER_COMPLETION',
  'UNSAFE',
  'UNBOUNDED',
  // of the people
  'UNSTAFFED',
  'IRREPLACEABLE',
] as const;
export type FindingCode = (typeof FINDING_CODES)[number];

/** A way into the source, as in `['states', 'Review', 'final']`; an index stands for one of several transitions of a key. */
export type SourcePath = readonly (string | number)[];

export interface Finding {
  readonly code: FindingCode;
  /** Warnings leave a definition sound. */
  readonly severity: 'error' | 'warning';
  /** What is wrong with which thing, and what to do. */
  readonly message: string;
  readonly path: SourcePath;
  /** Set where the key at `path` is meant, not its value. */
  readonly at?: 'key';
  /** The shortest way that shows it: triggers from the start, `after 24h` for a timer. May be empty. */
  readonly trace: readonly string[];
  /** What would repair it, in the author's own names; present where something can be suggested. */
  readonly repair?: string;
}

/** Line and column count from 1; a column counts UTF-16 units. */
export interface Where {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface LocatedFinding extends Finding {
  readonly where: Where;
}

/** A finding without a trace. */
export function finding(code: FindingCode, message: string, path: SourcePath = [], at?: 'key'): Finding {
  return { code, severity: 'error', message, path, ...(at && { at }), trace: [] };
}
