/**
 * Which answers a live row makes stale: those about its change at once, lists a moment later, and at most once a second,
 * so that a busy tenant does not make every open page load its lists a thousand times.
 */
import type { QueryClient } from '@tanstack/react-query';
import type { Transition } from '../../../src/client/index.ts';
import { call } from './api.ts';
import type { ChangeDocument, ChangeSummary } from './documents.ts';
import { earlyOver } from './early.ts';
import { onLive } from './live.ts';
import { keys } from './queries.ts';

const LISTS_AT_MOST_EVERY_MS = 1_000;
const LISTS_AFTER_MS = 60;

export function keepFresh(client: QueryClient): () => void {
  let lists: ReturnType<typeof setTimeout> | undefined;
  let lastLists = 0;
  const refreshLists = () => {
    lists = undefined;
    lastLists = Date.now();
    void client.invalidateQueries({ queryKey: keys.work });
    void client.invalidateQueries({ queryKey: ['timers'] });
    void client.invalidateQueries({ queryKey: ['log'] });
  };
  const row = (told: Transition) => {
    void client.invalidateQueries({ queryKey: keys.change(told.change) });
    patchBoard(client, told);
    const wait = Math.max(LISTS_AFTER_MS, lastLists + LISTS_AT_MOST_EVERY_MS - Date.now());
    lists ??= setTimeout(refreshLists, wait);
  };
  const stop = onLive({
    row,
    begun: () => void catchUp(client),
    reload: () => void client.invalidateQueries(),
  });
  return () => {
    stop();
    clearTimeout(lists);
  };
}

/**
 * What was loaded while the connection was made may be older than the first row that is told, and each answer by another
 * moment: all that is shown of a change is asked for once more, when the page stands.
 */
async function catchUp(client: QueryClient): Promise<void> {
  await earlyOver;
  await untilIdle(client);
  void client.invalidateQueries({ queryKey: ['change'] });
  void client.invalidateQueries({ queryKey: keys.work });
}

function untilIdle(client: QueryClient): Promise<void> {
  return new Promise((resolve) => {
    const stop = client.getQueryCache().subscribe(() => look());
    const look = () => {
      if (client.isFetching() > 0) return;
      stop();
      resolve();
    };
    look();
  });
}

/** Ten thousand rows are not loaded again because one of them moved. */
function patchBoard(client: QueryClient, row: Transition): void {
  const known = client.getQueryData<readonly ChangeSummary[]>(keys.changes);
  if (known === undefined) return;
  if (known.some(({ id }) => id === row.change)) {
    if (row.kind !== 'transition') return;
    client.setQueryData<readonly ChangeSummary[]>(keys.changes, (rows = []) =>
      rows.map((each) =>
        each.id === row.change && each.version < row.version
          ? {
              ...each,
              state: row.to,
              outcome: row.outcome,
              version: row.version,
              updated_at: row.recorded_at,
            }
          : each,
      ),
    );
    return;
  }
  void call<ChangeDocument>(`/v1/changes/${row.change}`).then(
    (change) =>
      client.setQueryData<readonly ChangeSummary[]>(keys.changes, (rows = []) =>
        rows.some(({ id }) => id === change.id) ? rows : [change, ...rows],
      ),
    () => {},
  );
}
