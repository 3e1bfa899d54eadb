/**
 * Where one region has moved by itself and the step is as good as over. What regions ask privately tells nothing to anybody
 * else: once such a region stands still, the others may as well move in a step of their own. So the change is taken to rest
 * there, and what it has seen on the way need not be told apart. Nothing is lost by it: whatever would have gone on from
 * there goes on from the rest as well.
 */
import { firstOf, labelOf, leaving } from './check-asked.ts';
import type { Situation } from './check-chance.ts';
import { conditionsOn, isOpen, movedOne, placeKey } from './check-configuration.ts';
import { type Knowledge, keeping, NOTHING } from './check-knowledge.ts';
import type { Configuration, Key, Model, Place, TopPlace } from './check-model.ts';
import type { Conditional, ConditionText } from './definition.ts';

/** A move of a place where nothing was known, and what is known then. */
interface Take {
  readonly each: Conditional;
  /** The same array for the same transition. */
  readonly taken: readonly [Conditional];
  readonly label: readonly string[];
  readonly conditions: readonly ConditionText[];
  readonly facts: Knowledge;
}

/** What a place does by itself where nothing is known. */
interface PrivateMoves {
  readonly takes: readonly Take[];
  /** Whether all its conditions may fail at once. */
  readonly canStay: boolean;
  /** Whether one transition may be taken with different things known. */
  readonly isManifold: boolean;
}

/** What has been worked out of a model. */
interface Memory {
  readonly moves: Map<Place, PrivateMoves>;
  readonly privacy: Map<TopPlace, boolean>;
  /** Moves after which the region asks nothing, or something is known in it, and it stands still. */
  readonly still: Map<Take, boolean>;
  /** By what is active and which times are over: whether nothing around the regions goes there, whatever is known. */
  readonly calm: Map<Key, boolean>;
}

const memories = new WeakMap<Model, Memory>();

export function memoryOf(model: Model): Memory {
  const known = memories.get(model);
  if (known) return known;
  const memory = { moves: new Map(), privacy: new Map(), still: new Map(), calm: new Map() };
  memories.set(model, memory);
  return memory;
}

/** Regions whose moves are private read no region, and no time. */
const ANYWHERE: Situation = { top: { regions: [] }, inner: [], marks: [] };

/** Whether a change whose region `index` has just moved can as well rest here. */
export function isSettled(model: Model, at: Configuration, index: number): boolean {
  const { top, facts } = at;
  const place = at.inner[index];
  if (!place || isOpen(at) || !isPrivate(model, top)) return false;
  if (!facts.parts.every(({ fact }) => place.asks.has(fact))) return false;
  const memory = memoryOf(model);
  return canAllStay(memory, model, at) && standsStill(model, place, facts) && isCalm(memory, model, at);
}

/** The same for a move of a region that asks privately: where it ends, if the change can as well rest there. */
export function settledBy(
  memory: Memory,
  model: Model,
  at: Configuration,
  index: number,
  take: Take,
): Configuration | undefined {
  let is = memory.still.get(take);
  if (is === undefined) {
    const place = at.top.regions[index]?.places.get(take.each.to);
    is = place !== undefined && isOver(model, place, take.facts);
    memory.still.set(take, is);
  }
  if (!is) return undefined;
  const to = movedOne(at, index, take.each.to);
  return canAllStay(memory, model, to) && isCalm(memory, model, to) ? to : undefined;
}

/** Whether a region that has come to a place, where this is known, has nothing more to do in this step. */
function isOver(model: Model, place: Place, facts: Knowledge): boolean {
  if (place.whens.length === 0) return true;
  return keeping(facts, (fact) => place.asks.has(fact)) !== NOTHING && standsStill(model, place, facts);
}

function canAllStay(memory: Memory, model: Model, { inner }: Configuration): boolean {
  for (const each of inner)
    if (each.whens.length > 0 && !privateMoves(memory, model, each).canStay) return false;
  return true;
}

function standsStill(model: Model, place: Place, facts: Knowledge): boolean {
  let is = true;
  const take = () => {
    is = false;
  };
  firstOf(model, place.whens, facts, ANYWHERE, { take, none: () => undefined });
  return is;
}

/** Whether joins and conditions around the regions certainly stay, where nothing is known. */
export function isCalm({ calm }: Memory, model: Model, at: Configuration): boolean {
  if (at.top.leaving.length === 0) return true;
  const key = placeKey(at);
  const known = calm.get(key);
  if (known !== undefined) return known;
  let is = true;
  const leave = () => {
    is = false;
  };
  leaving(model, at, NOTHING, { leave, stay: () => undefined });
  calm.set(key, is);
  return is;
}

/** What a place whose region asks privately does by itself where nothing is known. */
export function privateMoves({ moves }: Memory, model: Model, place: Place): PrivateMoves {
  const known = moves.get(place);
  if (known) return known;
  const takes: Take[] = [];
  const ways = place.whens.map((each) => {
    const taken = [each] as const;
    return { taken, label: labelOf(taken), conditions: conditionsOn(taken) };
  });
  let canStay = false;
  firstOf(model, place.whens, NOTHING, ANYWHERE, {
    take: (each, index, facts) => {
      const way = ways[index];
      if (way) takes.push({ each, facts, ...way });
    },
    none: () => {
      canStay = true;
    },
  });
  const isManifold = new Set(takes.map(({ each }) => each)).size < takes.length;
  const made = { takes, canStay, isManifold };
  moves.set(place, made);
  return made;
}

/** Whether each region asks only what no other one and nothing around them asks, and the state is not come back to in one step. */
export function isPrivate(model: Model, top: TopPlace): boolean {
  const { privacy } = memoryOf(model);
  const known = privacy.get(top);
  if (known !== undefined) return known;
  const asked = top.regions.map(
    ({ places }) => new Set([...places.values()].flatMap(({ asks }) => [...asks])),
  );
  const all = [...asked, top.asks].flatMap((facts) => [...facts]);
  const is = !top.isCoupled && new Set(all).size === all.length && !comesBack(model, top);
  privacy.set(top, is);
  return is;
}

/** Whether joins and conditions lead from a state round to itself. */
function comesBack(model: Model, top: TopPlace): boolean {
  const seen = new Set(top.leaving.map(({ to }) => to));
  for (const name of seen) for (const { to } of model.tops.get(name)?.leaving ?? []) seen.add(to);
  return seen.has(top.path);
}
