/** The builder says what the text says: both give one tree. */
import { describe, expect, it } from 'vitest';
import {
  all,
  any,
  at,
  atLeast,
  atMost,
  call,
  contains,
  count,
  endsWith,
  every,
  holds,
  includes,
  is,
  isNot,
  isOneOf,
  lessThan,
  literal,
  minus,
  moreThan,
  not,
  plus,
  some,
  startsWith,
} from '../../../src/machines/conditions/build.ts';
import { parseCondition } from '../../../src/machines/conditions/parse.ts';
import type { Condition } from '../../../src/machines/conditions/tree.ts';
import { conditionsOn } from '../../../src/machines/conditions/typed.ts';
import { readsOf } from '../../../src/machines/conditions/variables.ts';

describe('the builder', () => {
  it.each<[string, Condition]>([
    ['attributes.risk == "high"', is('attributes.risk', 'high')],
    ['a != b.c', isNot('a', at('b.c'))],
    ['revision.lines >= 500', atLeast('revision.lines', 500)],
    ['a <= -1 || a < 2 || a > 3', any(atMost('a', -1), lessThan('a', 2), moreThan('a', 3))],
    ['a && b && !(c || d)', all(holds('a'), all(holds('b')), not(any(holds('c'), holds('d'))))],
    ['a in ["x", "y"]', isOneOf('a', ['x', 'y'])],
    ['a in b', isOneOf('a', at('b'))],
    ['"security" in labels', includes('labels', 'security')],
    ['revision.files.exists(it, it.startsWith("auth/"))', some('revision.files', startsWith('auth/'))],
    [
      'f.all(f1, f1.endsWith(".md") || f1.contains("x"))',
      every('f', (f) => any(endsWith('.md')(f), contains(f, 'x')), 'f1'),
    ],
    ['branch.startsWith("release/")', startsWith('branch', 'release/')],
    ['votes.exists(it, it.by == "ann")', some('votes', (vote) => is(at(vote, 'by'), 'ann'))],
    [
      'a.exists(it2, it2.b.exists(it, it == it2.c))',
      some('a', (outer) => some(at(outer, 'b'), (inner) => is(inner, at(outer, 'c')))),
    ],
    ['size(files) > 3', moreThan(count('files'), 3)],
    ['size(files.filter(it, it.endsWith(".sql"))) == 1', is(count('files', endsWith('.sql')), 1)],
    ['a + 1 - b == 0', is(minus(plus('a', 1), at('b')), 0)],
    ['owns("auth", a)', call('owns', 'auth', at('a'))],
    ['true', all()],
    ['false', any()],
    ['true', literal(true)],
  ])('gives the tree of %s', (text, tree) => {
    expect(parseCondition(text)).toEqual({ ok: true, tree });
  });

  it('refuses paths and values that are not declared, where the scope is known', () => {
    const on = conditionsOn({
      variables: {
        attributes: {
          record: { risk: { oneOf: ['low', 'high'] }, labels: { list: { oneOf: ['ui', 'db'] }, max: 9 } },
        },
        lines: 'int',
        frozen: 'bool',
      },
    });
    expect(on.is('attributes.risk', 'high')).toEqual(is('attributes.risk', 'high'));
    expect(on.includes('attributes.labels', 'db')).toEqual(includes('attributes.labels', 'db'));
    expect(all(on.atLeast('lines', 3), on.holds('frozen'))).toEqual(
      all(atLeast('lines', 3), holds('frozen')),
    );
    // @ts-expect-error: a typo in a value
    on.is('attributes.risk', 'hihg');
    // @ts-expect-error: a typo in a path
    on.is('attributes.rsik', 'high');
    // @ts-expect-error: not a number
    on.atLeast('attributes.risk', 3);
    // @ts-expect-error: not an item
    on.includes('attributes.labels', 'x');
  });
});

describe('what a condition reads', () => {
  it.each([
    ['a.b == c && a.b == "x"', ['a.b', 'c']],
    ['a.exists(f, f.x == g && b.all(f, f == h))', ['a', 'b', 'g', 'h']],
    ['f.exists(f, f == "x") && f.y', ['f', 'f.y']],
    ['size(l.filter(i, own(i, m))) > 1', ['l', 'm']],
    ['true', []],
  ])('is listed for %s', (text, expected) => {
    const parsed = parseCondition(text);
    expect(parsed.ok && readsOf(parsed.tree)).toEqual(expected);
  });
});
