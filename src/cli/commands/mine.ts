/** `status --mine`: my open changes, what I may do with each, whom it waits for, and when it is likely to go on. */

import { configValue } from '../../vcs/git/refs.ts';
import { openRepository } from '../../vcs/git/repository.ts';
import type { Api } from '../api.ts';
import { connected } from '../connected.ts';
import { type Common, findServer } from '../connection.ts';
import type { Io } from '../io.ts';
import { done, type Result } from '../result.ts';
import { stateText } from '../state-text.ts';
import { cell, painter, table } from '../text.ts';
import type { Change, Estimate } from '../wire.ts';
import { roughly } from './estimate.ts';
import { mayText } from './work.ts';

interface Options extends Common {
  readonly project?: string;
  readonly outcome?: string;
  readonly limit?: number;
}

export async function mine(io: Io, options: Options): Promise<Result> {
  const { project, outcome = 'open', limit = 20 } = options;
  const authors = await whoAmI(io, options);
  return connected(io, options, async (api) => {
    const pages = await Promise.all(
      authors.map((author) => api.changes({ author, project, outcome, limit })),
    );
    const found = pages
      .flatMap(({ items }) => items)
      .toSorted((a, b) => b.created_at.localeCompare(a.created_at))
      .slice(0, limit);
    const items = await Promise.all(found.map((change) => told(api, change)));
    if (items.length === 0)
      return done({ authors, items }, `No ${outcome} changes of ${authors.join(' or ')}.`);
    const rows = items.map(({ change, estimate }) => [
      cell(change.key ?? change.id, 42),
      cell(stateText(change.state), 44),
      cell(mayText(change) || '–', 40),
      cell(waitsText(change), 60),
      expectedText(estimate),
      cell(change.title, 50),
    ]);
    const heads = ['CHANGE', 'STATE', 'YOU MAY', 'WAITS FOR', 'GOES ON', 'TITLE'];
    return done({ authors, items }, table(painter(io), heads, rows));
  });
}

async function told(api: Api, { id }: Change): Promise<{ change: Change; estimate: Estimate | null }> {
  const [change, estimate] = await Promise.all([api.change(id), api.estimate(id).catch(() => null)]);
  return { change, estimate };
}

/** Whom the token speaks of, and the address that commits made here carry: recorded changes have that for their author. */
async function whoAmI(io: Io, options: Options): Promise<readonly string[]> {
  const { as } = options;
  const sub = as === undefined ? subjectOf(findServer(io, options).token) : as.split(':')[0];
  const repository = as === undefined ? await openRepository(io.cwd).catch(() => undefined) : undefined;
  const email = repository && (await configValue(repository, 'user.email'));
  return [...new Set([sub, email?.toLowerCase()])].flatMap((each) => each || []);
}

/** What a token says of itself; whether it is true is for the server to find out. */
function subjectOf(token: string): string | undefined {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof claims.sub === 'string' ? claims.sub : undefined;
  } catch {
    return undefined;
  }
}

/** `sam, quality_reviewer` */
function waitsText({ waits_for: waiting = [] }: Change): string {
  const who = waiting.flatMap(({ principals, roles }) => (principals.length > 0 ? principals : roles));
  return [...new Set(who)].join(', ') || '–';
}

function expectedText(estimate: Estimate | null): string {
  const likely = estimate?.next_step?.likely_ms;
  return likely === undefined || likely === null ? '–' : `in about ${roughly(likely)}`;
}
