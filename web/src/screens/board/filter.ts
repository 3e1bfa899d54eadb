/** Which changes are shown: every word has to stand somewhere in what the row says. */
import type { ChangeSummary } from '../../data/documents.ts';
import { leavesOf, spelled } from '../../data/words.ts';

export interface Filter {
  readonly words: string;
  /** A place: a state, or a state of a region with the path to it. */
  readonly state: string;
  readonly definition: string;
  readonly project: string;
  readonly open: 'open' | 'closed' | 'all';
}

const NO_FILTER: Filter = { words: '', state: '', definition: '', project: '', open: 'open' };

/** A filter stands in the address: one comes back to it, and can send it to somebody. */
export function filterOf(query: URLSearchParams): Filter {
  const { words, state, definition, project } = { ...NO_FILTER, ...Object.fromEntries(query) };
  const open = query.get('open');
  return { words, state, definition, project, open: open === 'closed' || open === 'all' ? open : 'open' };
}

export function queryOf(filter: Filter): Record<string, string> {
  return Object.fromEntries(
    Object.entries(filter).filter(([name, value]) => value !== NO_FILTER[name as keyof Filter]),
  );
}

export function matching(changes: readonly ChangeSummary[], filter: Filter): readonly ChangeSummary[] {
  const words = filter.words.toLowerCase().split(/\s+/).filter(Boolean);
  return changes.filter((change) => {
    if (filter.open !== 'all' && (change.outcome === null) !== (filter.open === 'open')) return false;
    if (filter.definition !== '' && change.definition !== filter.definition) return false;
    if (filter.project !== '' && change.project !== filter.project) return false;
    if (filter.state !== '' && !leavesOf(change.state).includes(filter.state)) return false;
    if (words.length === 0) return true;
    const text = `${change.title} ${change.key ?? ''} ${change.author} ${change.project}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

export function choicesOf(changes: readonly ChangeSummary[]) {
  const sorted = (names: readonly string[]) => [...new Set(names)].sort();
  return {
    definitions: sorted(changes.map(({ definition }) => definition)),
    projects: sorted(changes.map(({ project }) => project)),
  };
}

/** Every state that something is in, with how many. */
export function byStateOf(changes: readonly ChangeSummary[], filter: Filter) {
  const counts = new Map<string, number>();
  for (const { state } of matching(changes, filter)) {
    for (const leaf of leavesOf(state)) counts.set(leaf, (counts.get(leaf) ?? 0) + 1);
  }
  const label = (leaf: string) => leaf.split('.').map(spelled).join(' · ');
  return [...counts]
    .map(([value, count]) => ({ value, label: `${label(value)} (${count})` }))
    .sort((a, b) => a.label.localeCompare(b.label));
}
