/**
 * Every configuration a change can come to, whatever the conditions say: breadth first, with the shortest way to each. What
 * may go by itself is followed both ways; what goes for certain is not rested in.
 */
import { entered, isOpen, keyOf, type Move, Overflow } from './check-configuration.ts';
import { eventless } from './check-eventless.ts';
import { happenings } from './check-events.ts';
import type { Configuration, Key, Model } from './check-model.ts';
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
  /** Its place among all that were found. */
  readonly number: number;
  readonly at: Configuration;
  readonly key: Key;
  /** Whether the change can rest here. */
  canRest: boolean;
  /** Where one event or one step by itself can lead, each way of it, with the conditions that have to hold for it. */
  readonly ways: Way[];
  distance: number;
  via: { readonly from: Node; readonly label: readonly string[] } | undefined;
}

export interface Way {
  readonly from: Node;
  readonly to: Node;
  readonly by: Cause;
  readonly label: readonly string[];
  /** None where it is open whatever they say. */
  readonly conditions: readonly ConditionText[];
}

/** What a way is gone by: an event, or the step that goes on by itself, or such a step that ends with it. */
export type Cause = 'event' | 'going' | 'settling';

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
  const nodes = new Map<Key, Node>();
  const taken = new Set<Transition>();
  const waiting: Node[][] = [];
  const spend = spending(budget);
  const reach = (at: Configuration, distance: number, from?: Node, label: readonly string[] = []): Node => {
    const key = keyOf(at);
    const known = nodes.get(key);
    const node = known ?? fresh(at, key, nodes.size);
    if (distance < node.distance) {
      node.distance = distance;
      node.via = from && { from, label };
      waiting[distance] ??= [];
      waiting[distance]?.push(node);
    }
    if (known) return node;
    nodes.set(key, node);
    spend.configuration(at);
    return node;
  };
  const follow = (from: Node, move: Move, by: Cause, isSure = false) => {
    const { to, label, conditions } = move;
    spend.move(from.at);
    for (const each of move.taken) taken.add(each);
    const node = reach(to, from.distance + label.length, from, label);
    lead(from, node, by, label, isSure ? UNCONDITIONAL : conditions);
  };
  const done = new Set<Node>();
  reach(entered(model, model.initial), 0);
  // A state that is there for superseded changes is reached; but that all else is given up is no way out of anything.
  let superseded = model.superseded;
  for (let distance = 0; distance < waiting.length; distance += 1)
    for (const node of waiting[distance] ?? []) {
      if (done.has(node)) continue;
      done.add(node);
      const own = eventless(model, node.at);
      node.canRest = !own.mustGo;
      const isSure = own.mustGo && !own.moves.some(({ taken }) => taken.length === 0);
      for (const move of own.moves) follow(node, move, move.settles ? 'settling' : 'going', isSure);
      if (!node.canRest) continue;
      for (const move of happenings(model, node.at)) follow(node, move, 'event');
      if (superseded !== undefined && node.at.top.final === undefined) {
        reach(entered(model, superseded), distance + 1, node, ['change.supersede']);
        superseded = undefined;
      }
    }
  return { nodes: [...nodes.values()], taken };
}

/** Counts what is explored. Throws `Overflow` once the budget is spent. */
export function spending(budget: Budget): {
  readonly configuration: (at: Configuration) => void;
  readonly move: (from: Configuration) => void;
} {
  const spent = { all: 0, open: 0, moves: 0 };
  return {
    configuration: (at) => {
      spent.all += 1;
      if (isOpen(at)) spent.open += 1;
      if (spent.open > budget.configurations || spent.all > PASSING * budget.configurations)
        throw new Overflow();
    },
    move: (from) => {
      if (isOpen(from)) spent.moves += 1;
      if (spent.moves > budget.moves) throw new Overflow();
    },
  };
}

/** A configuration of which nothing is known yet. */
export function fresh(at: Configuration, key: Key, number: number): Node {
  return {
    number,
    at,
    key,
    canRest: true,
    ways: [],
    distance: Number.POSITIVE_INFINITY,
    via: undefined,
  };
}

const UNCONDITIONAL: readonly ConditionText[] = [];

/** Notes a way from one to another. */
export function lead(
  from: Node,
  to: Node,
  by: Cause,
  label: readonly string[],
  conditions = UNCONDITIONAL,
): void {
  from.ways.push({ from, to, by, label, conditions });
}

/** The shortest way to a configuration. */
export function traceTo(node: Node): string[] {
  const trace: string[] = [];
  for (let each: Node | undefined = node; each?.via; each = each.via.from) trace.unshift(...each.via.label);
  return trace;
}
