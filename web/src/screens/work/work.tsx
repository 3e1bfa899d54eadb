/** Work: what waits for the one who is signed in, why, since when and until when; what can be done is done from here. */
import { Button, Card, Center, Group, Stack, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import type { ChangeDocument } from '../../data/documents.ts';
import { useWork } from '../../data/queries.ts';
import { useSignedIn } from '../../data/session.ts';
import { useTitles } from '../../data/titles.ts';
import { ActionButton, possible } from '../../parts/action.tsx';
import { PageTitle, StateBadge, When, Who } from '../../parts/small.tsx';
import { Bones, Empty, Failed } from '../../parts/states.tsx';
import { Due } from './due.tsx';
import { reasonsFor } from './reasons.ts';

export function Work() {
  const work = useWork();
  const changes = work.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Stack gap="lg" maw={920}>
      <PageTitle note={work.data && said(changes.length, work.hasNextPage)}>Work</PageTitle>
      {work.isPending && <Bones rows={4} height={108} />}
      {work.isError && work.data === undefined && (
        <Failed error={work.error} again={() => void work.refetch()} />
      )}
      {work.data !== undefined && changes.length === 0 && !work.hasNextPage && (
        <Empty title="Nothing waits for you">
          When somebody needs you, it appears here by itself. <Link to="/changes">All changes</Link>
        </Empty>
      )}
      <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: 'none' }}>
        {changes.map((change) => (
          <Item key={change.id} change={change} />
        ))}
      </Stack>
      {work.hasNextPage && (
        <Center>
          <Button
            variant="default"
            loading={work.isFetchingNextPage}
            onClick={() => void work.fetchNextPage()}
          >
            Look further
          </Button>
        </Center>
      )}
    </Stack>
  );
}

function said(count: number, more: boolean): string {
  if (count === 0) return more ? 'Nothing among the newest changes' : 'All done';
  return `${count}${more ? ' or more' : ''} ${count === 1 ? 'change waits' : 'changes wait'} for something you may do`;
}

function Item({ change }: { readonly change: ChangeDocument }) {
  const { roles } = useSignedIn();
  const titles = useTitles(change);
  const { why, since } = reasonsFor(change, roles, titles);
  const actions = possible(change);
  return (
    <Card component="li">
      <Group justify="space-between" align="flex-start" gap="sm">
        <Stack gap={4} style={{ flex: '1 1 300px', minWidth: 0 }}>
          <Title order={2} size="h5" className="page-title">
            <Link to={`/changes/${change.id}`} className="plain-link">
              {change.title}
            </Link>
          </Title>
          <Group gap="xs" c="dimmed" fz="sm">
            <span>{change.key === null ? change.project : `${change.project} · ${change.key}`}</span>
            <span>
              by <Who name={change.author} kind={change.author_kind} />
            </span>
          </Group>
        </Stack>
        <StateBadge state={change.state} outcome={change.outcome} titles={titles} />
      </Group>
      <Text size="sm" mt="sm">
        {why}
      </Text>
      <Group gap="2px 16px" mt={4} fz="sm" c="dimmed">
        <span>
          Waiting since <When time={since} />
        </span>
        <Due change={change} />
      </Group>
      <Group gap="xs" mt="md">
        {actions.slice(0, 3).map((action, place) => (
          <ActionButton
            key={`${action.trigger} ${action.for}`}
            change={change}
            action={action}
            first={place === 0}
          />
        ))}
        {actions.length > 3 && (
          <Button component={Link} to={`/changes/${change.id}`} variant="subtle">
            {actions.length - 3} more
            <span className="sr-only"> ways to act on {change.title}</span>
          </Button>
        )}
      </Group>
    </Card>
  );
}
