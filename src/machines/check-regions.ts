/** The regions of one state and the joins over them: every region on its own, then all of them by counting. */
import { covers, forestalled } from './check-dead.ts';
import { type JoinVerdict, judgeJoins, type RegionSummary, restingIn } from './check-joins.ts';
import { transitionPath } from './check-paths.ts';
import { checkScope, type Firing, labelOf, type ScopeVerdict } from './check-scope.ts';
import type { Definition, Joined, Outcome, Transition, Triggered } from './definition.ts';
import { type Finding, finding } from './findings.ts';
import { countingFinals, needed } from './joins.ts';
import { type Scope, scopesOf } from './paths.ts';
import { lastWay } from './repair-ways.ts';

export interface RegionsVerdict {
  /** Configurations of the regions in which the change can rest. */
  readonly stable: number;
  readonly joins: ReadonlyMap<Joined, Firing>;
  /** Triggered transitions of the state that a region always takes first. */
  readonly preempted: ReadonlySet<Triggered>;
  /** True where all regions can have ended and nothing goes on. */
  readonly stuck: boolean;
  /** Traces start where the state is entered. */
  readonly findings: readonly Finding[];
}

interface CheckedRegion extends ScopeVerdict {
  readonly scope: Scope;
  readonly summary: RegionSummary;
}

/** Checks the regions of `state` and the joins that leave it. */
export function checkRegions(definition: Definition, state: string): RegionsVerdict {
  const scopes = scopesOf(definition).filter(({ prefix }) => prefix.startsWith(`${state}.`));
  const leaving = definition.transitions.filter(({ from }) => from === state);
  const joins = leaving.filter((each): each is Joined => each.on === 'join');
  const checked = scopes.map((scope): CheckedRegion => {
    const verdict = checkScope(scope, firingInside(scope, definition.includes));
    return { scope, ...verdict, summary: summary(scope, verdict.traces) };
  });
  const verdict = judgeJoins(
    checked.map((region) => region.summary),
    joins,
  );
  const impossible = new Map(joins.flatMap((join) => impossibility(definition, state, join)));
  const isCoupled = isUndecidable(sharedTriggers(scopes), leaving);
  const hasOtherWay = leaving.length === 0 || leaving.some(({ on }) => on !== 'join');
  const stuck = isCoupled || hasOtherWay ? [] : verdict.stuck;
  return {
    stable: verdict.stable,
    joins: new Map(
      joins.map((join) => [
        join,
        joinFiring(join, verdict, { isImpossible: impossible.has(join), isCoupled }),
      ]),
    ),
    preempted: preempted(leaving, checked, joins),
    stuck: stuck.length > 0,
    findings: [
      ...checked.flatMap((each) => each.findings),
      ...[...impossible].map(([join, why]) => joinImpossible(definition, join, why)),
      ...deadlocks(definition, state, stuck),
      ...(isCoupled ? [undecided(state)] : []),
    ],
  };
}

/** Shared triggers matter to joins that do not wait for all regions, and to the same trigger on the state itself. */
function isUndecidable(shared: ReadonlySet<string>, leaving: readonly Transition[]): boolean {
  if (shared.size === 0) return false;
  return leaving.some((each) => {
    if (each.on === 'trigger') return shared.has(each.trigger);
    return each.on === 'join' && (each.join !== 'all' || each.ending !== undefined);
  });
}

/** Joins that can never be true by their form, for the whole definition. */
export function joinFindings(definition: Definition): Finding[] {
  return definition.transitions.flatMap((each) =>
    each.on === 'join' && Object.hasOwn(definition.states, each.from) && definition.states[each.from]?.regions
      ? impossibility(definition, each.from, each).map(([join, why]) => joinImpossible(definition, join, why))
      : [],
  );
}

function joinImpossible(definition: Definition, join: Joined, why: string): Finding {
  const path = transitionPath({ ...definition, prefix: '' }, join);
  return finding('JOIN_IMPOSSIBLE', `"${join.from} -> ${join.to}" can never join: ${why}.`, path, 'key');
}

/** At most so many are written out, the nearest first. */
const LISTED = 20;

