/** Soundness where conditions, votes and revisions tie regions together: verdicts, and the traces that show them. */
import { describe, expect, it } from 'vitest';
import { checkExplored } from '../../src/machines/check-explored.ts';
import { define, sourceOf } from './build.ts';
import { codes, DONE, NO, verdict } from './explored.ts';

/** A region of two states between which a condition toggles. */
const toggled = (ballot: string) => ({
  initial: 'missing',
  states: { missing: {}, given: {} },
  transitions: {
    'missing -> given': { when: `ballots.${ballot}.passed` },
    'given -> missing': { when: `!ballots.${ballot}.passed` },
  },
});

/** The merge automation of Prow: labels that come and go, a hold, tests, and one condition over all of them. */
function prow({ unhold = true, close = true } = {}) {
  const ballot = (trigger: string) => ({ in: 'Open', cast: { [trigger]: 'approve' } });
  return {
    initial: 'Open',
    triggers: [
      'lgtm',
      'approve',
      'hold',
      'pass',
      'fail',
      ...(unhold ? ['unhold'] : []),
      ...(close ? ['close'] : []),
    ],
    ballots: { lgtm: ballot('lgtm'), approved: ballot('approve') },
    states: {
      Open: {
        regions: {
          lgtm: toggled('lgtm'),
          approved: toggled('approved'),
          hold: {
            initial: 'off',
            states: { off: {}, on: {} },
            transitions: {
              'off -> on': { trigger: 'hold' },
              ...(unhold && { 'on -> off': { trigger: 'unhold' } }),
            },
          },
          tests: {
            initial: 'pending',
            states: { pending: {}, passed: {}, failed: {} },
            transitions: {
              'pending -> passed': { trigger: 'pass' },
              'pending -> failed': { trigger: 'fail' },
              'failed -> pending': { revision: true },
              'passed -> pending': { revision: true },
            },
          },
        },
      },
      Merged: DONE,
      ...(close && { Closed: { final: 'withdrawn' } }),
    },
    transitions: {
      'Open -> Merged': {
        when: 'regions.lgtm == "given" && regions.approved == "given" && regions.hold == "off" && regions.tests == "passed"',
      },
      ...(close && { 'Open -> Closed': { trigger: 'close' } }),
    },
  };
}

