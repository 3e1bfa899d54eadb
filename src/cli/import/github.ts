/**
 * Pull requests as GitHub's REST interface gives them, each with the lists that belong to it under their names: `reviews`
 * (`/pulls/N/reviews`), `check_runs` and `statuses` (of its last commit) where there are any. Or as `gh pr list` prints them.
 */
import { z } from 'zod';
import { contentFrom } from './contents.ts';
import { fitting, listOf, type ReadChange } from './export.ts';
import { isFromGh, restOf } from './gh.ts';
import type { Skip } from './record.ts';
import { type Cast, recordOf } from './reviewed.ts';

/** Null for an account that was deleted. */
const user = z.object({ login: z.string(), type: z.string().optional() }).nullish();
type User = z.output<typeof user>;

const review = z.object({ user, state: z.string(), submitted_at: z.string().nullish() });

const status = z.object({
  state: z.string(),
  /** What was checked; a later status of the same name takes the place of an earlier one. */
  context: z.string().optional(),
  creator: user,
  updated_at: z.string().nullish(),
});

const schema = z.object({
  number: z.int(),
  title: z.string(),
  state: z.string(),
  user,
  created_at: z.string(),
  updated_at: z.string().optional(),
  closed_at: z.string().nullish(),
  merged_at: z.string().nullish(),
  closed_by: user,
  changed_files: z.int().nullish(),
  base: z.object({ repo: z.object({ full_name: z.string() }).nullish() }).nullish(),
  head: z.object({ sha: z.string().optional() }).nullish(),
  diff: z.string().nullish(),
  reviews: listOf(review),
  check_runs: listOf(
    z.object({
      conclusion: z.string().nullish(),
      completed_at: z.string().nullish(),
      app: z.object({ slug: z.string() }).nullish(),
      name: z.string().optional(),
    }),
  ),
  statuses: listOf(status),
});
type PullRequest = z.output<typeof schema>;

/** What github.com shows in the place of accounts that are gone. */
const GHOST = 'ghost';

export const readGitHub: ReadChange = (value, project, skip) => {
  const pull = fitting(schema, isFromGh(value) ? restOf(value) : value, skip);
  if (!pull) return undefined;
  const isGivenUp = pull.state === 'closed' && !pull.merged_at;
  return recordOf(
    {
      project: project ?? pull.base?.repo?.full_name ?? 'github',
      key: `pull/${pull.number}`,
      title: pull.title,
      author: loginOf(pull.user),
      isAuthorProgram: pull.user?.type === 'Bot',
      createdAt: pull.created_at,
      endedAt: pull.merged_at ?? pull.closed_at ?? pull.updated_at ?? pull.created_at,
      files: pull.changed_files ?? null,
      reviews: reviewsOf(pull, skip),
      checks: checksOf(pull, skip),
      // What `/pulls/N` gives as `application/vnd.github.diff`; against where the branches part, which is named nowhere.
      content: pull.diff
        ? contentFrom(pull.diff, { ...(pull.head?.sha && { commit: pull.head.sha }) })
        : undefined,
      ...(isGivenUp && { withdrawnBy: pull.closed_by ? loginOf(pull.closed_by) : null }),
    },
    skip,
  );
};

/** The last word of each reviewer counts; a comment is no word about the whole. */
function reviewsOf({ reviews }: PullRequest, skip: Skip): Cast[] {
  const last = new Map<string, z.output<typeof review>>();
  for (const each of [...reviews].sort((a, b) => timeOf(a) - timeOf(b))) {
    if (['APPROVED', 'CHANGES_REQUESTED', 'DISMISSED'].includes(each.state)) {
      if (last.has(loginOf(each.user))) skip('review that a later one replaced');
      last.set(loginOf(each.user), each);
    } else skip('review without a verdict');
  }
  return [...last.values()].flatMap((each) => {
    if (each.state === 'CHANGES_REQUESTED') skip('negative vote');
    if (each.state === 'DISMISSED') skip('review that was dismissed');
    return each.state === 'APPROVED' ? [castOf(each.user, each.submitted_at)] : [];
  });
}

function checksOf({ check_runs, statuses }: PullRequest, skip: Skip): Cast[] {
  const runs = check_runs.flatMap(({ conclusion, completed_at, app, name }) => {
    if (conclusion !== 'success') skip('check that did not pass');
    const by = `${app?.slug ?? name ?? 'check'}[bot]`;
    return conclusion === 'success' ? [{ by, at: completed_at ?? null, isProgram: true }] : [];
  });
  const older = lastOfEach(statuses).flatMap(({ state, creator, updated_at }) => {
    if (state !== 'success') skip('check that did not pass');
    return state === 'success' ? [{ ...castOf(creator, updated_at), isProgram: true }] : [];
  });
  return [...runs, ...older];
}

/** The interface lists all that were ever given, newest first; of two at one time, the first listed is the newer. */
function lastOfEach(statuses: PullRequest['statuses']): PullRequest['statuses'] {
  const at = ({ updated_at }: z.output<typeof status>) => Date.parse(updated_at ?? '') || 0;
  const ordered = statuses.toReversed().sort((a, b) => at(a) - at(b));
  return [...new Map(ordered.map((each) => [each.context ?? each, each])).values()];
}

function castOf(by: User, at: string | null | undefined): Cast {
  return { by: loginOf(by), at: at ?? null, isProgram: by?.type === 'Bot' };
}

function loginOf(of: User): string {
  return of?.login.toLowerCase() ?? GHOST;
}

function timeOf({ submitted_at }: { submitted_at?: string | null | undefined }): number {
  return Date.parse(submitted_at ?? '') || 0;
}
