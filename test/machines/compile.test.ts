/** The machine: regions and joins, timers, escalation, late votes, and snapshots that survive being stored. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../src/machines/catalog/index.ts';
import {
  type CompiledWorkflow,
  configuration,
  enabled,
  lateFor,
  next,
  outcomeOf,
  persist,
  restore,
  type Snapshot,
  start,
} from '../../src/machines/compile.ts';
import { agent, compiled, event, person, play, sourceOf } from './build.ts';

const parallel = compiled(catalog.ParallelReview);
const history = compiled(catalog.ReviewHistory);
const submit = event('submit', person('ann', 'developer'));
const codeApprove = event('code_approve', person('bob', 'code_reviewer'));
const securityApprove = event('security_approve', person('eve', 'security_reviewer'));
const requestChanges = event('request_changes', person('bob', 'code_reviewer'), 'split it');
const resubmit = event('resubmit', person('ann', 'developer'));

describe('ParallelReview', () => {
  it('opens both regions at once and is approved when both are done, in either order', () => {
    const open = play(parallel, submit);
    expect(configuration(open.value)).toEqual(['Review.security.pending', 'Review.code.pending']);
    for (const votes of [
      [codeApprove, securityApprove],
      [securityApprove, codeApprove],
    ]) {
      const done = play(parallel, submit, ...votes);
      expect([done.value, outcomeOf(parallel, done)]).toEqual(['Approved', 'approved']);
    }
  });

  it('ends with one rejection, which needs a reason', () => {
    const reject = (reason?: string) => event('code_reject', person('bob', 'code_reviewer'), reason);
    expect(outcomeOf(parallel, play(parallel, submit, securityApprove, reject()))).toBeUndefined();
    expect(outcomeOf(parallel, play(parallel, submit, securityApprove, reject('unsafe')))).toBe('rejected');
  });

  it('opens both regions again after changes were requested', () => {
    const again = play(parallel, submit, codeApprove, requestChanges, resubmit);
    expect(configuration(again.value)).toEqual(['Review.security.pending', 'Review.code.pending']);
  });

  it('lets a lead act once the timer has fired, and not before', () => {
    const lead = event('code_approve', person('max', 'code_lead'));
    const step = next(parallel, start(parallel, { author: 'ann' }).snapshot, submit);
    const timer = step.timersSet.find(({ name }) => name === 'Review.code.pending:overdue');
    expect(timer).toMatchObject({ delayMs: 86_400_000 });
    expect(next(parallel, step.snapshot, lead).changed).toBe(false);
    const escalated = next(parallel, step.snapshot, { type: timer?.event ?? '' });
    expect(escalated.snapshot.context.escalated).toEqual({ 'Review.code.pending': ['code_lead'] });
    const voted = next(parallel, escalated.snapshot, lead);
    expect(voted.timersCancelled).toEqual(['Review.code.pending:overdue']);
    expect(voted.snapshot.context.escalated).toEqual({});
  });

  it('lists what is enabled with full paths', () => {
    const value = play(parallel, submit, codeApprove).value;
    expect(enabled(parallel, value).map(({ from, trigger, to }) => `${from} ${trigger} ${to}`)).toEqual([
      'Review.security.pending security_approve Review.security.approved',
      'Review security_reject Rejected',
      'Review code_reject Rejected',
      'Review request_changes Rework',
    ]);
  });
});

describe('timers', () => {
  const timed = compiled(
    sourceOf({
      roles: ['x', 'y'],
      states: {
        A: { timers: { first: { after: '1h', escalate: 'x' }, second: { after: '1h', escalate: 'y' } } },
        B: { final: 'approved' },
        C: { final: 'withdrawn' },
      },
      transitions: { 'A -> B': { trigger: 'go' }, 'A -> C': { after: '1h' }, 'A -> A': { trigger: 'back' } },
    }),
  );
  const begun = start(timed, { author: 'ann' });

  it('have names and events of their own, even where they are equally long', () => {
    expect(begun.timersSet).toEqual([
      { name: 'A:first', event: 'xstate.after.A:first.Test.A', delayMs: 3_600_000 },
      { name: 'A:second', event: 'xstate.after.A:second.Test.A', delayMs: 3_600_000 },
      { name: 'A->C', event: 'xstate.after.A->C.Test.A', delayMs: 3_600_000 },
    ]);
    const fired = begun.timersSet.map((timer) => next(timed, begun.snapshot, { type: timer.event }).snapshot);
    expect(fired.map(({ context }) => context.escalated)).toEqual([{ A: ['x'] }, { A: ['y'] }, {}]);
    expect(fired[2]?.value).toBe('C');
  });

  it('are cancelled when their state is left, and start again when it is entered again', () => {
    const names = ['A:first', 'A:second', 'A->C'];
    const left = next(timed, begun.snapshot, event('go', person('bob')));
    expect([left.timersSet, left.timersCancelled]).toEqual([[], names]);
    const again = next(timed, begun.snapshot, event('back', person('bob')));
    expect(again.changed).toBe(true);
    expect([again.timersSet.map(({ name }) => name), again.timersCancelled]).toEqual([names, names]);
  });

  it('do nothing once their state is left', () => {
    const left = next(timed, begun.snapshot, event('go', person('bob'))).snapshot;
    expect(next(timed, left, { type: begun.timersSet[0]?.event ?? '' })).toMatchObject({ changed: false });
  });
});

describe('a step', () => {
  it('returns the same snapshot where nothing is enabled', () => {
    const { snapshot } = start(history, { author: 'ann' });
    const step = next(history, snapshot, event('approve', person('bob', 'reviewer')));
    expect(step.changed).toBe(false);
    expect(step.snapshot).toBe(snapshot);
  });

  it('counts as a change where a transition leads back to its own state', () => {
    const looping = compiled(
      sourceOf({
        states: { A: {}, B: { final: 'approved' } },
        transitions: { 'A -> A': { trigger: 'back' }, 'A -> B': { trigger: 'go' } },
      }),
    );
    expect(next(looping, play(looping), event('back', person('bob'))).changed).toBe(true);
  });
});

describe('joins', () => {
  const inner = (name: string) => ({
    initial: 'wait',
    states: { wait: {}, yes: { final: 'approved' }, no: { final: 'rejected' } },
    transitions: { 'wait -> yes': { trigger: `${name}Yes` }, 'wait -> no': { trigger: `${name}No` } },
  });
  const voting = (transitions: object) =>
    compiled({
      name: 'Voting',
      roles: [],
      triggers: ['aYes', 'aNo', 'bYes', 'bNo', 'cYes', 'cNo'],
      initial: 'Vote',
      states: {
        Vote: { regions: { a: inner('a'), b: inner('b'), c: inner('c') } },
        Yes: { final: 'approved' },
        No: { final: 'rejected' },
      },
      transitions,
    });
  const votes = (workflow: CompiledWorkflow, ...triggers: string[]) =>
    outcomeOf(workflow, play(workflow, ...triggers.map((trigger) => event(trigger, person('bob')))));

  it('fire when k regions have ended as they must', () => {
    const two = voting({
      'Vote -> Yes': { join: 2, ending: 'approved' },
      'Vote -> No': { join: 2, ending: 'rejected' },
    });
    expect(votes(two, 'aYes', 'bNo')).toBeUndefined();
    expect(votes(two, 'aYes', 'bNo', 'cYes')).toBe('approved');
    expect(votes(two, 'aNo', 'cNo')).toBe('rejected');
  });

  it('fire on any ending, and the first that the author wrote wins', () => {
    const any = voting({ 'Vote -> No': { join: 'any', ending: 'rejected' }, 'Vote -> Yes': { join: 'all' } });
    expect(votes(any, 'aYes', 'bNo')).toBe('rejected');
    expect(votes(any, 'aYes', 'bYes', 'cNo')).toBe('rejected');
    const all = voting({ 'Vote -> Yes': { join: 'all' }, 'Vote -> No': { join: 'any', ending: 'rejected' } });
    expect(votes(all, 'aYes', 'bYes', 'cNo')).toBe('approved');
  });
});

describe('joins that chase each other', () => {
  it('stop the change instead of the process', () => {
    const done = { initial: 'ok', states: { ok: { final: 'approved' } }, transitions: {} };
    const circle = compiled(
      sourceOf({
        states: { A: {}, B: { regions: { r: done } }, C: { regions: { r: done } } },
        transitions: { 'A -> B': { trigger: 'go' }, 'B -> C': { join: 'any' }, 'C -> B': { join: 'any' } },
      }),
    );
    const { snapshot } = start(circle, { author: 'ann' });
    expect(() => next(circle, snapshot, event('go', person('bob')))).toThrow(/Infinite loop/);
  });
});

describe('a late vote', () => {
  const approve = event('approve', person('bob', 'reviewer'));
  const pass = event('pass', agent('bot-1', 'checker'));

  it('is recorded while its sibling region is open and after the change was approved', () => {
    expect(lateFor(history, play(history, submit).value, 'approve')).toBeUndefined();
    expect(lateFor(history, play(history, submit, approve).value, 'approve')).toBe('record');
    expect(lateFor(history, play(history, submit, approve).value, 'pass')).toBeUndefined();
    const approved = play(history, submit, approve, pass);
    expect(approved.value).toBe('Approved');
    expect(lateFor(history, approved.value, 'approve')).toBe('record');
    expect(lateFor(history, approved.value, 'pass')).toBe('record');
  });

  it('is refused where the definition says nothing', () => {
    expect(lateFor(parallel, play(parallel, submit, codeApprove).value, 'code_approve')).toBe('refuse');
  });

  it('is not late before its region was ever open, nor where it will open again', () => {
    expect(lateFor(history, 'Draft', 'approve')).toBeUndefined();
    expect(lateFor(parallel, play(parallel, submit, requestChanges).value, 'code_approve')).toBeUndefined();
    expect(lateFor(parallel, 'Approved', 'submit')).toBeUndefined();
  });
});

describe('a stored snapshot', () => {
  const principals = [
    person('ann', 'developer'),
    person('bob', 'code_reviewer', 'reviewer'),
    person('eve', 'security_reviewer', 'code_lead'),
    agent('bot-1', 'checker'),
  ];

  it('behaves like the live one after every step of every walk', () => {
    for (const source of Object.values(catalog)) {
      const workflow = compiled(source);
      const types = [...source.triggers, ...workflow.timers.keys()];
      const events = fc.array(
        fc.record({
          type: fc.constantFrom(...types),
          principal: fc.constantFrom(...principals),
          reason: fc.constant('r'),
        }),
        { maxLength: 12 },
      );
      fc.assert(
        fc.property(events, (sent) => {
          let live: Snapshot = start(workflow, { author: 'ann' }).snapshot;
          let stored: unknown = JSON.parse(JSON.stringify(persist(workflow, live)));
          for (const each of sent) {
            const fromLive = next(workflow, live, each);
            const fromStored = next(workflow, restore(workflow, stored as never), each);
            const { snapshot, ...step } = fromStored;
            expect({ ...step }).toMatchObject({
              changed: fromLive.changed,
              timersSet: fromLive.timersSet,
              timersCancelled: fromLive.timersCancelled,
            });
            expect(persist(workflow, snapshot)).toEqual(persist(workflow, fromLive.snapshot));
            live = fromLive.snapshot;
            stored = JSON.parse(JSON.stringify(persist(workflow, live)));
          }
        }),
        { numRuns: 60 },
      );
    }
  });

  it('is refused by a machine that it does not fit', () => {
    const foreign = {
      value: 'Nowhere',
      context: { author: 'ann', escalated: {} },
      status: 'active',
    } as const;
    expect(() => restore(history, foreign)).toThrow(/ReviewHistory/);
  });
});
