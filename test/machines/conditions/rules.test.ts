/** The rules of the condition language, on random conditions over random scopes. */
import { Environment } from '@marcbachmann/cel-js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkCondition, costOf } from '../../../src/machines/conditions/check.ts';
import { type ConditionFunction, evaluate } from '../../../src/machines/conditions/evaluate.ts';
import { explain } from '../../../src/machines/conditions/explain.ts';
import { formProblems } from '../../../src/machines/conditions/form.ts';
import { parseCondition } from '../../../src/machines/conditions/parse.ts';
import { print } from '../../../src/machines/conditions/print.ts';
import type { Condition } from '../../../src/machines/conditions/tree.ts';
import { readsOf } from '../../../src/machines/conditions/variables.ts';
import { runs } from '../../support/runs.ts';
import { type Case, cases, FUNCTIONS, formed } from './arbitrary.ts';
import { filled, naive } from './naive.ts';

/** Shrinking a case that was made step by step takes minutes; the cases are small enough to read. */
const RUNS = { numRuns: runs(100, 400), endOnFailure: true };
/** The generator makes good conditions; the few that are too long or too dear are left out. */
const good = (missing: number) =>
  cases({ missing }).filter(({ tree, scope }) => checkCondition(tree, scope).length === 0);

function holdsFor(missing: number, rule: (each: Case) => void): void {
  fc.assert(fc.property(good(missing), rule), RUNS);
}

describe('text and tree', () => {
  it('give each other back, for every tree of good form', () => {
    fc.assert(
      fc.property(
        formed.filter((tree) => formProblems(tree).length === 0),
        (tree) => {
          expect(parseCondition(print(tree))).toEqual({ ok: true, tree });
        },
      ),
      { numRuns: runs(300, 1_000) },
    );
  });

  it('settle after the first printing, for any text that parses', () => {
    const token = fc.constantFrom(
      ...'a b.c 1 -2 "x" true ( ) ! && || == < in + - , [1] size( .exists(x,'.split(' '),
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 12 }), (tokens) => {
        const parsed = parseCondition(tokens.join(' '));
        if (!parsed.ok) return;
        const text = print(parsed.tree);
        const again = parseCondition(text);
        expect(again).toEqual({ ok: true, tree: parsed.tree });
      }),
      { numRuns: runs(600, 2_000) },
    );
  });

  it('are read without a failure, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ maxLength: 30 })), (text) => {
        const parsed = parseCondition(text);
        if (parsed.ok) return;
        expect(parsed.problems.length).toBeGreaterThan(0);
        for (const { message, offset = -1 } of parsed.problems) {
          expect(message).toMatch(/[.?]$/);
          expect(offset).toBeGreaterThanOrEqual(0);
          expect(offset).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: runs(600, 2_000) },
    );
  });
});

describe('an evaluation', () => {
  it('agrees with a second evaluator where everything is there', () => {
    holdsFor(0, ({ tree, env }) => {
      expect(evaluate(tree, env, FUNCTIONS)).toBe(naive(tree, env, FUNCTIONS).value);
    });
  });

  it('takes what is missing for the zero of its type', () => {
    holdsFor(3, ({ tree, env, scope }) => {
      const expected = naive(tree, filled(env, scope), FUNCTIONS).value;
      expect(evaluate(tree, env, FUNCTIONS)).toBe(expected);
    });
  });

  it('agrees with a complete implementation of CEL', () => {
    const cel = new Environment({ unlistedVariablesAreDyn: true })
      .registerFunction('isLonger(string, int): bool', (text: string, length: bigint) => text.length > length)
      .registerFunction('twice(int): int', (number: bigint) => number * 2n);
    holdsFor(0, ({ tree, env }) => {
      expect(evaluate(tree, env, FUNCTIONS)).toBe(cel.evaluate(print(tree), withBigInts(env) as object));
    });
  });

  it('stays within the cost that was counted before', () => {
    holdsFor(1, ({ tree, env, scope }) => {
      const { steps } = naive(tree, filled(env, scope), FUNCTIONS);
      expect(steps).toBeLessThanOrEqual(costOf(tree, scope));
    });
  });

  it('gives true or false for any environment, even one that does not fit', () => {
    fc.assert(
      fc.property(good(0), fc.array(fc.anything(), { minLength: 6, maxLength: 6 }), ({ tree }, values) => {
        const env = Object.fromEntries(values.map((value, index) => [`v${index}`, value]));
        expect(typeof evaluate(tree, env, FUNCTIONS)).toBe('boolean');
        expect(typeof evaluate(tree, env)).toBe('boolean');
      }),
      RUNS,
    );
  });

  it('gives a function what it declared, whatever the environment has in its place', () => {
    const got: unknown[] = [];
    const types = ['string', 'int', 'bool', { list: 'int', max: 3 }, { record: { a: 'int' } }] as const;
    const all: ConditionFunction = { args: types, result: 'bool', run: (args) => got.push(...args) };
    const names = types.map((_, index) => `v${index}`);
    const tree: Condition = {
      kind: 'call',
      name: 'all',
      args: names.map((name) => ({ kind: 'read', path: [name] })),
    };
    fc.assert(
      fc.property(fc.array(fc.anything(), { minLength: 5, maxLength: 5 }), (values) => {
        got.length = 0;
        evaluate(tree, Object.fromEntries(names.map((name, index) => [name, values[index]])), { all });
        expect(got.map((value) => (Array.isArray(value) ? 'list' : typeof value))).toEqual([
          'string',
          'number',
          'boolean',
          'list',
          'object',
        ]);
        expect(got[4]).not.toBeNull();
      }),
      RUNS,
    );
  });

  it('depends on nothing but what the condition reads', () => {
    holdsFor(0, ({ tree, env }) => {
      const read = new Set(readsOf(tree).map((path) => path.split('.')[0]));
      const needed = Object.fromEntries(Object.entries(env).filter(([name]) => read.has(name)));
      expect(evaluate(tree, needed, FUNCTIONS)).toBe(evaluate(tree, env, FUNCTIONS));
    });
  });
});

describe('an explanation', () => {
  it('names at least one fact, and is short', () => {
    holdsFor(3, ({ tree, env }) => {
      const facts = explain(tree, env, FUNCTIONS);
      expect(facts.length).toBeGreaterThanOrEqual(1);
      expect(facts.length).toBeLessThanOrEqual(9);
      for (const fact of facts) {
        expect(fact).not.toBe('');
        expect(fact.length).toBeLessThanOrEqual(200);
      }
    });
  });

  it('is the same for a condition and its opposite', () => {
    holdsFor(2, ({ tree, env }) => {
      expect(explain({ kind: 'not', of: tree }, env, FUNCTIONS)).toEqual(explain(tree, env, FUNCTIONS));
    });
  });
});

describe('a check', () => {
  it('finds something in a condition that reads what the scope lacks', () => {
    holdsFor(0, ({ tree, scope }) => {
      fc.pre(readsOf(tree).length > 0);
      expect(checkCondition(tree, { ...scope, variables: {} })).not.toEqual([]);
    });
  });
});

/** Our numbers as the library's whole numbers. */
function withBigInts(value: unknown): unknown {
  if (typeof value === 'number') return BigInt(value);
  if (Array.isArray(value)) return value.map(withBigInts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withBigInts(each)]));
}
