/** Replay: the history of a change as a film. A slider goes through it, and the chart shows how it was then. */
import { ActionIcon, Group, Slider, Stack, Text } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import { Link, useParams } from 'react-router';
import { Chart } from '../../chart/chart.tsx';
import { lightsOf } from '../../chart/lights.ts';
import type { ChangeDocument, TransitionDocument } from '../../data/documents.ts';
import { useChange, useDefinition, useHistory } from '../../data/queries.ts';
import { useTitles } from '../../data/titles.ts';
import { fullTime, stateText } from '../../data/words.ts';
import { PauseSign, PlaySign } from '../../parts/icons.tsx';
import { ChangeTitle } from '../../parts/small.tsx';
import { Answer, Bones, Empty, Screen } from '../../parts/states.tsx';
import { History } from '../change/history.tsx';
import { Panel } from '../change/panel.tsx';

const STEP_MS = 1_000;

export default function Replay() {
  const { id = '' } = useParams();
  const change = useChange(id);
  const history = useHistory(id);
  return (
    <Screen of={change} what="change" bones={<Bones rows={3} height={140} />}>
      {(document) => (
        <Stack gap="lg" maw={1480}>
          <div>
            <ChangeTitle before="Replay: " title={document.title} />
            <Text size="sm" mt={2}>
              <Link to={`/changes/${id}`}>Back to the change</Link>
            </Text>
          </div>
          <Answer of={history}>
            {(rows) =>
              rows.length === 0 ? (
                <Empty title="Nothing has happened yet" />
              ) : (
                <Film change={document} rows={rows} />
              )
            }
          </Answer>
        </Stack>
      )}
    </Screen>
  );
}

function Film({
  change,
  rows,
}: {
  readonly change: ChangeDocument;
  readonly rows: readonly TransitionDocument[];
}) {
  const [at, setAt] = useState(rows.length - 1);
  const [isPlaying, setPlaying] = useState(false);
  const definition = useDefinition(change.definition, change.definition_version);
  const titles = useTitles(change);
  const now = rows[at];
  const past = useMemo(() => rows.slice(0, at + 1), [rows, at]);
  const lights = useMemo(() => lightsOf(now?.to, past), [now, past]);
  const isOver = at >= rows.length - 1;
  useEffect(() => {
    if (!isPlaying) return;
    if (isOver) {
      setPlaying(false);
      return;
    }
    const timer = setTimeout(() => setAt(at + 1), STEP_MS);
    return () => clearTimeout(timer);
  }, [isPlaying, isOver, at]);
  const play = () => {
    if (isOver && !isPlaying) setAt(0);
    setPlaying(!isPlaying);
  };
  return (
    <>
      <Panel title="How it was">
        <Group gap="md" wrap="nowrap" mb="xs">
          <ActionIcon
            variant="filled"
            size="lg"
            radius="xl"
            aria-label={isPlaying ? 'Pause' : 'Play'}
            onClick={play}
          >
            {isPlaying ? <PauseSign /> : <PlaySign />}
          </ActionIcon>
          <Slider
            style={{ flex: 1 }}
            min={0}
            max={rows.length - 1}
            value={at}
            label={null}
            thumbLabel="Step of the history"
            onChange={(next) => {
              setPlaying(false);
              setAt(next);
            }}
          />
        </Group>
        <Text size="sm" c="dimmed" mb="md" role="status">
          Step {at + 1} of {rows.length}, {now && fullTime(now.occurred_at)}:{' '}
          <strong>{stateText(now?.to, titles)}</strong>
        </Text>
        <Answer of={definition} bones={<Bones rows={1} height={280} />}>
          {(deployed) => <Chart definition={deployed.definition} lights={lights} />}
        </Answer>
      </Panel>
      <Panel title="What had happened by then">
        <History rows={past} titles={titles} />
      </Panel>
    </>
  );
}
