/** What a live set is of: where its changes are found at first, and whether one of them belongs to it now. */

import type { Principal } from '../../actors/commands.ts';
import type { ChangeRecord } from '../../persistence/records.ts';
import type { Backend, ReadStore } from '../backend.ts';
import { changeDocument, changeSummary } from '../http/wire.ts';
import type { Item, Query } from '../protocol.ts';
import { unlessBroken } from '../unless-broken.ts';
import { filterOf, matches } from './matches.ts';

export interface Source {
  /** Candidates, newest first, page by page; `before` is the last one of the page before. */
  candidates(before: string | undefined, limit: number): Promise<readonly ChangeRecord[]>;
  /** Undefined where the change does not belong to the set. `known`: the change as it was just read. */
  item(change: string, known?: ChangeRecord): Promise<Item | undefined>;
  /** Changes when everything has to be looked at again, whatever the log says. */
  stamp(): Promise<unknown>;
}

export type SetStore = Pick<ReadStore, 'change' | 'changes'>;
export type WorkView = Pick<Backend, 'view' | 'directory'>;

/** The result of a query. */
export function queried(
  store: SetStore,
  tenant: string,
  query: Query,
  hidden: () => ReadonlySet<string>,
): Source {
  return {
    candidates: (before, limit) => store.changes(tenant, filterOf(query), pageOf(before, limit)),
    item: async (change, known) => {
      const record = known ?? (await store.change({ tenant, change }));
      if (record === undefined || hidden().has(record.project)) return undefined;
      return matches(query, record) ? changeSummary(record) : undefined;
    },
    stamp: async () => stampOf(hidden()),
  };
}

/** Open changes on which the principal may do something now, and what: as `GET /v1/work` answers it. */
export function workOf(
  store: SetStore,
  { view, directory }: WorkView,
  principal: () => Principal,
  query: Query,
  hidden: () => ReadonlySet<string>,
): Source {
  const { tenant } = principal();
  const open: Query = { ...query, outcome: 'open' };
  return {
    candidates: (before, limit) => store.changes(tenant, filterOf(open), pageOf(before, limit)),
    item: async (change) => {
      const seen = await unlessBroken(view({ tenant, change }, principal()));
      if (seen === undefined || hidden().has(seen.project) || !matches(open, seen)) return undefined;
      const { waits_for, enabled } = changeDocument(seen);
      const allowed = enabled.filter(({ refusal }) => refusal === null);
      if (allowed.length === 0) return undefined;
      const may = allowed.map(({ trigger, for: of, from, to, reason }) => ({
        trigger,
        for: of,
        from,
        to,
        reason,
      }));
      return { ...changeSummary(seen), waits_for, enabled: may };
    },
    // What a token grants may change on the open connection, what the directory grants at any time.
    stamp: async () =>
      `${(await directory(tenant)).seq} ${principal().roles.join(' ')} ${stampOf(hidden()) ?? ''}`,
  };
}

/** Nothing where nothing is hidden: such a set does not have to be looked at again now and then. */
function stampOf(hidden: ReadonlySet<string>): string | undefined {
  return hidden.size === 0 ? undefined : JSON.stringify([...hidden]);
}

function pageOf(before: string | undefined, limit: number) {
  return { limit, ...(before !== undefined && { before }) };
}
