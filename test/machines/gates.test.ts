/** Gates: what keeps a change from being approved while it depends on open ones, and that nothing that may go on waits. */
import { describe, expect, it } from 'vitest';
import { catalog } from '../../src/machines/catalog/index.ts';
import { check } from '../../src/machines/check.ts';
import {
  type CompiledWorkflow,
  next,
  outcomeOf,
  type Snapshot,
  start,
  type TriggerEvent,
} from '../../src/machines/compile.ts';
import { asSeen, blockersOf, dependencyFacts, type Standing } from '../../src/machines/dependencies.ts';
import { factsOf, holds } from '../../src/machines/facts.ts';
import { scopeOf } from '../../src/machines/scope.ts';
import { compiled, define, person, sourceOf } from './build.ts';

const region = (trigger: string, more: object = {}) => ({
  initial: 'p',
  states: { p: {}, d: { final: 'approved' }, x: { final: 'rejected' } },
  transitions: { 'p -> d': { trigger }, 'p -> x': { trigger: 'no' } },
  ...more,
});
const ENDS = { Z: { final: 'approved' }, N: { final: 'rejected' } };
const side = (join: object) =>
  compiled(
    sourceOf({
      triggers: ['go', 'ok', 'yes', 'fine', 'no'],
      suspension: {},
      states: {
        A: {},
        Side: { regions: { r: region('ok'), s: region('yes'), t: region('fine') } },
        ...ENDS,
      },
      transitions: { 'A -> Side': { trigger: 'go' }, 'Side -> Z': join },
    }),
  );
const timed = (more: object = {}) =>
  compiled(
    sourceOf({
      triggers: ['go', 'stop'],
      suspension: {},
      states: { A: {}, B: {}, ...ENDS },
      transitions: {
        'A -> B': { trigger: 'go' },
        'B -> A': { trigger: 'stop' },
        'B -> Z': { after: '1h', ...more },
      },
    }),
  );
const voting = (more: object = {}) =>
  compiled(
    sourceOf({
      roles: ['boss'],
      triggers: ['vote', 'force', 'no'],
      suspension: {},
      ballots: {
        votes: {
          in: 'A',
          needs: { approvals: 1 },
          cast: { vote: 'approve' },
          override: 'ballots.forced.passed',
        },
        forced: { in: 'A', role: 'boss', cast: { force: 'approve' } },
      },
      states: { A: {}, ...ENDS },
      transitions: { 'A -> Z': { when: 'ballots.votes.passed' }, 'A -> N': { trigger: 'no', role: 'boss' } },
      ...more,
    }),
  );

const ann = person('ann');
const boss = person('boss', 'boss');
const sent = (type: string, data?: unknown, by = ann): TriggerEvent =>
  ({ type, principal: by, ...(data !== undefined && { data }) }) as TriggerEvent;
const recheck = {
  type: 'dependency.recheck',
  principal: { kind: 'system', id: 'countersign', roles: [] },
} as const;
const on = (standing: Standing, policy: 'block' | 'warn' | 'allow' = 'block') =>
  asSeen({ on: 'I1', kind: 'declared', rule: 'trailer', policy, standing });
/** The snapshot as the runtime brings it up to date before a step. */
const standing = (snapshot: Snapshot, ...standings: Standing[]): Snapshot => ({
  ...snapshot,
  context: { ...snapshot.context, dependencies: standings.map((each) => on(each)) },
});
const begun = (workflow: CompiledWorkflow, ...standings: Standing[]) => {
  const { snapshot } = start(workflow, { author: 'ann' });
  return standings.length === 0 ? snapshot : standing(snapshot, ...standings);
};
const played = (
  workflow: CompiledWorkflow,
  from: Snapshot,
  ...events: readonly { readonly type: string }[]
) => events.reduce((snapshot, event) => next(workflow, snapshot, event).snapshot, from);
const timeOf = (workflow: CompiledWorkflow) => ({ type: [...workflow.timers.keys()][0] ?? '' });

/** How each kind of transition comes to the point where only the gate is in its way. */
const WAYS = {
  'a join of all': [side({ join: 'all' }), ['go', 'ok', 'yes', 'fine']],
  'a join of any': [side({ join: 'any' }), ['go', 'yes']],
  'a join of two of three': [side({ join: 2 }), ['go', 'ok', 'fine']],
  'a join of those that ended well': [side({ join: 'all', ending: 'approved' }), ['go', 'ok', 'yes', 'fine']],
  'a condition over regions': [
    side({ when: 'regions.r == "d" && regions.s == "d" && regions.t == "d"' }),
    ['go', 'ok', 'yes', 'fine'],
  ],
  'votes that complete an approval': [voting(), ['vote']],
} as const;

