/** How much somebody has to do already: what waits for them, and what they did this week. */
import type { Activity } from '../../persistence/history-records.ts';
import { isReview } from './knowledge.ts';

export interface Load {
  /** Other open changes on which they acted as a reviewer. */
  readonly openReviews: number;
  /** Other open changes that wait for them by name, as owners who have not acted yet. */
  readonly asked: number;
  /** Reviewing acts within the last 7 days. */
  readonly recentVotes: number;
}

export const NO_LOAD: Load = { openReviews: 0, asked: 0, recentVotes: 0 };

export const RECENT_MS = 7 * 86_400_000;

/** By principal, `change` itself left out of what is open. */
export function loadOf({ acts, revisions }: Activity, change: string): Map<string, Load> {
  const reviewing = new Map<string, Set<string>>();
  const votes = new Map<string, number>();
  for (const act of acts) {
    if (!isReview(act)) continue;
    votes.set(act.principal, (votes.get(act.principal) ?? 0) + act.recent);
    if (act.isOpen && act.change !== change) put(reviewing, act.principal, act.change);
  }
  const asked = new Map<string, Set<string>>();
  const seen = new Set([change]);
  // Newest first: only the last revision of a change says whom it waits for.
  for (const { change: other, isOpen, owners } of revisions) {
    if (seen.has(other)) continue;
    seen.add(other);
    if (!isOpen) continue;
    for (const owner of owners) if (!reviewing.get(owner)?.has(other)) put(asked, owner, other);
  }
  const people = new Set([...votes.keys(), ...reviewing.keys(), ...asked.keys()]);
  return new Map(
    [...people].map((person) => [
      person,
      {
        openReviews: reviewing.get(person)?.size ?? 0,
        asked: asked.get(person)?.size ?? 0,
        recentVotes: votes.get(person) ?? 0,
      },
    ]),
  );
}

function put(sets: Map<string, Set<string>>, key: string, value: string): void {
  const set = sets.get(key);
  if (set) set.add(value);
  else sets.set(key, new Set([value]));
}
