/** What authors may write, what is refused, and the sentence they get for it. */
import { describe, expect, it } from 'vitest';
import { parseCondition } from '../../../src/machines/conditions/parse.ts';
import { print } from '../../../src/machines/conditions/print.ts';

function problems(text: string): string[] {
  const parsed = parseCondition(text);
  return parsed.ok ? [] : parsed.problems.map(({ message, offset }) => `${offset}: ${message}`);
}

function canonical(text: string): string {
  const parsed = parseCondition(text);
  return parsed.ok ? print(parsed.tree) : problems(text).join('\n');
}

const ZERO = 'a missing value counts as "", 0, false or an empty list, so compare with that';
const PATTERN =
  '"matches" is left out, since patterns have no bounded cost; use startsWith, endsWith or contains.';
const ONLY_SUMS = 'is not part of conditions; numbers can be added and subtracted only.';
const NO_INDEX =
  'Picking one item with "[…]" is not part of conditions; write "value in list" or "list.exists(x, …)".';
const NO_TIME =
  'Times are not part of conditions; use a timer of the workflow, or declare a number or a function.';
const DEEP = 'The condition is nested more than 32 levels deep; split it into several conditions.';
const CHAIN =
  'Two comparisons in a row are read differently by people and programs; put parentheses around one of them.';

describe('the canonical text', () => {
  it.each([
    ["a == 'x'", 'a == "x"'],
    ['((a))&&(b&&c)', 'a && b && c'],
    ['a && (b || c)', 'a && (b || c)'],
    ['(a && b) || c', 'a && b || c'],
    ['!(a)  ||!(b&&c)', '!a || !(b && c)'],
    ['x.size()>3', 'size(x) > 3'],
    ['-5<n', '-5 < n'],
    ['n-(1-2)', 'n - (1 - 2)'],
    ['(n-1)-2', 'n - 1 - 2'],
    ['(a==b)==(c<d)', '(a == b) == (c < d)'],
    ['0x10 == n', '16 == n'],
    ['r"a\\b" == x // why', '"a\\\\b" == x'],
    ['size(f.filter(x, x.endsWith(".sql"))) >= 2', 'size(f.filter(x, x.endsWith(".sql"))) >= 2'],
  ])('of %s is %s', (text, expected) => {
    expect(canonical(text)).toBe(expected);
  });
});

describe('a construct conditions do not have', () => {
  it.each([
    ['a.b.matches("x.*")', `0: ${PATTERN}`],
    ['matches(a, "x")', `0: ${PATTERN}`],
    ['a * 2 == 4', `0: "*" ${ONLY_SUMS}`],
    ['4 == a / 2', `5: "/" ${ONLY_SUMS}`],
    ['a % 2 == 1', `0: "%" ${ONLY_SUMS}`],
    ['x && (a ? b : c)', '6: "a ? b : c" is not part of conditions; write "a && b || !a && c".'],
    ['a[0] == 1', `0: ${NO_INDEX}`],
    ['{"a": 1} == b', '0: "{…}" is not part of conditions; compare the single values instead.'],
    ['a == -b', '5: "-" in front of anything but a number is not part of conditions; write "0 - x".'],
    ['a == null', `5: "null" is not part of conditions: ${ZERO}.`],
    [
      'a > 1.5',
      '4: 1.5 is no whole number for conditions; use a smaller unit, for example 1500 instead of 1.5, and no "." or "e".',
    ],
    ['a > 1u', '4: Unsigned numbers (1u) are not part of conditions; write the number without "u".'],
    ['a == b"x"', '5: Bytes (b"…") are not part of conditions; write the text as "…".'],
    [
      'a < 9007199254740992',
      '4: 9007199254740992 is too large; numbers are between -(2^53 - 1) and 2^53 - 1.',
    ],
    ['has(a.b)', `0: "has(…)" is not needed: ${ZERO}.`],
    ['int(a) > 1', '0: "int(…)" converts values, which conditions do not; declare the variable as a number.'],
    [
      'uint(a) > 1',
      '0: "uint(…)" converts values, which conditions do not; declare the variable as a number.',
    ],
    [
      'double(a) > 1',
      '0: "double(…)" converts values, which conditions do not; declare the variable as a whole number.',
    ],
    [
      'string(a) == "1"',
      '0: "string(…)" converts values, which conditions do not; compare values of one type.',
    ],
    [
      'bool(a)',
      '0: "bool(…)" converts values, which conditions do not; declare the variable as true or false.',
    ],
    ['bytes(a) == b', '0: "bytes(…)" converts values, which conditions do not; compare text with text.'],
    ['dyn(a)', '0: "dyn(…)" hides a type, which conditions do not allow; compare values of one type.'],
    ['type(a) == b', '0: "type(…)" is not needed: every variable has one declared type.'],
    ['a < timestamp("2026-01-01T00:00:00Z")', `4: ${NO_TIME}`],
    ['a < duration("1h")', `4: ${NO_TIME}`],
    ['a.getHours() > 8', `0: ${NO_TIME}`],
    [
      'a.map(x, x) == b',
      '0: "map" is not part of conditions; test the items with "exists", "all" or "filter".',
    ],
    [
      'a.exists_one(x, x)',
      '0: "exists_one" is not part of conditions; write "size(list.filter(x, …)) == 1".',
    ],
    ['a.existsOne(x, x)', '0: "existsOne" is not part of conditions; write "size(list.filter(x, …)) == 1".'],
    [
      'a.transformList(x, x)',
      '0: "transformList" is not part of conditions; test the items with "exists", "all" or "filter".',
    ],
    [
      'a.trim() == b',
      '0: There is no ".trim(…)"; text has startsWith, endsWith and contains, lists have exists, all and filter, and a declared function is called as "trim(x, …)".',
    ],
    [
      'a in [b, 1]',
      '6: A list in "[…]" holds literals only; write "x == a || x == b" to compare with variables.',
    ],
    ['f(a).b == 1', '0: A field can only be read from a variable; start the path with the name of one.'],
    ['a == b < c', `5: ${CHAIN}`],
    ['a < b == c', `0: ${CHAIN}`],
    [
      'a.exists(x.y, true)',
      '11: "exists", "all" and "filter" begin with a plain name for one item, as in files.exists(f, f == "x").',
    ],
    ['a.exists(x)', '0: "exists" takes a name and a condition, as in files.exists(f, f == "x").'],
    ['a.startsWith()', '0: "startsWith" takes one text, as in x.startsWith("y").'],
    ['size(a, b) == 1', '0: "size" takes one text or list, as in size(x).'],
  ])('as in %s is refused at its place', (text, expected) => {
    expect(problems(text)).toEqual([expected]);
  });

  it('does not hide the next one', () => {
    expect(problems('a * 2 == 4 && b.matches("x") || c == null').map((each) => each.split(':')[0])).toEqual([
      '0',
      '14',
      '37',
    ]);
  });
});

