/** The check against the machine itself, on random definitions: what one proves, the other shows. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../src/machines/catalog/index.ts';
import { check, checkCounted } from '../../src/machines/check.ts';
import { checkExplored } from '../../src/machines/check-explored.ts';
import { compile } from '../../src/machines/compile.ts';
import type { Definition, Region, State } from '../../src/machines/definition.ts';
import { runs } from '../support/runs.ts';
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

/** A condition on where the regions are; in a region `own` it looks at the other one too. */
const regional = fc
  .array(fc.tuple(pick(['r.p', 'r.q', 'r.f', 'r.g', 's.p', 's.f', 's.g']), pick(['==', '!='])), {
    minLength: 1,
    maxLength: 2,
  })
  .chain((tests) =>
    pick([' && ', ' || ']).map((sign) =>
      tests.map(([at, op]) => `regions.${at.split('.')[0]} ${op} "${at.split('.')[1]}"`).join(sign),
    ),
  );

/** The same workflows with conditions and revisions: in the regions, and out of the state around them. */
const conditional = fc
  .record({
    definition: definitions,
    inner: fc.array(
      fc.tuple(pick(['r', 's']), pick(['p', 'q', 'f', 'g']), pick(['p', 'q', 'f', 'g']), regional),
      { maxLength: 3 },
    ),
    outer: fc.array(fc.tuple(pick(['A', 'C', 'D', 'E']), regional), { minLength: 1, maxLength: 2 }),
    revised: fc.array(fc.tuple(pick(['r', 'B']), pick(['p', 'q'])), { maxLength: 1 }),
  })
  .map(({ definition, inner, outer, revised }): Definition => {
    const { B } = definition.states;
    const regions = Object.entries(B?.regions ?? {}).map(([name, region]) => {
      const isOpen = (state: string) => region.states[state] && !region.states[state]?.final;
      const whens = inner
        .filter(([at, from, to]) => at === name && isOpen(from) && region.states[to] && from !== to)
        .map(([, from, to, when]) => ({ on: 'when', from, to, when }) as const);
      const revisions = revised
        .filter(([at]) => at === name)
        .map(([, from]) => ({ on: 'revision', from, to: region.initial }) as const);
      return [name, { ...region, transitions: [...region.transitions, ...whens, ...revisions] }];
    });
    return {
      ...definition,
      states: { ...definition.states, B: { ...B, regions: Object.fromEntries(regions) } },
      transitions: [
        ...definition.transitions,
        ...outer.map(([to, when]) => ({ on: 'when', from: 'B', to, when }) as const),
        ...revised.filter(([at]) => at === 'B').map(() => ({ on: 'revision', from: 'B', to: 'A' }) as const),
      ],
    };
  });

const FLAGS = ['a', 'b', 'c', 'd'] as const;
const everyFact = Array.from({ length: 2 ** FLAGS.length }, (_, mask) => ({
  attributes: Object.fromEntries(FLAGS.map((name, index) => [name, (mask & (1 << index)) !== 0])),
}));

/** Workflows whose transitions wait for facts that may become true or false at any time. */
function factual(flags: readonly fc.Arbitrary<string>[]) {
  const [first = fc.constant('a'), second = first, third = first, fourth = first] = flags;
  const top = fc.tuple(pick(['A', 'B', 'C']), pick(['A', 'B', 'C', 'D', 'E']));
  const inner = fc.tuple(pick(['p', 'q']), pick(['p', 'q', 'f', 'g']));
  return fc
    .record({
      definition: definitions,
      whens: fc.tuple(fc.tuple(top, first), fc.tuple(top, second)),
      inner: fc.tuple(inner, fc.oneof(third, regional)),
      guard: fourth,
    })
    .map(({ definition, whens, inner: [[from, to], when], guard }): Definition => {
      const { B } = definition.states;
      const r = B?.regions?.r as Region;
      const own = { on: 'when', from, to, when } as const;
      const guarded = definition.transitions.findIndex(({ on }) => on === 'trigger' || on === 'time');
      return {
        ...definition,
        attributes: Object.fromEntries(FLAGS.map((name) => [name, { type: 'bool', initial: false }])),
        states: {
          ...definition.states,
          B: { ...B, regions: { ...B?.regions, r: { ...r, transitions: [...r.transitions, own] } } },
        },
        transitions: [
          ...definition.transitions.map((each, index) =>
            index === guarded && each.on === 'trigger' ? { ...each, if: guard } : each,
          ),
          ...whens.map(([[start, end], text]) => ({ on: 'when', from: start, to: end, when: text }) as const),
        ],
      };
    });
}

