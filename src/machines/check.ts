/**
 * Is a definition sound: does every reachable configuration lead to a final state, and can every transition fire?
 * Regions are checked one by one and joined by counting (`check-joins.ts`), without enumerating anything. Where conditions,
 * votes or revisions tie regions together, counting does not see enough: there configurations are explored
 * (`check-explore.ts`). Sound then means: whatever the conditions say, as long as those that may hold can come to hold.
 */
import { checkApart } from './check-apart.ts';
import { checkAttributes } from './check-attributes.ts';
import { checkBallots } from './check-ballots.ts';
import { conditionsOf } from './check-condition-list.ts';
import { checkConditions } from './check-conditions.ts';
import { checkCounted } from './check-counted.ts';
import { checkExplored, type Explored } from './check-explored.ts';
import { checkNames } from './check-names.ts';
import { transitionPath } from './check-paths.ts';
import type { Proviso } from './check-provided.ts';
import { withRepairs } from './check-repairs.ts';
import type { Definition } from './definition.ts';
import { type Finding, finding } from './findings.ts';
import { scopesOf } from './paths.ts';

export { checkCounted } from './check-counted.ts';

export interface Check {
  /** True only where it was proven. */
  readonly sound: boolean;
  readonly decided: boolean;
  /** Number of reachable configurations; an upper bound where `decided` is false. */
  readonly states: number;
  readonly findings: readonly Finding[];
  /**
   * What a sound verdict rests on: in these states the way on needs one of these conditions to come to hold. Empty where the
   * definition is sound whatever the conditions say; without meaning where it is not sound.
   */
  readonly provided: readonly Proviso[];
}

/** Checks a definition. All defects are found, not only the first. */
export function check(definition: Definition): Check {
  const conditions = checkConditions(definition);
  const {
    findings: found,
    states,
    provided,
  } = needsExploring(definition)
    ? exploredOrApart(definition, wrongConditions(definition, conditions))
    : { ...checkCounted(definition), provided: [] };
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
  return { sound, decided, states, findings: withRepairs(definition, findings), provided };
}

function exploredOrApart(definition: Definition, wrong: ReadonlySet<string>): Explored {
  return checkApart(definition, wrong) ?? checkExplored(definition, { wrong });
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
