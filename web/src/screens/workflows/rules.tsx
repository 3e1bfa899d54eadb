/** The transitions of a workflow in words: from where to where, by whom or what, under which conditions. */
import { Stack, Text } from '@mantine/core';
import { plainCondition } from '../../chart/model.ts';
import type { Definition, State, Transition } from '../../data/documents.ts';
import { duration, listed, spelled } from '../../data/words.ts';

export function Rules({ definition }: { readonly definition: Definition }) {
  const regions = Object.values(definition.states).flatMap((state) =>
    Object.entries(state.regions ?? {}).flatMap(([name, { title, states: inner, transitions }]) =>
      transitions.map((each) => ({ where: title ?? spelled(name), states: inner, each })),
    ),
  );
  const all = [
    ...definition.transitions.map((each) => ({ where: '', states: definition.states, each })),
    ...regions,
  ];
  return (
    <Stack component="ul" gap="sm" m={0} p={0} style={{ listStyle: 'none' }}>
      {all.map(({ where, states, each }) => (
        <li key={`${where} ${JSON.stringify(each)}`}>
          <Text size="sm" fw={600}>
            {where !== '' && `${where}: `}
            {titleOf(states, each.from)} → {titleOf(states, each.to)}
          </Text>
          <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {sentence(each)}
          </Text>
        </li>
      ))}
    </Stack>
  );
}

const titleOf = (states: Readonly<Record<string, State>>, name: string) =>
  states[name]?.title ?? spelled(name);

function sentence(transition: Transition): string {
  switch (transition.on) {
    case 'trigger': {
      const { trigger, roles, by, exclude, reason } = transition;
      const who = [
        ...roles.map((role) => spelled(role).toLowerCase()),
        ...(roles.length === 0 ? by.map((kind) => `any ${kind}`) : []),
      ];
      const parts = [
        `“${spelled(trigger)}” by ${who.length === 0 ? 'anybody' : listed(who)}`,
        roles.length > 0 && by.length > 0 ? `only a ${listed(by)}` : '',
        exclude.length > 0 ? `not the ${listed(exclude, 'and not the')}` : '',
        reason === 'required' ? 'with a reason' : '',
        transition.if === undefined ? '' : `if ${plainCondition(transition.if)}`,
        transition.sign === undefined ? '' : `as a signature of ${transition.sign}`,
      ];
      return `${parts.filter(Boolean).join(', ')}.`;
    }
    case 'time': {
      const { afterMs, idle, calendar } = transition;
      const time = `${duration(afterMs)}${calendar === undefined ? '' : ` of working time (${calendar})`}`;
      const until = transition.if === undefined ? '' : `, if ${transition.if}`;
      return `By itself after ${time}${idle ? ' in which nothing happened' : ''}${until}.`;
    }
    case 'join': {
      const { join, ending } = transition;
      const many =
        join === 'all' ? 'all regions are' : join === 'any' ? 'one region is' : `${join} regions are`;
      return `By itself as soon as ${many} ${ending ?? 'done'}.`;
    }
    case 'when':
      return `By itself as soon as this holds: ${plainCondition(transition.when)}.`;
    case 'revision':
      return 'When a new revision comes.';
  }
}
