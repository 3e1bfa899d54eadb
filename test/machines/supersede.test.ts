/** A change that another one takes the place of: who may say so, where it ends, and what the check makes of it. */
import { describe, expect, it } from 'vitest';
import { check } from '../../src/machines/check.ts';
import { builtInRefusal, next, outcomeOf, persist, restore, start } from '../../src/machines/compile.ts';
import { digestOf } from '../../src/machines/digest.ts';
import { compiled, define, person, play, sourceOf } from './build.ts';

const OTHER = '01890a5d-ac96-774b-bcce-b302099a8057';
const REVIEW = {
  regions: {
    code: {
      initial: 'pending',
      states: { pending: { timers: { late: { after: '1d' } } }, done: { final: 'approved' } },
      transitions: { 'pending -> done': { trigger: 'ok' } },
    },
  },
};
const SOURCE = sourceOf({
  roles: ['lead'],
  triggers: ['go', 'ok', 'back'],
  suspension: {},
  supersede: { role: 'lead', reason: 'required', to: 'Replaced' },
  states: {
    A: {},
    Review: REVIEW,
    B: { final: 'approved' },
    Replaced: { final: 'withdrawn', reopen: { trigger: 'back', to: 'A' } },
  },
  transitions: { 'A -> Review': { trigger: 'go' }, 'Review -> B': { join: 'all' } },
});
const ann = person('ann');
const lena = person('lena', 'lead');
const superseded = { type: 'change.supersede', principal: lena, reason: 'too big', data: { by: OTHER } };
const sent = (type: string) => ({ type, principal: ann });

describe('a superseded change', () => {
  const workflow = compiled(SOURCE);

  it('ends in the declared state from wherever it is, its timers with it, and names the change that takes its place', () => {
    for (const way of [[], [sent('go')]]) {
      const { snapshot, timersCancelled } = next(workflow, play(workflow, ...way), superseded);
      expect(snapshot.value).toBe('Replaced');
      expect(outcomeOf(workflow, snapshot)).toBe('withdrawn');
      expect(persist(workflow, snapshot).context.supersededBy).toBe(OTHER);
      expect(timersCancelled.length).toBe(way.length);
    }
  });

  it('is not superseded any more when it goes on again', () => {
    const stored = persist(workflow, play(workflow, superseded));
    const { snapshot } = next(workflow, restore(workflow, stored), sent('back'));
    expect(snapshot.value).toBe('A');
    expect(persist(workflow, snapshot).context.supersededBy).toBeUndefined();
  });

  it.each([
    ['somebody without the role', { principal: ann }, 'MISSING_ROLE'],
    ['somebody who gives no reason', { reason: undefined }, 'REASON_REQUIRED'],
    ['somebody who names no change', { data: { by: 'the other one' } }, 'DATA_INVALID'],
  ])('is refused to %s', (_who, parts, code) => {
    const event = { ...superseded, ...parts, value: 'A' };
    const { context } = persist(workflow, play(workflow));
    expect(builtInRefusal(workflow.definition, context, event)?.code).toBe(code);
    expect(next(workflow, play(workflow), event).changed).toBe(false);
  });

  it('has not come to another end before', () => {
    const end = play(workflow, sent('go'), sent('ok'));
    expect(end.value).toBe('B');
    expect(next(workflow, end, superseded).changed).toBe(false);
    expect(builtInRefusal(workflow.definition, end.context, { ...superseded, value: 'B' })?.code).toBe(
      'CHANGE_CLOSED',
    );
  });

  it('rests while it is suspended', () => {
    const { snapshot } = next(workflow, play(workflow), sent('change.suspend'));
    expect(builtInRefusal(workflow.definition, snapshot.context, { ...superseded, value: 'A' })?.code).toBe(
      'SUSPENDED',
    );
  });

  it('does not exist where the workflow says nothing of it', () => {
    const plain = compiled(sourceOf({ ...SOURCE, supersede: undefined }));
    const begun = start(plain, { author: 'ann' }).snapshot;
    expect(next(plain, begun, superseded).changed).toBe(false);
    expect(builtInRefusal(plain.definition, begun.context, { ...superseded, value: 'A' })?.code).toBe(
      'NOT_ENABLED',
    );
  });
});

describe('the check of a workflow with superseded changes', () => {
  const codes = (parts: object) => check(define(sourceOf(parts))).findings.map(({ code }) => code);
  const states = { A: {}, B: { final: 'approved' }, C: { final: 'withdrawn' } };
  const transitions = { 'A -> B': { trigger: 'go' } };

  it('takes the state in which they end for reached', () => {
    const parts = { triggers: ['go'], states, transitions };
    expect(codes(parts)).toEqual(['UNREACHABLE_STATE']);
    expect(codes({ ...parts, supersede: { to: 'C' } })).toEqual([]);
    const conditional = { 'A -> B': { when: 'threads.open > 0' } };
    expect(codes({ triggers: [], states, transitions: conditional, supersede: { to: 'C' } })).toEqual([]);
  });

  it('takes it for unreachable where no change rests before its end', () => {
    const atOnce = { 'A -> B': { when: 'threads.open > 0 || threads.open < 1' } };
    expect(codes({ triggers: [], states, transitions: atOnce, supersede: { to: 'C' } })).toEqual([
      'UNREACHABLE_STATE',
    ]);
    const begun = { A: { final: 'approved' }, C: { final: 'withdrawn' } };
    expect(codes({ triggers: [], states: begun, transitions: {}, supersede: { to: 'C' } })).toEqual([
      'UNREACHABLE_STATE',
    ]);
  });

  it('takes being superseded for no way out', () => {
    const round = {
      triggers: ['go', 'ok'],
      states: { ...states, D: {}, E: {} },
      transitions: { ...transitions, 'A -> D': { trigger: 'ok' } },
      supersede: { to: 'C' },
    };
    expect(
      codes({
        ...round,
        transitions: { ...round.transitions, 'D -> E': { trigger: 'go' }, 'E -> D': { trigger: 'go' } },
      }),
    ).toContain('LIVELOCK');
    expect(codes({ ...round, states: { ...states, D: {} } })).toContain('DEAD_END');
  });

  it('goes on from there where such a change can be reopened', () => {
    const reopened = {
      triggers: ['go', 'back'],
      states: { ...states, C: { final: 'withdrawn', reopen: { trigger: 'back', to: 'D' } }, D: {} },
      transitions: { ...transitions, 'D -> B': { trigger: 'go' } },
    };
    expect(codes({ ...reopened, supersede: { to: 'C' } })).toEqual([]);
    expect(codes(reopened)).toContain('UNREACHABLE_STATE');
  });
});

it('who may supersede, and where it leads, belong to the digest of a definition', () => {
  const digest = (supersede?: object) => digestOf(define({ ...SOURCE, ...(supersede ? { supersede } : {}) }));
  expect(digest({ to: 'Replaced', role: ['lead'], reason: 'required' })).toBe(digest());
  expect(digest({ to: 'B', role: ['lead'], reason: 'required' })).not.toBe(digest());
  expect(digest({ to: 'Replaced', reason: 'required' })).not.toBe(digest());
});