describe('the exploration', () => {
  it('finds the merge automation of Prow sound and counts where it can rest', () => {
    expect(verdict(prow())).toEqual({
      sound: true,
      decided: true,
      states: 2 * 2 * 2 * 3 - 1 + 2,
      findings: [],
      // A trigger closes it, whatever the conditions say.
      provided: [],
    });
  });

  it('finds that a hold that cannot be lifted keeps a change for ever, and how it comes to that', () => {
    expect(verdict(prow({ unhold: false, close: false }))).toMatchObject({
      sound: false,
      findings: [{ code: 'LIVELOCK', path: ['states', 'Open'], trace: ['hold'] }],
    });
    expect(verdict(prow({ unhold: false })).sound).toBe(true);
  });

  it('says which conditions have to come to hold, where there is no other way to an outcome', () => {
    const { provided, sound } = verdict(prow({ close: false }));
    expect(sound).toBe(true);
    expect(provided).toMatchObject([{ state: 'Open' }]);
    expect(provided[0]?.conditions).toContain('ballots.lgtm.passed');
  });

  it('rests on nothing that holds anyhow, as that a time is not yet over', () => {
    const { sound, provided } = verdict({
      triggers: ['go'],
      attributes: { pages: 'int' },
      states: { A: { timers: { late: { after: '1d' } } }, B: DONE, C: NO },
      transitions: {
        'A -> B': { trigger: 'go', if: '!elapsed.late' },
        'A -> C': { when: 'elapsed.late && attributes.pages > 3' },
      },
    });
    expect(sound).toBe(true);
    expect(provided).toEqual([{ state: 'A', conditions: ['elapsed.late && attributes.pages > 3'] }]);
  });

  it('finds a choice that need not be made by anybody, and what leads there', () => {
    const parts = (amend: object, last = {}) => ({
      triggers: ['go'],
      roles: ['x'],
      attributes: { risk: { oneOf: ['low', 'middle', 'high'], ...amend } },
      states: { A: {}, Routing: {}, B: DONE, C: NO },
      transitions: {
        'A -> Routing': { trigger: 'go' },
        'Routing -> B': { when: 'attributes.risk == "low"' },
        'Routing -> C': { when: 'attributes.risk == "high"' },
        ...last,
      },
    });
    const [found] = verdict(parts({})).findings;
    expect(found).toMatchObject({ code: 'STUCK_CHOICE', path: ['states', 'Routing'], trace: ['go'] });
    expect(found?.repair).toContain(`"Routing -> C" be a list whose last way is { when = "true" }`);
    expect(codes(parts({ amend: { in: 'Routing', role: 'x' } }))).toEqual([]);
    expect(codes(parts({}, { 'Routing -> A': { when: 'attributes.risk == "middle"' } }))).toEqual([]);
  });

  it('explores regions one by one where they do not look at each other, however many there are', () => {
    const many = (law: object) => {
      const region = (index: number) => ({
        initial: 'open',
        states: { open: {}, yes: DONE, no: NO },
        transitions: {
          'open -> yes': { when: `ballots.b${index}.passed` },
          'open -> no': { trigger: `no${index}` },
        },
      });
      const all = Array.from({ length: 12 }, (_, index) => index);
      return verdict({
        triggers: all.flatMap((index) => [`yes${index}`, `no${index}`]),
        ballots: Object.fromEntries(
          all.map((index) => [`b${index}`, { in: 'A', cast: { [`yes${index}`]: 'approve' } }]),
        ),
        states: {
          A: {
            regions: { ...Object.fromEntries(all.slice(1).map((each) => [`r${each}`, region(each)])), law },
          },
          B: DONE,
          C: NO,
        },
        transitions: {
          'A -> B': { join: 'all', ending: 'approved' },
          'A -> C': { join: 'any', ending: 'rejected' },
        },
      });
    };
    const law = { initial: 'open', states: { open: {}, yes: DONE }, transitions: {} };
    const given = { ...law, transitions: { 'open -> yes': { when: 'ballots.b0.passed' } } };
    expect(many(given)).toMatchObject({ sound: true, decided: true, states: 2 ** 12 - 1 + 2 });
    const never = { 'open -> yes': { when: 'ballots.b0.passed && !ballots.b0.passed' } };
    const { findings } = many({ ...law, transitions: never });
    expect(findings).toMatchObject([
      { code: 'UNREACHABLE_STATE', path: ['states', 'A', 'regions', 'law', 'states', 'yes'] },
      { code: 'DEAD_TRANSITION' },
    ]);
  });

  it('finds a standstill that only two regions together come to', () => {
    const region = (a: string, b: string) => ({
      initial: 'wait',
      states: { wait: {}, yes: {}, no: {} },
      transitions: { 'wait -> yes': { trigger: a }, 'wait -> no': { trigger: b } },
    });
    const { findings } = verdict({
      triggers: ['a', 'b', 'c', 'd'],
      states: { A: { regions: { x: region('a', 'b'), y: region('c', 'd') } }, B: DONE, C: NO },
      transitions: {
        'A -> B': { when: 'regions.x == "yes" && regions.y == "yes"' },
        'A -> C': { when: 'regions.x == "no" && regions.y == "no"' },
      },
    });
    const found = {
      code: 'DEADLOCK',
      path: ['states', 'A'],
      repair: expect.stringContaining('"A -> Withdrawn"'),
    };
    expect(findings).toMatchObject([found, found]);
    for (const { trace } of findings) expect(trace).toHaveLength(2);
    expect(findings.map(({ message }) => message.split(' nothing')[0]).sort()).toEqual([
      'In "A" (x: no, y: yes)',
      'In "A" (x: yes, y: no)',
    ]);
  });

  it('writes out twenty standstills and counts the others', () => {
    const names = Array.from({ length: 5 }, (_, index) => `r${index}`);
    const region = (name: string) => ({
      initial: 'wait',
      states: { wait: {}, yes: {}, no: {} },
      transitions: { 'wait -> yes': { trigger: `${name}y` }, 'wait -> no': { trigger: `${name}n` } },
    });
    const { findings } = verdict({
      triggers: names.flatMap((name) => [`${name}y`, `${name}n`]),
      states: { A: { regions: Object.fromEntries(names.map((name) => [name, region(name)])) }, B: DONE },
      transitions: { 'A -> B': { when: names.map((name) => `regions.${name} == "yes"`).join(' && ') } },
    });
    expect(new Set(findings.map(({ code }) => code))).toEqual(new Set(['DEADLOCK']));
    expect(new Set(findings.map(({ message }) => message)).size).toBe(20);
    expect(findings.at(-1)?.message).toContain(`There are ${2 ** 5 - 1 - 20} more like it.`);
  });

  it.each([
    ['counting', {}],
    ['exploring', { 'A -> F': { when: 'attributes.a' } }],
  ])('finds every loop without a way out by %s, each with the shortest way there', (_, more) => {
    const { findings } = verdict({
      triggers: ['go', 'left', 'right', 'on'],
      attributes: { a: 'bool' },
      states: { A: {}, M: {}, B: {}, C: {}, D: {}, E: {}, F: DONE },
      transitions: {
        'A -> F': { trigger: 'go' },
        ...more,
        'A -> M': { trigger: 'on' },
        'M -> B': { trigger: 'left' },
        'M -> D': { trigger: 'right' },
        'B -> C': { trigger: 'go' },
        'C -> B': { trigger: 'on' },
        'D -> E': { trigger: 'go' },
        'E -> D': { trigger: 'on' },
      },
    });
    const found = (state: string, trigger: string) => ({
      code: 'LIVELOCK',
      path: ['states', state],
      trace: ['on', trigger],
      repair: expect.stringContaining(`"${state} -> F"`),
    });
    const livelocks = findings.filter(({ code }) => code === 'LIVELOCK');
    expect(livelocks.map(({ path }) => path[1]).sort()).toEqual(['B', 'D']);
    expect(livelocks).toEqual(
      expect.arrayContaining([
        expect.objectContaining(found('B', 'left')),
        expect.objectContaining(found('D', 'right')),
      ]),
    );
  });

  it('follows a change that is opened again', () => {
    const parts = (to: object) => ({
      triggers: ['go', 'reopen'],
      states: { A: {}, B: { final: 'rejected', reopen: { trigger: 'reopen', to: 'C' } }, C: {}, D: DONE },
      transitions: { 'A -> B': { trigger: 'go' }, ...to },
    });
    expect(verdict(parts({ 'C -> D': { trigger: 'go' } }))).toMatchObject({ sound: true, states: 4 });
    expect(verdict(parts({})).findings).toMatchObject([
      { code: 'DEAD_END', path: ['states', 'C'] },
      { code: 'UNREACHABLE_STATE', path: ['states', 'D'] },
    ]);
  });

  it('moves regions that hear the same trigger together, for every sender', () => {
    const shared = {
      initial: 'wait',
      states: { wait: {}, ok: {} },
      transitions: { 'wait -> ok': { trigger: 'go', role: 'x' } },
    };
    const parts = {
      roles: ['x'],
      triggers: ['go'],
      states: { A: { regions: { p: shared, q: shared } }, B: DONE, C: NO },
      transitions: {
        'A -> B': { when: 'regions.p == "ok" && regions.q == "ok"' },
        'A -> C': { when: 'regions.p == "ok" && regions.q == "wait"' },
      },
    };
    expect(verdict(parts).findings).toMatchObject([
      { code: 'UNREACHABLE_STATE', path: ['states', 'C'] },
      { code: 'DEAD_TRANSITION' },
    ]);
  });

  it('finds a transition that a vote in a region always takes instead', () => {
    const region = {
      initial: 'open',
      states: { open: {}, ok: DONE },
      transitions: { 'open -> ok': { when: 'ballots.code.passed' } },
    };
    expect(
      codes({
        triggers: ['approve'],
        ballots: { code: { in: 'A.r', cast: { approve: 'approve' } } },
        states: { A: { regions: { r: region } }, B: DONE, C: NO },
        transitions: { 'A -> B': { join: 'all' }, 'A -> C': { trigger: 'approve' } },
      }),
    ).toEqual(['UNREACHABLE_STATE', 'DEAD_TRANSITION']);
  });

  it('says so where there are too many configurations', () => {
    const definition = define(sourceOf(prow()));
    const { findings, states } = checkExplored(definition, { budget: { configurations: 10, moves: 1_000 } });
    expect(findings).toMatchObject([{ code: 'UNDECIDED', severity: 'warning' }]);
    expect(states).toBe(26);
  });
});
