/** In a dry run: changes that wait for nothing but what would have landed by then. The server cannot list them as ready. */
import type { Change } from '../wire.ts';
import { applyingOf } from './applying.ts';
import { isPlanned, type Landing } from './land-one.ts';

const MOST_NODES = 500;

/** Those of `project` that were not looked at yet; what was proposed first lands first. */
export async function plannedChanges(
  { api, dryRun, results, trigger }: Pick<Landing, 'api' | 'dryRun' | 'results' | 'trigger'>,
  project: string,
  reason: string,
): Promise<readonly Change[]> {
  const waiting = new Set<string>();
  for (const [id, { done }] of results) {
    if (done !== 'landed') continue;
    const { nodes } = await api.graph(id, { direction: 'down', limit: MOST_NODES });
    for (const node of nodes)
      if (node.known && node.outcome === null && !results.has(node.id)) waiting.add(node.id);
  }
  const planned: Change[] = [];
  for (const id of [...waiting].sort()) {
    const change = await api.change(id);
    if (change.project !== project || !change.revision?.commit) continue;
    const applying = await applyingOf(api, change, reason, trigger);
    if (applying.kind === 'refused' && isPlanned({ dryRun, results }, applying)) planned.push(change);
  }
  return planned;
}
