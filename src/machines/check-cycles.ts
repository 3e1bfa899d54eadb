/**
 * What goes by itself for ever: what has come out of a condition comes out the same all the way round, so a way that comes
 * back to the same configuration with the same knowledge never ends. Where votes are taken away on the way, and it is open
 * what they come to then, it need not go round a second time.
 */
import { isOpen, keyOf, type Move, placeKey } from './check-configuration.ts';
import { eventless } from './check-eventless.ts';
import type { Node } from './check-explore.ts';
import type { Key, Model } from './check-model.ts';

export interface EventlessCycle {
  readonly node: Node;
  /** What goes on the way round from there. */
  readonly round: readonly string[];
  /** The circle and what leads into it by itself. */
  readonly nodes: readonly Node[];
}

/** One configuration of each circle, the nearest, and the way round from there. */
export function eventlessCycles(model: Model, nodes: readonly Node[]): EventlessCycle[] {
  const left = circling(nodes);
  if (left.size === 0) return [];
  const byKey = new Map(nodes.map((node) => [node.key, node]));
  return grouped(left).flatMap((group) => {
    const round = roundIn(model, group, byKey);
    return round ? [{ ...round, nodes: group }] : [];
  });
}

/** Where a change goes by itself without coming to rest. */
function goingOn(node: Node): Node[] {
  const next: Node[] = [];
  for (const { by, to } of node.ways) if (by === 'going' && !isRest(node, to)) next.push(to);
  return next;
}

function isRest(node: Node, next: Node): boolean {
  return !isOpen(node.at) && isOpen(next.at) && placeKey(node.at) === placeKey(next.at);
}

/** Only circles and what leads into them: what nothing goes on from is cut away until nothing more is. */
function circling(nodes: readonly Node[]): Set<Node> {
  const degree = new Int32Array(nodes.length);
  const before: Node[][] = [];
  const ends: Node[] = [];
  for (const node of nodes) {
    const going = goingOn(node);
    for (const { number } of going) {
      const known = before[number];
      if (known) known.push(node);
      else before[number] = [node];
    }
    degree[node.number] = going.length;
    if (going.length === 0) ends.push(node);
  }
  for (const end of ends)
    for (const node of before[end.number] ?? []) {
      const count = (degree[node.number] ?? 0) - 1;
      degree[node.number] = count;
      if (count === 0) ends.push(node);
    }
  return new Set(nodes.filter(({ number }) => (degree[number] ?? 0) > 0));
}

/** Connected parts of what is left, whatever the direction and whatever is known; the nearest first. */
function grouped(left: ReadonlySet<Node>): Node[][] {
  const near = new Map<Node | Key, (Node | Key)[]>();
  const link = (a: Node | Key, b: Node | Key) => {
    near.set(a, [...(near.get(a) ?? []), b]);
    near.set(b, [...(near.get(b) ?? []), a]);
  };
  for (const node of left) {
    link(node, placeKey(node.at));
    for (const next of goingOn(node)) if (left.has(next)) link(node, next);
  }
  const isSeen = new Set<Node | Key>();
  const groups: Node[][] = [];
  for (const first of left) {
    if (isSeen.has(first)) continue;
    const group = new Set<Node | Key>([first]);
    for (const each of group) for (const other of near.get(each) ?? []) group.add(other);
    for (const each of group) isSeen.add(each);
    const nodes = [...group].filter((each) => typeof each === 'object');
    groups.push(nodes.toSorted((a, b) => a.distance - b.distance));
  }
  return groups;
}

interface Step {
  readonly move: Move;
  readonly to: Node;
}

/** The nearest way round: depth first, until one comes back to where it has been. */
function roundIn(model: Model, group: readonly Node[], byKey: ReadonlyMap<Key, Node>) {
  const inside = new Set(group);
  const steps = (node: Node): Step[] =>
    eventless(model, node.at).moves.flatMap((move) => {
      if (move.settles) return [];
      const to = byKey.get(keyOf(move.to));
      if (!to || !inside.has(to) || isRest(node, to)) return [];
      return move.taken.some((each) => each.on !== 'trigger' && model.knowing.reopens(each))
        ? []
        : [{ move, to }];
    });
  const isOver = new Set<Node>();
  for (const start of group) {
    const found = isOver.has(start) ? undefined : backFrom(start, steps, isOver);
    if (found) return found;
  }
  return undefined;
}

/** A depth-first search with its own stack: circles may be long. */
function backFrom(start: Node, steps: (node: Node) => Step[], isOver: Set<Node>) {
  const way = new Map<Node, { readonly left: Step[]; move?: Move }>([[start, { left: steps(start) }]]);
  const stack = [start];
  for (let node = stack.at(-1); node; node = stack.at(-1)) {
    const here = way.get(node);
    const step = here?.left.shift();
    if (!here || !step) {
      isOver.add(node);
      way.delete(node);
      stack.pop();
      continue;
    }
    here.move = step.move;
    if (way.has(step.to)) {
      const circle = fromNearest(stack.slice(stack.indexOf(step.to)));
      return {
        node: circle[0] ?? step.to,
        round: circle.flatMap((each) => way.get(each)?.move?.label ?? []),
      };
    }
    if (isOver.has(step.to)) continue;
    way.set(step.to, { left: steps(step.to) });
    stack.push(step.to);
  }
  return undefined;
}

/** The same circle, told from where it is entered soonest. */
function fromNearest(circle: readonly Node[]): Node[] {
  const nearest = Math.min(...circle.map(({ distance }) => distance));
  const first = circle.findIndex(({ distance }) => distance === nearest);
  return [...circle.slice(first), ...circle.slice(0, first)];
}
