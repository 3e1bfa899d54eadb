/** From what a code host knows of a change to a record: names and times made fit, votes of programs taken for checks. */
import { plain, timeOf } from './plain.ts';
import { isProgram } from './plan.ts';
import type { HistoryRecord, RecordContent, Skip } from './record.ts';

/** A positive vote. */
export interface Cast {
  readonly by: string;
  /** ISO 8601; null where the code host does not say when. */
  readonly at: string | null;
  /** Whether the code host says that a program voted. */
  readonly isProgram?: boolean;
}

export interface Reviewed {
  readonly project: string;
  readonly key: string;
  readonly changeId?: string | null;
  readonly title: string;
  readonly author: string;
  readonly isAuthorProgram?: boolean;
  /** Times in ISO 8601, with offset. */
  readonly createdAt: string;
  /** When it was merged or given up, or last looked at where it is open. */
  readonly endedAt: string;
  readonly files?: number | null;
  readonly reviews: readonly Cast[];
  readonly checks: readonly Cast[];
  readonly withdrawnBy?: string | null;
  readonly content?: RecordContent | undefined;
}

/** Undefined, and skipped, where it lacks what a change needs. */
export function recordOf(found: Reviewed, skip: Skip): HistoryRecord | undefined {
  const createdAt = timeOf(found.createdAt);
  const endedAt = timeOf(found.endedAt) ?? createdAt;
  const [project, key, author] = [found.project, found.key, found.author].map((text) => plain(text));
  if (!project || !key || !author || createdAt === undefined || endedAt === undefined) {
    skip('change without project, name, author or time');
    return undefined;
  }
  const { reviewedBy, tryBot, votedAt, programs } = votesOf(found);
  const isWithdrawn = found.withdrawnBy !== undefined;
  // With these the change would be approved before it is given up.
  const isComplete = isWithdrawn && reviewedBy.some((id) => id !== author) && tryBot.length > 0;
  if (isComplete) skip('check of a change that was given up', tryBot.length);
  if (found.isAuthorProgram) programs.add(author);
  return {
    project: project.slice(0, 100),
    commit: key.slice(0, 200),
    changeId: found.changeId ? plain(found.changeId).slice(0, 200) : null,
    title: plain(found.title).slice(0, 200) || key.slice(0, 200),
    author: nameOf(author),
    authoredAt: Date.parse(createdAt) > Date.parse(endedAt) ? endedAt : createdAt,
    submittedAt: endedAt,
    area: null,
    reviewedBy,
    tryBot: isComplete ? [] : tryBot,
    files: found.files ?? null,
    votedAt,
    programs,
    ...(found.content && { content: found.content }),
    ...(isWithdrawn && { withdrawn: { by: nameOf(found.withdrawnBy ?? author), at: endedAt } }),
  };
}

/** Of several votes of one principal the first counts; the list keeps the order of their times. */
function votesOf({ reviews, checks }: Reviewed) {
  const votedAt = new Map<string, string>();
  const programs = new Set<string>();
  const timed = (casts: readonly Cast[]) =>
    casts
      .map((cast) => ({ ...cast, by: nameOf(cast.by), at: timeOf(cast.at) }))
      .sort((a, b) => (a.at && b.at ? Date.parse(a.at) - Date.parse(b.at) : 0));
  const read = (cast: ReturnType<typeof timed>[number]) => {
    if (cast.at !== undefined && !votedAt.has(cast.by)) votedAt.set(cast.by, cast.at);
    if (cast.isProgram) programs.add(cast.by);
    return cast.by;
  };
  const byProgram = (cast: { by: string; isProgram?: boolean }) =>
    cast.isProgram === true || isProgram(cast.by);
  const given = timed(reviews);
  return {
    reviewedBy: [...new Set(given.filter((cast) => !byProgram(cast)).map(read))],
    tryBot: [...new Set([...given.filter(byProgram), ...timed(checks)].map(read))],
    votedAt,
    programs,
  };
}

function nameOf(id: string): string {
  return plain(id).slice(0, 200) || 'unknown';
}
