/** What the exploration shows of a definition with conditions: what is never reached, never taken, and never left. */

import { bottomsOf } from './check-bottoms.ts';
import { inWords } from './check-configuration.ts';
import { type EventlessCycle, eventlessCycles } from './check-cycles.ts';
import { forestalled } from './check-dead.ts';
import { type Budget, type Exploration, explore, type Node, traceTo } from './check-explore.ts';
import type { Key } from './check-model.ts';
import { modelOf } from './check-model-of.ts';
import { scopePath, transitionPath } from './check-paths.ts';
import { type Proviso, providedIn } from './check-provided.ts';
import { joinFindings } from './check-regions.ts';
import { deadEnd, finalFindings } from './check-scope.ts';
import { stuckChoices } from './check-stuck.ts';
import { WaysBack } from './check-ways-back.ts';
import type { Definition, Transition } from './definition.ts';
import { type Finding, finding } from './findings.ts';
import { type Scope, scopesOf } from './paths.ts';

export interface Explored {
  readonly findings: readonly Finding[];
  /** Configurations in which a change can rest; an upper bound where they are too many to be seen. */
  readonly states: number;
  /** What the verdict rests on; empty where it holds whatever the conditions say. */
  readonly provided: readonly Proviso[];
}

/** Checks what counting cannot see; the names must have been checked, an unknown initial state is nothing to start from. */
export function checkExplored(
  definition: Definition,
  { wrong, budget }: { readonly wrong?: ReadonlySet<string>; readonly budget?: Budget } = {},
): Explored {
  const scopes = scopesOf(definition);
  const isStartable = scopes.every(({ initial, states }) => Object.hasOwn(states, initial));
  const [top] = scopes;
  const form = top ? [...formFindings(scopes, top), ...joinFindings(definition)] : [];
  const ways = (nodes: readonly Node[]) => (top ? deadEndFindings(top, nodes) : []);
  if (!top || !isStartable) return { findings: [...form, ...ways([])], states: 0, provided: [] };
  const model = modelOf(definition, wrong);
  const exploration = explore(model, budget);
  if (!exploration)
    return { findings: [...form, ...ways([]), undecided()], states: upperBound(definition), provided: [] };
  const { nodes } = exploration;
  const circling = eventlessCycles(model, nodes);
  const ends = nodes.filter(({ at }) => at.top.final !== undefined);
  const back = new WaysBack(nodes);
  const isReported = new Set(deadEnds(top));
  const hasEnd = Object.values(top.states).some(({ final }) => final !== undefined);
  return {
    findings: [
      ...form,
      ...ways(nodes),
      ...unreached(definition, scopes, exploration, circling),
      ...trapped(circling, nodes, ends, back, isReported, hasEnd),
      ...stuckChoices(definition, nodes, wrong),
    ],
    provided: providedIn(nodes, ends, back, wrong),
    states: new Set(nodes.filter(({ canRest }) => canRest).map(({ at }) => at.value)).size,
  };
}

function formFindings(scopes: readonly Scope[], top: Scope): Finding[] {
  return [
    ...scopes.flatMap((scope) =>
      finalFindings(
        scope,
        scope.transitions.filter((each) => isKnown(scope, each)),
      ).filter(
        // A region need not end where a condition or a trigger leads out of the state around it.
        ({ code }) => scope === top || code !== 'NO_FINAL_STATE',
      ),
    ),
  ];
}

/** States that nothing leaves, with the shortest ways there. */
function deadEndFindings(top: Scope, nodes: readonly Node[]): Finding[] {
  return deadEnds(top).map((name) => {
    const node = nearestIn(name, nodes);
    return deadEnd(top, name, node ? traceTo(node) : []);
  });
}

function isKnown({ states }: Scope, { from, to }: Transition): boolean {
  return Object.hasOwn(states, from) && Object.hasOwn(states, to);
}

