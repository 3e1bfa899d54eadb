/**
 * The identity of a definition: SHA-256 over a canonical form, so that two spellings of one workflow have one digest.
 * Order counts only where it decides: among transitions that leave one state by the same trigger (or timer, or join).
 */
import { createHash } from 'node:crypto';
import type { Definition, State, Transition } from './definition.ts';

/** SHA-256 of the canonical definition, hex. */
export function digestOf(definition: Definition): string {
  return createHash('sha256').update(canonicalText(definition)).digest('hex');
}

/** The text that is digested: JSON with sorted keys and with lists in canonical order. */
function canonicalText(definition: Definition): string {
  return JSON.stringify(
    sortKeys({
      ...definition,
      roles: [...definition.roles].sort(),
      triggers: [...definition.triggers].sort(),
      states: canonicalStates(definition.states),
      transitions: grouped(definition.transitions),
    }),
  );
}

function canonicalStates(states: Readonly<Record<string, State>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(states).map(([name, state]) => {
      const regions = Object.entries(state.regions ?? {}).map(([key, region]) => [
        key,
        { ...region, states: canonicalStates(region.states), transitions: grouped(region.transitions) },
      ]);
      return [name, state.regions ? { ...state, regions: Object.fromEntries(regions) } : state];
    }),
  );
}

/** Groups in sorted order, the author's order within a group; `Array.sort` is stable. */
function grouped(transitions: readonly Transition[]): Transition[] {
  const group = (each: Transition) => `${each.from} ${each.on} ${each.on === 'trigger' ? each.trigger : ''}`;
  return [...transitions].sort((a, b) => compare(group(a), group(b)));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => compare(a, b))
      .map(([key, each]) => [key, sortKeys(each)]),
  );
}
