/** Random scopes, conditions that fit them, and environments that fit them, for the rules. */
import fc from 'fast-check';
import { all, any } from '../../../src/machines/conditions/build.ts';
import type { ConditionFunction, Env } from '../../../src/machines/conditions/evaluate.ts';
import type { Condition, Quantifier, Scalar } from '../../../src/machines/conditions/tree.ts';
import {
  baseOf,
  type Fields,
  isList,
  isOneOf,
  type Scope,
  type Type,
} from '../../../src/machines/conditions/types.ts';

type Gen = <T>(make: () => fc.Arbitrary<T>) => T;

export const FUNCTIONS = {
  isLonger: {
    args: ['string', 'int'],
    result: 'bool',
    run: ([text, length]) => String(text).length > Number(length),
  },
  twice: { args: ['int'], result: 'int', run: ([number]) => 2 * Number(number) },
} as const satisfies Record<string, ConditionFunction>;

/** Overlapping, so that any two of them can be compared. */
const RANGES = [
  ['low', 'high'],
  ['high', 'higher', ''],
];

export interface Case {
  readonly scope: Scope;
  readonly tree: Condition;
  readonly env: Env;
}

/** `missing` is how often, of ten times, a value is left out of the environment. */
export function cases({ missing }: { missing: number }): fc.Arbitrary<Case> {
  return fc.gen().map((pick) => {
    const g: Gen = (make) => pick(make);
    const scope: Scope = { variables: fieldsOf(g, 3), functions: FUNCTIONS };
    const tree = bool(g, { reads: readsIn(scope.variables), depth: 5, locals: 0 });
    return { scope, tree, env: recordOf(g, scope.variables, missing) };
  });
}

const upTo = (g: Gen, max: number) => g(() => fc.nat(max));
function one<T>(g: Gen, options: readonly T[]): T {
  return g(() => fc.constantFrom(...options));
}

function fieldsOf(g: Gen, depth: number): Fields {
  const count = 2 + upTo(g, 3);
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`v${index}`, typeOf(g, depth - 1)]));
}

function typeOf(g: Gen, depth: number): Type {
  const kind = upTo(g, depth > 0 ? 6 : 4);
  if (kind === 0) return 'bool';
  if (kind === 1) return 'int';
  if (kind === 2) return 'string';
  if (kind === 3) return { oneOf: one(g, RANGES) };
  if (kind === 4) return { list: one<Type>(g, ['int', 'string', 'bool']), max: upTo(g, 4) };
  if (kind === 5) return { record: fieldsOf(g, depth) };
  return { list: { record: fieldsOf(g, depth) }, max: upTo(g, 3) };
}

/** A value of the type; undefined for what is left out. */
function valueFor(g: Gen, type: Type, missing: number): unknown {
  if (upTo(g, 9) < missing) return one(g, [undefined, null]);
  if (isOneOf(type)) return one(g, type.oneOf);
  if (isList(type)) return Array.from({ length: upTo(g, type.max) }, () => valueFor(g, type.list, missing));
  if (typeof type === 'object') return recordOf(g, type.record, missing);
  return scalar(g, type);
}

function recordOf(g: Gen, fields: Fields, missing: number): Env {
  return Object.fromEntries(Object.entries(fields).map(([name, type]) => [name, valueFor(g, type, missing)]));
}

const TEXTS = ['', 'low', 'high', 'higher', 'a"b', "it's", 'back\\slash', 'line\nbreak', 'ä€😀'];

function scalar(g: Gen, base: 'bool' | 'int' | 'string'): Scalar {
  if (base === 'bool') return g(fc.boolean);
  if (base === 'int') return g(() => fc.integer({ min: -3, max: 5 }));
  return upTo(g, 4) === 0 ? g(() => fc.string({ unit: 'binary', maxLength: 5 })) : one(g, TEXTS);
}

interface Reading {
  readonly path: readonly string[];
  readonly type: Type;
}

interface Place {
  readonly reads: readonly Reading[];
  readonly depth: number;
  /** How many quantifiers stand around it. */
  readonly locals: number;
}

