/** What `gh pr list --json …` prints: pull requests in field names of its own, told as GitHub's REST interface tells them. */
import { CountersignError } from '../../errors.ts';
import type { JsonObject } from './objects.ts';

const NEEDED = ['number', 'title', 'state', 'author', 'createdAt', 'reviews'] as const;
const HELPFUL = 'closedAt,mergedAt,updatedAt,url,changedFiles,headRefOid,statusCheckRollup';
const OTHERS_NAMES = ['user', 'created_at', 'project', 'commit'];
const OWN_NAMES = [...NEEDED, 'updatedAt', 'mergedAt', 'headRefName', 'reviewDecision', 'url'];

export function isFromGh(value: JsonObject): boolean {
  return !OTHERS_NAMES.some((name) => name in value) && OWN_NAMES.some((name) => name in value);
}

/** Throws INVALID_INPUT where fields were not asked for without which an import would tell another history. */
export function wholeFromGh(value: JsonObject, path: string): void {
  const missing = NEEDED.filter((name) => !(name in value));
  if (missing.length === 0) return;
  throw new CountersignError(
    'INVALID_INPUT',
    `${path} looks like what "gh pr list --json" prints, and lacks ${missing.join(', ')}; nothing was imported.`,
    { hint: `Export with "gh pr list --state all --limit 1000 --json ${NEEDED.join(',')},${HELPFUL}".` },
  );
}

/** What is not of the expected shape stays as it is, for the reader to say so. */
export function restOf(value: JsonObject): JsonObject {
  const { author, state, createdAt, updatedAt, closedAt, mergedAt, changedFiles, headRefOid, url } = value;
  const project = /^https?:\/\/[^/]+\/([^/]+\/[^/]+)\/pull\/\d+/.exec(String(url ?? ''))?.[1];
  return {
    number: value.number,
    title: value.title,
    state: lower(state),
    user: accountOf(author),
    created_at: createdAt,
    updated_at: updatedAt ?? undefined,
    closed_at: closedAt,
    merged_at: mergedAt,
    changed_files: changedFiles,
    ...(project !== undefined && { base: { repo: { full_name: project } } }),
    ...(typeof headRefOid === 'string' && { head: { sha: headRefOid } }),
    reviews: eachOf(value.reviews, (one) => ({
      user: accountOf(one.author),
      state: one.state,
      submitted_at: one.submittedAt,
    })),
    check_runs: eachOf(value.statusCheckRollup, (one) => ({
      name: one.name ?? one.context,
      conclusion: lower(one.conclusion ?? one.state),
      completed_at: one.completedAt ?? one.startedAt,
    })),
  };
}

/** Programs are `app/NAME` here, and `NAME[bot]` in REST. */
function accountOf(author: unknown): unknown {
  if (typeof author !== 'object' || author === null || !('login' in author)) return author;
  const { login, is_bot } = author as { login: unknown; is_bot?: unknown };
  // An account that is gone has an empty name.
  if (typeof login !== 'string' || login === '') return null;
  if (login.startsWith('app/')) return { login: `${login.slice('app/'.length)}[bot]`, type: 'Bot' };
  return { login, ...(is_bot === true && { type: 'Bot' }) };
}

function eachOf(list: unknown, read: (one: JsonObject) => JsonObject): unknown {
  return Array.isArray(list) ? list.map((one) => read(one ?? {})) : list;
}

function lower(text: unknown): unknown {
  return typeof text === 'string' ? text.toLowerCase() : text;
}
