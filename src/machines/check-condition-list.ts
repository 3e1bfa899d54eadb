/** Every condition of a definition with its place in the source, and what may be read where it stands. */
import { scopePath, transitionPath } from './check-paths.ts';
import { rulesOf } from './check-rules.ts';
import type { ConditionText, Definition, Transition } from './definition.ts';
import type { SourcePath } from './findings.ts';
import { type Scope, scopesOf } from './paths.ts';

export interface PlacedCondition {
  readonly text: ConditionText;
  readonly path: SourcePath;
  /** How it is called in a message: `"A -> B"`. */
  readonly what: string;
  /** Top-level states whose regions may be read, each on its own; none where no region may be. */
  readonly within: readonly string[];
  /**
   * `event`: judged where somebody sends something. `guard`: judged by the machine, which sees a region only as "is it in
   * this state". `ballot`: judged where the votes are counted, of `ballot`.
   */
  readonly kind: 'event' | 'guard' | 'ballot';
  readonly ballot?: string;
}

/** All conditions, in the order of the source. */
export function conditionsOf(definition: Definition): PlacedCondition[] {
  return [
    ...scopesOf(definition).flatMap((scope) => scope.transitions.flatMap((each) => guardOf(scope, each))),
    ...rulesOf(definition).flatMap(({ rule, at, what, within }): PlacedCondition[] =>
      rule.if === undefined ? [] : [{ text: rule.if, path: at('if'), what, within, kind: 'event' }],
    ),
    ...Object.keys(definition.ballots ?? {}).flatMap((name) => ballotConditions(definition, name)),
  ];
}

function guardOf(scope: Scope, transition: Transition): PlacedCondition[] {
  const path = transitionPath(scope, transition);
  const what = `"${transition.from} -> ${transition.to}"`;
  const within = [scopePath(scope)[1]?.toString() ?? transition.from];
  if (transition.on === 'when')
    return [{ text: transition.when, path: [...path, 'when'], what, within, kind: 'guard' }];
  if (transition.on === 'time' && transition.if !== undefined)
    return [{ text: transition.if, path: [...path, 'if'], what, within, kind: 'guard' }];
  return [];
}

function ballotConditions({ ballots = {} }: Definition, name: string): PlacedCondition[] {
  const ballot = Object.hasOwn(ballots, name) ? ballots[name] : undefined;
  if (!ballot) return [];
  const path = ['ballots', name];
  const placed = (text: ConditionText | undefined, ...below: (string | number)[]): PlacedCondition[] =>
    text === undefined
      ? []
      : [
          {
            text,
            path: [...path, ...below],
            what: `ballot "${name}"`,
            within: [],
            kind: 'ballot',
            ballot: name,
          },
        ];
  return [
    ...placed(ballot.if, 'applies'),
    ...placed(ballot.override, 'override'),
    ...ballot.needs.flatMap((need, index) => placed(need.if, 'needs', index, 'if')),
  ];
}