describe.each(Object.entries(WAYS))('the gate before %s', (_what, [workflow, events]) => {
  const done = (from: Snapshot) => played(workflow, from, ...events.map((each) => sent(each)));

  it('is not there for a change that depends on nothing', () => {
    expect(outcomeOf(workflow, done(begun(workflow)))).toBe('approved');
  });

  it.each(['open', 'unknown', 'rejected', 'withdrawn'] as const)(
    'is closed by one that is %s',
    (blocking) => {
      const waiting = done(begun(workflow, blocking, 'approved'));
      expect(outcomeOf(workflow, waiting)).toBeUndefined();
      expect(outcomeOf(workflow, played(workflow, waiting, recheck))).toBeUndefined();
    },
  );

  it.each(['approved', 'applied', 'together'] as const)('lets pass where all are %s', (good) => {
    expect(outcomeOf(workflow, done(begun(workflow, good, good)))).toBe('approved');
  });

  it('lets pass who waited, once it is looked at again', () => {
    const waiting = done(begun(workflow, 'open'));
    const clear = standing(waiting, 'applied');
    expect(outcomeOf(workflow, played(workflow, clear, recheck))).toBe('approved');
  });

  it('lets pass who does without what was in the way', () => {
    const waiting = done(begun(workflow, 'open'));
    const depends = played(workflow, waiting, sent('change.depend', { dependencies: [] }));
    expect(outcomeOf(workflow, depends)).toBe('approved');
  });

  it('lets nobody pass who is suspended, until it is resumed', () => {
    const suspended = played(workflow, done(begun(workflow, 'open')), sent('change.suspend'));
    const looked = played(workflow, standing(suspended, 'approved'), recheck);
    expect(outcomeOf(workflow, looked)).toBeUndefined();
    expect(outcomeOf(workflow, played(workflow, looked, sent('change.resume')))).toBe('approved');
  });

  it('is opened by no event that is refused, though the way is clear by then', () => {
    const clear = standing(done(begun(workflow, 'open')), 'approved');
    const refused = next(workflow, clear, sent('change.amend', { nothing: 1 }));
    expect(refused.changed).toBe(false);
  });
});

describe('the gate before a trigger', () => {
  const workflow = compiled(
    sourceOf({
      states: { A: {}, ...ENDS },
      transitions: { 'A -> Z': { trigger: 'go' }, 'A -> N': { trigger: 'no' } },
    }),
  );

  it('refuses it, and opens by itself', () => {
    const open = begun(workflow, 'open');
    expect(next(workflow, open, sent('go')).changed).toBe(false);
    expect(outcomeOf(workflow, played(workflow, standing(open, 'approved'), sent('go')))).toBe('approved');
  });

  it('does not stand in the way of a rejection', () => {
    expect(outcomeOf(workflow, played(workflow, begun(workflow, 'open'), sent('no')))).toBe('rejected');
  });
});

describe('the gate before a timer', () => {
  it('is clear where nothing is in the way', () => {
    const workflow = timed();
    expect(outcomeOf(workflow, played(workflow, begun(workflow), sent('go'), timeOf(workflow)))).toBe(
      'approved',
    );
  });

  it('makes it wait, and it is taken when the way is clear', () => {
    const workflow = timed();
    const waiting = played(workflow, begun(workflow, 'open'), sent('go'), timeOf(workflow));
    expect(waiting.value).toBe('B');
    expect(outcomeOf(workflow, played(workflow, waiting, recheck))).toBeUndefined();
    expect(outcomeOf(workflow, played(workflow, standing(waiting, 'approved'), recheck))).toBe('approved');
    const without = played(workflow, waiting, sent('change.depend', { dependencies: [] }));
    expect(outcomeOf(workflow, without)).toBe('approved');
  });

  it('forgets it when its state is left', () => {
    const workflow = timed();
    const waiting = played(workflow, begun(workflow, 'open'), sent('go'), timeOf(workflow));
    const again = played(workflow, waiting, sent('stop'), sent('go'));
    expect(played(workflow, standing(again, 'approved'), recheck).value).toBe('B');
  });

  const withIf = timed({ if: 'threads.open == 0' });
  const thread = (what: 'open' | 'resolve') => sent(`thread.${what}`, { thread: 't' });

  it('with a condition waits for the gate, and then for the condition', () => {
    const waiting = played(withIf, begun(withIf, 'open'), sent('go'), timeOf(withIf));
    expect(outcomeOf(withIf, played(withIf, standing(waiting, 'approved'), recheck))).toBe('approved');
    const disputed = played(withIf, standing(played(withIf, waiting, thread('open')), 'approved'), recheck);
    expect(outcomeOf(withIf, disputed)).toBeUndefined();
    expect(outcomeOf(withIf, played(withIf, disputed, thread('resolve')))).toBe('approved');
  });

  it.each(['approved', 'open'] as const)(
    'whose condition did not hold in time is over for good, be the other %s',
    (other) => {
      const over = played(withIf, begun(withIf, other), sent('go'), thread('open'), timeOf(withIf));
      const later = played(withIf, standing(over, 'approved'), thread('resolve'), recheck);
      expect(later.value).toBe('B');
      expect(played(withIf, later, sent('change.suspend'), sent('change.resume')).value).toBe('B');
    },
  );

  it('whose condition did not hold in time is not taken on resuming a change that depends on nothing', () => {
    const over = played(withIf, begun(withIf), sent('go'), thread('open'), timeOf(withIf), thread('resolve'));
    expect(played(withIf, over, sent('change.suspend'), sent('change.resume')).value).toBe('B');
  });
});