function deadEnds(scope: Scope): string[] {
  return Object.entries(scope.states)
    .filter(
      ([name, { final }]) =>
        final === undefined && !scope.transitions.some((each) => each.from === name && isKnown(scope, each)),
    )
    .map(([name]) => name);
}

function unreached(
  definition: Definition,
  scopes: readonly Scope[],
  { nodes, taken }: Exploration,
  circling: readonly EventlessCycle[],
): Finding[] {
  // What never rests because it goes round for ever is reported as that.
  const passing = nearestByPath(circling.flatMap((each) => each.nodes));
  if (passing.size > 0)
    for (const path of nearestByPath(nodes.filter(({ canRest }) => canRest)).keys()) passing.delete(path);
  const seen = nearestByPath(nodes);
  return scopes.flatMap((scope) => {
    const around = scope.prefix.split('.')[0] ?? '';
    if (around !== '' && !seen.has(around)) return [];
    const isCalm = nodes.some(({ at, canRest }) => canRest && at.top.path === around);
    const dead = forestalled(scope, definition.includes);
    return [
      ...Object.keys(scope.states)
        .filter((name) => !seen.has(scope.prefix + name))
        .map((name) => unreachable(scope, name)),
      ...scope.transitions
        .filter((each) => isKnown(scope, each) && !taken.has(each) && !scope.states[each.from]?.final)
        .filter((each) => each.on !== 'join' || isJoinable(definition, each))
        .filter(({ from }) => !passing.has(scope.prefix + from))
        .map((each) =>
          deadTransition(scope, each, dead.get(each), seen.get(scope.prefix + each.from), isCalm),
        ),
    ];
  });
}

/** For each state, of the change and of regions, the configuration in which it is reached soonest. */
function nearestByPath(nodes: readonly Node[]): Map<string, Node> {
  const nearest = new Map<string, Node>();
  const note = (path: string, node: Node) => {
    const known = nearest.get(path);
    if (!known || node.distance < known.distance) nearest.set(path, node);
  };
  for (const node of nodes) {
    note(node.at.top.path, node);
    for (const { path } of node.at.inner) note(path, node);
  }
  return nearest;
}

/** Joins that can never be true by their form are reported as such. */
function isJoinable(definition: Definition, join: Transition): boolean {
  const hasRegions = definition.states[join.from]?.regions !== undefined;
  const path = transitionPath({ ...definition, prefix: '' }, join).join('/');
  return hasRegions && !joinFindings(definition).some((each) => each.path.join('/') === path);
}

function unreachable(scope: Scope, name: string): Finding {
  const message = `State "${scope.prefix}${name}" cannot be reached from "${scope.initial}"; add a transition to it or remove it.`;
  return finding('UNREACHABLE_STATE', message, [...scopePath(scope), 'states', name], 'key');
}

function deadTransition(
  scope: Scope,
  transition: Transition,
  forestalledBy: string | undefined,
  source: Node | undefined,
  isCalm: boolean,
): Finding {
  const why = source
    ? (forestalledBy ?? reasonFor(transition, isCalm || scope.prefix === ''))
    : `"${transition.from}" cannot be reached`;
  const message = `"${transition.from} -> ${transition.to}" can never fire: ${why}.`;
  const path = transitionPath(scope, transition);
  return { ...finding('DEAD_TRANSITION', message, path, 'key'), trace: source ? traceTo(source) : [] };
}

function reasonFor(transition: Transition, isCalm: boolean): string {
  if (!isCalm) return 'the state around it is left as soon as it is entered';
  switch (transition.on) {
    case 'trigger':
      return `its condition never holds there, or "${transition.trigger}" is always taken by something else first`;
    case 'when':
      return 'it never holds there, or something else always goes first';
    case 'join':
      return 'another join or condition always fires first';
    case 'time':
      return 'its condition never holds there, or the state never lasts so long';
    case 'revision':
      return 'a region or an earlier transition always takes the revision first, or the state never lasts so long';
  }
}

