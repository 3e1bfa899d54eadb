/**
 * Is a definition sound: does every reachable configuration lead to a final state, and can every transition fire?
 * Regions are checked one by one and joined by counting (`check-joins.ts`); nothing is enumerated and nothing guessed.
 */
import { forestalled } from './check-dead.ts';
import { checkNames, transitionPath } from './check-names.ts';
import { checkRegions, type RegionsVerdict } from './check-regions.ts';
import { checkScope, type Firing, timeLabel } from './check-scope.ts';
import type { Definition, Transition } from './definition.ts';
import { type Finding, finding } from './findings.ts';
import { scopesOf } from './paths.ts';

export interface Check {
  /** True only where it was proven. */
  readonly sound: boolean;
  readonly decided: boolean;
  /** Number of reachable configurations; an upper bound where `decided` is false. */
  readonly states: number;
  readonly findings: readonly Finding[];
}

/** Checks a definition. All defects are found, not only the first. */
export function check(definition: Definition): Check {
  const top = { ...definition, prefix: '' };
  const regions = new Map(
    Object.entries(definition.states).flatMap(([name, state]) =>
      state.regions ? [[name, checkRegions(definition, name)] as const] : [],
    ),
  );
  const dead = forestalled(top);
  const firing = (each: Transition) => firingOf(each, regions.get(each.from), dead);
  const stuck = new Set([...regions].flatMap(([name, { stuck }]) => (stuck ? [name] : [])));
  const { traces, findings } = checkScope(top, firing, stuck);
  const inRegions = [...regions].flatMap(([name, verdict]) =>
    verdict.findings.map((each) => ({ ...each, trace: [...(traces.get(name) ?? []), ...each.trace] })),
  );
  const all = [...checkNames(definition), ...strayJoins(definition), ...findings, ...inRegions];
  const decided = !all.some(({ code }) => code === 'UNDECIDED');
  return {
    sound: decided && !all.some(({ severity }) => severity === 'error'),
    decided,
    states: [...traces.keys()].reduce((sum, name) => sum + (regions.get(name)?.stable ?? 1), 0),
    findings: all,
  };
}

function firingOf(
  transition: Transition,
  regions: RegionsVerdict | undefined,
  dead: ReadonlyMap<Transition, string>,
): Firing {
  const never = dead.get(transition);
  if (never) return { never };
  if (transition.on === 'join') return regions?.joins.get(transition) ?? { never: undefined };
  const isRest = regions === undefined || regions.stable > 0;
  if (!isRest) return { never: 'a join leaves the state as soon as it is entered' };
  if (transition.on === 'time') return { label: [timeLabel(transition)] };
  if (regions?.preempted.has(transition))
    return { never: `a region always takes "${transition.trigger}" first` };
  return { label: [transition.trigger] };
}

function strayJoins(definition: Definition): Finding[] {
  return scopesOf(definition).flatMap((scope) =>
    scope.transitions.flatMap((each): Finding[] => {
      const state = Object.hasOwn(scope.states, each.from) ? scope.states[each.from] : undefined;
      if (each.on !== 'join' || !state || state.regions) return [];
      const message = `"${each.from} -> ${each.to}" joins regions, but "${each.from}" has none; give it regions or a trigger.`;
      return [finding('JOIN_WITHOUT_REGIONS', message, transitionPath(scope, each), 'key')];
    }),
  );
}
