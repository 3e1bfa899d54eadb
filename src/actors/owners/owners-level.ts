/** One OWNERS file, whichever of the two formats it is written in: what it adds to the owners of the paths below it. */
import type { OwnersProblem } from './ownership.ts';

export interface OwnersEntry {
  /** An RE2 expression searched in the path relative to the file's directory; absent where all paths are meant. */
  readonly filter?: string;
  /** The filter as written, for names of groups. */
  readonly label?: string;
  readonly approvers: readonly string[];
  readonly reviewers: readonly string[];
  /** Former approvers, kept for their merits; they own nothing. */
  readonly emeritus: readonly string[];
  /** Gerrit's `per-file …=set noparent`: what matches is owned by matching entries with filters only. */
  readonly alone: boolean;
}

export interface OwnersLevel {
  /** "dirA/OWNERS" */
  readonly file: string;
  /** "dirA"; empty at the root. */
  readonly directory: string;
  /** Whether the owners of parent directories own nothing from here on. */
  readonly noParent: boolean;
  readonly entries: readonly OwnersEntry[];
}

export interface OwnersTree {
  readonly kind: 'owners';
  readonly levels: readonly OwnersLevel[];
  readonly problems: readonly OwnersProblem[];
}

/** Longer files are refused: nobody writes them by hand. */
export const MAX_OWNERS_CHARACTERS = 128 * 1024;

export function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
