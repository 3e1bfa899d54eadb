/** The check against the machine itself, on random definitions: what one proves, the other shows. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../src/machines/catalog/index.ts';
import { check } from '../../src/machines/check.ts';
import { compile } from '../../src/machines/compile.ts';
import type { Definition, Region, State } from '../../src/machines/definition.ts';
import { compiled, define } from './build.ts';
import { explore } from './explore.ts';

const OUTCOMES = ['approved', 'rejected'] as const;
const pick = <T>(list: readonly T[]) => fc.constantFrom(...list);

/** Triggers and times from `from` to `to`; regions hear triggers of their own, marked by `prefix`. */
function transition(prefix: string) {
  return fc.oneof(
    { weight: 5, arbitrary: fc.record({ trigger: pick(['t', 'u', 'v'].map((each) => prefix + each)) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        trigger: pick(['t', 'u'].map((each) => prefix + each)),
        role: pick(['x', 'y']),
      }),
    },
    { weight: 1, arbitrary: fc.record({ after: pick(['1h', '2h']) }) },
  );
}

function scope(names: readonly string[], finals: readonly string[], prefix: string) {
  const edges = fc.array(fc.tuple(pick(names), pick([...names, ...finals]), transition(prefix)), {
    minLength: names.length,
    maxLength: names.length * 3,
  });
  const endings = fc.tuple(...finals.map(() => pick(OUTCOMES)));
  return fc.tuple(edges, endings).map(([list, outcomes]) => ({
    initial: names[0],
    states: Object.fromEntries([
      ...names.map((name) => [name, {}] as const),
      ...finals.map((name, index) => [name, { final: outcomes[index] }] as const),
    ]),
    transitions: grouped(list),
  }));
}

function grouped(list: readonly (readonly [string, string, object])[]): Record<string, object[]> {
  const transitions: Record<string, object[]> = {};
  for (const [from, to, each] of list) {
    const key = `${from} -> ${to}`;
    transitions[key] = [...(transitions[key] ?? []), each];
  }
  return transitions;
}

const join = fc.record({ join: fc.oneof(pick(['all', 'any']), pick([1, 2])) });
const endingJoin = fc.record({ join: pick(['all', 'any']), ending: pick(OUTCOMES) });

/** A workflow of three states, of which the second has two regions. */
const definitions = fc
  .record({
    top: scope(['A', 'B', 'C'], ['D', 'E'], ''),
    r: scope(['p', 'q'], ['f', 'g'], 'r'),
    s: scope(['p'], ['f', 'g'], 's'),
    joins: fc.array(fc.tuple(fc.constant('B'), pick(['A', 'C', 'D', 'E']), fc.oneof(join, endingJoin)), {
      maxLength: 3,
    }),
  })
  .map(({ top, r, s, joins }): Definition => {
    const merged = { ...top.transitions };
    for (const [key, list] of Object.entries(grouped(joins))) merged[key] = [...(merged[key] ?? []), ...list];
    return define({
      name: 'Random',
      roles: ['x', 'y'],
      triggers: ['', 'r', 's'].flatMap((prefix) => ['t', 'u', 'v'].map((each) => prefix + each)),
      ...top,
      states: { ...top.states, B: { regions: { r, s } } },
      transitions: merged,
    });
  });

/** A sound definition is rare among random ones: what is unreachable or dead is cut away until nothing more is. */
function pruned(definition: Definition): Definition {
  const cut = check(definition).findings.filter(
    ({ code }) => code === 'UNREACHABLE_STATE' || code === 'DEAD_TRANSITION',
  );
  if (cut.length === 0) return definition;
  const paths = new Set(cut.map(({ path }) => path.join('/')));
  return pruned({ ...definition, ...prunedScope(definition, '', paths) });
}

function prunedScope(scope: Pick<Region, 'states' | 'transitions'>, at: string, cut: ReadonlySet<string>) {
  const counts = new Map<string, number>();
  const transitions = scope.transitions.filter(({ from, to }) => {
    const key = `${at}transitions/${from} -> ${to}`;
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    return !cut.has(`${key}/${count}`);
  });
  const states = Object.entries(scope.states)
    .filter(([name]) => !cut.has(`${at}states/${name}`))
    .map(([name, state]) => [name, prunedState(state, `${at}states/${name}/`, cut)]);
  return { states: Object.fromEntries(states), transitions };
}

function prunedState(state: State, at: string, cut: ReadonlySet<string>): State {
  if (!state.regions) return state;
  const regions = Object.entries(state.regions).map(([name, region]) => [
    name,
    { ...region, ...prunedScope(region, `${at}regions/${name}/`, cut) },
  ]);
  return { ...state, regions: Object.fromEntries(regions) };
}

describe('the check', () => {
  it('counts the configurations of the catalog as the machine has them', () => {
    for (const source of Object.values(catalog))
      expect(explore(compiled(source)).states).toBe(check(define(source)).states);
  });

  it('calls sound only what always reaches a final state, and counts it right', () => {
    let sound = 0;
    fc.assert(
      fc.property(definitions, (random) => {
        const definition = pruned(random);
        const verdict = check(definition);
        if (!verdict.sound) return;
        sound += 1;
        const explored = explore(compile(definition));
        expect(explored.trapped).toEqual([]);
        expect(explored.states).toBe(verdict.states);
        expect([...explored.seen].sort()).toEqual(Object.keys(definition.states).sort());
      }),
      { numRuns: 1000, seed: 7 },
    );
    expect(sound).toBeGreaterThan(50);
  });

  it('reports deadlocks and livelocks only where the machine is trapped', () => {
    let shown = 0;
    fc.assert(
      fc.property(definitions, (random) => {
        const definition = pruned(random);
        const { findings, decided } = check(definition);
        const codes = findings.filter(({ severity }) => severity === 'error').map(({ code }) => code);
        if (
          !decided ||
          codes.length === 0 ||
          !codes.every((code) => code === 'DEADLOCK' || code === 'LIVELOCK')
        )
          return;
        if (findings.some(({ path }) => path.includes('regions'))) return;
        shown += 1;
        expect(explore(compile(definition)).trapped).not.toEqual([]);
      }),
      { numRuns: 1000, seed: 11 },
    );
    expect(shown).toBeGreaterThan(5);
  });
});