function readsIn(fields: Fields, prefix: readonly string[] = []): Reading[] {
  return Object.entries(fields).flatMap(([name, type]) => readsOfType([...prefix, name], type));
}

function readsOfType(path: readonly string[], type: Type): Reading[] {
  return typeof type === 'object' && 'record' in type ? readsIn(type.record, path) : [{ path, type }];
}

const literal = (value: Scalar): Condition => ({ kind: 'literal', value });

function readOf(g: Gen, place: Place, base: 'bool' | 'int' | 'string'): Reading | undefined {
  const fitting = place.reads.filter(({ type }) => baseOf(type) === base);
  return fitting.length > 0 && upTo(g, 4) > 0 ? one(g, fitting) : undefined;
}

function bool(g: Gen, place: Place): Condition {
  const deeper = { ...place, depth: place.depth - 1 };
  if (place.depth <= 0) {
    const read = readOf(g, place, 'bool');
    return read ? { kind: 'read', path: read.path } : literal(g(fc.boolean));
  }
  switch (upTo(g, 10)) {
    case 0:
      return { kind: 'not', of: bool(g, deeper) };
    case 1:
      return all(...Array.from({ length: 2 + upTo(g, 1) }, () => bool(g, deeper)));
    case 2:
      return any(...Array.from({ length: 2 + upTo(g, 1) }, () => bool(g, deeper)));
    case 3:
      return {
        kind: 'compare',
        op: one(g, ['<', '<=', '>', '>=']),
        left: int(g, deeper),
        right: int(g, deeper),
      };
    case 4:
      return equality(g, deeper);
    case 5:
      return {
        kind: 'text',
        test: one(g, ['startsWith', 'endsWith', 'contains']),
        of: string(g, deeper),
        part: string(g, deeper),
      };
    case 6:
      return membership(g, deeper);
    case 7:
      return { kind: 'call', name: 'isLonger', args: [string(g, deeper), int(g, deeper)] };
    case 8:
    case 9:
      return quantifier(g, deeper, one(g, ['exists', 'all'])) ?? bool(g, deeper);
    default:
      return bool(g, { ...place, depth: 0 });
  }
}

function equality(g: Gen, place: Place): Condition {
  const op = one(g, ['==', '!='] as const);
  const base = one(g, ['bool', 'int', 'string'] as const);
  if (base === 'bool') return { kind: 'compare', op, left: bool(g, place), right: bool(g, place) };
  if (base === 'int') return { kind: 'compare', op, left: int(g, place), right: int(g, place) };
  // A variable with a range is compared with a value of its range only, text with any text.
  const read = readOf(g, place, 'string');
  const texts = { ...place, reads: place.reads.filter(({ type }) => type === 'string') };
  const left: Condition = read ? { kind: 'read', path: read.path } : literal(scalar(g, 'string'));
  const right = read && isOneOf(read.type) ? literal(one(g, read.type.oneOf)) : string(g, texts);
  return { kind: 'compare', op, left, right };
}

function int(g: Gen, place: Place): Condition {
  const deeper = { ...place, depth: place.depth - 1 };
  if (place.depth <= 0 || upTo(g, 2) === 0) {
    const read = readOf(g, place, 'int');
    return read ? { kind: 'read', path: read.path } : literal(scalar(g, 'int'));
  }
  switch (upTo(g, 3)) {
    case 0:
      return { kind: 'sum', op: one(g, ['+', '-']), left: int(g, deeper), right: int(g, deeper) };
    case 1:
      return { kind: 'size', of: string(g, deeper) };
    case 2:
      return { kind: 'call', name: 'twice', args: [int(g, deeper)] };
    default:
      return { kind: 'size', of: list(g, deeper)?.node ?? literal('four') };
  }
}

function string(g: Gen, place: Place): Condition {
  const read = readOf(g, place, 'string');
  return read ? { kind: 'read', path: read.path } : literal(scalar(g, 'string'));
}

