/** Plans of migrations: where configurations land, what is refused, and that a proven plan leaves nobody in a trap. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StateValue } from 'xstate';
import { check } from '../../src/machines/check.ts';
import { compile } from '../../src/machines/compile.ts';
import type { Definition } from '../../src/machines/definition.ts';
import { EMPTY_PLAN, landing, type MigrationPlan, pathsOf, placeKey } from '../../src/machines/migration.ts';
import { timerIn } from '../../src/machines/migration-carry.ts';
import { prove } from '../../src/machines/migration-proof.ts';
import { runs } from '../support/runs.ts';
import { define, sourceOf } from './build.ts';
import { exploreFrom } from './explore-from.ts';

const region = (trigger: string) => ({
  initial: 'p',
  states: { p: {}, ok: { final: 'approved' } },
  transitions: { 'p -> ok': { trigger } },
});
const reviewed = (names: readonly string[], more: object = {}) =>
  define(
    sourceOf({
      initial: 'R',
      states: {
        R: { regions: Object.fromEntries(names.map((name) => [name, region('ok')])) },
        End: { final: 'approved' },
        ...more,
      },
      transitions: { 'R -> End': { join: 'all' } },
    }),
  );
const planned = (states: MigrationPlan['states']): MigrationPlan => ({ ...EMPTY_PLAN, states });
const lands = (value: StateValue, to: Definition, states: MigrationPlan['states'] = {}) => {
  const at = landing(value, to, planned(states));
  return 'value' in at ? at.value : at.problem.code;
};

describe('a landing', () => {
  it('is the same place where the path is the same; new regions begin at their start', () => {
    expect(lands({ R: { a: 'ok', b: 'p' } }, reviewed(['b', 'a', 'c']))).toEqual({
      R: { b: 'p', a: 'ok', c: 'p' },
    });
  });

  it('leaves out regions that are gone, and follows those that the plan renames', () => {
    const to = reviewed(['b', 'c']);
    expect(lands({ R: { a: 'ok', b: 'p' } }, to)).toEqual({ R: { b: 'p', c: 'p' } });
    expect(lands({ R: { a: 'ok', b: 'p' } }, to, { 'R.a': 'R.c' })).toEqual({ R: { b: 'p', c: 'ok' } });
    expect(lands({ R: { a: 'p', b: 'p' } }, to, { 'R.a.p': 'R.c.ok' })).toEqual({ R: { b: 'p', c: 'ok' } });
  });

  it('is nowhere where there is no such state, it is final, or two regions meet', () => {
    const to = reviewed(['b', 'c']);
    expect(lands('Gone', to)).toBe('STATE_GONE');
    expect(lands('Gone', to, { Gone: 'End' })).toBe('LANDS_FINAL');
    expect(lands({ R: { a: 'p', b: 'p' } }, to, { 'R.a': 'R.b' })).toBe('REGIONS_MEET');
    expect(lands({ R: { a: 'p' } }, to, { 'R.a': 'End.x' })).toBe('LANDS_ELSEWHERE');
    expect(lands('Gone', to, { Gone: 'R.b.ok' })).toEqual({ R: { b: 'ok', c: 'p' } });
  });

  it('gives timers their names in the new version', () => {
    const paths = new Map([
      ['Draft', 'Start'],
      ['R.a.p', 'R.c.p'],
    ]);
    const plan = planned({ Draft: 'Start', Late: 'Over', 'R.a.q': 'R.c.z' });
    expect(timerIn('Draft:late', paths, plan)).toBe('Start:late');
    expect(timerIn('Draft->Late#2', paths, plan)).toBe('Start->Over#2');
    expect(timerIn('R.a.p->q', paths, plan)).toBe('R.c.p->z');
    expect(timerIn('Other:late', paths, plan)).toBeUndefined();
  });
});

/** Regions that ballots toggle, and a way out that asks for the same ballots: much is passed on the way of one step. */
function busy(count: number): Definition {
  const numbers = Array.from({ length: count }, (_, index) => index);
  const toggled = (index: number) => ({
    initial: 'open',
    states: { open: {}, asked: {}, given: {} },
    transitions: {
      'open -> asked': { trigger: `ask${index}` },
      'asked -> given': { when: `ballots.b${index}.passed` },
      'given -> open': { when: `!ballots.b${index}.passed` },
    },
  });
  const ballot = (index: number) => ({ in: 'R', cast: { [`vote${index}`]: 'approve' } });
  return define(
    sourceOf({
      initial: 'R',
      triggers: ['close', ...numbers.flatMap((index) => [`ask${index}`, `vote${index}`])],
      ballots: Object.fromEntries(numbers.map((index) => [`b${index}`, ballot(index)])),
      states: {
        R: { regions: Object.fromEntries(numbers.map((index) => [`r${index}`, toggled(index)])) },
        End: { final: 'approved' },
        Closed: { final: 'withdrawn' },
      },
      transitions: {
        'R -> End': {
          when: numbers
            .map((index) => `regions.r${index} == "given" && ballots.b${index}.passed`)
            .join(' && '),
        },
        'R -> Closed': { trigger: 'close' },
      },
    }),
  );
}

