/**
 * Merge requests of GitLab: as its REST interface gives them, with `approved_by` or `approvals` and `notes` of their own
 * requests added, and as lines of `tree/project/merge_requests.ndjson` in a project export, which names people by number.
 */
import { z } from 'zod';
import { contentFrom } from './contents.ts';
import { fitting, listOf, type ReadChange } from './export.ts';
import type { RecordContent, Skip } from './record.ts';
import { type Cast, recordOf } from './reviewed.ts';

const user = z.object({
  id: z.int().optional(),
  username: z.string().optional(),
  bot: z.boolean().optional(),
});
type User = z.output<typeof user>;

const approval = z.object({
  user: user.nullish(),
  user_id: z.int().nullish(),
  created_at: z.string().nullish(),
  approved_at: z.string().nullish(),
});

const note = z.object({
  system: z.boolean().default(false),
  body: z.string().optional(),
  note: z.string().optional(),
  author: user.nullish(),
  author_id: z.int().nullish(),
  created_at: z.string().nullish(),
});
type Note = z.output<typeof note>;

const fileDiff = z.object({
  old_path: z.string(),
  new_path: z.string(),
  a_mode: z.string(),
  b_mode: z.string(),
  new_file: z.boolean(),
  renamed_file: z.boolean(),
  deleted_file: z.boolean(),
  diff: z.string(),
  too_large: z.boolean().nullish(),
  collapsed: z.boolean().nullish(),
});

const schema = z.object({
  iid: z.int(),
  title: z.string(),
  state: z.string(),
  author: user.nullish(),
  author_id: z.int().nullish(),
  created_at: z.string(),
  updated_at: z.string().nullish(),
  merged_at: z.string().nullish(),
  closed_at: z.string().nullish(),
  closed_by: user.nullish(),
  project_id: z.int().nullish(),
  target_project_id: z.int().nullish(),
  references: z.object({ full: z.string() }).nullish(),
  changes_count: z.union([z.string(), z.int()]).nullish(),
  approved_by: z.array(approval).nullish(),
  approvals: z.union([z.array(approval), z.object({ approved_by: z.array(approval) })]).nullish(),
  notes: listOf(note),
  sha: z.string().nullish(),
  diff_refs: z.object({ base_sha: z.string().nullish(), head_sha: z.string().nullish() }).nullish(),
  changes: z.array(fileDiff).nullish(),
  diffs: z.array(fileDiff).nullish(),
  overflow: z.boolean().nullish(),
  head_pipeline: z.object({ status: z.string(), finished_at: z.string().nullish() }).nullish(),
  metrics: z
    .object({
      merged_at: z.string().nullish(),
      latest_closed_at: z.string().nullish(),
      latest_closed_by_id: z.int().nullish(),
    })
    .nullish(),
});

type MergeRequest = z.output<typeof schema>;

/** Pipelines run for whoever pushed; what vouches for their result is GitLab's own runner. */
const PIPELINE = 'gitlab-ci[bot]';

export const readGitLab: ReadChange = (value, project, skip) => {
  const request = fitting(schema, value, skip);
  if (!request) return undefined;
  const { metrics, state } = request;
  return recordOf(
    {
      project: project ?? projectOf(request),
      key: `merge_requests/${request.iid}`,
      title: request.title,
      author: nameOf(request.author, request.author_id),
      isAuthorProgram: isBot(request.author),
      createdAt: utc(request.created_at),
      endedAt: utc(endOf(request)),
      files: filesOf(request),
      reviews: reviewsOf(request, skip),
      checks: checksOf(request, skip),
      content: contentIn(request),
      ...(state === 'closed' && {
        withdrawnBy: nameOf(request.closed_by, metrics?.latest_closed_by_id) || null,
      }),
    },
    skip,
  );
};

function endOf({ state, merged_at, closed_at, updated_at, created_at, metrics }: MergeRequest): string {
  const merged = merged_at ?? metrics?.merged_at;
  const closed = closed_at ?? metrics?.latest_closed_at;
  return (state === 'closed' ? closed : merged) ?? updated_at ?? created_at;
}

/** The lists of approvals where there is one; else what the system noted of who approved and took it back. */
function reviewsOf({ approved_by, approvals, notes }: MergeRequest, skip: Skip): Cast[] {
  const comments = notes.filter(({ system }) => !system).length;
  if (comments > 0) skip('comment', comments);
  const listed = approved_by ?? (Array.isArray(approvals) ? approvals : approvals?.approved_by);
  if (!listed) return noted(notes, skip);
  const times = new Map(noted(notes, () => {}).map(({ by, at }) => [by, at]));
  return listed.map(({ user: by, user_id, created_at, approved_at }) => {
    const name = nameOf(by, user_id);
    const at = approved_at ?? created_at ?? times.get(name);
    return { by: name, at: at ? utc(at) : null, isProgram: isBot(by) };
  });
}

