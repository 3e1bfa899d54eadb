/** What is different between two versions, in sentences. */
import { describe, expect, it } from 'vitest';
import { compare } from '../../src/machines/compare.ts';
import { define, sourceOf } from './build.ts';

const before = {
  roles: ['dev', 'lead'],
  triggers: ['go', 'ok', 'no'],
  states: {
    A: { title: 'First' },
    B: { timers: { late: { after: '2d', escalate: 'lead' } } },
    End: { final: 'approved' },
    Out: { final: 'rejected' },
  },
  ballots: { lgtm: { in: 'B', role: 'lead', cast: { ok: 'approve' }, needs: { approvals: 1 } } },
  transitions: {
    'A -> B': { trigger: 'go', role: 'dev' },
    'B -> End': { when: 'ballots.lgtm.passed' },
    'B -> Out': { trigger: 'no', role: 'lead' },
  },
};
const differences = (change: (source: typeof before) => object) =>
  compare(define(sourceOf(before)), define(sourceOf(change(structuredClone(before)))));
const sentences = (change: (source: typeof before) => object) =>
  differences(change).differences.map(({ sentence }) => sentence);

describe('a comparison', () => {
  it('finds nothing where nothing changed', () => {
    expect(differences((same) => same)).toEqual({ differences: [], renames: [] });
  });

  it('says what was added and removed, with what matters of it', () => {
    const said = sentences(({ states, transitions, roles, ...rest }) => ({
      ...rest,
      roles: [...roles, 'auditor'],
      states: { ...states, Old: { final: 'withdrawn' } },
      transitions: { ...transitions, 'A -> Old': { trigger: 'no', role: 'auditor' } },
    }));
    expect(said).toEqual([
      'The role "auditor" was added.',
      'The state "Old" was added, which ends as withdrawn.',
      'The transition "A -> Old (no)" was added, for auditor.',
    ]);
    const { differences: removed } = differences(({ transitions, ...rest }) => {
      const { 'B -> Out': _, ...left } = transitions;
      return { ...rest, transitions: left };
    });
    expect(removed).toEqual([
      expect.objectContaining({ kind: 'removed', what: 'transition', name: 'B -> Out (no)', after: null }),
    ]);
  });

  it('says what became of timers, roles, ballots and conditions', () => {
    const said = sentences((source) => {
      source.states.B.timers.late.after = '1d';
      source.transitions['A -> B'].role = 'lead';
      source.ballots.lgtm.needs.approvals = 2;
      source.transitions['B -> End'].when = 'ballots.lgtm.passed && revision.number > 1';
      return source;
    });
    expect(said).toEqual([
      'The timer "B:late" was changed (time: 1d, before 2d).',
      'The transition "A -> B (go)" was changed (roles that may: lead, before dev).',
      expect.stringMatching(/^The ballot "lgtm" was changed \(needs: .*"count":2.*, before .*"count":1/),
      expect.stringMatching(/^The condition "B -> End \(when\): when" was ballots\.lgtm\.passed, and is /),
    ]);
  });

  it('suggests that a state was renamed, and still says that one is gone and one is new', () => {
    const { differences: all, renames } = differences(({ states, transitions, ...rest }) => {
      const { A, ...others } = states;
      const { 'A -> B': go, ...left } = transitions;
      return {
        ...rest,
        initial: 'Draft',
        states: { Draft: A, ...others },
        transitions: { 'Draft -> B': go, ...left },
      };
    });
    expect(renames).toEqual([{ from: 'A', to: 'Draft', likeness: 1 }]);
    expect(all.filter(({ what }) => what === 'state').map(({ kind }) => kind)).toEqual(['removed', 'added']);
  });

  it('suggests nothing where two states have nothing in common', () => {
    const { renames } = differences(({ states, transitions, ...rest }) => {
      const { Out: _, ...others } = states;
      const { 'B -> Out': __, ...left } = transitions;
      return {
        ...rest,
        states: { ...others, Gone: { final: 'withdrawn' } },
        transitions: { ...left, 'A -> Gone': { trigger: 'no' } },
      };
    });
    expect(renames).toEqual([]);
  });
});
