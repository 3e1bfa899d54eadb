/** What of a chart is lit: where the change is, where it has been and on which ways, and where it may go next. */
import type { ChangeDocument, TransitionDocument } from '../data/documents.ts';
import { leavesOf, placesOf } from '../data/words.ts';

export interface Lights {
  readonly active: ReadonlySet<string>;
  readonly passed: ReadonlySet<string>;
  /** Arrows by `from → to`. */
  readonly taken: ReadonlySet<string>;
  readonly next: ReadonlySet<string>;
}

export const DARK: Lights = { active: new Set(), passed: new Set(), taken: new Set(), next: new Set() };

export const arrowName = (from: string, to: string) => `${from} → ${to}`;

export function lightsOf(
  state: unknown,
  history: readonly TransitionDocument[],
  enabled: ChangeDocument['enabled'] = [],
): Lights {
  const passed = new Set<string>();
  const taken = new Set<string>();
  for (const { from, to, kind } of history) {
    if (kind === 'refusal') continue;
    for (const place of placesOf(to)) passed.add(place);
    for (const step of stepsBetween(from, to)) taken.add(step);
  }
  const open = enabled.filter(({ refusal }) => refusal === null);
  const next = new Set(open.map((each) => arrowName(each.from, each.to)));
  return { active: new Set(placesOf(state)), passed, taken, next };
}

/** Between two configurations, what moved: a region within the same state, or one state to another. */
function stepsBetween(from: unknown, to: unknown): readonly string[] {
  const before = leavesOf(from);
  const after = leavesOf(to);
  const top = (path: string | undefined) => path?.split('.')[0] ?? '';
  if (before.length === 0) return [];
  if (top(before[0]) !== top(after[0])) return [arrowName(top(before[0]), top(after[0]))];
  return before.flatMap((place) => {
    const region = place.slice(0, place.lastIndexOf('.') + 1);
    const there = after.find((each) => each.startsWith(region));
    return region !== '' && there !== undefined && there !== place ? [arrowName(place, there)] : [];
  });
}
