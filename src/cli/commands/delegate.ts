/** `delegate` and `delegations`: who acts for whom while somebody is away. */
import { CountersignError } from '../../errors.ts';
import { parseDuration } from '../../machines/duration.ts';
import { connected } from '../connected.ts';
import type { Common } from '../connection.ts';
import type { Io } from '../io.ts';
import { done, type Result, refused } from '../result.ts';
import { timeText } from '../state-text.ts';
import { cell, painter, table } from '../text.ts';
import type { Delegation } from '../wire.ts';

interface Given extends Common {
  readonly roles?: readonly string[];
  readonly until: string;
  readonly start?: string;
  readonly project?: string;
  readonly reason: string;
}

export async function delegate(io: Io, options: Given, to: string): Promise<Result> {
  const { roles, until, start, project, reason } = options;
  const body = {
    to,
    ends_at: moment(io, '--until', until),
    reason,
    ...(start !== undefined && { starts_at: moment(io, '--start', start) }),
    ...(roles !== undefined && { roles }),
    ...(project !== undefined && { project }),
  };
  const reply = await connected(io, options, (api) => api.delegate(body));
  return reply.ok ? done(reply.value, madeText(reply.value)) : refused(reply.refusal);
}

interface Listing extends Common {
  readonly all?: boolean;
  readonly revoke?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

export async function delegations(io: Io, options: Listing): Promise<Result> {
  const { all, revoke, limit, cursor } = options;
  if (revoke !== undefined) {
    const reply = await connected(io, options, (api) => api.revokeDelegation(revoke));
    if (!reply.ok) return refused(reply.refusal);
    const { from, to, id } = reply.value;
    return done(reply.value, `${cell(to)} does not act for ${cell(from)} by ${id} any more.`);
  }
  const query = { limit, cursor, ...(all && { all: 'true' }) };
  const page = await connected(io, options, (api) => api.delegations(query));
  if (page.items.length === 0) return done(page, 'There are no delegations.');
  const rows = page.items.map((each) => [
    each.id,
    cell(each.from, 30),
    cell(each.to, 30),
    cell(each.roles.join(', '), 40),
    cell(each.project ?? 'all', 30),
    timeText(each.starts_at),
    each.revoked_at === null ? timeText(each.ends_at) : `revoked ${timeText(each.revoked_at)}`,
  ]);
  const headings = ['ID', 'FROM', 'TO', 'ROLES', 'PROJECT', 'STARTS (UTC)', 'ENDS (UTC)'];
  const more = page.next_cursor === null ? '' : `\n\nMore: --cursor ${page.next_cursor}`;
  return done(page, table(painter(io), headings, rows) + more);
}

function madeText({ from, to, roles, project, starts_at, ends_at, id }: Delegation): string {
  const where = project === null ? 'in all projects' : `in the project ${cell(project)}`;
  const when = `from ${timeText(starts_at)} until ${timeText(ends_at)} UTC`;
  return `${cell(to)} may act for ${cell(from)} as ${cell(roles.join(', '))} ${where}, ${when}.\nEnd it with "countersign delegations --revoke ${id}".`;
}

/** `7d` from now, or a time. */
function moment(io: Io, option: string, text: string): string {
  const ms = parseDuration(text);
  if (ms !== undefined) return new Date(io.now() + ms).toISOString();
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(Date.parse(text))) return new Date(text).toISOString();
  throw new CountersignError('INVALID_INPUT', `${option} is neither a duration nor a time: ${text}`, {
    hint: 'Write it like 7d, 36h or 2026-12-24T18:00:00Z.',
  });
}
