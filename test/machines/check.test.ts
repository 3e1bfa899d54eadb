/** The structural check: each code, where it points, and the trace that shows it. */
import { describe, expect, it } from 'vitest';
import { catalog } from '../../src/machines/catalog/index.ts';
import { check } from '../../src/machines/check.ts';
import { define, sourceOf } from './build.ts';

const DONE = { final: 'approved' };
const NO = { final: 'rejected' };

/** Errors only; warnings about unused names are of no interest in small cases. */
function errors(parts: object) {
  const { findings } = check(define(sourceOf(parts)));
  return findings.filter(({ code }) => !code.startsWith('UNUSED'));
}

function codes(parts: object): string[] {
  return errors(parts).map(({ code }) => code);
}

/** Regions that go from `wait` to any of the named endings, each by a trigger of its own. */
function regions(...endings: readonly Record<string, string>[]) {
  return Object.fromEntries(
    endings.map((ends, index) => [
      `r${index}`,
      {
        initial: 'wait',
        states: {
          wait: {},
          ...Object.fromEntries(Object.entries(ends).map(([name, final]) => [name, { final }])),
        },
        transitions: Object.fromEntries(
          Object.keys(ends).map((name) => [`wait -> ${name}`, { trigger: `${name}${index}` }]),
        ),
      },
    ]),
  );
}

/** A state A with regions, B and C after it; triggers as `regions` names them. */
function joined(inner: object, transitions: object, states: object = { B: DONE }) {
  const triggers = [0, 1, 2, 3].flatMap((index) => [`ok${index}`, `no${index}`]);
  return { triggers: [...triggers, 'stop'], states: { A: { regions: inner }, ...states }, transitions };
}

