/** The workflows of the tenant: what is deployed, by whom, and how many changes follow it now. */
import { Badge, Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { call, withQuery } from '../../data/api.ts';
import type { DefinitionSummary } from '../../data/documents.ts';
import { keys } from '../../data/queries.ts';
import { PageTitle, When } from '../../parts/small.tsx';
import { Answer, Bones, Empty } from '../../parts/states.tsx';

export default function Workflows() {
  const definitions = useQuery({
    queryKey: keys.definitions,
    queryFn: ({ signal }) =>
      call<{ readonly items: readonly DefinitionSummary[] }>('/v1/definitions', { signal }),
    staleTime: 5_000,
  });
  return (
    <Stack gap="lg" maw={1200}>
      <PageTitle note="What changes follow, in all their versions">Workflows</PageTitle>
      <Answer of={definitions} bones={<Bones rows={3} height={110} />}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No workflow is deployed yet">“countersign deploy FILE” brings one in.</Empty>
          ) : (
            <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
              {items.map((each) => (
                <Workflow key={each.name} definition={each} />
              ))}
            </SimpleGrid>
          )
        }
      </Answer>
    </Stack>
  );
}

function Workflow({ definition }: { readonly definition: DefinitionSummary }) {
  const { name, version, deployed_by: by, deployed_at: at, reason } = definition;
  const outcomes = useQuery({
    queryKey: [...keys.definitions, 'outcomes', name],
    queryFn: ({ signal }) =>
      call<{ readonly outcomes: Readonly<Record<string, number>> }>(
        withQuery('/v1/outcomes', { definition: name }),
        { signal },
      ),
  });
  const counts = Object.entries(outcomes.data?.outcomes ?? {}).filter(([, count]) => count > 0);
  return (
    <Card component={Link} to={`/workflows/${encodeURIComponent(name)}`} className="plain-link">
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Title order={2} size="h5" style={{ overflowWrap: 'anywhere' }}>
          {name}
        </Title>
        <Badge color="gray">version {version}</Badge>
      </Group>
      <Text size="sm" c="dimmed" mt={4}>
        deployed by {by} <When time={at} />
        {reason !== null && `: ${reason}`}
      </Text>
      <Group gap={6} mt="sm">
        {counts.map(([outcome, count]) => (
          <Badge key={outcome} color={outcome === 'open' ? 'ink' : 'gray'}>
            {count} {outcome}
          </Badge>
        ))}
        {counts.length === 0 && outcomes.data !== undefined && (
          <Text size="xs" c="dimmed">
            No change has followed it yet
          </Text>
        )}
      </Group>
    </Card>
  );
}
