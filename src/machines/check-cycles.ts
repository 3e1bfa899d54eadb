/**
 * What goes by itself for ever: conditions that lead round in a circle while nothing happens that could change them. Tried
 * with every consistent way in which the conditions on the circle can come out.
 */
import { openParts } from './check-chance.ts';
import type { Move } from './check-configuration.ts';
import { keyOf } from './check-configuration.ts';
import { eventless } from './check-eventless.ts';
import type { Node } from './check-explore.ts';
import { isSimple, valuesIn, withValue } from './check-facts.ts';
import type { Model } from './check-model.ts';
import { print } from './conditions/print.ts';
import type { Condition, Scalar } from './conditions/tree.ts';
import { readsOf } from './conditions/variables.ts';
import { treeOf } from './facts.ts';

/** Bounds of what is tried; past them only "everything that may be either does not hold" is. */
const MAX_PARTS = 10;
const MAX_STEPS = 50_000;

/** One configuration of each circle, the nearest, and the way round from there. */
export function eventlessCycles(
  model: Model,
  nodes: readonly Node[],
): { readonly node: Node; readonly round: readonly string[]; readonly nodes: readonly Node[] }[] {
  const byKey = new Map(nodes.map((node) => [node.key, node]));
  return circles(nodes).flatMap((circle) => {
    const parts = partsIn(circle);
    for (const assumed of assignments([...parts], circle.length)) {
      const walked = walk(model, circle, byKey, assumed);
      if (walked) return [{ ...walked, nodes: circle }];
    }
    return [];
  });
}

/** Groups of configurations that lead to each other by themselves (Tarjan's algorithm would do; the groups are small). */
function circles(nodes: readonly Node[]): Node[][] {
  // Cut away what nothing goes on from by itself, until only circles and what leads into them are left.
  const left = new Set(nodes.filter(({ going }) => going.size > 0));
  const before = new Map<Node, Node[]>();
  const degree = new Map<Node, number>();
  for (const node of left)
    for (const next of node.going) {
      before.set(next, [...(before.get(next) ?? []), node]);
      degree.set(node, (degree.get(node) ?? 0) + 1);
    }
  const ends = nodes.filter((node) => !left.has(node));
  for (const end of ends)
    for (const node of before.get(end) ?? []) {
      degree.set(node, (degree.get(node) ?? 0) - 1);
      if (degree.get(node) === 0 && left.delete(node)) ends.push(node);
    }
  return grouped(left);
}

/** Connected parts of what is left, whatever the direction. */
function grouped(left: ReadonlySet<Node>): Node[][] {
  const near = new Map<Node, Node[]>();
  const link = (a: Node, b: Node) => near.set(a, [...(near.get(a) ?? []), b]);
  for (const node of left)
    for (const next of node.going)
      if (left.has(next)) {
        link(node, next);
        link(next, node);
      }
  const rest = new Set(left);
  const groups: Node[][] = [];
  for (const first of left) {
    if (!rest.delete(first)) continue;
    const group = [first];
    for (const node of group)
      for (const each of near.get(node) ?? []) if (rest.delete(each)) group.push(each);
    groups.push(group.toSorted((a, b) => a.distance - b.distance));
  }
  return groups;
}

function partsIn(circle: readonly Node[]): Map<string, Condition> {
  const parts = new Map<string, Condition>();
  const texts = new Set(
    circle.flatMap(({ at }) => [
      ...at.inner.flatMap(({ whens }) => whens.map(({ when }) => when)),
      ...at.top.leaving.flatMap((each) => (each.on === 'when' ? [each.when] : [])),
    ]),
  );
  for (const text of texts) openParts(treeOf(text), parts);
  return parts;
}

type Assumed = ReadonlyMap<string, boolean>;

function* assignments(parts: readonly (readonly [string, Condition])[], size: number): Generator<Assumed> {
  const count = parts.length > MAX_PARTS || size * 2 ** parts.length > MAX_STEPS ? 1 : 2 ** parts.length;
  const cases = valuesIn(parts.map(([, part]) => part));
  for (let mask = 0; mask < count; mask += 1) {
    const assumed = new Map(parts.map(([text], index) => [text, (mask & (1 << index)) !== 0]));
    if (isConsistent(parts, assumed, cases)) yield assumed;
  }
}

/** Whether for every path some value makes all comparisons with it come out as assumed; lists and texts may be anything. */
function isConsistent(
  parts: readonly (readonly [string, Condition])[],
  assumed: Assumed,
  cases: ReadonlyMap<string, readonly Scalar[]>,
): boolean {
  return [...cases].every(([path, values]) => {
    const about = parts.filter(
      ([, part]) => isSimple(part) && readsOf(part).length === 1 && readsOf(part)[0] === path,
    );
    return values.some((value) =>
      about.every(([text, part]) => withValue(part, path, value) === assumed.get(text)),
    );
  });
}

/** Follows what goes by itself until it rests or comes back to where it was. */
function walk(model: Model, circle: readonly Node[], byKey: ReadonlyMap<string, Node>, assumed: Assumed) {
  const isOver = new Set<string>();
  const step = (node: Node): { readonly move: Move; readonly to: Node } | undefined => {
    const { moves, mustGo } = eventless(model, node.at, (part) => assumed.get(print(part)));
    const move = mustGo ? moves[0] : undefined;
    // Where votes are taken away on the way, conditions that ask for them come out differently the next time.
    if (!move || move.taken.some(({ void: ballots }) => asks(assumed, ballots))) return undefined;
    const to = byKey.get(keyOf(move.to));
    return to && { move, to };
  };
  for (const start of circle) {
    const way = new Set<string>();
    let node: Node | undefined = start;
    while (node && !isOver.has(node.key)) {
      isOver.add(node.key);
      way.add(node.key);
      const next: Node | undefined = step(node)?.to;
      if (next && way.has(next.key)) return { node: next, round: roundFrom(next, step) };
      node = next;
    }
  }
  return undefined;
}

function roundFrom(
  start: Node,
  step: (node: Node) => { readonly move: Move; readonly to: Node } | undefined,
): string[] {
  const round: string[] = [];
  let next = step(start);
  while (next) {
    round.push(...next.move.label);
    if (next.to === start) break;
    next = step(next.to);
  }
  return round;
}

function asks(assumed: Assumed, ballots: readonly string[] = []): boolean {
  return [...assumed.keys()].some((text) => ballots.some((name) => text.includes(`ballots.${name}.`)));
}