describe('a vote', () => {
  const workflow = voting();

  it('counts while the gate is closed, and an override does not open it', () => {
    const forced = played(workflow, begun(workflow, 'open'), sent('force', undefined, boss));
    expect(holds('ballots.votes.passed', factsOf(workflow.definition, forced.context))).toBe(true);
    expect(outcomeOf(workflow, forced)).toBeUndefined();
    expect(outcomeOf(workflow, played(workflow, standing(forced, 'applied'), recheck))).toBe('approved');
  });

  it('of somebody who may not moves nothing, though the way became clear meanwhile', () => {
    const waiting = played(workflow, begun(workflow, 'open'), sent('vote'));
    const clear = standing(waiting, 'approved');
    expect(next(workflow, clear, sent('force')).changed).toBe(false);
    expect(next(workflow, clear, sent('no')).changed).toBe(false);
  });
});

describe('a revision', () => {
  const workflow = compiled(
    sourceOf({
      states: { A: {}, B: {}, ...ENDS },
      transitions: {
        'A -> Z': { revision: true },
        'A -> B': { trigger: 'go' },
        'B -> A': { trigger: 'back' },
      },
    }),
  );

  it('that would end the change meets the gate of what it brings', () => {
    const brought = sent('change.revise', { dependencies: [on('open')] });
    const waiting = played(workflow, begun(workflow), brought);
    expect(waiting.value).toBe('A');
    expect(waiting.context.revision?.number).toBe(1);
    const without = sent('change.revise', { dependencies: [] });
    expect(outcomeOf(workflow, played(workflow, waiting, without))).toBe('approved');
  });
});

describe('what is not blocked', () => {
  it('is whoever is only warned, allowed or together', () => {
    const context = { author: 'ann', escalated: {} };
    const dependencies = [on('open'), on('open', 'warn'), on('rejected', 'allow'), on('together')];
    expect(blockersOf({ ...context, dependencies })).toEqual([on('open')]);
    expect(blockersOf(context)).toEqual([]);
  });

  it('is told to conditions in numbers', () => {
    const dependencies = [on('open'), on('unknown'), on('approved'), on('applied'), on('rejected')];
    expect(dependencyFacts({ author: 'a', escalated: {}, dependencies })).toEqual({
      total: 5,
      open: 2,
      approved: 2,
      rejected: 1,
      settled: false,
      risks: [],
    });
    expect(dependencyFacts({ author: 'a', escalated: {} })).toMatchObject({ total: 0, settled: true });
  });
});

describe('definitions without dependencies', () => {
  it.each(Object.entries(catalog))(
    '%s is sound as it was, and reads dependencies as none',
    (_name, source) => {
      const definition = define(source);
      expect(check(definition).findings.filter(({ severity }) => severity === 'error')).toEqual([]);
      const { snapshot } = start(compiled(source), { author: 'ann' });
      expect(Object.keys(snapshot.context)).not.toContain('dependencies');
      expect(Object.keys(scopeOf(definition, '').variables)).toContain('dependencies');
    },
  );

  it('a step of one, with a gate in it, leaves the same context as one that was never told of gates', () => {
    const workflow = side({ join: 'all' });
    const before = played(workflow, begun(workflow), sent('go'), sent('ok'), sent('yes'));
    const ended = played(workflow, before, sent('fine'));
    expect(ended.context).toEqual(before.context);
  });
});
