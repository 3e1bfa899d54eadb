/**
 * Who knows the files that a change touches: whoever reviewed or wrote changes there, the more of its files they had and
 * the more recently, the more. Knowledge halves in 60 days.
 *
 * Files and their folders as evidence: Thongtanunam et al., Who Should Review My Code?, SANER 2015. That former reviewers
 * know as much as authors: Sülün, Tüzün & Doğrusöz, Reviewer Recommendation using Software Artifact Traceability Graphs,
 * PROMISE 2019.
 */
import { isBuiltIn } from '../../machines/compile.ts';
import type { Act, Activity } from '../../persistence/history-records.ts';

export interface Knowledge {
  /** How many whole changes like this one it is worth, faded. */
  readonly score: number;
  /** Changes that touched the same files or folders, within the last 60 days. */
  readonly reviewed: number;
  readonly authored: number;
  /** The folder where most of it was; null for the change itself, and where no files are known. */
  readonly where: string | null;
  /** ms */
  readonly lastAt: number | null;
}

export const NO_KNOWLEDGE: Knowledge = { score: 0, reviewed: 0, authored: 0, where: null, lastAt: null };

export const HALF_LIFE_DAYS = 60;
const DAY = 86_400_000;
/** The same folder says half as much as the same file. */
const SAME_FOLDER = 0.5;
/** Files of a change that are compared; a change of more is everywhere. */
const MAX_COMPARED = 2_000;

interface Overlap {
  /** 1: all its files were touched there. */
  readonly share: number;
  readonly folders: readonly string[];
}

/** A vote or another step of somebody who is not the author: what counts as a review. */
export function isReview({ event, principal, author }: Act): boolean {
  return principal !== author && !isBuiltIn(event);
}

/** By principal; `files` are those of the change now. */
export function knowledgeOf(
  { acts, revisions }: Activity,
  change: string,
  files: readonly string[],
  now: number,
): Map<string, Knowledge> {
  const overlaps = overlapsWith(files.slice(0, MAX_COMPARED), revisions);
  // Whoever looked at an earlier revision knows all of it.
  overlaps.set(change, { share: 1, folders: [] });
  const works = new Map<string, Work>();
  const note = (kind: Work['kind'], principal: string, where: string, at: number) => {
    const overlap = overlaps.get(where);
    if (!overlap) return;
    const name = `${principal}\0${where}`;
    const before = works.get(name);
    if (before) works.set(name, { ...before, kind, at: Math.max(before.at, at) });
    else works.set(name, { kind, principal, overlap, at });
  };
  for (const { change: where, people, at } of revisions)
    for (const person of people) note('authored', person, where, at);
  for (const act of acts) if (isReview(act)) note('reviewed', act.principal, act.change, act.at);
  return added([...works.values()], now);
}

interface Work {
  readonly kind: 'reviewed' | 'authored';
  readonly principal: string;
  readonly overlap: Overlap;
  readonly at: number;
}

function added(works: readonly Work[], now: number): Map<string, Knowledge> {
  const known = new Map<string, Knowledge>();
  const folders = new Map<string, Map<string, number>>();
  for (const { kind, principal, overlap, at } of works) {
    const before = known.get(principal) ?? NO_KNOWLEDGE;
    const ageDays = Math.max(0, now - at) / DAY;
    const counts = ageDays <= HALF_LIFE_DAYS ? 1 : 0;
    known.set(principal, {
      ...before,
      score: before.score + overlap.share * 0.5 ** (ageDays / HALF_LIFE_DAYS),
      [kind]: before[kind] + counts,
      lastAt: Math.max(before.lastAt ?? 0, at),
    });
    const tally = folders.get(principal) ?? new Map<string, number>();
    for (const folder of overlap.folders) tally.set(folder, (tally.get(folder) ?? 0) + 1);
    folders.set(principal, tally);
  }
  for (const [principal, tally] of folders) {
    const [most] = [...tally].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    const knowledge = known.get(principal);
    if (most && knowledge) known.set(principal, { ...knowledge, where: most[0] });
  }
  return known;
}

/** By change, of those that touched something of it. */
function overlapsWith(files: readonly string[], revisions: Activity['revisions']): Map<string, Overlap> {
  const own = new Set(files);
  const inFolder = new Map<string, number>();
  for (const file of own) inFolder.set(folderOf(file), (inFolder.get(folderOf(file)) ?? 0) + 1);
  const touched = new Map<string, Set<string>>();
  for (const { change, files: theirs } of revisions) {
    const all = touched.get(change) ?? new Set<string>();
    for (const file of theirs) all.add(file);
    touched.set(change, all);
  }
  const overlaps = new Map<string, Overlap>();
  for (const [change, theirs] of touched) {
    const exact = [...theirs].filter((file) => own.has(file)).length;
    const folders = [...new Set([...theirs].map(folderOf))].filter((folder) => inFolder.has(folder));
    const near = folders.reduce((sum, folder) => sum + (inFolder.get(folder) ?? 0), 0);
    if (near === 0) continue;
    overlaps.set(change, { share: (exact + SAME_FOLDER * (near - exact)) / own.size, folders });
  }
  return overlaps;
}

/** `src/auth` of `src/auth/token.ts`; "." at the root. */
function folderOf(file: string): string {
  const slash = file.lastIndexOf('/');
  return slash > 0 ? file.slice(0, slash) : '.';
}
