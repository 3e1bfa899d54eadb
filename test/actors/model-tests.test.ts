/** Cases of workflows: played on the step, generated from the model, and what they cover. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Case, casesSchema } from '../../src/actors/model-tests/cases.ts';
import { testWorkflow } from '../../src/actors/model-tests/model-tests.ts';
import { playable, playCase } from '../../src/actors/model-tests/play.ts';
import { targetsOf } from '../../src/actors/model-tests/targets.ts';
import { catalog } from '../../src/machines/catalog/index.ts';
import { check } from '../../src/machines/check.ts';
import { compile } from '../../src/machines/compile.ts';
import { compiled, define, sourceOf } from '../machines/build.ts';
import { definitions } from '../machines/nets/definitions.ts';
import { runs } from '../support/runs.ts';

const review = {
  name: 'Small',
  roles: ['developer', 'reviewer', 'lead'],
  triggers: ['submit', 'approve', 'reject'],
  attributes: { lines: 'int' },
  initial: 'Draft',
  states: {
    Draft: {},
    Review: { timers: { slow: { after: '1d', escalate: 'lead' } } },
    Done: { final: 'approved' },
    Gone: { final: 'rejected' },
  },
  transitions: {
    'Draft -> Review': { trigger: 'submit', role: 'developer' },
    'Review -> Done': {
      trigger: 'approve',
      role: 'reviewer',
      exclude: 'author',
      if: 'attributes.lines < 100',
    },
    'Review -> Gone': [{ trigger: 'reject', role: 'reviewer', reason: 'required' }, { after: '3d' }],
  },
};
const small = compiled(review);
const play = (steps: Case['steps'], rest: Partial<Case> = {}) =>
  playCase(playable(small), { name: 'a case', steps, ...rest });
const submit = { as: 'ann:developer', event: 'submit' };

describe('a case', () => {
  it('is played as it is written', () => {
    const played = play([
      { ...submit, expect: 'Review' },
      { as: 'ann:reviewer', event: 'approve', expect: 'refused SELF_APPROVAL' },
      { as: 'bob:lead', event: 'approve', expect: 'refused MISSING_ROLE' },
      { wait: '1d', expect: 'Review' },
      { as: 'bob:lead', event: 'approve', expect: 'Done' },
    ]);
    expect(played.problem).toBeUndefined();
  });

  it('fails at the step that came out otherwise, in a sentence', () => {
    const wrong = (...steps: Case['steps']) => play(steps);
    expect(wrong({ ...submit, expect: 'Done' })).toMatchObject({
      at: 1,
      problem: 'The change was expected in Done; it is in Review.',
    });
    expect(wrong(submit, { as: 'bob', event: 'approve' }).problem).toMatch(/^It was refused MISSING_ROLE: /);
    expect(wrong({ ...submit, expect: 'refused MISSING_ROLE' }).problem).toBe(
      'It was expected to be refused MISSING_ROLE; it was taken, to Review.',
    );
    expect(wrong(submit, { wait: '2d' }, { wait: '1d', expect: 'Review' })).toMatchObject({
      at: 3,
      problem: 'The change was expected in Review; it is in Gone.',
    });
  });

  it('fails where the proposal does not fit', () => {
    expect(play([], { given: { lines: 'many' } }).problem).toContain('of type int');
  });

  it.each([
    { steps: [{ as: 'bob', wait: '1h' }] },
    { steps: [{ wait: 'soon' }] },
    { steps: [{ as: ':reviewer', event: 'x' }] },
    { steps: [{ as: 'bob', event: 'x', expects: 'A' }] },
  ])('that says what makes no sense is no case: %j', (given) => {
    expect(casesSchema.safeParse({ cases: [{ name: 'x', ...given }] }).success).toBe(false);
  });
});

describe('generated cases', () => {
  it('cover all that a workflow has, with conditions both ways, and pass', () => {
    const tested = testWorkflow(small, []);
    expect(tested.failed).toBe(0);
    expect(tested.uncovered).toEqual([]);
    expect(tested.coverage).toEqual([
      { kind: 'state', covered: 4, total: 4 },
      { kind: 'transition', covered: 4, total: 4 },
      { kind: 'timer', covered: 2, total: 2 },
      { kind: 'condition', covered: 2, total: 2 },
    ]);
    const text = JSON.stringify(tested.generated);
    for (const code of ['MISSING_ROLE', 'SELF_APPROVAL', 'CONDITION_UNMET', 'REASON_REQUIRED'])
      expect(text).toContain(`refused ${code}`);
  });

  const quick = Object.values(catalog).filter(({ name }) => name !== 'EnterpriseApproval');
  it.each(quick)('cover every state, transition, vote and timer of $name', (source) => {
    const tested = testWorkflow(compile(define(source)), []);
    expect(tested.failed).toBe(0);
    expect(tested.uncovered.filter(({ kind }) => kind !== 'condition')).toEqual([]);
  });

  it('pass again when they are written down and read', () => {
    const { generated } = testWorkflow(small, []);
    const read = casesSchema.parse(JSON.parse(JSON.stringify({ cases: generated }))).cases as Case[];
    expect(read).toEqual(generated);
    expect(testWorkflow(small, read)).toMatchObject({ failed: 0, generated: [], uncovered: [] });
  });

  it('are added only for what the author left open', () => {
    const own: Case = {
      name: 'own',
      steps: [submit, { as: 'bob:reviewer', event: 'approve', expect: 'Done' }],
    };
    const tested = testWorkflow(small, [own]);
    expect(tested.cases[0]).toMatchObject({ name: 'own', source: 'author' });
    expect(tested.cases.length).toBeLessThan(1 + testWorkflow(small, []).cases.length);
    expect(tested.uncovered).toEqual([]);
  });

  it('find a mistake: what was a transition is refused after it was taken away', () => {
    const { generated } = testWorkflow(small, []);
    const { 'Review -> Done': _, ...left } = review.transitions;
    const broken = compiled({ ...review, transitions: { ...left, 'Draft -> Done': { trigger: 'approve' } } });
    expect(testWorkflow(broken, generated).failed).toBeGreaterThan(0);
  });

  it('say what they do not cover, and never call it impossible', () => {
    const source = sourceOf({
      states: { A: {}, B: {}, End: { final: 'approved' } },
      transitions: {
        'A -> End': { trigger: 'go' },
        'A -> B': { trigger: 'ok', if: 'author == "zoe"' },
        'B -> End': { trigger: 'go' },
      },
    });
    const { uncovered } = testWorkflow(compiled(source), []);
    expect(uncovered.map(({ kind, why }) => [kind, why])).toContainEqual([
      'transition',
      'no way to it was found with a holder of each role',
    ]);
  });

  it('play on random workflows as they were generated', () => {
    fc.assert(
      fc.property(definitions, (definition) => {
        fc.pre(check(definition).findings.every(({ severity }) => severity !== 'error'));
        expect(testWorkflow(compile(definition), []).failed).toBe(0);
      }),
      { numRuns: runs(5, 15), maxSkipsPerRun: 2_000 },
    );
  });

  it('know each target once', () => {
    for (const source of Object.values(catalog)) {
      const ids = targetsOf(define(source)).map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });
});
