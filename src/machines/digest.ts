/**
 * The identity of a definition: SHA-256 over a canonical form, so that two spellings of one workflow have one digest.
 * Order counts only where it decides: among transitions that leave one state by the same trigger (or time, or revision), among
 * those that leave it by themselves (joins and conditions), and among ballots that hear the same trigger in the same place.
 */
import { createHash } from 'node:crypto';
import type { Ballot } from './ballot.ts';
import type { Definition, Rule, State, Transition } from './definition.ts';

/** SHA-256 of the canonical definition, hex. */
export function digestOf(definition: Definition): string {
  return createHash('sha256').update(canonicalText(definition)).digest('hex');
}

/** The text that is digested: JSON with sorted keys and with lists in canonical order. */
function canonicalText(definition: Definition): string {
  return JSON.stringify(
    sortKeys({
      ...definition,
      ...canonicalGrown(definition),
      roles: [...definition.roles].sort(),
      triggers: [...definition.triggers].sort(),
      states: canonicalStates(definition.states),
      transitions: grouped(definition.transitions),
    }),
  );
}

/** What only some definitions have; those without it keep the text, and so the digest, they always had. */
function canonicalGrown({
  includes,
  attributes,
  ballots,
  revisions,
  suspension,
  supersede,
}: Definition): object {
  return {
    ...(includes && { includes: mapped(includes, sorted) }),
    ...(attributes && {
      attributes: mapped(attributes, ({ amend, ...each }) => ({
        ...each,
        ...(amend && { amend: { ...canonicalRule(amend), in: sorted(amend.in) } }),
      })),
    }),
    ...(ballots && { ballots: mapped(ballots, canonicalBallot), rivals: rivals(ballots) }),
    ...(revisions && { revisions: canonicalRule(revisions) }),
    ...(suspension && { suspension: mapped({ ...suspension }, canonicalRule) }),
    ...(supersede && { supersede: canonicalRule(supersede) }),
  };
}

function canonicalBallot({ revision, apart, ...ballot }: Ballot): object {
  return {
    ...ballot,
    in: sorted(ballot.in),
    cast: mapped(ballot.cast, canonicalRule),
    // All needs must be satisfied, in whatever order, and asking twice asks no more.
    needs: sorted(
      ballot.needs.map((need) =>
        JSON.stringify(
          sortKeys('of' in need && Array.isArray(need.of) ? { ...need, of: sorted(need.of) } : need),
        ),
      ),
    ),
    ...(apart && { apart: sorted(apart) }),
    revision: { ...revision, keep: sorted(revision.keep) },
  };
}

/** The first ballot that permits a vote takes it: where several cast by one trigger in one place, their order decides. */
function rivals(ballots: Readonly<Record<string, Ballot>>): Record<string, readonly string[]> {
  const byPlace = new Map<string, string[]>();
  for (const [name, { in: places, cast }] of Object.entries(ballots))
    for (const place of places)
      for (const trigger of Object.keys(cast)) {
        const key = `${place} ${trigger}`;
        byPlace.set(key, [...(byPlace.get(key) ?? []), name]);
      }
  return Object.fromEntries([...byPlace].filter(([, names]) => names.length > 1));
}

function canonicalRule<R extends Rule>(rule: R): R {
  return { ...rule, roles: sorted(rule.roles), by: sorted(rule.by), exclude: sorted(rule.exclude) };
}

function sorted<T extends string>(list: readonly T[]): T[] {
  return [...new Set(list)].sort();
}

function mapped<A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

function canonicalStates(states: Readonly<Record<string, State>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(states).map(([name, state]) => {
      const regions = Object.entries(state.regions ?? {}).map(([key, region]) => [
        key,
        { ...region, states: canonicalStates(region.states), transitions: grouped(region.transitions) },
      ]);
      const { reopen } = state;
      return [
        name,
        {
          ...state,
          ...(state.regions && { regions: Object.fromEntries(regions) }),
          ...(reopen && {
            reopen: { ...canonicalRule(reopen), ...(reopen.void && { void: sorted(reopen.void) }) },
          }),
        },
      ];
    }),
  );
}

/** Groups in sorted order, the author's order within a group; `Array.sort` is stable. */
function grouped(transitions: readonly Transition[]): Transition[] {
  // Joins and conditions are asked in one order; `join` names the group of both, as it did when there were joins alone.
  const start = (each: Transition) => (each.on === 'when' ? 'join' : each.on);
  const group = (each: Transition) =>
    `${each.from} ${start(each)} ${each.on === 'trigger' ? each.trigger : ''}`;
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
