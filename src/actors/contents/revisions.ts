/** The revisions of a change, put together from its log: the change itself remembers only the newest. */
import type { ChangeRef, LogRow } from '../../persistence/records.ts';
import type { Store } from '../ports.ts';

export interface ToldRevision {
  readonly number: number;
  readonly commit: string | null;
  /** The commit it is compared with. */
  readonly base: string | null;
  readonly author: string;
  readonly uploader: string;
  readonly at: number;
  /** Lines added and removed, as was said of it. */
  readonly lines: number | null;
}

/** Rows that are read from the log at once. */
const AT_ONCE = 1_000;

/** Oldest first. */
export async function revisionsOf(
  store: Pick<Store, 'log'>,
  { tenant, change }: ChangeRef,
): Promise<ToldRevision[]> {
  const told: ToldRevision[] = [];
  for (let after = 0; ; ) {
    const rows = await store.log(tenant, { after, limit: AT_ONCE, change });
    for (const row of rows) if (isRevision(row)) told.push(toldBy(row, told.length + 1));
    after = rows.at(-1)?.seq ?? after;
    if (rows.length < AT_ONCE) return told;
  }
}

function isRevision({ kind, event }: LogRow): boolean {
  return kind === 'transition' && event === 'change.revise';
}

function toldBy({ principal, occurredAt, data }: LogRow, number: number): ToldRevision {
  const said = typeof data === 'object' && data !== null && !Array.isArray(data) ? data : {};
  const { commit, base, author, lines, sponsors } = said as {
    commit?: string;
    base?: string;
    author?: string;
    lines?: number;
    sponsors?: Readonly<Record<string, string>>;
  };
  return {
    number,
    commit: commit ?? null,
    base: base ?? null,
    // Where no author is said, who sent it is: an agent for the person it works for.
    author: author ?? sponsors?.[principal] ?? principal,
    uploader: principal,
    at: occurredAt,
    lines: lines ?? null,
  };
}
