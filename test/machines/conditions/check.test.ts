/** Conditions against their scope: unknown names, wrong types, impossible values, unbounded cost. */
import { describe, expect, it } from 'vitest';
import { checkCondition, costOf } from '../../../src/machines/conditions/check.ts';
import { parseCondition } from '../../../src/machines/conditions/parse.ts';
import type { Condition } from '../../../src/machines/conditions/tree.ts';
import type { Scope } from '../../../src/machines/conditions/types.ts';

const scope: Scope = {
  variables: {
    attributes: {
      record: {
        risk: { oneOf: ['low', 'high'] },
        size: { oneOf: ['small', 'large'] },
        labels: { list: { oneOf: ['ui', 'security'] }, max: 20 },
        title: 'string',
        frozen: 'bool',
      },
    },
    revision: { record: { lines: 'int', files: { list: 'string', max: 1_000 } } },
    votes: { list: { record: { by: 'string', roles: { list: 'string', max: 5 } } }, max: 50 },
  },
  functions: {
    owns: { args: ['string', { list: 'string', max: 1_000 }], result: 'bool' },
    level: { args: [{ oneOf: ['low', 'high'] }], result: 'int' },
  },
};

function treeOf(text: string): Condition {
  const parsed = parseCondition(text);
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join(' '));
  return parsed.tree;
}

const problems = (text: string, within = scope) =>
  checkCondition(treeOf(text), within).map(({ message, offset }) => `${offset}: ${message}`);

describe('a condition that fits its scope', () => {
  it.each([
    'attributes.risk == "high" && revision.files.exists(f, f.startsWith("auth/"))',
    'attributes.risk in ["low", "high"] && "ui" in attributes.labels',
    'votes.all(v, "dev" in v.roles && v.by != attributes.title)',
    'size(revision.files.filter(f, f.endsWith(".sql"))) - 1 > revision.lines + 3',
    'owns("auth", revision.files) && level(attributes.risk) > level("low")',
    'attributes.frozen == (revision.lines > 3)',
    'true',
  ])('has no problems: %s', (text) => {
    expect(problems(text)).toEqual([]);
  });
});

describe('a condition that does not fit', () => {
  it.each([
    ['atributes.risk == "low"', '0: There is no "atributes"; did you mean "attributes"?'],
    ['true && attributes.rsik == "low"', '8: There is no "attributes.rsik"; did you mean "attributes.risk"?'],
    ['wind == "low"', '0: There is no "wind"; known here: "attributes", "revision", "votes".'],
    ['votes.exists(vote, vot.by == "x")', '19: There is no "vot"; did you mean "vote"?'],
    [
      'revision.files.length > 1',
      '0: There is no "revision.files.length": "revision.files" is a list, without fields.',
    ],
    [
      'attributes.constructor == "x"',
      '0: There is no "attributes.constructor"; known here: "attributes.risk", "attributes.size", "attributes.labels", "attributes.title", "attributes.frozen".',
    ],
    ['attributes.risk == "hihg"', '19: "attributes.risk" is never "hihg"; it can be "low" or "high".'],
    ['"hihg" != attributes.risk', '0: "attributes.risk" is never "hihg"; it can be "low" or "high".'],
    ['attributes.risk in ["low", "mid"]', '19: "attributes.risk" is never "mid"; it can be "low" or "high".'],
    [
      '"secruity" in attributes.labels',
      '0: An item of "attributes.labels" is never "secruity"; it can be "ui" or "security".',
    ],
    ['attributes.labels.exists(l, l == "x")', '33: "l" is never "x"; it can be "ui" or "security".'],
    [
      'attributes.risk == attributes.size',
      '19: "attributes.risk" and "attributes.size" have no value in common.',
    ],
    ['level("mid") > 1', '6: Value 1 of "level" is never "mid"; it can be "low" or "high".'],
    [
      'revision.lines',
      '0: The condition gives a number, not true or false; compare it, for example with ">= 1".',
    ],
    [
      'attributes.title',
      '0: The condition gives text, not true or false; compare it, for example with "==".',
    ],
    [
      'revision.files',
      '0: The condition gives a list, not true or false; test its items with "exists" or "all".',
    ],
    ['revision', '0: The condition gives a group of values, not true or false; name one of its values.'],
    ['!attributes.title', '1: "!" takes true or false; "attributes.title" is text.'],
    ['attributes.frozen && revision.lines', '21: "&&" takes true or false; "revision.lines" is a number.'],
    [
      'attributes.risk > "low"',
      '0: ">" takes a number; "attributes.risk" is text.\n18: ">" takes a number; "low" is text.',
    ],
    [
      'attributes.title + "x" == "y"',
      '0: "+" takes a number; "attributes.title" is text.\n19: "+" takes a number; "x" is text.\n0: "==" compares values of one type; "attributes.title + "x"" is a number and "y" is text.',
    ],
    [
      'revision.lines == "3"',
      '0: "==" compares values of one type; "revision.lines" is a number and "3" is text.',
    ],
    [
      'revision.files == ["x"]',
      '0: "==" compares single values; "revision.files" is a list: use "in", "exists" or "all".',
    ],
    [
      'revision == 3',
      '0: "==" compares single values; "revision" is a group of values: name one of its values.',
    ],
    ['3 in revision.files', '0: "in" looks for one item; "3" is a number, an item is text.'],
    ['"x" in attributes.title', '7: "in" takes a list; "attributes.title" is text.'],
    ['"x" in []', '7: The list is empty, so nothing is in it; write "false".'],
    ['attributes.title in ["x", 3]', '20: The list ["x", 3] mixes types; its items must all be text.'],
    ['size(revision.lines) > 1', '5: "size" counts a text or a list; "revision.lines" is a number.'],
    ['attributes.title.exists(t, true)', '0: "exists" takes a list; "attributes.title" is text.'],
    [
      'revision.files.exists(votes, votes == "x")',
      '0: "votes" is a variable already; give the item another name.',
    ],
    ['revision.lines.startsWith("x")', '0: "startsWith" takes text; "revision.lines" is a number.'],
    ['own("x", revision.files)', '0: There is no function "own"; did you mean "owns"?'],
    ['anything()', '0: There is no function "anything"; known: "owns", "level".'],
    ['owns("x")', '0: "owns" takes 2 values, not 1.'],
    ['owns(1, revision.files)', '5: "owns" takes text here; "1" is a number.'],
  ])('is told so: %s', (text, expected) => {
    expect(problems(text).join('\n')).toBe(expected);
  });

  it('names no place where the tree came from the builder', () => {
    const tree: Condition = { kind: 'read', path: ['wind'] };
    expect(checkCondition(tree, scope)).toEqual([
      { message: 'There is no "wind"; known here: "attributes", "revision", "votes".' },
    ]);
  });
});

