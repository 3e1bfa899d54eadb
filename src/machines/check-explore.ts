/**
 * Every configuration a change can come to, whatever the conditions say: breadth first, with the shortest way to each. What
 * may go by itself is followed both ways; what goes for certain is not rested in.
 */
import { type Configuration, entered, isOpen, keyOf, type Move, Overflow } from './check-configuration.ts';
import { eventless } from './check-eventless.ts';
import { happenings } from './check-events.ts';
import type { Model } from './check-model.ts';
import type { ConditionText, Transition } from './definition.ts';

/**
 * Past so many configurations or moves nothing is decided; one core is busy with them for two or three seconds. Counted is
 * where a step may begin; what is passed on the way of one, with what it has shown by then, may be `PASSING` times as much.
 */
export interface Budget {
  readonly configurations: number;
  readonly moves: number;
}

const PASSING = 5;

const BUDGET: Budget = { configurations: 20_000, moves: 200_000 };

export interface Node {
  readonly at: Configuration;
  readonly key: string;
  /** Whether the change can rest here. */
  canRest: boolean;
  /** Where one event or one step by itself can lead. */
  readonly next: Set<Node>;
  /** The same, only by itself. */
  readonly going: Set<Node>;
  /** Every way on, with the conditions that have to hold for it; none where it is open whatever they say. */
  readonly ways?: Way[];
  distance: number;
  via: { readonly from: Node; readonly label: readonly string[] } | undefined;
}

export interface Way {
  readonly to: Node;
  readonly label: readonly string[];
  readonly conditions: readonly ConditionText[];
}

export interface Exploration {
  readonly nodes: readonly Node[];
  /** Transitions that were taken. */
  readonly taken: ReadonlySet<Transition>;
}

/** Undefined where the budget does not suffice. */
export function explore(model: Model, budget = BUDGET): Exploration | undefined {
  try {
    return explored(model, budget);
  } catch (error) {
    if (error instanceof Overflow) return undefined;
    throw error;
  }
}

function explored(model: Model, budget: Budget) {
  const nodes = new Map<string, Node>();
  const taken = new Set<Transition>();
  const waiting: Node[][] = [];
  let moves = 0;
  let open = 0;
  const reach = (at: Configuration, distance: number, via: Node['via']): Node => {
    const key = keyOf(at);
    const known = nodes.get(key);
    const node = known ?? fresh(at, key);
    if (distance < node.distance) {
      node.distance = distance;
      node.via = via;
      waiting[distance] ??= [];
      waiting[distance]?.push(node);
    }
    if (known) return node;
    nodes.set(key, node);
    if (isOpen(at)) open += 1;
    if (open > budget.configurations || nodes.size > PASSING * budget.configurations) throw new Overflow();
    return node;
  };
  const follow = (from: Node, { to, label, taken: by }: Move, isSure = false): Node => {
    if (isOpen(from.at)) moves += 1;
    if (moves > budget.moves) throw new Overflow();
    for (const each of by) taken.add(each);
    const node = reach(to, from.distance + label.length, { from, label });
    from.next.add(node);
    from.ways?.push({ to: node, label, conditions: isSure ? [] : by.flatMap(conditionOf) });
    return node;
  };
  const done = new Set<Node>();
  const first = reach(entered(model, model.initial), 0, undefined);
  // A state that is there for superseded changes is reached; but that all else is given up is no way out of anything.
  if (model.superseded !== undefined)
    reach(entered(model, model.superseded), 1, { from: first, label: ['change.supersede'] });
  for (let distance = 0; distance < waiting.length; distance += 1)
    for (const node of waiting[distance] ?? []) {
      if (done.has(node)) continue;
      done.add(node);
      const own = eventless(model, node.at);
      node.canRest = !own.mustGo;
      const isSure = own.mustGo && !own.moves.some(({ taken }) => taken.length === 0);
      for (const move of own.moves) node.going.add(follow(node, move, isSure));
      if (node.canRest) for (const move of happenings(model, node.at)) follow(node, move);
    }
  return { nodes: [...nodes.values()], taken };
}

function fresh(at: Configuration, key: string): Node {
  return {
    at,
    key,
    canRest: true,
    next: new Set(),
    going: new Set(),
    ways: [],
    distance: Number.POSITIVE_INFINITY,
    via: undefined,
  };
}

function conditionOf(transition: Transition): ConditionText[] {
  if (transition.on === 'when') return [transition.when];
  return 'if' in transition && transition.if !== undefined ? [transition.if] : [];
}

/** The shortest way to a configuration. */
export function traceTo(node: Node): string[] {
  const trace: string[] = [];
  for (let each: Node | undefined = node; each?.via; each = each.via.from) trace.unshift(...each.via.label);
  return trace;
}

/** All nodes from which one of `goals` can be reached, the goals included. */
export function leadingTo(
  goals: Iterable<Node>,
  nodes: readonly Node[],
  nextOf: ReadonlyMap<Node, ReadonlySet<Node>> = new Map(nodes.map((node) => [node, node.next])),
): Set<Node> {
  const before = new Map<Node, Node[]>();
  for (const node of nodes)
    for (const next of nextOf.get(node) ?? []) {
      const known = before.get(next);
      if (known) known.push(node);
      else before.set(next, [node]);
    }
  const reached = new Set(goals);
  for (const node of reached) for (const each of before.get(node) ?? []) reached.add(each);
  return reached;
}