/** The interface lists the newest first unless it was asked otherwise. */
function noted(notes: readonly Note[], skip: Skip): Cast[] {
  const standing = new Map<string, Cast>();
  const timeOf = ({ created_at }: Note) => Date.parse(utc(created_at ?? '')) || 0;
  for (const each of [...notes].sort((a, b) => timeOf(a) - timeOf(b))) {
    const { system, note: exported, body, author, author_id, created_at } = each;
    const text = (exported ?? body ?? '').trim();
    const by = nameOf(author, author_id);
    if (!system) continue;
    if (text === 'approved this merge request')
      standing.set(by, { by, at: created_at ? utc(created_at) : null, isProgram: isBot(author) });
    if (text === 'unapproved this merge request' && standing.delete(by)) skip('review that was taken back');
  }
  return [...standing.values()];
}

function checksOf({ head_pipeline }: MergeRequest, skip: Skip): Cast[] {
  if (!head_pipeline) return [];
  if (head_pipeline.status !== 'success') {
    skip('check that did not pass');
    return [];
  }
  return [{ by: PIPELINE, at: head_pipeline.finished_at ?? null, isProgram: true }];
}

/** `changes` of `/merge_requests/N/changes`, or `diffs`: whole, or not at all. */
function contentIn({ changes, diffs, overflow, diff_refs, sha }: MergeRequest): RecordContent | undefined {
  const files = changes ?? diffs;
  if (!files || overflow) return undefined;
  if (files.some(({ diff, too_large, collapsed }) => diff === '' && (too_large || collapsed)))
    return undefined;
  const [base, commit] = [diff_refs?.base_sha, diff_refs?.head_sha ?? sha];
  return contentFrom(files.map(diffText).join(''), { ...(commit && { commit }), ...(base && { base }) });
}

/** As git prints it: GitLab gives the hunks, and says the rest in fields. */
function diffText(file: z.output<typeof fileDiff>): string {
  const { old_path, new_path, a_mode, b_mode, new_file, renamed_file, deleted_file, diff } = file;
  const [before, behind] = [quoted(`a/${old_path}`), quoted(`b/${new_path}`)];
  const head = [
    `diff --git ${before} ${behind}`,
    ...(new_file ? [`new file mode ${b_mode}`] : []),
    ...(deleted_file ? [`deleted file mode ${a_mode}`] : []),
    ...(!new_file && !deleted_file && a_mode !== b_mode ? [`old mode ${a_mode}`, `new mode ${b_mode}`] : []),
    ...(renamed_file ? [`rename from ${quoted(old_path)}`, `rename to ${quoted(new_path)}`] : []),
    ...(diff.startsWith('@@') ? [`--- ${new_file ? '/dev/null' : before}`] : []),
    ...(diff.startsWith('@@') ? [`+++ ${deleted_file ? '/dev/null' : behind}`] : []),
  ];
  return `${head.join('\n')}\n${diff === '' || diff.endsWith('\n') ? diff : `${diff}\n`}`;
}

/** Quotes, and what is no printing character, as C writes them. */
function quoted(path: string): string {
  if (!/["\\\p{Cc}]/u.test(path)) return path;
  const octal = (character: string) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
  return `"${path.replace(/["\\]|\p{Cc}/gu, (each) => (each === '"' || each === '\\' ? `\\${each}` : octal(each)))}"`;
}

function projectOf({ references, target_project_id, project_id }: MergeRequest): string {
  const id = target_project_id ?? project_id;
  return references?.full.split('!')[0] || (id ? `project-${id}` : 'gitlab');
}

/** `"12"`, or `"1000+"`. */
function filesOf({ changes_count }: MergeRequest): number | null {
  const count = Number.parseInt(String(changes_count ?? ''), 10);
  return Number.isNaN(count) ? null : count;
}

function nameOf(of: User | null | undefined, id: number | null | undefined): string {
  const number = of?.id ?? id;
  return of?.username?.toLowerCase() ?? (number === undefined || number === null ? '' : `user-${number}`);
}

/** Access tokens of projects and groups act as accounts with such names. */
function isBot(of: User | null | undefined): boolean {
  return of?.bot === true || /^(project|group)_\d+_bot/.test(of?.username ?? '');
}

/** Exports before GitLab 13 write `2026-02-01 09:59:32 UTC`. */
function utc(time: string): string {
  const [, day, clock] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?) UTC$/.exec(time) ?? [];
  return day ? `${day}T${clock}Z` : time;
}
