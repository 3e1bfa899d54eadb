/** The defects that the markings of a net show, each with the shortest way there, and all of them that are certain. */
import type { FindingCode } from '../findings.ts';
import { type Coverability, coverability } from './coverability.ts';
import type { Explored } from './explore.ts';
import { type Ends, markingText, type Net } from './net.ts';
import { emptySiphon } from './siphon.ts';
import { trapsIn } from './traps.ts';

export interface Defect {
  readonly code: FindingCode;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** Transitions from the start, by name. */
  readonly trace: readonly string[];
  /** The marking that shows it: tokens by the name of the place; absent for a transition that never fires. */
  readonly marking?: Readonly<Record<string, number>>;
  /** The place or transition that it is about, or the first of them: where the author should look. */
  readonly names?: string;
}

/** Findings of one code that are listed; a last one counts the others. */
const LISTED = 20;

type Named = (index: number) => string[];

/** In the order in which they are best repaired. `ends` are those of a workflow net. */
export function defectsOf(net: Net, ends: Ends | undefined, seen: Explored, named: Named): Defect[] {
  const tree = seen.covering && coverability(net);
  const defects = [...growing(net, seen, named, tree), ...crowded(net, ends, seen, named)];
  if (ends) defects.push(...endings(net, ends, seen, named), ...stuckLoops(net, ends, seen, named));
  else defects.push(...listed(seen.dead, (index) => stuck(net, seen, named, index, 'warning')));
  defects.push(...unfired(net, ends, firingIn(net, seen, tree)));
  if (!seen.complete && !seen.covering) defects.push(undecided(seen));
  return defects;
}

function growing(net: Net, seen: Explored, named: Named, tree?: Coverability): Defect[] {
  if (!seen.covering) return [];
  const [index, below] = seen.covering;
  const [after, before] = [seen.marking(index), seen.marking(below)];
  const gained = after.map((tokens, place) => tokens - (before[place] ?? 0));
  const places = [...(tree?.growing ?? [])].map((place) => net.places[place] ?? '');
  const all = places.length > 1 ? ` These places can grow so: ${few(places)}.` : '';
  const message = `Tokens can grow without end: the last ${plural(seen.trace(index).length - seen.trace(below).length, 'transition')} of the trace can be repeated, and each time they add ${markingText(net, gained)}.${all}`;
  const first = markedOf(net, gained);
  return [
    { code: 'UNBOUNDED', severity: 'error', message, ...shown(net, after), trace: named(index), ...first },
  ];
}

/** Two tokens on one place: an error only where several sinks make safety a part of soundness. */
function crowded(net: Net, ends: Ends | undefined, seen: Explored, named: Named): Defect[] {
  if (seen.unsafe === undefined || seen.covering || !ends) return [];
  const marking = seen.marking(seen.unsafe);
  const place = net.places[marking.findIndex((tokens) => tokens > 1)] ?? '';
  const severity = ends.sinks.length > 1 ? 'error' : 'warning';
  const message = `Place "${place}" can hold ${Math.max(...marking)} tokens at once.`;
  return [
    { code: 'UNSAFE', severity, message, ...shown(net, marking), trace: named(seen.unsafe), names: place },
  ];
}

/** Dead markings that are no proper end, and, with one sink, any marking where it is reached too early. */
function endings(net: Net, ends: Ends, seen: Explored, named: Named): Defect[] {
  const defects: Defect[] = [];
  const early = ends.sinks.length === 1 ? firstEarly(ends, seen) : undefined;
  if (early !== undefined) defects.push(improper(net, ends, seen, named, early));
  const wrong = seen.dead.filter((index) => !isFinal(ends, seen, index));
  const left = wrong.filter((index) => ends.sinks.every((sink) => seen.tokens(index, sink) === 0));
  defects.push(...listed(left, (index) => stuck(net, seen, named, index, 'error')));
  const first = wrong.find((index) => ends.sinks.some((sink) => seen.tokens(index, sink) > 0));
  if (early === undefined && first !== undefined) defects.push(improper(net, ends, seen, named, first));
  return defects;
}

function firstEarly({ sinks }: Ends, seen: Explored): number | undefined {
  const [sink = 0] = sinks;
  for (let index = 0; index < seen.states; index++)
    if (seen.tokens(index, sink) > 0 && seen.total(index) > 1) return index;
  return undefined;
}