describe('a slip of the pen', () => {
  it.each([
    ['', '0: The condition is empty; write "true" if it always holds.'],
    ['a ==', '4: The text ends where a value is expected.'],
    ['a == && b', '5: A value is expected here, not "&&".'],
    ['(a && b', '7: The text ends too early; a ")" is missing.'],
    ['a. == b', '3: "==" stands where a name is expected.'],
    ['a = "x"', '2: "=" does not belong here; write "==".'],
    ['a & b', '2: "&" does not belong here; write "&&".'],
    ['a and b', '2: "and" does not belong here; write "&&".'],
    ['a b', '2: "b" does not belong here; join conditions with "&&" or "||".'],
    ['a == "x', '5: This text has no closing quote on its line.'],
    ['if && b', '0: "if" is a word CEL keeps for itself; choose another name.'],
    ['a.__proto__ == 1', '0: "__proto__" is a word CEL keeps for itself; choose another name.'],
    ['a == "\\q"', '6: "\\q" cannot be read (Invalid escape sequence: \\q); correct it.'],
    ['a == "\ud800"', '5: The text "\\ud800" holds half a character (a lone surrogate); remove it.'],
  ])('as in %j is named', (text, expected) => {
    expect(problems(text)).toEqual([expected]);
  });
});

describe('the bounds of a text', () => {
  it('are 2,000 characters', () => {
    expect(problems('a'.padEnd(2001))).toEqual([
      '0: The condition has 2001 characters; it may have 2000. Split it into several conditions.',
    ]);
    expect(parseCondition('a'.padEnd(2000)).ok).toBe(true);
  });

  it('are 32 levels, however they are made', () => {
    expect(parseCondition(`${'!'.repeat(31)}a`).ok).toBe(true);
    for (const deep of [
      `${'!'.repeat(32)}a`,
      `${'!'.repeat(1990)}a`,
      `${'size('.repeat(40)}a${')'.repeat(40)}`,
      `a${' + a'.repeat(400)}`,
    ])
      expect(problems(deep).map((each) => each.replace(/^\d+: /, ''))).toEqual([DEEP]);
    expect(
      problems(`${'('.repeat(300)}a${')'.repeat(300)}`).map((each) => each.replace(/^\d+: /, '')),
    ).toEqual([DEEP]);
  });

  it('let a long row of "&&" pass, since it is not deep', () => {
    expect(parseCondition(Array.from({ length: 390 }, () => 'a').join(' && ')).ok).toBe(true);
  });
});
