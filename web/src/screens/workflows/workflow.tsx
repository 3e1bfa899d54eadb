/** One workflow: its chart, what its check found, the rules in words, and its versions with what changed between them. */
import { Badge, Grid, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useParams, useSearchParams } from 'react-router';
import { Chart } from '../../chart/chart.tsx';
import { arrowName, DARK } from '../../chart/lights.ts';
import { call } from '../../data/api.ts';
import { keys, useDefinition } from '../../data/queries.ts';
import { PageTitle } from '../../parts/small.tsx';
import { Answer, Bones, Screen } from '../../parts/states.tsx';
import { Panel } from '../change/panel.tsx';
import { Findings, findingsOf, type Step } from './findings.tsx';
import { Rules } from './rules.tsx';
import { type Version, Versions } from './versions.tsx';

export default function Workflow() {
  const { name = '' } = useParams();
  const [query, setQuery] = useSearchParams();
  const asked = Number(query.get('version') ?? 0);
  const versions = useQuery({
    queryKey: [...keys.definitions, 'versions', name],
    queryFn: ({ signal }) =>
      call<{ readonly items: readonly Version[] }>(`/v1/definitions/${encodeURIComponent(name)}/versions`, {
        signal,
      }),
  });
  return (
    <Screen of={versions} what="workflow" bones={<Bones rows={3} height={160} />}>
      {({ items }) => {
        const shown =
          items.find(({ version }) => version === asked) ?? items.find(({ active }) => active) ?? items[0];
        if (shown === undefined) return null;
        return (
          <Whole
            versions={items}
            shown={shown}
            choose={(version) => setQuery({ version: String(version) }, { replace: true })}
          />
        );
      }}
    </Screen>
  );
}

interface Props {
  readonly versions: readonly Version[];
  readonly shown: Version;
  readonly choose: (version: number) => void;
}

function Whole({ versions, shown, choose }: Props) {
  const definition = useDefinition(shown.name, shown.version);
  const [step, play] = useState<Step | null>(null);
  const lights = useMemo(() => {
    if (step === null) return DARK;
    return {
      ...DARK,
      active: new Set(step.places),
      taken: new Set(step.arrows.map(([from, to]) => arrowName(from, to))),
    };
  }, [step]);
  const findings = useMemo(() => findingsOf(shown.findings), [shown.findings]);
  const title = definition.data?.definition.title;
  return (
    <Stack gap="lg" maw={1480}>
      <Group justify="space-between" align="flex-start">
        <PageTitle note={title}>{shown.name}</PageTitle>
        <NativeSelect
          label="Version"
          value={String(shown.version)}
          data={versions.map(({ version, active }) => ({
            value: String(version),
            label: `Version ${version}${active ? ', active' : ''}`,
          }))}
          onChange={(event) => choose(Number(event.currentTarget.value))}
        />
      </Group>
      <Panel
        title="Chart"
        aside={
          <Badge color={shown.active ? 'teal' : 'gray'}>
            {shown.active ? 'new changes follow it' : 'not active'}
          </Badge>
        }
      >
        <Answer of={definition} bones={<Bones rows={1} height={320} />}>
          {(deployed) => <Chart definition={deployed.definition} lights={lights} />}
        </Answer>
      </Panel>
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Panel title="Rules">
            <Answer of={definition}>{(deployed) => <Rules definition={deployed.definition} />}</Answer>
          </Panel>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Stack gap="lg">
            <Panel title="What the check found">
              {shown.findings === null ? (
                <Text size="sm" c="dimmed">
                  What the check said of this version was not kept.
                </Text>
              ) : (
                <Answer of={definition} bones={<Bones rows={1} height={40} />}>
                  {(deployed) => (
                    <Findings definition={deployed.definition} findings={findings} play={play} />
                  )}
                </Answer>
              )}
            </Panel>
            <Panel title="Versions">
              <Versions versions={versions} shown={shown.version} />
            </Panel>
          </Stack>
        </Grid.Col>
      </Grid>
    </Stack>
  );
}
