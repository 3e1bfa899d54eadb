/**
 * When an open change will go on, and when it will be over: ranges in which it happened to eight of ten changes like it,
 * counted from now. Regions go on each by itself, so the next step is the first that any of them takes.
 */
import type { Episodes, Standing, Visit } from './episodes.ts';
import { after, curveOf, quantile, remaining, type Sojourn, type Step, together } from './survival.ts';

/** Where the histories came from: this version of the definition in this project, in all projects, or any version of it. */
export const SCOPES = ['project', 'all_projects', 'all_versions'] as const;
export type Scope = (typeof SCOPES)[number];

/** From now, ms; null: later than anything that was seen. */
export interface TimeRange {
  readonly lowMs: number;
  readonly likelyMs: number | null;
  readonly highMs: number | null;
  /** How many stays it was learnt from: those that lasted longer than this one has, the unfinished ones among them. */
  readonly basedOn: number;
}

export interface OutcomeRange extends TimeRange {
  /** Learnt from changes in the same configuration, or only in the same state with other regions open. */
  readonly like: 'configuration' | 'state';
  /** Shares of 1; "open": of those of which no outcome was seen in all the time that was looked at. */
  readonly byOutcome: Readonly<Record<string, number>>;
}

/** A sentence that says what was missing, where there is no answer. */
export type Estimated<T> = ({ readonly known: true } & T) | { readonly known: false; readonly why: string };

/** Fewer say nothing about what is usual. */
export const ENOUGH = 10;

const QUANTILES = { low: 0.1, likely: 0.5, high: 0.9 } as const;

/** How long until any place of the change is left. */
export function nextStepOf(
  episodes: Episodes,
  { place, since }: Standing,
  now: number,
): Estimated<TimeRange> {
  const curves: (readonly Step[])[] = [];
  let basedOn = Number.POSITIVE_INFINITY;
  const open = place.leaves.length > 0 ? place.leaves : [place.top];
  for (const path of new Set([...open, place.top])) {
    const waited = Math.max(0, now - (since.get(path) ?? now));
    const longer = after(episodes.sojourns.get(path) ?? [], waited);
    curves.push(curveOf(longer).steps);
    if (!open.includes(path)) continue;
    if (longer.length < ENOUGH) return tooFew(longer.length, path, waited);
    basedOn = Math.min(basedOn, longer.length);
  }
  return rangeOf(together(curves), basedOn, 'left that place');
}

/** How long until the outcome, and which one. */
export function outcomeOf(
  episodes: Episodes,
  { place, since }: Standing,
  now: number,
): Estimated<OutcomeRange> {
  let few: Estimated<OutcomeRange> | undefined;
  for (const [like, key] of [
    ['configuration', place.key],
    ['state', place.top],
  ] as const) {
    const waited = Math.max(0, now - (since.get(key) ?? now));
    const rest = restOf(episodes.visits.get(key) ?? [], waited);
    few = tooFew(rest.length, key, waited);
    if (rest.length < ENOUGH) continue;
    const { steps, ends } = curveOf(rest);
    const range = rangeOf(steps, rest.length, 'come to an outcome');
    const left = remaining(steps);
    return range.known ? { ...range, like, byOutcome: left > 0 ? { ...ends, open: left } : ends } : range;
  }
  return few ?? tooFew(0, place.key, 0);
}

/** Of the stays that lasted as long as this one, what was left of the way to their outcome. */
function restOf(visits: readonly Visit[], waited: number): Sojourn[] {
  return visits
    .filter(({ stayMs }) => stayMs > waited)
    .map(({ restMs, outcome }) => ({ ms: restMs - waited, end: outcome }));
}

function rangeOf(steps: readonly Step[], basedOn: number, what: string): Estimated<TimeRange> {
  const lowMs = quantile(steps, QUANTILES.low);
  if (lowMs === null) {
    const why = `Of ${basedOn} changes like this one fewer than one in ten has ${what} so far.`;
    return { known: false, why };
  }
  const [likelyMs, highMs] = [quantile(steps, QUANTILES.likely), quantile(steps, QUANTILES.high)];
  return { known: true, lowMs, likelyMs, highMs, basedOn };
}

function tooFew(
  found: number,
  where: string,
  waited: number,
): { readonly known: false; readonly why: string } {
  const who = found === 1 ? 'One change was' : `${found === 0 ? 'No' : found} changes were`;
  const longer = waited >= 60_000 ? ` for longer than ${spanText(waited)}` : '';
  return { known: false, why: `${who} in ${where}${longer}; an estimate takes ${ENOUGH}.` };
}

/** "3 days", "5 hours": as exact as anybody needs in a sentence. */
export function spanText(ms: number): string {
  const units = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
  ] as const;
  const [unit, unitMs] = units.find(([, each]) => ms >= each) ?? units[2];
  const n = Math.round(ms / unitMs);
  return `${n} ${unit}${n === 1 ? '' : 's'}`;
}
