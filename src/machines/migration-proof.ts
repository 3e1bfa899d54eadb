/**
 * Is a plan safe? Every configuration that a change of the old version can rest in, and every one that is live, has to land
 * in a configuration of the new version from which an outcome can be reached, whatever the conditions say. The new version
 * is explored from where changes land, which need not be where it leads by itself.
 */
import type { StateValue } from 'xstate';
import { entered, keyOf, type Move, Overflow, standing } from './check-configuration.ts';
import { eventlessCycles } from './check-cycles.ts';
import { eventless } from './check-eventless.ts';
import { happenings } from './check-events.ts';
import { type Cause, explore, fresh, lead, type Node, spending } from './check-explore.ts';
import type { Configuration, Key, Model } from './check-model.ts';
import { modelOf } from './check-model-of.ts';
import { WaysBack } from './check-ways-back.ts';
import type { Definition } from './definition.ts';
import {
  type Landed,
  landing,
  type MigrationPlan,
  type MigrationProblem,
  partsOf,
  placeKey,
  placeText,
  planProblems,
} from './migration.ts';
import { timerIn } from './migration-carry.ts';

/** Past so many configurations or moves of the new version nothing is decided; counted as the exploration counts them. */
const BUDGET = { configurations: 20_000, moves: 200_000 };

export interface ProvenLanding {
  readonly from: StateValue;
  /** Null where it cannot land. */
  readonly to: StateValue | null;
  readonly problem: MigrationProblem | null;
}

export interface MigrationProof {
  /** True only where it was shown that no change can be lost. */
  readonly proven: boolean;
  /** One for each configuration that a change can rest in, and each live one. */
  readonly landings: readonly ProvenLanding[];
  readonly problems: readonly MigrationProblem[];
}

interface Candidate {
  readonly value: StateValue;
  /** Times that are over, as the exploration marks them. */
  readonly marks: readonly string[];
}

/** `live` are the state values of changes that are under way. */
export function prove(
  from: Definition,
  to: Definition,
  plan: MigrationPlan,
  live: readonly StateValue[] = [],
): MigrationProof {
  const problems = planProblems(from, to, plan);
  const reached = restsOf(from);
  if (!reached) problems.push(undecided('old'));
  const candidates = [...(reached ?? []), ...live.map((value) => ({ value, marks: [] }))];
  const landed = candidates.map((each) => ({ each, at: landing(each.value, to, plan) }));
  const canEscape = escapes(modelOf(to), landed, plan);
  if (!canEscape) problems.push(undecided('new'));
  const left = new Set<string>();
  const landings = new Map<string, ProvenLanding>();
  for (const { each, at } of landed) {
    const key = placeKey(each.value);
    const proven = provenOf(each, at, canEscape);
    if (!landings.has(key) || proven.problem) landings.set(key, proven);
    if ('left' in at) for (const region of at.left) left.add(region);
  }
  for (const { problem } of landings.values())
    if (problem && !problems.some(({ message }) => message === problem.message)) problems.push(problem);
  for (const region of left) problems.push(regionLeft(region));
  return {
    proven: !problems.some(({ severity }) => severity === 'error'),
    landings: [...landings.values()],
    problems,
  };
}

function provenOf(each: Candidate, at: Landed, canEscape: Escape | undefined): ProvenLanding {
  if ('problem' in at) return { from: each.value, to: null, problem: at.problem };
  const problem = canEscape && !canEscape(each, at.value) ? trap(each.value, at.value) : null;
  return { from: each.value, to: at.value, problem };
}

/** Every configuration in which a change can rest; undefined where they are too many. */
function restsOf(definition: Definition): Candidate[] | undefined {
  const exploration = explore(modelOf(definition));
  return exploration?.nodes
    .filter(({ canRest, at }) => canRest && at.top.final === undefined)
    .map(({ at }) => ({ value: stateValue(at), marks: at.marks }));
}

function stateValue({ top, inner }: Configuration): StateValue {
  if (top.regions.length === 0) return top.path;
  return {
    [top.path]: Object.fromEntries(top.regions.map(({ name }, index) => [name, inner[index]?.name ?? ''])),
  };
}

type Escape = (from: Candidate, to: StateValue) => boolean;

