/**
 * What a net comes to. A workflow net is sound where it can always complete, completes properly, and has no dead transition
 * (van der Aalst 1998); with several sinks, where no place ever holds two tokens and a marking of sinks alone can always be
 * reached (Fahland et al. 2011). Any other net is described. The reduced net is asked first, the net itself as far as it is small.
 */

import { type Defect, defectsOf } from './defects.ts';
import { type Explored, explore, LIMITS, type Limits } from './explore.ts';
import { type Ends, endsOf, type Net, started, workflowEnds } from './net.ts';
import { reduce } from './reduce.ts';

export interface NetVerdict {
  readonly kind: 'workflow' | 'general';
  /** Null of a general net, for which soundness means nothing, and where nothing was decided. */
  readonly sound: boolean | null;
  readonly decided: boolean;
  /** The size of the reachability graph; null where it was not counted. */
  readonly states: number | null;
  readonly edges: number | null;
  /** Whether no place ever holds two tokens; null where unknown. */
  readonly safe: boolean | null;
  /** The most tokens a place ever holds; null where unknown or unbounded. */
  readonly bound: number | null;
  /** How many markings have no successor; null where not counted. */
  readonly dead: number | null;
  readonly sources: readonly string[];
  readonly sinks: readonly string[];
  readonly findings: readonly Defect[];
}

export interface NetOptions {
  readonly limits?: Limits;
  /** Markings counted of a net that the reduction already decided. */
  readonly count?: number;
}

const COUNT = 20_000;
/** 2^20 markings at least, where twenty transitions do not get in each other's way. */
const CONCURRENT = 20;

export function checkNet(net: Net, { limits = LIMITS, count = COUNT }: NetOptions = {}): NetVerdict {
  const ends = workflowEnds(net);
  if (!ends) return general(net, limits);
  const start = started(net, ends);
  const reduced = reduce(start, ends);
  const small = reduced && explore(reduced.net, limits);
  const counted = small?.complete
    ? { ...limits, markings: Math.min(count, limits.markings), concurrent: CONCURRENT }
    : limits;
  const whole = explore(start, counted);
  if (whole.complete || whole.covering || !reduced || !small) return workflow(start, ends, whole);
  const ways = reduced.standsFor;
  const verdict = workflow(reduced.net, reduced.ends, small, (index) => [...(ways[index] ?? [])], start);
  return { ...verdict, states: null, edges: null, dead: null };
}

type Unfold = (transition: number) => readonly number[];

/** `shown` is the net whose names the traces are in, where it is not the explored one. */
function workflow(
  net: Net,
  ends: Ends,
  seen: Explored,
  unfold: Unfold = (t) => [t],
  shown = net,
): NetVerdict {
  const named = (index: number) =>
    seen.trace(index).flatMap((step) => unfold(step).map((each) => shown.transitions[each]?.name ?? ''));
  const findings = defectsOf(net, ends, seen, named);
  const broken = findings.some(({ severity }) => severity === 'error');
  const decided = seen.complete || broken;
  return {
    kind: 'workflow',
    sound: decided ? !broken : null,
    decided,
    ...figures(seen),
    sources: [net.places[ends.source] ?? ''],
    sinks: ends.sinks.map((sink) => net.places[sink] ?? ''),
    findings,
  };
}

function general(net: Net, limits: Limits): NetVerdict {
  const seen = explore(net, limits);
  const { sources, sinks } = endsOf(net);
  const named = (index: number) => seen.trace(index).map((step) => net.transitions[step]?.name ?? '');
  return {
    kind: 'general',
    sound: null,
    decided: seen.complete || seen.covering !== undefined,
    ...figures(seen),
    sources: sources.map((place) => net.places[place] ?? ''),
    sinks: sinks.map((place) => net.places[place] ?? ''),
    findings: defectsOf(net, undefined, seen, named),
  };
}

function figures({ complete, states, edges, bound, unsafe, covering, dead }: Explored) {
  return {
    states: complete ? states : null,
    edges: complete ? edges : null,
    safe: unsafe !== undefined || covering ? false : complete ? true : null,
    bound: complete ? bound : null,
    dead: complete ? dead.length : null,
  };
}
