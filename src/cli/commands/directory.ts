/** `directory apply`, `show` and `roles`: who is who in a tenant, kept in a file and compared with what the server has. */
import { resolve } from 'node:path';
import { nameOfGrant, type Said } from '../../actors/directory/entries.ts';
import type { Api } from '../api.ts';
import { connected } from '../connected.ts';
import type { Common } from '../connection.ts';
import { differences, readDirectoryFile } from '../directory-file.ts';
import type { Io } from '../io.ts';
import { done, type Result, refused } from '../result.ts';
import { timeText } from '../state-text.ts';
import { cell, clean, painter, table } from '../text.ts';
import type { DirectoryEntryDocument, StaffingWarning } from '../wire.ts';

interface ApplyOptions extends Common {
  readonly prune?: boolean;
  readonly dryRun?: boolean;
  readonly reason?: string;
}

/** What the server takes at once. */
const AT_ONCE = 1_000;
const PAGE = 200;

export async function applyDirectory(io: Io, options: ApplyOptions, file: string): Promise<Result> {
  const wanted = await readDirectoryFile(resolve(io.cwd, file), file);
  const { prune = false, dryRun = false, reason } = options;
  return connected(io, options, async (api) => {
    const news = differences(wanted, await wholeDirectory(api), prune);
    const lines = news.map(lineOf);
    const document = { entries: news, applied: !dryRun };
    if (news.length === 0) return done({ ...document, warnings: [] }, 'The directory says that already.');
    const warnings: StaffingWarning[] = [];
    for (let at = 0; at < news.length; at += AT_ONCE) {
      const entries = news.slice(at, at + AT_ONCE);
      const query = dryRun ? { dry_run: 'true' } : {};
      const reply = await api.say({ entries, ...(reason !== undefined && { reason }) }, query);
      if (!reply.ok) return refused(reply.refusal);
      warnings.push(...reply.value.warnings);
    }
    const text = [...lines, `${entriesText(news.length)} ${dryRun ? 'would be said' : 'said'}.`].join('\n');
    const notice = warnings.map(({ message }) => `warning: ${clean(message)}`).join('\n');
    return { ...done({ ...document, warnings }, text), ...(notice && { notice }) };
  });
}

export async function showDirectory(io: Io, options: Common & { kind?: string }): Promise<Result> {
  const entries = await connected(io, options, (api) => wholeDirectory(api, options.kind));
  const document = { items: entries };
  if (entries.length === 0)
    return done(document, 'The directory says nothing. "countersign directory apply FILE" fills it.');
  const rows = entries.map((each) => [
    each.kind,
    each.kind === 'grant' ? '' : cell(each.name, 40),
    cell(JSON.stringify(each.value), 80),
    timeText(each.set_at),
    cell(each.set_by, 30),
  ]);
  return done(document, table(painter(io), ['KIND', 'NAME', 'WHAT', 'SET (UTC)', 'BY'], rows));
}

export async function showRoles(
  io: Io,
  options: Common & { project?: string },
  principal: string,
): Promise<Result> {
  const { project } = options;
  const found = await connected(io, options, (api) => api.rolesOf(principal, { project }));
  const where = project === undefined ? 'everywhere' : `in ${cell(project)}`;
  const roles = found.roles.length === 0 ? 'no role' : found.roles.map((role) => cell(role)).join(', ');
  const groups =
    found.groups.length === 0 ? '' : ` (groups: ${found.groups.map((each) => cell(each)).join(', ')})`;
  return done(found, `${cell(principal)} is granted ${roles} ${where}${groups}.`);
}

async function wholeDirectory(api: Api, kind?: string): Promise<DirectoryEntryDocument[]> {
  const found: DirectoryEntryDocument[] = [];
  let cursor: string | undefined;
  do {
    const page = await api.directory({ kind, cursor, limit: PAGE });
    found.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return found;
}

function lineOf(each: Said): string {
  if (each.kind === 'grant') return `${each.removed ? '-' : '+'} grant ${cell(nameOfGrant(each.grant), 120)}`;
  const sign = each.value === null ? '-' : '+';
  return `${sign} ${each.kind} ${cell(each.name, 60)}`;
}

function entriesText(n: number): string {
  return n === 1 ? '1 entry' : `${n.toLocaleString('en')} entries`;
}