/** Whether an outcome can be reached from where these land; undefined where that is too much to see. */
function escapes(
  model: Model,
  landed: readonly { readonly each: Candidate; readonly at: Landed }[],
  plan: MigrationPlan,
): Escape | undefined {
  const starts = new Map<string, Configuration>();
  const nameOf = ({ marks }: Candidate, to: StateValue) => JSON.stringify([to, marks]);
  for (const { each, at } of landed)
    if ('value' in at) {
      const start = configurationOf(model, at.value);
      const marks = marksIn(start, each, at.paths, plan);
      starts.set(nameOf(each, at.value), standing(start.top, start.inner, marks));
    }
  const nodes = reachedFrom(model, [...starts.values()]);
  if (!nodes) return undefined;
  const ends = [...nodes.values()].filter(({ at }) => at.top.final !== undefined);
  const all = [...nodes.values()];
  const circling = new Set(eventlessCycles(model, all).flatMap((each) => each.nodes));
  const escaping = new WaysBack(all).leadingTo(ends);
  const safe = new Map(
    [...starts].map(([name, start]) => {
      const node = nodes.get(keyOf(start));
      return [name, node !== undefined && escaping.has(node) && !leads(node, circling)];
    }),
  );
  return (from, to) => safe.get(nameOf(from, to)) === true;
}

/** Whether a change may come, by itself, to where it goes round for ever. */
function leads(node: Node, circling: ReadonlySet<Node>): boolean {
  if (circling.size === 0) return false;
  const seen = new Set([node]);
  for (const each of seen) {
    if (circling.has(each)) return true;
    for (const { by, to } of each.ways) if (by !== 'event') seen.add(to);
  }
  return false;
}

function configurationOf(model: Model, value: StateValue): Configuration {
  const { top, inner } = partsOf(value);
  const start = entered(model, top);
  const placed = new Map(inner);
  const places = start.top.regions.map(({ name, places, initial }, index) => {
    const place = places.get(placed.get(name) ?? initial) ?? start.inner[index];
    return place as Configuration['inner'][number];
  });
  return standing(start.top, places, []);
}

/** Times that are over stay over where the new version notes the same; transitions by time begin anew. */
function marksIn(
  { top, inner }: Configuration,
  { marks }: Candidate,
  paths: ReadonlyMap<string, string>,
  plan: MigrationPlan,
): string[] {
  const clocks = new Set([top, ...inner].flatMap((place) => place.clocks.map(({ mark }) => mark)));
  const moved = marks.flatMap((mark) => {
    if (!mark.includes(':')) return [];
    const name = timerIn(mark, paths, plan);
    return name !== undefined && clocks.has(name) && plan.timers[name] !== 'reset' ? [name] : [];
  });
  return moved.sort();
}

/** Everything that can follow; undefined where it is more than the budget allows. */
function reachedFrom(model: Model, starts: readonly Configuration[]): Map<Key, Node> | undefined {
  const nodes = new Map<Key, Node>();
  const spend = spending(BUDGET);
  const reach = (at: Configuration): Node => {
    const key = keyOf(at);
    const known = nodes.get(key);
    if (known) return known;
    const node = fresh(at, key, nodes.size);
    node.distance = 0;
    nodes.set(key, node);
    spend.configuration(at);
    return node;
  };
  try {
    for (const start of starts) reach(start);
    for (const node of nodes.values()) {
      const own = eventless(model, node.at);
      node.canRest = !own.mustGo;
      const go = ({ to, label }: Move, by: Cause) => {
        spend.move(node.at);
        lead(node, reach(to), by, label);
      };
      for (const move of own.moves) go(move, move.settles ? 'settling' : 'going');
      if (node.canRest) for (const move of happenings(model, node.at)) go(move, 'event');
    }
  } catch (error) {
    if (error instanceof Overflow) return undefined;
    throw error;
  }
  return nodes;
}

function trap(from: StateValue, to: StateValue): MigrationProblem {
  const message = `What is in "${placeText(from)}" would land in "${placeText(to)}", from where the new version reaches no outcome; let it land somewhere else.`;
  return { code: 'TRAP', severity: 'error', message };
}

function regionLeft(region: string): MigrationProblem {
  const message = `The new version has no region "${region}": what was decided there is left behind.`;
  return { code: 'REGION_LEFT', severity: 'warning', message };
}

function undecided(which: 'old' | 'new'): MigrationProblem {
  const isOld = which === 'old';
  const message = isOld
    ? 'The old version has too many configurations to look at each: only those are proven that are live now.'
    : 'The new version has too many configurations to see whether all of them lead to an outcome.';
  return { code: 'UNDECIDED', severity: isOld ? 'warning' : 'error', message };
}