/** Markings from which nothing ends, neither well nor in a dead marking: the net runs in circles for ever. */
function stuckLoops(net: Net, ends: Ends, seen: Explored, named: Named): Defect[] {
  if (!seen.complete) return [];
  const goals = new Set(seen.dead);
  for (let index = 0; index < seen.states; index++) if (isFinal(ends, seen, index)) goals.add(index);
  const trapped: number[] = [];
  for (const [index, escapes] of seen.reaching(goals).entries()) if (!escapes) trapped.push(index);
  return listed(trapsIn(trapped, seen.next), (index) => {
    const marking = seen.marking(index);
    const message = `Once at ${markingText(net, marking)}, the net goes on for ever and no end can be reached.`;
    const first = markedOf(net, marking);
    return {
      ...{ code: 'LIVELOCK', severity: 'error', message },
      ...shown(net, marking),
      ...{ trace: named(index), ...first },
    };
  });
}

/** Which transitions may fire: all but those of which it is certain that they never do. */
function firingIn(
  net: Net,
  { complete, fired }: Explored,
  tree?: Coverability,
): (transition: number) => boolean {
  if (complete) return (transition) => fired[transition] === 1;
  if (tree?.complete) return (transition) => tree.fired.has(transition);
  const empty = emptySiphon(net);
  return (transition) => !net.transitions[transition]?.pre.some(([place]) => empty.has(place));
}

function unfired(
  { transitions }: Net,
  ends: Ends | undefined,
  canFire: (transition: number) => boolean,
): Defect[] {
  const severity = ends?.sinks.length === 1 ? 'error' : 'warning';
  const dead = transitions.flatMap(({ name }, index) => (canFire(index) ? [] : [name]));
  return listed(dead, (name) => {
    const message = `Transition "${name}" can never fire: its input places never hold what it needs at the same time.`;
    return { code: 'DEAD_TRANSITION', severity, message, trace: [], names: name };
  });
}

function undecided({ states, edges }: Explored): Defect {
  const message = `The net was not searched to its end: ${plural(states, 'marking')} and ${plural(edges, 'edge')} were seen; what is said of it holds all the same.`;
  return { code: 'UNDECIDED', severity: 'warning', message, trace: [] };
}

function stuck(net: Net, seen: Explored, named: Named, index: number, severity: Defect['severity']): Defect {
  const marking = seen.marking(index);
  const message = `No transition can fire any more at ${markingText(net, marking)}.`;
  const first = markedOf(net, marking);
  return { code: 'DEADLOCK', severity, message, ...shown(net, marking), trace: named(index), ...first };
}

function improper(net: Net, { sinks }: Ends, seen: Explored, named: Named, index: number): Defect {
  const marking = seen.marking(index);
  const rest = marking.map((tokens, place) => (sinks.includes(place) ? Math.max(0, tokens - 1) : tokens));
  const message = `The end is reached while ${markingText(net, rest)} still holds a token.`;
  const code = 'IMPROPER_COMPLETION';
  const first = markedOf(net, rest);
  return { code, severity: 'error', message, ...shown(net, marking), trace: named(index), ...first };
}

/** One sink: exactly one token there and nowhere else. Several: sinks alone are marked. */
function isFinal({ sinks }: Ends, seen: Explored, index: number): boolean {
  const total = seen.total(index);
  const ended = sinks.reduce((sum, sink) => sum + seen.tokens(index, sink), 0);
  return ended > 0 && ended === total && (sinks.length > 1 || total === 1);
}

function shown({ places }: Net, marking: readonly number[]): Pick<Defect, 'marking'> {
  const entries = marking.flatMap((tokens, place) => (tokens > 0 ? [[places[place] ?? '', tokens]] : []));
  return { marking: Object.fromEntries(entries) };
}

/** The first place that the marking, and the sentence about it, names. */
function markedOf({ places }: Net, marking: readonly number[]): Pick<Defect, 'names'> {
  const names = places[marking.findIndex((tokens) => tokens > 0)];
  return names === undefined ? {} : { names };
}

function listed<T>(all: readonly T[], defect: (one: T) => Defect): Defect[] {
  const first = all.slice(0, LISTED).map(defect);
  const [last] = first.slice(-1);
  if (!last || all.length <= LISTED) return first;
  const { code, severity } = last;
  return [
    ...first,
    { code, severity, message: `There are ${all.length - LISTED} more of this kind.`, trace: [] },
  ];
}

function few(names: readonly string[]): string {
  const more = names.length > 10 ? ` and ${names.length - 10} more` : '';
  return `${names.slice(0, 10).join(', ')}${more}`;
}

function plural(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
}