/** A list literal, a variable, or a filtered one of either; with the type of its items. */
function list(g: Gen, place: Place): { node: Condition; item: Type } | undefined {
  const variables = place.reads.filter(({ type }) => isList(type));
  if (place.depth > 0 && upTo(g, 3) === 0) {
    const node = quantifier(g, place, 'filter');
    const item = node && itemOf(node, place);
    return node && item ? { node, item } : undefined;
  }
  if (variables.length > 0 && upTo(g, 3) > 0) {
    const { path, type } = one(g, variables);
    return isList(type) ? { node: { kind: 'read', path }, item: type.list } : undefined;
  }
  const base = one(g, ['bool', 'int', 'string'] as const);
  const items = Array.from({ length: 1 + upTo(g, 2) }, () => scalar(g, base));
  return { node: { kind: 'list', items }, item: base };
}

function itemOf(node: Condition, place: Place): Type | undefined {
  if (node.kind === 'filter') return itemOf(node.list, place);
  if (node.kind === 'list')
    return ({ boolean: 'bool', number: 'int', string: 'string' } as const)[typeof node.items[0] as 'boolean'];
  const found = place.reads.find(
    ({ path }) => node.kind === 'read' && path.join('.') === node.path.join('.'),
  );
  return isList(found?.type) ? found.type.list : undefined;
}

function quantifier(g: Gen, place: Place, kind: Quantifier['kind']): Condition | undefined {
  const found = list(g, { ...place, depth: place.depth - 1 });
  if (!found) return undefined;
  // Sometimes the name of an outer item, which it then hides.
  const index = upTo(g, 3) === 0 ? Math.max(0, place.locals - 1) : place.locals;
  const name = `item${index}`;
  const outside = place.reads.filter(({ path }) => path[0] !== name);
  const body = bool(g, {
    reads: [...outside, ...readsOfType([name], found.item)],
    depth: place.depth - 1,
    locals: index + 1,
  });
  return { kind, list: found.node, name, body };
}

function membership(g: Gen, place: Place): Condition {
  const found = list(g, place);
  if (!found || typeof found.item === 'object') return bool(g, { ...place, depth: 0 });
  const plain = { ...place, reads: place.reads.filter(({ type }) => !isOneOf(type)) };
  const make = { bool, int, string }[found.item];
  return { kind: 'in', item: make(g, plain), list: found.node };
}

/** Any tree of good form, whether its types make sense or not. */
export const formed: fc.Arbitrary<Condition> = fc.letrec<{ node: Condition }>((tie) => {
  const node = tie('node');
  const value = fc.oneof(
    fc.boolean(),
    fc.maxSafeInteger().map((n) => n || 0),
    fc.string({ unit: 'binary', maxLength: 6 }),
  );
  const name = fc.constantFrom('a', 'b', 'size', '_x', 'True', 'exists');
  return {
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      value.map((each): Condition => ({ kind: 'literal', value: each })),
      fc.array(name, { minLength: 1, maxLength: 3 }).map((path): Condition => ({ kind: 'read', path })),
      fc.array(value, { maxLength: 3 }).map((items): Condition => ({ kind: 'list', items })),
      fc.tuple(node, node, fc.boolean()).map(([a, b, both]) => (both ? all(a, b) : any(a, b))),
      node.map((of): Condition => ({ kind: 'not', of })),
      node.map((of): Condition => ({ kind: 'size', of })),
      fc.record({
        kind: fc.constant('compare' as const),
        op: fc.constantFrom('==', '!=', '<', '<=', '>', '>='),
        left: node,
        right: node,
      }),
      fc.record({
        kind: fc.constant('sum' as const),
        op: fc.constantFrom('+', '-'),
        left: node,
        right: node,
      }),
      fc.record({ kind: fc.constant('in' as const), item: node, list: node }),
      fc.record({
        kind: fc.constant('text' as const),
        test: fc.constantFrom('startsWith', 'endsWith', 'contains'),
        of: node,
        part: node,
      }),
      fc.record({ kind: fc.constantFrom('exists', 'all', 'filter'), list: node, name, body: node }),
      fc.record({
        kind: fc.constant('call' as const),
        name: fc.constantFrom('f', 'g'),
        args: fc.array(node, { maxLength: 3 }),
      }),
    ),
  };
}).node;
