/**
 * Changes as Gerrit's REST interface lists them (`ChangeInfo` in Documentation/rest-api-changes.txt):
 * `/changes/?q=…&o=DETAILED_LABELS&o=DETAILED_ACCOUNTS&o=MESSAGES&o=ALL_REVISIONS`.
 */
import { z } from 'zod';
import { fitting, listOf, type ReadChange } from './export.ts';
import { type GerritVote, sortVotes, usualMost } from './gerrit-votes.ts';
import { recordOf } from './reviewed.ts';

const account = z.object({
  _account_id: z.int().optional(),
  email: z.string().optional(),
  username: z.string().optional(),
  tags: listOf(z.string()),
});
type Account = z.output<typeof account>;

const label = z.object({
  all: z.array(account.extend({ value: z.int().optional(), date: z.string().optional() })).optional(),
  values: z.record(z.string(), z.unknown()).optional(),
  /** All there is without `DETAILED_LABELS`: one who gave the highest vote. */
  approved: account.optional(),
});

const schema = z.object({
  project: z.string(),
  branch: z.string(),
  change_id: z.string(),
  subject: z.string(),
  status: z.string(),
  created: z.string(),
  updated: z.string(),
  submitted: z.string().optional(),
  owner: account,
  labels: z.record(z.string(), label).default({}),
  messages: listOf(
    z.object({ author: account.optional(), date: z.string(), message: z.string().default('') }),
  ),
  current_revision: z.string().optional(),
  revisions: z
    .record(z.string(), z.object({ files: z.record(z.string(), z.unknown()).optional() }))
    .default({}),
});
type ChangeInfo = z.output<typeof schema>;

export const readGerrit: ReadChange = (value, project, skip) => {
  const change = fitting(schema, value, skip);
  if (!change) return undefined;
  const owner = accountName(change.owner);
  const gaveUp = change.status === 'ABANDONED' ? abandonment(change) : undefined;
  const files = change.revisions[change.current_revision ?? '']?.files;
  return recordOf(
    {
      project: project ?? change.project,
      key: gerritKey(change.branch, change.change_id),
      changeId: change.change_id,
      title: change.subject,
      author: owner,
      isAuthorProgram: isService(change.owner),
      createdAt: utc(change.created),
      endedAt: utc(gaveUp?.date ?? change.submitted ?? change.updated),
      files: files ? Object.keys(files).length : null,
      ...sortVotes(votesOf(change), owner, skip),
      ...(change.status === 'ABANDONED' && {
        withdrawnBy: gaveUp?.author ? accountName(gaveUp.author) : null,
      }),
    },
    skip,
  );
};

/** A Change-Id may be on several branches; with its branch it is unique in a project. */
export function gerritKey(branch: string, changeId: string): string {
  return `${branch.replace(/^refs\/heads\//, '')}~${changeId}`;
}

function votesOf({ labels }: ChangeInfo): GerritVote[] {
  return Object.entries(labels).flatMap(([name, { all, values, approved }]) => {
    const most = values
      ? Math.max(...Object.keys(values).map(Number).filter(Number.isFinite))
      : usualMost(name);
    const given = all ?? (approved ? [{ ...approved, value: most, date: undefined }] : []);
    return given.map((each) => ({
      label: name,
      value: each.value ?? 0,
      most,
      by: accountName(each),
      at: each.date === undefined ? null : utc(each.date),
      isProgram: isService(each),
    }));
  });
}

function abandonment({ messages }: ChangeInfo) {
  return messages.findLast(({ message }) => message.startsWith('Abandoned'));
}

function accountName({ email, username, _account_id }: Account): string {
  return (email ?? username)?.toLowerCase() ?? (_account_id === undefined ? '' : `account-${_account_id}`);
}

function isService({ tags }: Account): boolean {
  return tags.includes('SERVICE_USER');
}

/** `2026-02-01 09:59:32.126000000`, always in UTC. */
function utc(timestamp: string): string {
  return /Z$|[+-]\d\d:?\d\d$/.test(timestamp) ? timestamp : `${timestamp.replace(' ', 'T').slice(0, 23)}Z`;
}
