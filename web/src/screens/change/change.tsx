/** One change: what it is, where it stands, whose turn it is, what can be done, and how it came here. */
import { Grid, Group, Stack, Tabs } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useLocation, useNavigate, useParams } from 'react-router';
import type { ChangeDocument, TransitionDocument } from '../../data/documents.ts';
import { useChange, useDefinition, useHistory } from '../../data/queries.ts';
import { useTitles } from '../../data/titles.ts';
import { Answer, Bones, Loading, Screen } from '../../parts/states.tsx';
import { Header } from './header.tsx';
import { History } from './history.tsx';
import { News } from './news.tsx';
import { Panel } from './panel.tsx';
import { Path } from './path.tsx';
import { Turn } from './turn.tsx';
import { Votes } from './votes.tsx';

const Content = lazy(() => import('./content.tsx'));
const Dependencies = lazy(() => import('./dependencies.tsx'));

export default function Change() {
  const { id = '' } = useParams();
  const change = useChange(id);
  return (
    <Screen of={change} what="change" bones={<Bones rows={4} height={120} />}>
      {(document) => <Whole change={document} />}
    </Screen>
  );
}

function Whole({ change }: { readonly change: ChangeDocument }) {
  const history = useHistory(change.id);
  const titles = useTitles(change);
  const { hash } = useLocation();
  const navigate = useNavigate();
  const tab = ['#content', '#history', '#dependencies'].includes(hash) ? hash.slice(1) : 'overview';
  return (
    <Stack gap="lg" maw={1480}>
      <Header change={change} />
      <News rows={history.data} titles={titles} />
      <Tabs
        value={tab}
        onChange={(next) => navigate({ hash: next ?? '' }, { replace: true })}
        keepMounted={false}
      >
        <Tabs.List mb="lg">
          <Tabs.Tab value="overview">Overview</Tabs.Tab>
          <Tabs.Tab value="content">
            {change.revision === null ? 'Content' : `Content, revision ${change.revision.number}`}
          </Tabs.Tab>
          <Tabs.Tab value="history">History</Tabs.Tab>
          <Tabs.Tab value="dependencies">
            <Group gap={6}>
              Dependencies
              {change.dependencies.length > 0 && (
                <span className="tabular">{change.dependencies.length}</span>
              )}
            </Group>
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="overview">
          <Overview change={change} history={history} />
        </Tabs.Panel>
        <Tabs.Panel value="content">
          <Suspense fallback={<Loading what="the content" />}>
            <Content change={change} />
          </Suspense>
        </Tabs.Panel>
        <Tabs.Panel value="history">
          <Panel title="History">
            <Answer of={history}>{(rows) => <History rows={rows} titles={titles} />}</Answer>
          </Panel>
        </Tabs.Panel>
        <Tabs.Panel value="dependencies">
          <Suspense fallback={<Loading what="the dependencies" />}>
            <Dependencies change={change} />
          </Suspense>
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}

function Overview({
  change,
  history,
}: {
  readonly change: ChangeDocument;
  readonly history: UseQueryResult<readonly TransitionDocument[]>;
}) {
  const titles = useTitles(change);
  const definition = useDefinition(change.definition, change.definition_version);
  return (
    <Grid gap="lg">
      <Grid.Col span={12}>
        <Panel title="Where it stands">
          <Answer of={definition} bones={<Bones rows={1} height={300} />}>
            {(deployed) => (
              <Path change={change} definition={deployed.definition} history={history.data ?? []} />
            )}
          </Answer>
        </Panel>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 4 }}>
        <Turn change={change} />
      </Grid.Col>
      {Object.keys(change.ballots).length > 0 && (
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Votes change={change} />
        </Grid.Col>
      )}
      <Grid.Col span={{ base: 12, md: Object.keys(change.ballots).length > 0 ? 4 : 8 }}>
        <Panel title="What happened last">
          <Answer of={history} bones={<Bones rows={4} height={44} />}>
            {(rows) => <History rows={rows} titles={titles} most={6} />}
          </Answer>
        </Panel>
      </Grid.Col>
    </Grid>
  );
}
