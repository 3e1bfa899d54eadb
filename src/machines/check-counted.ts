/** The check by counting: scope by scope, regions one by one and then joined, without enumerating anything. */
import { forestalled } from './check-dead.ts';
import { checkRegions, type RegionsVerdict } from './check-regions.ts';
import { checkScope, type Firing, labelOf } from './check-scope.ts';
import type { Definition, Transition } from './definition.ts';
import type { Finding } from './findings.ts';

export interface Counted {
  readonly findings: readonly Finding[];
  /** Number of configurations in which a change can rest. */
  readonly states: number;
}

/** The structure, scope by scope. */
export function checkCounted(definition: Definition): Counted {
  const top = { ...definition, prefix: '' };
  const regions = new Map(
    Object.entries(definition.states).flatMap(([name, state]) =>
      state.regions ? [[name, checkRegions(definition, name)] as const] : [],
    ),
  );
  const dead = forestalled(top, definition.includes);
  const firing = (each: Transition) => firingOf(each, regions.get(each.from), dead);
  const stuck = new Set([...regions].flatMap(([name, { stuck }]) => (stuck ? [name] : [])));
  const { traces, findings } = checkScope(top, firing, stuck, definition.supersede?.to);
  const inRegions = [...regions].flatMap(([name, verdict]) =>
    verdict.findings.map((each) => ({ ...each, trace: [...(traces.get(name) ?? []), ...each.trace] })),
  );
  return {
    findings: [...findings, ...inRegions],
    states: [...traces.keys()].reduce((sum, name) => sum + (regions.get(name)?.stable ?? 1), 0),
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
  if (transition.on === 'trigger' && regions?.preempted.has(transition))
    return { never: `a region always takes "${transition.trigger}" first` };
  return { label: [labelOf(transition)] };
}
