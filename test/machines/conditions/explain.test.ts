/** What people are told about a decision, and what evaluations make of odd values. */
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../src/machines/conditions/evaluate.ts';
import { explain } from '../../../src/machines/conditions/explain.ts';
import { parseCondition } from '../../../src/machines/conditions/parse.ts';
import type { Condition } from '../../../src/machines/conditions/tree.ts';

function treeOf(text: string): Condition {
  const parsed = parseCondition(text);
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join(' '));
  return parsed.tree;
}

const env = {
  attributes: {
    risk: 'low',
    labels: ['ui', 'docs'],
    title: '',
    frozen: false,
    target_branch: 'main',
    limit: 500,
  },
  revision: { lines: 120, files: ['docs/a.md', 'auth/login.ts', 'auth/token.ts'] },
  ballots: { code: { passed: true, approvals: 2 } },
  votes: [
    { by: 'ann', approves: true },
    { by: 'bob', approves: false },
  ],
};

const said = (text: string) => explain(treeOf(text), env);

describe('the facts that decided', () => {
  it.each([
    [
      'attributes.risk == "low" && revision.files.exists(f, f.startsWith("auth/"))',
      ['risk is low', 'touches auth/ (auth/login.ts)'],
    ],
    [
      'attributes.risk == "high" && revision.files.exists(f, f.startsWith("auth/"))',
      ['risk is low, not high'],
    ],
    [
      'attributes.risk == "high" && revision.lines > 500',
      ['risk is low, not high', 'lines is 120, not more than 500'],
    ],
    ['revision.lines > 500 || ballots.code.passed || attributes.risk == "low"', ['code passed is true']],
    ['attributes.risk == "high" || attributes.frozen', ['risk is low, not high', 'frozen is false']],
    ['!attributes.frozen', ['frozen is false']],
    ['attributes.risk != "high"', ['risk is low, not high']],
    ['500 <= revision.lines', ['lines is 120, not at least 500']],
    ['revision.lines < attributes.limit', ['lines is 120, less than limit (500)']],
    ['attributes.target_branch == attributes.risk', ['target branch is main, not risk (low)']],
    ['attributes.title == ""', ['title is empty']],
    ['attributes.missing == "x"', ['missing is not set, not x']],
    ['attributes.risk in ["low", "high"]', ['risk is low, one of low, high']],
    ['attributes.risk in ["mid", "high"]', ['risk is low, not one of mid, high']],
    ['"ui" in attributes.labels', ['labels contains ui']],
    ['"security" in attributes.labels', ['labels does not contain security (ui, docs)']],
    [
      'attributes.target_branch.startsWith("release/")',
      ['target branch is main, does not start with release/'],
    ],
    ['attributes.target_branch.contains("ai")', ['target branch contains ai (main)']],
    ['revision.files.exists(f, f.startsWith("db/"))', ['touches nothing in db/']],
    ['revision.files.exists(f, f.endsWith(".ts"))', ['one of files ends with .ts (auth/login.ts)']],
    ['revision.files.exists(f, f.endsWith(".sql"))', ['none of files ends with .sql']],
    [
      'revision.files.all(f, f.startsWith("docs/"))',
      ['one of files is auth/login.ts, does not start with docs/'],
    ],
    ['revision.files.all(f, f != "x")', ['each of files is not x']],
    ['revision.none.exists(f, f == "x")', ['none is empty']],
    ['votes.all(v, v.approves)', ['approves of one of votes is false']],
    [
      'votes.exists(v, v.by == "bob" && !v.approves)',
      ['by of one of votes is bob', 'approves of one of votes is false'],
    ],
    ['votes.exists(v, v.by == "eve")', ['none of votes fits v.by == "eve"']],
    ['size(revision.files) > 5', ['number of files is 3, not more than 5']],
    ['size(attributes.risk) == 3', ['length of risk is 3']],
    [
      'size(revision.files.filter(f, f.startsWith("auth/"))) >= 2',
      ['number of files where f.startsWith("auth/") is 2, at least 2'],
    ],
    ['ballots.code.approvals + 1 >= 3', ['ballots.code.approvals + 1 is 3, at least 3']],
    ['true', ['always true']],
  ])('of %s are told in words', (text, expected) => {
    expect(said(text)).toEqual(expected);
  });

  it('are cut off where there are too many or too long ones', () => {
    const many = Array.from({ length: 12 }, (_, index) => `revision.lines > ${500 + index}`).join(' && ');
    expect(said(many)).toHaveLength(9);
    expect(said(many).at(-1)).toBe('and 4 more reasons');
    const [long = ''] = explain(treeOf('a == "x"'), { a: 'y'.repeat(5_000) });
    expect(long.length).toBeLessThan(80);
  });

  it('name calls with their values', () => {
    const owns = { args: ['string'], result: 'bool', run: () => true } as const;
    expect(explain(treeOf('owns(attributes.risk)'), env, { owns })).toEqual(['owns(low) is true']);
  });
});

describe('an evaluation', () => {
  it.each([
    ['a == "" && a == 0 && a == false && !a && size(a) == 0', true],
    ['a.b.c == "" && a.b.c != "x" && !(a.b.c == 1)', true],
    ['a >= 0 && a <= 0 && a + 1 == 1', true],
    ['"" in [""] && a in [""] && !("x" in a)', true],
    ['a.all(x, false) && !a.exists(x, true)', true],
    ['a.startsWith("") && !a.startsWith("x")', true],
    ['constructor == "" && a.toString == ""', true],
    ['9007199254740991 + 1 == 9007199254740991', true],
    ['0 - 9007199254740991 - 5 == -9007199254740991', true],
    ['size("ä€😀") == 3', true],
  ])('finds that %s is %s where nothing is known', (text, expected) => {
    expect(evaluate(treeOf(text), {})).toBe(expected);
  });

  it('asks no further than it needs to', () => {
    const asked: unknown[] = [];
    const log = {
      args: ['int'],
      result: 'bool',
      run: ([n]: readonly unknown[]) => asked.push(n) > 0,
    } as const;
    expect(evaluate(treeOf('log(1) || log(2)'), {}, { log })).toBe(true);
    expect(evaluate(treeOf('!log(3) && log(4)'), {}, { log })).toBe(false);
    expect(evaluate(treeOf('[5, 6].exists(n, log(n))'), {}, { log })).toBe(true);
    expect(asked).toEqual([1, 3, 5]);
  });

  it('gives a function the zero of what is missing', () => {
    const seen: unknown[] = [];
    const run = (args: readonly unknown[]) => seen.push(...args) > 0;
    const f = { args: ['int', 'string', 'bool', { list: 'int', max: 3 }], result: 'bool', run } as const;
    evaluate(treeOf('f(a, b, c, d)'), {}, { f });
    expect(seen).toEqual([0, '', false, []]);
  });
});
