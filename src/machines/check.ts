/**
 * Is a definition sound: does every reachable configuration lead to a final state, and can every transition fire?
 * Regions are checked one by one and joined by counting (`check-joins.ts`), without enumerating anything. Where conditions,
 * votes or revisions tie regions together, counting does not see enough: there configurations are explored
 * (`check-explore.ts`). Sound then means: whatever the conditions say, as long as those that may hold can come to hold.
 */
import { checkAttributes } from './check-attributes.ts';
import { checkBallots } from './check-ballots.ts';
import { conditionsOf } from './check-condition-list.ts';
import { checkConditions } from './check-conditions.ts';
import { forestalled } from './check-dead.ts';
import { checkExplored } from './check-explored.ts';
import { checkNames } from './check-names.ts';
import { transitionPath } from './check-paths.ts';
import { checkRegions, type RegionsVerdict } from './check-regions.ts';
import { checkScope, type Firing, labelOf } from './check-scope.ts';
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
  const conditions = checkConditions(definition);
  const { findings: found, states } = needsExploring(definition)
    ? checkExplored(definition, { wrong: wrongConditions(definition, conditions) })
    : checkCounted(definition);
  const findings = [
    ...checkNames(definition),
    ...checkAttributes(definition),
    ...checkBallots(definition),
    ...conditions,
    ...strayJoins(definition),
    ...found,
  ];
  const decided = !findings.some(({ code }) => code === 'UNDECIDED');
  const sound = decided && !findings.some(({ severity }) => severity === 'error');
  return { sound, decided, states, findings };
}

/** Texts of conditions with a defect: what they come to is not known. */
function wrongConditions(definition: Definition, findings: readonly Finding[]): Set<string> {
  const places = new Set(findings.map(({ path }) => path.join('/')));
  const wrong = conditionsOf(definition).filter(({ path }) => places.has(path.join('/')));
  return new Set(wrong.map(({ text }) => text));
}

/** Whether something ties regions together, or leads out of final states, so that counting does not see it. */
function needsExploring(definition: Definition): boolean {
  return (
    Object.keys(definition.ballots ?? {}).length > 0 ||
    Object.values(definition.states).some(({ reopen }) => reopen !== undefined) ||
    scopesOf(definition).some(({ transitions }) =>
      transitions.some((each) => each.on === 'when' || each.on === 'revision' || ('if' in each && each.if)),
    )
  );
}

/** The structure, scope by scope. */
export function checkCounted(definition: Definition): Pick<Check, 'findings' | 'states'> {
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
