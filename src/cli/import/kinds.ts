/** What review histories can be read from. */

/** Kinds that are read from a directory. */
export const DIRECTORY_KINDS = ['git', 'notedb'] as const;
export const FILE_KINDS = ['jsonl', 'gerrit', 'github', 'gitlab', 'atomic', 'pijul'] as const;
export const HISTORY_KINDS = [...DIRECTORY_KINDS, ...FILE_KINDS];

export type HistoryKind = (typeof HISTORY_KINDS)[number];
