/** Changes of a project that the caller may apply now, where none were named: what was proposed first lands first. */
import type { Api } from '../api.ts';
import type { Change } from '../wire.ts';
import { applyingOf } from './applying.ts';

export async function readyChanges(
  api: Api,
  project: string,
  { reason, trigger }: { readonly reason: string; readonly trigger: string | undefined },
): Promise<readonly Change[]> {
  const found: Change[] = [];
  let cursor: string | undefined;
  do {
    const page = await api.work({ project, cursor });
    for (const { id, enabled = [] } of page.items) {
      if (!enabled.some(({ refusal }) => refusal === null)) continue;
      const change = await api.change(id);
      if (change.revision?.commit && (await applyingOf(api, change, reason, trigger)).kind === 'send')
        found.push(change);
    }
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  // The server lists the newest first.
  return found.reverse();
}
