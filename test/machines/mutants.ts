/** Definitions with one mistake each, of the kinds that people make: everything that can be forgotten or mixed up once. */
import { print } from '../../src/machines/conditions/print.ts';
import type { Definition, State, Transition } from '../../src/machines/definition.ts';
import { treeOf } from '../../src/machines/facts.ts';
import type { FindingCode } from '../../src/machines/findings.ts';
import { scopesOf } from '../../src/machines/paths.ts';

export interface Mutant {
  readonly operator: string;
  /** What was changed. */
  readonly name: string;
  readonly definition: Definition;
  /** One of these has to be found. */
  readonly expected: readonly FindingCode[];
}

const STRUCTURE: readonly FindingCode[] = [
  'DEADLOCK',
  'LIVELOCK',
  'DEAD_END',
  'NO_JOIN',
  'UNREACHABLE_STATE',
  'DEAD_TRANSITION',
  'STUCK_CHOICE',
  'EVENTLESS_CYCLE',
  'JOIN_IMPOSSIBLE',
  'NO_FINAL_STATE',
];

export function mutantsOf(definition: Definition): Mutant[] {
  const all = scopesOf(definition).flatMap(({ prefix, transitions }) =>
    transitions.flatMap((each) => changesTo(definition, each).map((change) => ({ prefix, each, change }))),
  );
  const changed = all.map(
    ({ prefix, each, change: { operator, to, expected } }): Mutant => ({
      operator,
      name: `${definition.name}: ${operator} ${prefix}${each.from} -> ${each.to} (${each.on})`,
      definition: withTransition(definition, each, to),
      expected,
    }),
  );
  return [...changed, ...withoutJoinInputs(definition)];
}

interface Change {
  readonly operator: string;
  /** What stands there instead; nothing where it is dropped. */
  readonly to: Transition | undefined;
  readonly expected: readonly FindingCode[];
}

function changesTo(definition: Definition, each: Transition): Change[] {
  const changes: Change[] = [{ operator: 'drop', to: undefined, expected: STRUCTURE }];
  const change = (operator: string, to: Transition, expected = STRUCTURE) =>
    changes.push({ operator, to, expected });
  if (each.on === 'trigger' && each.roles.length > 0)
    change('nobody has the role of', { ...each, roles: ['nobody'] }, ['UNKNOWN_ROLE']);
  if (each.on === 'time') change('turn the timer of', { ...each, to: each.from });
  if (each.on === 'join' && each.join === 'any' && each.ending !== undefined)
    change('forget the cancel of', { ...each, join: 'all' });
  if (each.on === 'join' && each.join === 'all' && each.ending !== undefined)
    change('mix up the ending of', {
      ...each,
      ending: each.ending === 'approved' ? 'rejected' : 'approved',
    });
  for (const text of alternatives(each.on === 'when' ? each.when : undefined))
    if (each.on === 'when') change('drop an alternative of', { ...each, when: text });
  void definition;
  return changes;
}

/** `a || b` without one of its parts. */
function alternatives(text: string | undefined): string[] {
  const tree = text === undefined ? undefined : treeOf(text);
  if (tree?.kind !== 'or') return [];
  return tree.parts.map((_, index) => {
    const parts = tree.parts.filter((_part, at) => at !== index);
    const [only] = parts;
    return print(parts.length === 1 && only ? only : { ...tree, parts });
  });
}

function withTransition(definition: Definition, old: Transition, to: Transition | undefined): Definition {
  const swapped = (list: readonly Transition[]) => list.flatMap((each) => (each === old ? (to ?? []) : each));
  const states = Object.entries(definition.states).map(([name, state]): [string, State] => {
    if (!state.regions) return [name, state];
    const regions = Object.entries(state.regions).map(([region, scope]) => [
      region,
      { ...scope, transitions: swapped(scope.transitions) },
    ]);
    return [name, { ...state, regions: Object.fromEntries(regions) }];
  });
  return { ...definition, states: Object.fromEntries(states), transitions: swapped(definition.transitions) };
}

/** A region whose end was not marked as one, so that the join never hears of it. */
function withoutJoinInputs(definition: Definition): Mutant[] {
  return Object.entries(definition.states).flatMap(([name, state]) =>
    Object.entries(state.regions ?? {}).flatMap(([region, scope]) =>
      Object.entries(scope.states)
        .filter(([, { final }]) => final !== undefined)
        .map(([end, { final: _, ...open }]): Mutant => {
          const inner = { ...scope, states: { ...scope.states, [end]: open } };
          const regions = { ...state.regions, [region]: inner };
          return {
            operator: 'drop the join input',
            name: `${definition.name}: drop the join input ${name}.${region}.${end}`,
            definition: { ...definition, states: { ...definition.states, [name]: { ...state, regions } } },
            expected: STRUCTURE,
          };
        }),
    ),
  );
}