const said = (names: readonly string[]) =>
  fc.tuple(pick(['', '!']), pick(names)).map(([not, name]) => `${not}attributes.${name}`);
const ownFacts = factual(FLAGS.map((name) => said([name])));
const sharedFacts = factual([said(FLAGS.slice(0, 2))]);

describe('the exploration', () => {
  it('agrees with counting where there is nothing that counting cannot see', () => {
    let agreed = 0;
    fc.assert(
      fc.property(definitions, (random) => {
        const definition = pruned(random);
        const { sound, decided, states } = check(definition);
        if (!decided) return;
        const explored = checkExplored(definition);
        const errors = explored.findings.filter(({ severity }) => severity === 'error');
        if (sound) {
          expect(explored).toEqual({ findings: [], states, provided: [] });
          agreed += 1;
        } else if (errors.length === 0) {
          // Counting wants regions to end; here it is enough that something leads out of the state around them.
          const counted = checkCounted(definition).findings.filter(({ severity }) => severity === 'error');
          for (const { path, code } of counted)
            expect([code, path.includes('regions')]).toEqual([code, true]);
        }
      }),
      { numRuns: runs(80, 250), seed: 13 },
    );
    expect(agreed).toBeGreaterThan(runs(3, 10));
  });

  it('agrees with the machine where conditions look at regions and revisions move them', () => {
    let sound = 0;
    let trapped = 0;
    fc.assert(
      fc.property(conditional, (random) => {
        const definition = pruned(random);
        const { findings, ...verdict } = check(definition);
        const codes = findings.filter(({ severity }) => severity === 'error').map(({ code }) => code);
        if (codes.some((code) => code !== 'DEADLOCK' && code !== 'LIVELOCK')) return;
        const explored = explore(compile(definition));
        expect(explored.states).toBe(verdict.states);
        expect(explored.trapped.length > 0).toBe(codes.length > 0);
        if (verdict.sound) sound += 1;
        else trapped += 1;
      }),
      { numRuns: runs(70, 200), seed: 17 },
    );
    expect(sound).toBeGreaterThan(runs(3, 10));
    expect(trapped).toBeGreaterThan(0);
  });
});

describe('the exploration of facts', () => {
  it('agrees with the machine whatever becomes of the facts, where each decides one thing', () => {
    let sound = 0;
    let trapped = 0;
    fc.assert(
      fc.property(ownFacts, (random) => {
        const definition = pruned(random);
        const { findings, ...verdict } = check(definition);
        const codes = findings.filter(({ severity }) => severity === 'error').map(({ code }) => code);
        if (codes.some((code) => code !== 'DEADLOCK' && code !== 'LIVELOCK')) return;
        const explored = explore(compile(definition), everyFact);
        expect(explored.states).toBe(verdict.states);
        expect(explored.trapped.length > 0).toBe(codes.length > 0);
        if (verdict.sound) sound += 1;
        else trapped += 1;
      }),
      { numRuns: runs(25, 60), seed: 19 },
    );
    expect(sound + trapped).toBeGreaterThan(runs(2, 5));
  });

  it('lets nothing pass in which the machine goes round for ever, where facts decide several things', () => {
    let passed = 0;
    fc.assert(
      fc.property(sharedFacts, (random) => {
        const definition = pruned(random);
        const { sound, states } = check(definition);
        if (!sound) return;
        passed += 1;
        // A condition and its opposite in one state leave no rest there; the exploration does not compare them.
        expect(explore(compile(definition), everyFact.slice(0, 4)).states).toBeLessThanOrEqual(states);
      }),
      { numRuns: runs(40, 100), seed: 23 },
    );
    expect(passed).toBeGreaterThan(runs(2, 5));
  });
});

describe('the check', () => {
  it('counts the configurations of the catalog as the machine has them', () => {
    // The explorer reads no conditions: where some are asked, it stays where it is.
    const plain = Object.values(catalog).filter(
      (source) => !/"(when|if|ballots)":/.test(JSON.stringify(source)),
    );
    expect(plain.length).toBeGreaterThan(3);
    for (const source of plain) expect(explore(compiled(source)).states).toBe(check(define(source)).states);
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
      { numRuns: runs(200, 600), seed: 7 },
    );
    expect(sound).toBeGreaterThan(runs(10, 30));
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
      { numRuns: runs(350, 1_000), seed: 11 },
    );
    expect(shown).toBeGreaterThan(runs(1, 5));
  });
});
