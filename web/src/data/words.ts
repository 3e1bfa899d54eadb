/** How things of the API read: times, durations, states, names of triggers. */
import type { StateValue } from './documents.ts';

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** `3 d 4 h`, `12 min`, `5 s`; the two largest units. */
export function duration(ms: number): string {
  const parts: string[] = [];
  let rest = Math.max(0, ms);
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    if (count === 0 && parts.length === 0 && unit !== 's') continue;
    if (count > 0 || parts.length === 0) parts.push(`${count} ${unit}`);
    rest -= count * size;
    if (parts.length === 2 || unit === 'min') break;
  }
  return parts.join(' ');
}

/** `just now`, `5 min ago`, `in 3 h`. */
export function relative(time: string, now: number): string {
  const ms = Date.parse(time) - now;
  if (Math.abs(ms) < 45_000) return ms > 5_000 ? `in ${duration(ms)}` : 'just now';
  const size = UNITS.find(([, unit]) => Math.abs(ms) >= unit) ?? UNITS[3];
  const count = Math.round(Math.abs(ms) / size[1]);
  return ms < 0 ? `${count} ${size[0]} ago` : `in ${count} ${size[0]}`;
}

/** With its zone: colleagues who read the same line may be in another one. */
const FULL = new Intl.DateTimeFormat(undefined, {
  ...{ year: 'numeric', month: 'short', day: 'numeric' },
  ...{ hour: '2-digit', minute: '2-digit', timeZoneName: 'short' },
});
export function fullTime(time: string): string {
  return FULL.format(new Date(time));
}

/** `code_reviewer` and `SecurityReview` as people write them. */
export function spelled(name: string): string {
  const text = name
    .replace(/[_.-]+/g, ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .trim();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function listed(names: readonly string[], last = 'or'): string {
  if (names.length <= 1) return names[0] ?? '';
  return `${names.slice(0, -1).join(', ')} ${last} ${names.at(-1)}`;
}

/** Every place the change is in, outermost first: `Review`, `Review.law`, `Review.law.pending`. */
export function placesOf(value: unknown, before = ''): readonly string[] {
  const path = (name: string) => (before === '' ? name : `${before}.${name}`);
  if (typeof value === 'string') return [path(value)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [path(name), ...placesOf(inner, path(name))]);
}

/** Only where it stands: `Review.law.pending`. */
export function leavesOf(value: StateValue | unknown): readonly string[] {
  const places = placesOf(value);
  return places.filter((place) => !places.some((other) => other.startsWith(`${place}.`)));
}

/** What the author of a workflow calls its states, by path. */
export type Titles = ReadonlyMap<string, string>;
export const NO_TITLES: Titles = new Map();

/** `In review · law pending, quality passed`; where many regions are in one state, `law, quality, cost pending`. */
export function stateText(value: unknown, titles: Titles = NO_TITLES): string {
  if (typeof value === 'string') return titles.get(value) ?? spelled(value);
  if (typeof value !== 'object' || value === null) return '–';
  return Object.entries(value)
    .map(([name, inner]) => {
      const regions = Object.entries(typeof inner === 'object' && inner !== null ? inner : {});
      const title = titles.get(name) ?? spelled(name);
      return regions.length === 0 ? title : `${title} · ${regionsText(regions)}`;
    })
    .join(' · ');
}

/** What of it is different from before: a region that moved, or where all of it is now. */
export function moveText(from: unknown, to: unknown, titles: Titles = NO_TITLES): string {
  const [before, after] = [leavesOf(from), leavesOf(to)];
  const top = (leaf: string | undefined) => leaf?.split('.')[0];
  const moved = after.filter((leaf) => !before.includes(leaf));
  if (after.length < 2 || top(before[0]) !== top(after[0]) || moved.length === 0)
    return stateText(to, titles);
  const text = regionsText(moved.map((leaf) => [leaf.split('.')[1] ?? '', leaf.split('.').at(-1)]));
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function regionsText(regions: readonly (readonly [name: string, state: unknown])[]): string {
  const byState = new Map<string, string[]>();
  for (const [name, state] of regions) {
    const text = stateText(state).toLowerCase();
    byState.set(text, [...(byState.get(text) ?? []), spelled(name).toLowerCase()]);
  }
  const isMany = [...byState.values()].some((names) => names.length > 1);
  return [...byState].map(([text, names]) => `${names.join(', ')} ${text}`).join(isMany ? '; ' : ', ');
}

/** `Review.law.good` as `law good`, `SecurityReview` as the author calls it. */
export function placeText(path: string, titles: Titles = NO_TITLES): string {
  const title = path.includes('.') ? undefined : titles.get(path);
  const parts = path.split('.').slice(-2);
  return title ?? parts.map((each) => spelled(each).toLowerCase()).join(' ');
}

/** A message of the server without the names that only a program needs: `"code_approve"`, `Review.law.pending`. */
export function plainMessage(message: string): string {
  return message
    .replace(/"([a-z]+(?:_[a-z0-9]+)+)"/g, (_all, name: string) => `“${spelled(name).toLowerCase()}”`)
    .replace(/\b[A-Z]\w*(?:\.\w+)+\b/g, (path) => placeText(path));
}