describe('a tree from the builder', () => {
  it.each<[string, Condition]>([
    ['1.5 is not a whole number between -(2^53 - 1) and 2^53 - 1.', { kind: 'literal', value: 1.5 }],
    ['-0 is not a whole number between -(2^53 - 1) and 2^53 - 1.', { kind: 'literal', value: -0 }],
    [
      '"a b" is not a name; names are letters, digits and "_" and start with no digit.',
      { kind: 'read', path: ['a b'] },
    ],
    [
      '"" is not a name; names are letters, digits and "_" and start with no digit.',
      { kind: 'read', path: [] },
    ],
    ['"and" joins two or more conditions; this one has fewer.', { kind: 'and', parts: [] }],
    ['"has" cannot be the name of a function; choose another.', { kind: 'call', name: 'has', args: [] }],
  ])('is refused where no text says the same: %s', (message, tree) => {
    expect(checkCondition(tree, scope)).toEqual([{ message }]);
  });

  it('is refused where it is too deep or too long, without being walked to its end', () => {
    let deep: Condition = { kind: 'literal', value: true };
    for (let i = 0; i < 100_000; i++) deep = { kind: 'not', of: deep };
    expect(checkCondition(deep, scope)).toEqual([
      { message: 'The condition is nested more than 32 levels deep; split it into several conditions.' },
    ]);
    const [long] = checkCondition({ kind: 'literal', value: 'x'.repeat(3_000) }, scope);
    expect(long?.message).toContain('it may have 2000');
  });
});

describe('the cost of a condition', () => {
  it('counts the body of a quantifier once per item the list may have', () => {
    expect(costOf(treeOf('revision.files.exists(f, f == "x")'), scope)).toBe(2 + 1_000 * 3);
    expect(costOf(treeOf('"x" in revision.files'), scope)).toBe(3 + 1_000);
    expect(costOf(treeOf('votes.all(v, "dev" in v.roles)'), scope)).toBe(2 + 50 * (3 + 5));
  });

  it('counts more for what takes longer: the length of a text, and a search for one that is not written out', () => {
    expect(costOf(treeOf('size(author) > 3'), scope)).toBe(2 + 2 + 4);
    expect(costOf(treeOf('size(revision.files) > 3'), scope)).toBe(2 + 2);
    expect(costOf(treeOf('author.contains("x")'), scope)).toBe(3);
    expect(costOf(treeOf('author.contains(author)'), scope)).toBe(3 + 12);
  });

  it('is a problem above 260,000 steps', () => {
    const text = 'revision.files.all(f, revision.files.exists(g, f == g))';
    expect(problems(text)).toEqual([
      '0: The condition may take 3002002 steps; it may take 260000. Ask less of each item, or put fewer lists inside each other.',
    ]);
  });
});
