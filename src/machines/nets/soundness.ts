/**
 * What a net comes to. A workflow net is sound where it can always complete, completes properly, and has no dead transition
 * (van der Aalst 1998); with several sinks, where no place ever holds two tokens and a marking of sinks alone can always be
 * reached (Fahland et al. 2011). Any other net is described. The reduced net is asked first, the net itself where that one finds
 * something or cannot be made: its traces are the shortest.
 */
import { sizeOf } from './count.ts';
import { type Defect, defectsOf } from './defects.ts';
import { type Explored, explore, LIMITS, type Limits } from './explore.ts';
import { boundsBy, placeInvariants } from './invariants.ts';
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
  /** Markings looked at, at most, in a net that the reduction already decided. */
  readonly count?: number;
}

const COUNT = 20_000;
const COUNT_BYTES = 200_000_000;
/** 2^20 markings at least, where twenty transitions do not get in each other's way. */
const CONCURRENT = 20;

export function checkNet(net: Net, { limits = LIMITS, count = COUNT }: NetOptions = {}): NetVerdict {
  const ends = workflowEnds(net);
  if (!ends) return informed(net, general(net, limits));
  const start = started(net, ends);
  const reduced = reduce(start, ends);
  const small = reduced && explore(reduced.net, limits);
  const quick = reduced && small && workflow(reduced.net, reduced.ends, small, reduced.standsFor, start);
  const within = {
    ...limits,
    markings: Math.min(count, limits.markings),
    bytes: Math.min(COUNT_BYTES, limits.bytes),
    concurrent: CONCURRENT,
  };
  if (quick?.sound && quick.safe && quick.findings.length === 0)
    return {
      ...quick,
      ...(sizeOf(start, ends, within) ?? UNCOUNTED),
    };
  const whole = explore(start, small?.complete || small?.covering ? within : limits);
  if (whole.complete || whole.covering || !quick) return informed(start, workflow(start, ends, whole));
  return informed(start, { ...quick, ...UNCOUNTED, bound: quick.safe ? quick.bound : null, dead: null });
}

const UNCOUNTED = { states: null, edges: null };

/** What place invariants say where the search ended before it knew. */
function informed(net: Net, verdict: NetVerdict): NetVerdict {
  const isKnown = verdict.bound !== null || verdict.safe === false;
  const invariants = isKnown ? undefined : placeInvariants(net);
  const bound = invariants && boundsBy(invariants, net).reduce((max, each) => Math.max(max, each), 0);
  return bound === undefined || bound === Number.POSITIVE_INFINITY || bound > 1
    ? verdict
    : { ...verdict, safe: true, bound };
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
    findings: [notOne(sources.length, sinks.length), ...defectsOf(net, undefined, seen, named)],
  };
}

/** Why it is no workflow net, and what was done instead. */
function notOne(sources: number, sinks: number): Defect {
  const why =
    sources !== 1
      ? `${sources === 0 ? 'no place is' : `${sources} places are`} without a way in, and it takes one`
      : sinks === 0
        ? 'no place is without a way out'
        : 'its marking is not exactly one token on its source';
  const message = `This is no workflow net: ${why}. It was searched as any net, for its markings, edges, bound and dead markings.`;
  return { code: 'NO_WORKFLOW', severity: 'warning', message, trace: [] };
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