describe('a proof', () => {
  it('names what the plan names and nobody has', () => {
    const from = reviewed(['a']);
    const { proven, problems } = prove(from, from, {
      states: { Nowhere: 'R', R: 'Elsewhere' },
      votes: { lgtm: 'drop' },
      timers: { late: 'reset' },
    });
    expect(proven).toBe(false);
    expect(problems.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['UNKNOWN_PLACE', 'UNKNOWN_BALLOT', 'UNKNOWN_TIMER', 'STATE_GONE']),
    );
  });

  it('refuses a landing from where no outcome is reached, which the new version itself never comes to', () => {
    const source = (states: object, transitions: object) =>
      define(sourceOf({ states: { A: {}, End: { final: 'applied' }, ...states }, transitions }));
    const from = source({ B: {} }, { 'A -> B': { trigger: 'go' }, 'B -> End': { trigger: 'ok' } });
    const to = source(
      { B: { regions: { x: region('go'), y: region('no') } } },
      {
        'A -> B': { trigger: 'go' },
        'B -> End': { join: 'all' },
      },
    );
    expect(prove(from, to, EMPTY_PLAN)).toMatchObject({ proven: true });
    const trapped = define(
      sourceOf({
        triggers: ['go', 'ok'],
        states: { A: {}, B: {}, C: {}, End: { final: 'applied' } },
        transitions: {
          'A -> End': { trigger: 'go' },
          'B -> C': { trigger: 'ok' },
          'C -> B': { trigger: 'ok' },
        },
      }),
    );
    const { proven, problems } = prove(from, trapped, EMPTY_PLAN);
    expect(proven).toBe(false);
    expect(problems).toContainEqual(expect.objectContaining({ code: 'TRAP', severity: 'error' }));
  });

  it('looks at live configurations too, which need not be among those it found', () => {
    const { landings } = prove(reviewed(['a', 'b']), reviewed(['a']), EMPTY_PLAN, [
      { R: { b: 'ok', a: 'ok' } },
      'Strange',
    ]);
    expect(landings.find(({ from }) => from === 'Strange')).toMatchObject({ to: null });
    expect(landings.map(({ from }) => placeKey(from))).toContain(placeKey({ R: { a: 'ok', b: 'ok' } }));
  });

  it('warns of regions whose decisions are left behind', () => {
    const { proven, problems } = prove(reviewed(['a', 'b']), reviewed(['a']), EMPTY_PLAN);
    expect(proven).toBe(true);
    expect(problems).toEqual([expect.objectContaining({ code: 'REGION_LEFT', severity: 'warning' })]);
  });

  it('is decided wherever the check is: what is passed within a step is not counted as a place to be in', () => {
    const definition = busy(7);
    expect(check(definition)).toMatchObject({ sound: true, states: 3 ** 7 - 1 + 2 });
    const { proven, problems } = prove(definition, definition, EMPTY_PLAN);
    expect(problems).toEqual([]);
    expect(proven).toBe(true);
  });
});

/** Small workflows over the same few names, so that plans between them are often possible. */
const NAMES = ['A', 'B', 'C', 'D'] as const;
const edge = fc.record({
  from: fc.constantFrom(...NAMES),
  to: fc.constantFrom(...NAMES, 'End'),
  trigger: fc.constantFrom('go', 'ok', 'no', 'back'),
});
const workflow = fc
  .record({
    edges: fc.array(edge, { minLength: 3, maxLength: 10 }),
    inner: fc.subarray(['x', 'y', 'z'], { minLength: 0 }),
    end: fc.constantFrom('ok', 'go'),
  })
  .map(({ edges, inner, end }) => {
    const regions = Object.fromEntries(inner.map((name) => [name, region(end)]));
    const transitions: Record<string, object> = {};
    for (const { from, to, trigger } of edges) if (from !== to) transitions[`${from} -> ${to}`] = { trigger };
    if (inner.length > 0) transitions['D -> End'] = { join: 'all' };
    const states = { A: {}, B: {}, C: {}, D: inner.length > 0 ? { regions } : {}, End: { final: 'applied' } };
    return define(sourceOf({ states, transitions }));
  });
const plans = fc.dictionary(
  fc.constantFrom('A', 'B', 'C', 'D', 'D.x', 'D.y'),
  fc.constantFrom(...NAMES, 'D.x', 'D.z'),
  {
    maxKeys: 3,
  },
);

describe('random plans between random workflows', () => {
  it('leave no change in a trap once they are proven: a plain explorer of the machine agrees', () => {
    let proofs = 0;
    fc.assert(
      fc.property(workflow, workflow, plans, (from, to, states) => {
        const known = Object.fromEntries(
          Object.entries(states).filter(
            ([path, target]) => pathsOf(from).has(path) && pathsOf(to).has(target),
          ),
        );
        const { proven, landings } = prove(from, to, planned(known));
        if (!proven) return;
        proofs += 1;
        const machine = compile(to);
        for (const { to: value } of landings)
          expect(exploreFrom(machine, value as StateValue), JSON.stringify(value)).toBe(true);
      }),
      { numRuns: runs(100, 300) },
    );
    expect(proofs).toBeGreaterThan(runs(0, 5));
  });

  it('are always proven from a sound workflow to itself', () => {
    fc.assert(
      fc.property(workflow, (definition) => {
        fc.pre(check(definition).sound);
        expect(prove(definition, definition, EMPTY_PLAN)).toMatchObject({ proven: true, problems: [] });
      }),
      { numRuns: 40 },
    );
  });
});