function deadlocks(definition: Definition, state: string, stuck: JoinVerdict['stuck']): Finding[] {
  const repair = `${lastWay(definition, state, 'join', '{ join = "all" }')}.`;
  const more = stuck.length > LISTED ? ` There are ${stuck.length - LISTED} more like it.` : '';
  return stuck.slice(0, LISTED).map(({ endings, trace }, index) => {
    const end = index === LISTED - 1 ? more : '';
    const message = `All regions of "${state}" can end (${endings.join(', ')}) and nothing goes on; add a join for this.${end}`;
    return { ...finding('DEADLOCK', message, ['states', state], 'key'), trace, repair };
  });
}

function firingInside(scope: Scope, includes: Definition['includes']): (transition: Transition) => Firing {
  const dead = forestalled(scope, includes);
  return (transition) => {
    if (transition.on === 'join') return { never: undefined };
    const never = dead.get(transition);
    if (never) return { never };
    return { label: [labelOf(transition)] };
  };
}

function summary({ prefix, states }: Scope, traces: ReadonlyMap<string, readonly string[]>): RegionSummary {
  const endings = new Map<Outcome, { count: number; trace: readonly string[] }>();
  let open = 0;
  for (const [name, trace] of traces) {
    const outcome = states[name]?.final;
    const known = outcome && endings.get(outcome);
    if (!outcome) open += 1;
    else if (!known) endings.set(outcome, { count: 1, trace });
    else endings.set(outcome, { count: known.count + 1, trace: shorter(known.trace, trace) });
  }
  return { name: prefix.split('.')[1] ?? '', open, endings };
}

function shorter(a: readonly string[], b: readonly string[]): readonly string[] {
  return b.length < a.length ? b : a;
}

/** Why a join can never be true, whatever the regions do. */
function impossibility(definition: Definition, state: string, join: Joined): [Joined, string][] {
  const regions = Object.values(definition.states[state]?.regions ?? {});
  const k = needed(join.join, regions.length);
  const asked = k === 1 ? '1 region' : `${k} regions`;
  const able = regions.filter((region) => countingFinals(region, join.ending).length > 0).length;
  if (k > regions.length) return [[join, `it needs ${asked} and "${state}" has ${regions.length}`]];
  if (k <= able) return [];
  const ending = join.ending ? ` as ${join.ending}` : '';
  return [[join, `it needs ${asked} to end${ending} and ${able} of "${state}" can`]];
}

function joinFiring(
  join: Joined,
  { fires }: JoinVerdict,
  facts: { readonly isImpossible: boolean; readonly isCoupled: boolean },
): Firing {
  if (facts.isImpossible) return { never: undefined };
  const label = fires.get(join);
  if (label) return { label };
  return facts.isCoupled ? { label: [] } : { never: 'another join always fires first' };
}

/** Two regions that hear the same trigger move together, which counting does not see. */
function sharedTriggers(scopes: readonly Scope[]): Set<string> {
  const heard = scopes.map(
    ({ transitions }) =>
      new Set(transitions.flatMap((each) => (each.on === 'trigger' ? [each.trigger] : []))),
  );
  return new Set(
    heard.flatMap((one, index) =>
      [...one].filter((each) => heard.slice(index + 1).some((other) => other.has(each))),
    ),
  );
}

/** Inner transitions come first: a trigger of the state itself needs a configuration in which no region takes it. */
function preempted(
  leaving: readonly Transition[],
  checked: readonly CheckedRegion[],
  joins: readonly Joined[],
): Set<Triggered> {
  const rules = leaving.filter((each): each is Triggered => each.on === 'trigger');
  return new Set(
    rules.filter(
      (rule) =>
        restingIn(
          checked.map((region) => letting(rule, region)),
          joins,
        ) === 0,
    ),
  );
}

/** The region, counting only open states that let the rule's trigger through to the state around. */
function letting(rule: Triggered, { scope, traces, summary }: CheckedRegion): RegionSummary {
  const takes = (name: string) =>
    covers(
      scope.transitions.filter(
        (each): each is Triggered =>
          each.on === 'trigger' && each.from === name && each.trigger === rule.trigger,
      ),
      rule,
    );
  const open = [...traces.keys()].filter((name) => !scope.states[name]?.final && !takes(name)).length;
  return { ...summary, open };
}

function undecided(state: string): Finding {
  const message = `Regions of "${state}" share a trigger, so what its joins see could not be decided; give each region its own.`;
  return { ...finding('UNDECIDED', message, ['states', state], 'key'), severity: 'warning' };
}
