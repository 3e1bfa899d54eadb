/** What the check suggests, done as it is written: the defect is gone, and nothing else is wrong that was not before. */
import { describe, expect, it } from 'vitest';
import { loadText } from '../../src/machines/load.ts';

type Table = Record<string, unknown>;

const REVIEWED = {
  pending: {},
  ok: { final: 'approved' },
  no: { final: 'rejected' },
};
const region = (good: string, bad: string, states: Table = REVIEWED) => ({
  initial: 'pending',
  states,
  transitions: { 'pending -> ok': { trigger: good }, 'pending -> no': { trigger: bad } },
});
const BOTH = { law: region('a', 'b'), code: region('c', 'd') };
const HALF = { pending: {}, ok: { final: 'approved' }, no: {} };
const ENDS = { Approved: { final: 'approved' }, Rejected: { final: 'rejected' } };
const TOLD = { attributes: { risk: { oneOf: ['low', 'middle', 'high'] } } };

/** What is wrong, and the rest of a definition. */
const CASES: readonly (readonly [string, string, Table])[] = [
  [
    'a join that sees one outcome, with one end',
    'DEADLOCK',
    {
      states: { S: { regions: BOTH }, Approved: { final: 'approved' } },
      transitions: { 'S -> Approved': { join: 'all', ending: 'approved' } },
    },
  ],
  [
    'joins that do not see mixed outcomes',
    'DEADLOCK',
    {
      states: { S: { regions: BOTH }, ...ENDS },
      transitions: {
        'S -> Rejected': { join: 'all', ending: 'rejected' },
        'S -> Approved': { join: 'all', ending: 'approved' },
      },
    },
  ],
  [
    'regions that stop before they end',
    'DEADLOCK',
    {
      states: { S: { regions: { law: region('a', 'b', HALF), code: region('c', 'd', HALF) } }, ...ENDS },
      transitions: {
        'S -> Approved': { join: 'all' },
        'S -> Rejected': { when: 'regions.law == "ok" && regions.code == "ok" && false' },
      },
    },
  ],
  [
    'a loop',
    'LIVELOCK',
    {
      states: { S: {}, A: {}, B: {}, ...ENDS },
      transitions: {
        'S -> Approved': { trigger: 'a' },
        'S -> Rejected': { trigger: 'b' },
        'S -> A': { trigger: 'c' },
        'A -> B': { trigger: 'a' },
        'B -> A': { trigger: 'b' },
      },
    },
  ],
  [
    'an end that another transition takes first',
    'UNREACHABLE_STATE',
    {
      states: { S: {}, ...ENDS },
      transitions: { 'S -> Approved': { trigger: 'a' }, 'S -> Rejected': { trigger: 'a' } },
    },
  ],
  [
    'a state to which nothing leads',
    'UNREACHABLE_STATE',
    {
      states: { S: {}, T: {}, ...ENDS },
      transitions: {
        'S -> Approved': { trigger: 'a' },
        'S -> Rejected': { trigger: 'b' },
        'T -> Rejected': { trigger: 'a' },
      },
    },
  ],
  [
    'a state that nothing leaves',
    'DEAD_END',
    {
      states: { S: {}, T: {}, Approved: { final: 'approved' } },
      transitions: { 'S -> Approved': { trigger: 'a' }, 'S -> T': { trigger: 'b' } },
    },
  ],
  [
    'a state that nothing leaves, where all triggers are votes',
    'DEAD_END',
    {
      ballots: { team: { in: 'S', cast: { a: 'approve', b: 'reject', c: 'abstain', d: 'retract' } } },
      states: { S: {}, T: {}, ...ENDS },
      transitions: {
        'S -> Approved': { when: 'ballots.team.passed' },
        'S -> Rejected': { after: '3d' },
        'S -> T': { when: 'ballots.team.rejections > 0' },
      },
    },
  ],
  ['regions that nothing joins', 'NO_JOIN', { states: { S: { regions: BOTH }, ...ENDS }, transitions: {} }],
  [
    'a choice between two of three',
    'STUCK_CHOICE',
    {
      ...TOLD,
      states: { S: {}, ...ENDS },
      transitions: {
        'S -> Approved': { when: 'attributes.risk == "low"' },
        'S -> Rejected': { when: 'attributes.risk == "high"' },
      },
    },
  ],
  [
    'a choice of one',
    'STUCK_CHOICE',
    {
      ...TOLD,
      states: { S: {}, Approved: { final: 'approved' } },
      transitions: { 'S -> Approved': { when: 'attributes.risk == "low"' } },
    },
  ],
  [
    'a join without regions',
    'JOIN_WITHOUT_REGIONS',
    {
      states: { S: {}, ...ENDS },
      transitions: { 'S -> Approved': { join: 'all' }, 'S -> Rejected': { trigger: 'a' } },
    },
  ],
  [
    'a role that nobody asks for',
    'UNUSED_ROLE',
    {
      roles: ['member', 'ghost'],
      states: { S: {}, Approved: { final: 'approved' } },
      transitions: { 'S -> Approved': { trigger: 'a', role: 'member' } },
    },
  ],
];

describe('what the check suggests', () => {
  it.each(CASES)('repairs %s (%s)', (_, code, rest) => {
    const before: Table = {
      name: 'Case',
      roles: ['member'],
      triggers: ['a', 'b', 'c', 'd'],
      initial: 'S',
      ...rest,
    };
    const found = findingsOf(before).filter((each) => each.code === code);
    expect(found).not.toEqual([]);
    const known = new Set(errorsOf(before));
    for (const { repair = '' } of found) {
      const after = repaired(before, repair);
      expect(after, repair).not.toEqual(before);
      const left = findingsOf(after).filter((each) => each.code === code);
      expect(left.length, repair).toBeLessThan(found.length);
      expect(
        errorsOf(after).filter((each) => !known.has(each)),
        repair,
      ).toEqual([]);
    }
  });
});

function findingsOf(data: Table) {
  return loadText(JSON.stringify(data), 'json', 'case.json').findings;
}

function errorsOf(data: Table): string[] {
  return findingsOf(data).flatMap(({ severity, code, path }) =>
    severity === 'error' ? [`${code} ${path.join('/')}`] : [],
  );
}

/** The definition with what the sentence says: keys added, ways added to a list, names removed. */
function repaired(before: Table, repair: string): Table {
  const after = structuredClone(before) as Table & { states: Table; transitions: Table };
  for (const [, key = '', way = ''] of repair.matchAll(/"([^"]* -> [^"]*)": (\{.*?\})/g)) {
    const isNew = !repair.startsWith('Add') || !Object.hasOwn(after.transitions, key);
    expect(isNew, `${key} stands there already`).toBe(true);
    after.transitions[key] = JSON.parse(way);
  }
  for (const [, key = '', way = ''] of repair.matchAll(/Let "([^"]*)" be a list .*?(\{.*?\})/g))
    after.transitions[key] = [after.transitions[key], JSON.parse(way)].flat();
  for (const [, name = '', state = ''] of repair.matchAll(/in "states", "(\w+)": (\{.*?\})/g))
    after.states[name] = JSON.parse(state);
  for (const [, name = '', list = ''] of repair.matchAll(/^Remove "(\w+)" from "(\w+)"/g))
    after[list] = (after[list] as string[]).filter((each) => each !== name);
  return after;
}
