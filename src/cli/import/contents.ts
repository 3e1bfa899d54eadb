/**
 * What a change of a history holds: its patch, where the export has it or the repository beside it. It becomes the change's
 * first revision, brought by its author before anybody reviews it, and the diff is stored with the limits of every diff.
 */
import { createHash } from 'node:crypto';
import { CountersignError } from '../../errors.ts';
import type { Repository } from '../../vcs/git/repository.ts';
import type { Api } from '../api.ts';
import { diffBodyOf, zipped } from '../recording/diff-body.ts';
import type { As } from '../wire.ts';
import type { HistoryRecord, RecordContent } from './record.ts';
import type { Tally } from './tally.ts';

const OVER = 'content of a change that was over already';
const LARGE = 'content that is larger than a server takes';
const UNFIT = 'content that the server could not read';

/** Counts what became of it. `as` is the author. */
export async function sendContent(
  api: Api,
  change: string,
  { project, commit: key, content }: HistoryRecord,
  as: As | undefined,
  tally: Tally,
): Promise<void> {
  if (content === undefined) return tally.skipped('content, for the history does not hold it');
  const gzip = await content.gzip();
  if (gzip === undefined) return tally.skipped(LARGE);
  const { commit, base } = content;
  const data = { ...(commit !== undefined && { commit }), ...(base !== undefined && { base }) };
  const name = createHash('sha256')
    .update(JSON.stringify([project, key, 'revision']))
    .digest('base64url');
  const reply = await api.send(
    change,
    { trigger: 'change.revise', data, ...(as && { as }) },
    { idempotencyKey: `import:${name}` },
  );
  if (!reply.ok)
    return reply.refusal.code === 'CHANGE_CLOSED' ? tally.skipped(OVER) : tally.refused(reply.refusal);
  try {
    await api.recordDiff(change, 1, { gzip });
    tally.stored();
  } catch (error) {
    const codes = ['BODY_TOO_LARGE', 'INVALID_INPUT', 'CONTENT_DIFFERS'];
    if (!(error instanceof CountersignError && codes.includes(error.code))) throw error;
    tally.skipped(error.code === 'BODY_TOO_LARGE' ? LARGE : UNFIT);
  }
}

/** Of a commit that the repository has. */
export function contentOf(repository: Repository, commit: string, parents: readonly string[]): RecordContent {
  const [base] = parents;
  const gzip = () => diffBodyOf(repository, { commit, parents });
  return { commit, ...(base !== undefined && { base }), gzip };
}

/** Of a diff as text. */
export function contentFrom(diff: string, named: Pick<RecordContent, 'commit' | 'base'> = {}): RecordContent {
  return { ...named, gzip: () => zipped(Buffer.from(diff)) };
}
