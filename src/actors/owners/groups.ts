/**
 * The groups of owners that a change touches; each must approve. Groups of the same people who must be as many are one
 * group: nobody approves twice for the same reason. The order of the files does not matter.
 */
import { type CodeOwners, codeOwnersLookup } from './codeowners.ts';
import { ownersLookup } from './owners-files.ts';
import type { OwnersTree } from './owners-level.ts';
import { byText, type OwnerLookup, type Ownership } from './ownership.ts';

export type OwnerRules = CodeOwners | OwnersTree;

export interface OwnerGroup {
  /** Where the group is written: "dirA/OWNERS", "CODEOWNERS:12"; the first place where several say the same. */
  readonly name: string;
  /** As written: "@octocat", "@org/team", "jane@example.com", a login; "*" means anyone. */
  readonly members: readonly string[];
  /** 0 where the group is asked and nobody waits for it (GitLab's optional sections). */
  readonly required: number;
  /** Touched files that it owns, in order, the first 100 of them. */
  readonly files: readonly string[];
  /** How many touched files it owns. */
  readonly fileCount: number;
}

/** How many files a group names. */
export const MAX_FILES_NAMED = 100;

interface OpenGroup {
  readonly name: string;
  readonly members: readonly string[];
  readonly required: number;
  readonly files: string[];
  fileCount: number;
  last: string;
}

/** `files` are the paths a change touches, relative to the root of the repository; both names of a renamed file. */
export function ownerGroups(rules: OwnerRules, files: readonly string[]): OwnerGroup[] {
  const lookup = lookupFor(rules);
  const byOwnership = new Map<Ownership, OpenGroup>();
  const byPeople = new Map<string, OpenGroup>();
  for (const file of inOrder(files)) {
    for (const ownership of lookup(file)) {
      let group = byOwnership.get(ownership);
      if (!group) {
        group = groupOf(ownership, byPeople);
        byOwnership.set(ownership, group);
      }
      if (group.fileCount > 0 && group.last === file) continue;
      group.last = file;
      group.fileCount++;
      if (group.files.length < MAX_FILES_NAMED) group.files.push(file);
    }
  }
  return [...byPeople.values()].map(({ last: _last, ...group }) => group);
}

/** The touched files that nobody owns, in order: no group speaks for them, whether by intention or by mistake. */
export function unownedFiles(rules: OwnerRules, files: readonly string[]): string[] {
  const lookup = lookupFor(rules);
  return inOrder(files).filter((file) => lookup(file).length === 0);
}

function inOrder(files: readonly string[]): string[] {
  return [...new Set(files.map(withoutLead))].sort(byText);
}

/** Kept with their rules: patterns are compiled when they first match. Lookups in OWNERS files grow with the paths asked for. */
const lookups = new WeakMap<OwnerRules, OwnerLookup>();

function lookupFor(rules: OwnerRules): OwnerLookup {
  if (rules.kind === 'owners') return ownersLookup(rules);
  const known = lookups.get(rules);
  if (known) return known;
  const made = codeOwnersLookup(rules);
  lookups.set(rules, made);
  return made;
}

function groupOf({ name, members, required }: Ownership, byPeople: Map<string, OpenGroup>): OpenGroup {
  const sorted = [...members].sort(byText);
  const key = JSON.stringify([required, sorted]);
  const known = byPeople.get(key);
  if (known) return known;
  const group: OpenGroup = { name, members: sorted, required, files: [], fileCount: 0, last: '' };
  byPeople.set(key, group);
  return group;
}

function withoutLead(path: string): string {
  return path.replace(/^(?:\.?\/)+/, '');
}