describe('check', () => {
  it('lists every way in which all regions end and no join goes on', () => {
    const ends = { ok: 'approved', no: 'rejected' };
    const found = errors(joined(regions(ends, ends), { 'A -> B': { join: 'all', ending: 'approved' } }));
    expect(found.map(({ code, trace }) => [code, ...trace].join(' ')).sort()).toEqual([
      'DEADLOCK no0 no1',
      'DEADLOCK no0 ok1',
      'DEADLOCK ok0 no1',
    ]);
  });

  it('writes out twenty such ways and counts the others', () => {
    const ends = { ok: 'approved', no: 'rejected', off: 'withdrawn' };
    const found = errors(
      joined(regions(ends, ends, ends), { 'A -> B': { join: 'all', ending: 'approved' } }),
    );
    const deadlocks = found.filter(({ code }) => code === 'DEADLOCK');
    expect(deadlocks).toHaveLength(20);
    expect(deadlocks.at(-1)?.message).toContain(`There are ${3 ** 3 - 1 - 20} more like it.`);
  });

  it('finds the catalog sound', () => {
    for (const source of Object.values(catalog))
      expect(check(define(source))).toMatchObject({ sound: true, decided: true, findings: [] });
  });

  it('counts the configurations of a submit into two regions with a rejection as six', () => {
    const parts = joined(
      regions({ ok: 'approved' }, { ok: 'approved' }),
      {
        'Start -> A': { trigger: 'stop' },
        'A -> B': { join: 'all' },
        'A -> C': { trigger: 'no0' },
      },
      { Start: {}, B: DONE, C: NO },
    );
    expect(check(define(sourceOf({ ...parts, initial: 'Start' })))).toMatchObject({ sound: true, states: 6 });
  });

  it('counts twelve regions of two states without enumerating them', () => {
    const all = regions(...Array.from({ length: 12 }, () => ({ ok: 'approved' })));
    const triggers = Array.from({ length: 12 }, (_, index) => `ok${index}`);
    const verdict = check(define(sourceOf({ ...joined(all, { 'A -> B': { join: 'all' } }), triggers })));
    expect(verdict).toMatchObject({ sound: true, states: 2 ** 12 });
  });

  it('names unknown states, roles, triggers and initial states', () => {
    const found = errors({
      initial: 'X',
      states: { A: { timers: { late: { after: '1h', escalate: 'lead' } } }, B: DONE },
      transitions: { 'A -> B': { trigger: 'fly', role: 'nobody' }, 'A -> Y': { trigger: 'go' } },
    });
    expect(found.map(({ code, path }) => [code, path.join('/')])).toEqual([
      ['UNKNOWN_INITIAL', 'initial'],
      ['UNKNOWN_STATE', 'transitions/A -> Y/0'],
      ['UNKNOWN_TRIGGER', 'transitions/A -> B/0/trigger'],
      ['UNKNOWN_ROLE', 'transitions/A -> B/0/role'],
      ['UNKNOWN_ROLE', 'states/A/timers/late/escalate'],
    ]);
  });

  it('warns of unused roles and triggers without calling the definition unsound', () => {
    const verdict = check(define({ ...catalog.BasicApproval, roles: ['developer', 'reviewer', 'guest'] }));
    expect(verdict.sound).toBe(true);
    expect(verdict.findings).toMatchObject([
      {
        ...{ code: 'UNUSED_ROLE', severity: 'warning', path: ['roles', 2] },
        repair: 'Remove "guest" from "roles".',
      },
    ]);
  });

  it('finds unreachable states and the transitions that die with them', () => {
    expect(
      codes({
        states: { A: {}, B: DONE, C: {} },
        transitions: { 'A -> B': { trigger: 'go' }, 'C -> B': { trigger: 'go' } },
      }),
    ).toEqual(['UNREACHABLE_STATE', 'DEAD_TRANSITION']);
  });

  it('finds final states that are left, dead ends, and the lack of any final state', () => {
    const back = { 'A -> B': { trigger: 'go' }, 'B -> A': { trigger: 'back' } };
    expect(codes({ states: { A: {}, B: DONE }, transitions: back })).toEqual(['FINAL_STATE_LEFT']);
    const [deadEnd] = errors({
      states: { A: {}, B: DONE, C: {} },
      transitions: { 'A -> B': { trigger: 'go' }, 'A -> C': { trigger: 'no' } },
    });
    expect(deadEnd).toMatchObject({ code: 'DEAD_END', path: ['states', 'C'], trace: ['no'] });
    expect(codes({ states: { A: {}, B: {} }, transitions: back })).toEqual(['NO_FINAL_STATE']);
  });

  it('finds a trap cycle and the shortest way into it', () => {
    const found = errors({
      states: { A: {}, B: DONE, C: {}, D: {} },
      transitions: {
        'A -> B': { trigger: 'ok' },
        'A -> C': { after: '36h' },
        'C -> D': { trigger: 'go' },
        'D -> C': { trigger: 'back' },
      },
    });
    expect(found).toMatchObject([{ code: 'LIVELOCK', path: ['states', 'C'], trace: ['after 1d12h'] }]);
  });

  it('finds a transition that an earlier one always takes', () => {
    const two = (first: object, second: object) =>
      codes({
        roles: ['x', 'y'],
        states: { A: {}, B: DONE, C: NO },
        transitions: { 'A -> B': { trigger: 'go', ...first }, 'A -> C': { trigger: 'go', ...second } },
      });
    expect(two({}, { role: 'x' })).toEqual(['UNREACHABLE_STATE', 'DEAD_TRANSITION']);
    expect(two({ role: ['x', 'y'] }, { role: 'x' })).toEqual(['UNREACHABLE_STATE', 'DEAD_TRANSITION']);
    expect(two({ exclude: 'author' }, { exclude: 'author', reason: 'required' })).toContain(
      'DEAD_TRANSITION',
    );
    expect(two({ role: 'x' }, {})).toEqual([]);
    expect(two({ by: 'agent' }, { by: 'person' })).toEqual([]);
    expect(two({ exclude: 'author' }, {})).toEqual([]);
    expect(two({ reason: 'required' }, {})).toEqual([]);
  });

  it('finds a timed transition that a shorter one forestalls', () => {
    expect(
      codes({
        states: { A: {}, B: DONE, C: NO },
        transitions: { 'A -> B': { after: '2d' }, 'A -> C': { after: '3d' } },
      }),
    ).toEqual(['UNREACHABLE_STATE', 'DEAD_TRANSITION']);
  });

  it('lets no time forestall another that is counted otherwise', () => {
    const two = (first: object, second: object) =>
      codes({
        states: { A: {}, B: DONE, C: NO },
        transitions: { 'A -> B': first, 'A -> C': second },
      });
    expect(two({ idle: '2d' }, { after: '3d' })).toEqual([]);
    expect(two({ after: '2d', calendar: 'office' }, { after: '3d' })).toEqual([]);
    expect(two({ after: '2d' }, { idle: '3d' })).toContain('DEAD_TRANSITION');
    expect(two({ after: '2d', calendar: 'office' }, { after: '3d', calendar: 'office' })).toContain(
      'DEAD_TRANSITION',
    );
  });

  it('finds joins without regions, impossible joins and regions that nothing joins', () => {
    expect(
      codes({ states: { A: {}, B: DONE }, transitions: { 'A -> B': [{ join: 'all' }, { trigger: 'go' }] } }),
    ).toEqual(['JOIN_WITHOUT_REGIONS']);
    const one = regions({ ok: 'approved' });
    expect(codes(joined(one, { 'A -> B': [{ join: 2 }, { trigger: 'stop' }] }))).toEqual(['JOIN_IMPOSSIBLE']);
    expect(
      codes(joined(one, { 'A -> B': [{ join: 'any', ending: 'rejected' }, { trigger: 'stop' }] })),
    ).toEqual(['JOIN_IMPOSSIBLE']);
    expect(codes(joined(one, {}))).toContain('NO_JOIN');
  });

  it('finds endings that no join foresees, with the triggers that lead there', () => {
    const both = regions({ ok: 'approved', no: 'rejected' }, { ok: 'approved', no: 'rejected' });
    const [found] = errors(joined(both, { 'A -> B': { join: 'all', ending: 'approved' } }));
    expect(found).toMatchObject({ code: 'DEADLOCK', path: ['states', 'A'] });
    expect(found?.trace).toHaveLength(2);
    const complete = {
      'A -> B': { join: 'all', ending: 'approved' },
      'A -> C': { join: 'any', ending: 'rejected' },
    };
    expect(codes(joined(both, complete, { B: DONE, C: NO }))).toEqual([]);
  });

  it('finds a join that another one always forestalls', () => {
    const both = regions({ ok: 'approved' }, { ok: 'approved' });
    const transitions = { 'A -> B': { join: 'any' }, 'A -> C': { join: 'all' } };
    expect(codes(joined(both, transitions, { B: DONE, C: NO }))).toEqual([
      'UNREACHABLE_STATE',
      'DEAD_TRANSITION',
    ]);
  });

  it('says so where regions share a trigger and it cannot decide', () => {
    const shared = {
      initial: 'wait',
      states: { wait: {}, ok: DONE },
      transitions: { 'wait -> ok': { trigger: 'go' } },
    };
    const transitions = { 'A -> B': { join: 'any' }, 'A -> C': { join: 2 } };
    const parts = { states: { A: { regions: { x: shared, y: shared } }, B: DONE, C: NO }, transitions };
    expect(check(define(sourceOf(parts)))).toMatchObject({ sound: false, decided: false });
    expect(codes(parts)).toEqual(['UNDECIDED']);
    const waiting = { 'A -> B': { join: 'all' } };
    expect(codes({ states: { A: parts.states.A, B: DONE }, transitions: waiting })).toEqual([]);
  });

  it('finds a trigger that a region always takes first', () => {
    const inner = {
      initial: 'wait',
      states: { wait: {}, ok: DONE },
      transitions: { 'wait -> ok': { trigger: 'go' } },
    };
    expect(
      codes({
        states: { A: { regions: { x: inner } }, B: DONE, C: NO },
        transitions: { 'A -> B': { join: 'all' }, 'A -> C': { trigger: 'go' } },
      }),
    ).toEqual(['UNREACHABLE_STATE', 'DEAD_TRANSITION']);
  });

  it('checks regions like workflows of their own, with traces from the very start', () => {
    const inner = {
      initial: 'wait',
      states: { wait: {}, ok: DONE, stuck: {} },
      transitions: { 'wait -> ok': { trigger: 'ok' }, 'wait -> stuck': { trigger: 'no' } },
    };
    const [found] = errors({
      states: { A: {}, B: { regions: { r: inner } }, C: DONE },
      transitions: { 'A -> B': { trigger: 'go' }, 'B -> C': { join: 'all' } },
    });
    expect(found).toMatchObject({
      code: 'DEAD_END',
      path: ['states', 'B', 'regions', 'r', 'states', 'stuck'],
      trace: ['go', 'no'],
    });
  });
});
