/** The chart of a change: where it is, how it came there, what may come next and for whom. */
import { Group, Text } from '@mantine/core';
import { useMemo } from 'react';
import { Chart, type Timer } from '../../chart/chart.tsx';
import { lightsOf } from '../../chart/lights.ts';
import type { ChangeDocument, Definition, TransitionDocument } from '../../data/documents.ts';
import { leavesOf } from '../../data/words.ts';

interface Props {
  readonly change: ChangeDocument;
  readonly definition: Definition;
  readonly history: readonly TransitionDocument[];
}

export function Path({ change, definition, history }: Props) {
  const lights = useMemo(() => lightsOf(change.state, history, change.enabled), [change, history]);
  const timers = useMemo(() => timersOf(change), [change]);
  return (
    <>
      <Chart definition={definition} lights={lights} timers={timers} />
      <Group gap="lg" mt="sm" fz="xs" c="dimmed">
        <Key colour="var(--accent)" text="the way it took" />
        <Key colour="var(--good)" text="what you may do next" dashed />
        <Text inherit>A small dot marks the start, a double line an end.</Text>
      </Group>
    </>
  );
}

function Key({
  colour,
  text,
  dashed = false,
}: {
  readonly colour: string;
  readonly text: string;
  readonly dashed?: boolean;
}) {
  return (
    <Group gap={6}>
      <span style={{ width: 22, borderTop: `2.5px ${dashed ? 'dashed' : 'solid'} ${colour}` }} aria-hidden />
      {text}
    </Group>
  );
}

/** The soonest of each state that is active. The event names the state: `xstate.after.<name>.<definition>.<path>`. */
function timersOf({ timers, state, definition }: ChangeDocument): readonly Timer[] {
  const sorted = [...timers].sort((a, b) => a.due_at.localeCompare(b.due_at));
  const leaves = leavesOf(state);
  const [only] = leaves;
  const places = sorted.map(({ event, due_at }) => {
    const at = event.lastIndexOf(`.${definition}.`);
    const named = at < 0 ? '' : event.slice(at + definition.length + 2);
    return { place: named === '' ? (only ?? '') : named, due_at };
  });
  return places.filter(({ place }, index) => places.findIndex((other) => other.place === place) === index);
}