/** What never comes to an end: circles that go by themselves, standstills, and what moves for ever. */
function trapped(
  circling: readonly EventlessCycle[],
  nodes: readonly Node[],
  ends: readonly Node[],
  back: WaysBack,
  isReported: ReadonlySet<string>,
  hasEnd: boolean,
): Finding[] {
  const escaping = back.leadingTo(ends);
  const caught = nodes.filter((node) => !escaping.has(node));
  const still = caught.filter(({ canRest, ways }) => canRest && ways.length === 0);
  const known = [
    ...still,
    ...circling.flatMap((each) => each.nodes),
    ...caught.filter(({ at }) => isReported.has(at.top.path)),
  ];

  const explained = back.leadingTo(known);
  const lost = caught.filter((node) => !explained.has(node));
  return [
    ...circling.map(({ node, round }) => goesForEver(node, round)),
    ...listed(
      still.filter(({ at }) => !isReported.has(at.top.path)),
      standstill,
    ),
    ...(hasEnd ? listed(loopsIn(lost), livelock) : []),
  ];
}

/** Of each loop that is never left, the configuration that is reached soonest. */
function loopsIn(lost: readonly Node[]): Node[] {
  const loops = bottomsOf(lost, ({ ways }) => ways.map(({ to }) => to));
  return loops.flatMap((loop) => loop.filter(({ canRest }) => canRest).toSorted(sooner)[0] ?? []);
}

function sooner(a: Node, b: Node): number {
  return a.distance - b.distance;
}

/** At most so many findings of one kind are written out. */
const LISTED = 20;

/** The nearest ones, each where other regions or states are active; the last says how many more there are. */
function listed(nodes: readonly Node[], findingOf: (node: Node) => Finding): Finding[] {
  const nearest = new Map<Key, Node>();
  for (const node of nodes.toSorted(sooner))
    if (!nearest.has(node.at.value)) nearest.set(node.at.value, node);
  const more = nearest.size - LISTED;
  return [...nearest.values()].slice(0, LISTED).map((node, index) => {
    const found = findingOf(node);
    if (more <= 0 || index < LISTED - 1) return found;
    return { ...found, message: `${found.message} There are ${more} more like it.` };
  });
}

/** The configuration of a state that is reached soonest. */
function nearestIn(name: string, nodes: readonly Node[]): Node | undefined {
  let nearest: Node | undefined;
  for (const node of nodes)
    if (node.at.top.path === name && !(nearest && nearest.distance <= node.distance)) nearest = node;
  return nearest;
}

function goesForEver(node: Node, round: readonly string[]): Finding {
  const message = `From ${inWords(node.at)} the change goes round for ever by itself (${round.join(', ')}); make one of these conditions exclude another.`;
  return placed('EVENTLESS_CYCLE', message, node);
}

function standstill(node: Node): Finding {
  const message = `In ${inWords(node.at)} nothing can go on and no outcome is reached; add a way out.`;
  return placed('DEADLOCK', message, node);
}

function livelock(node: Node): Finding {
  const message = `From ${inWords(node.at)} the change can move but never reach an outcome; add a way out.`;
  return placed('LIVELOCK', message, node);
}

function placed(code: Finding['code'], message: string, node: Node): Finding {
  return { ...finding(code, message, ['states', node.at.top.path], 'key'), trace: traceTo(node) };
}

function undecided(): Finding {
  const message =
    'There are too many configurations to see whether all of them lead to an outcome; use fewer regions with conditions, or fewer states in them.';
  return { ...finding('UNDECIDED', message, ['states'], 'key'), severity: 'warning' };
}

export function upperBound({ states }: Definition): number {
  return Object.values(states).reduce((sum, { regions = {} }) => {
    const sizes = Object.values(regions).map((region) => Object.keys(region.states).length);
    return sum + sizes.reduce((product, size) => product * size, 1);
  }, 0);
}
