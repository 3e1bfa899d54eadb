/** Ballots: do they name what exists, can their needs be met, can their votes be cast, and does anything look at them? */
import type { Ballot, Need } from './ballot.ts';
import { conditionsOf } from './check-condition-list.ts';
import { covers } from './check-dead.ts';
import { holding, unknownBallots, unknownRole } from './check-names.ts';
import { placeFindings } from './check-places.ts';
import { readsOf } from './conditions/variables.ts';
import type { Definition } from './definition.ts';
import { treeOf } from './facts.ts';
import { type Finding, finding, type SourcePath } from './findings.ts';
import { leavingByPath } from './paths.ts';

export function checkBallots(definition: Definition): Finding[] {
  const { ballots = {} } = definition;
  const read = ballotsRead(definition);
  return [
    ...Object.entries(ballots).flatMap(([name, ballot]) => [
      ...placeFindings(definition, ballot.in, `voting in "${name}"`, ['ballots', name, 'in']),
      ...unknownBallots(ballot.apart, ballots, ['ballots', name, 'apart']),
      ...Object.keys(ballot.weights ?? {}).flatMap((role) =>
        unknownRole(definition, role, ['ballots', name, 'weights', role]).map((each) => ({
          ...each,
          at: 'key' as const,
        })),
      ),
      ...ballot.needs.flatMap((need, index) =>
        needFindings(definition, name, ballot, need, ['ballots', name, 'needs', index]),
      ),
      ...(read.has(name) ? [] : [unread(name)]),
    ]),
    ...shadowed(definition),
  ];
}

function ballotsRead(definition: Definition): Set<string> {
  const paths = conditionsOf(definition).flatMap(({ text }) => readsOf(treeOf(text)));
  return new Set(
    paths.flatMap((path) => {
      const [head, name] = path.split('.');
      return head === 'ballots' && name !== undefined ? [name] : [];
    }),
  );
}

function unread(name: string): Finding {
  const message = `No condition reads the ballot "${name}", so its votes decide nothing; use it, as in { when: 'ballots.${name}.passed' }, or remove it.`;
  return { ...finding('UNUSED_BALLOT', message, ['ballots', name], 'key'), severity: 'warning' };
}

function needFindings(
  definition: Definition,
  name: string,
  ballot: Ballot,
  need: Need,
  path: SourcePath,
): Finding[] {
  const [key, roles] = rolesOf(need);
  const unknown = roles.flatMap((role) => unknownRole(definition, role, [...path, key]));
  if (unknown.length > 0) return unknown;
  const why = impossibility(ballot, need);
  if (why) {
    const message = `A need of ballot "${name}" can never be satisfied: ${why}.`;
    return [finding('IMPOSSIBLE_NEED', message, path)];
  }
  return roles
    .filter((role) => !isHeard(definition, ballot, need, role))
    .map((role) => {
      const message = `A need of ballot "${name}" asks for votes of "${role}", but every vote there is for other roles (${castingRoles(ballot).join(', ')}): only who holds both could give them. Let "${role}" vote, or include one of these roles in it.`;
      return { ...finding('IMPOSSIBLE_NEED', message, [...path, key]), severity: 'warning' as const };
    });
}

function rolesOf(need: Need): readonly ['of' | 'each', readonly string[]] {
  if (need.kind === 'each') return ['each', need.of === 'owners' ? [] : need.of];
  if (need.kind === 'share' || need.kind === 'count') return ['of', need.of === undefined ? [] : [need.of]];
  return ['of', []];
}

/** Why nobody's vote can do it, or undefined. */
function impossibility(ballot: Ballot, need: Need): string | undefined {
  const least = leastFor(need);
  const values = Object.values(ballot.cast).flatMap(({ value }) =>
    typeof value === 'number' ? [value] : [],
  );
  const highest = Math.max(...values);
  if (values.length === 0) return 'none of its triggers casts a vote; let one, as in { approve: "approve" }';
  if (highest < least)
    return `it takes votes of ${least} or more and the highest that can be cast is ${highest}; let a trigger cast ${least}`;
  if (need.kind === 'weight' && weighsNothing(ballot))
    return 'everybody who may vote has weight 0; give a role more';
  return undefined;
}

function leastFor(need: Need): number {
  return need.kind === 'count' ? need.at : 1;
}

function weighsNothing({ cast, weights = {} }: Ballot): boolean {
  if (Object.values(weights).some((weight) => weight > 0)) return false;
  return Object.values(cast)
    .filter(({ value }) => typeof value === 'number' && value > 0)
    .every(({ roles }) => roles.length > 0 && roles.every((role) => Object.hasOwn(weights, role)));
}

/** Whether some vote that counts is open to who holds this role, or a role in which it is included. */
function isHeard({ includes }: Definition, ballot: Ballot, need: Need, role: string): boolean {
  return Object.values(ballot.cast)
    .filter(({ value }) => typeof value === 'number' && value >= leastFor(need))
    .some(
      ({ roles }) =>
        roles.length === 0 ||
        roles.some(
          (each) => each === role || holding(includes, role).has(each) || holding(includes, each).has(role),
        ),
    );
}

function castingRoles({ cast }: Ballot): string[] {
  return [
    ...new Set(
      Object.values(cast)
        .filter(({ value }) => typeof value === 'number')
        .flatMap(({ roles }) => roles),
    ),
  ].sort();
}

/** Votes that a transition (or another ballot's vote) by the same trigger in the same place always takes instead. */
function shadowed(definition: Definition): Finding[] {
  const found = new Map<string, Finding>();
  for (const [place, leaving] of leavingByPath(definition))
    for (const [index, rule] of leaving.entries()) {
      if (rule.ballot === undefined) continue;
      const rivals = leaving.slice(0, index).filter(({ trigger }) => trigger === rule.trigger);
      if (!covers(rivals, rule, definition.includes)) continue;
      const first = rivals[0]?.ballot;
      const taker = first === undefined ? `the transition from "${place}"` : `the ballot "${first}"`;
      const message = `"${rule.trigger}" never casts a vote in ballot "${rule.ballot}" where the change is in ${place}: ${taker} always takes it first; give one of them another trigger.`;
      const path = ['ballots', rule.ballot, 'cast', rule.trigger];
      found.set(path.join('.'), finding('SHADOWED_TRIGGER', message, path, 'key'));
    }
  return [...found.values()];
}
