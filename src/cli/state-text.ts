/** Where a change is and how it moved, in a few words. A state value is a name, or names by region by state. */
import type { Json } from '../persistence/records.ts';
import { durationText } from './grammar.ts';

/** `Recorded`, or `Review (code: pending, checks: passed)`. */
export function stateText(state: Json): string {
  const { top, regions } = partsOf(state);
  if (regions.length === 0) return top;
  return `${top} (${regions.map(([name, inner]) => `${name}: ${inner}`).join(', ')})`;
}

/** `Recorded → Review (…)`, or only the regions that moved: `code: pending → approved`. */
export function moveText(from: Json, to: Json): string {
  const before = partsOf(from);
  const after = partsOf(to);
  if (before.top === '') return stateText(to);
  if (before.top !== after.top || after.regions.length === 0) return `${before.top} → ${stateText(to)}`;
  const inner = new Map(before.regions);
  const moved = after.regions.filter(([name, state]) => inner.get(name) !== state);
  if (moved.length === 0) return stateText(to);
  return moved.map(([name, state]) => `${name}: ${inner.get(name) ?? '–'} → ${state}`).join(', ');
}

/** The state, and each of its regions with the state that is in. */
export function partsOf(state: Json): { top: string; regions: (readonly [string, string])[] } {
  if (typeof state === 'string') return { top: state, regions: [] };
  if (!isObject(state)) return { top: '', regions: [] };
  const [entry] = Object.entries(state);
  if (!entry) return { top: '', regions: [] };
  const [top, inner] = entry;
  if (typeof inner === 'string') return { top: `${top}.${inner}`, regions: [] };
  const regions = isObject(inner)
    ? Object.entries(inner).map(([region, value]) => [region, stateText(value)] as const)
    : [];
  return { top, regions };
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `2026-06-02 07:22`, in UTC. */
export function timeText(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}

/** How long it is until then, to the minute. */
export function dueText(iso: string, now: number): string {
  const inMs = Date.parse(iso) - now;
  return inMs <= 0 ? 'is due' : `in ${durationText(Math.ceil(inMs / 60_000) * 60_000)}`;
}
