/** Running changes being brought to another version of their workflow: how far that is, and letting it rest, go on, or end. */
import { Alert, Badge, Button, Card, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { call } from '../../data/api.ts';
import { queryClient } from '../../data/queries.ts';
import { spelled } from '../../data/words.ts';
import { When } from '../../parts/small.tsx';
import { Answer, Bones, Empty } from '../../parts/states.tsx';

interface Migration {
  readonly id: string;
  readonly definition: string;
  readonly from: number;
  readonly to: number;
  readonly status: string;
  readonly moved: number;
  readonly reverted: number;
  readonly started_by: string;
  readonly reason: string | null;
  readonly started_at: string;
}

const STEPS: Readonly<Record<string, readonly string[]>> = {
  running: ['pause', 'revert'],
  paused: ['resume', 'revert'],
  done: ['revert', 'close'],
};
const KEY = ['migrations'];

export function Migrations() {
  const migrations = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => call<{ readonly items: readonly Migration[] }>('/v1/migrations', { signal }),
    staleTime: 2_000,
  });
  return (
    <Answer of={migrations} bones={<Bones rows={2} />}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty title="No migration yet">
            “countersign migrate” brings running changes to another version of their workflow.
          </Empty>
        ) : (
          <Stack gap="sm">
            {items.map((each) => (
              <One key={each.id} migration={each} />
            ))}
          </Stack>
        )
      }
    </Answer>
  );
}

function One({ migration }: { readonly migration: Migration }) {
  const step = useMutation({
    mutationFn: (name: string) => call(`/v1/migrations/${migration.id}/${name}`, { body: {} }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: KEY }),
  });
  return (
    <Card>
      <Group justify="space-between" gap="sm">
        <div>
          <Text fw={600}>
            {migration.definition}: version {migration.from} → {migration.to}
          </Text>
          <Text size="sm" c="dimmed">
            {migration.moved} moved{migration.reverted > 0 && `, ${migration.reverted} brought back`}; started
            by {migration.started_by} <When time={migration.started_at} />
            {migration.reason !== null && `: ${migration.reason}`}
          </Text>
        </div>
        <Group gap="xs">
          <Badge>{migration.status}</Badge>
          {(STEPS[migration.status] ?? []).map((name) => (
            <Button
              key={name}
              size="xs"
              variant="default"
              loading={step.isPending && step.variables === name}
              onClick={() => step.mutate(name)}
            >
              {spelled(name)}
            </Button>
          ))}
        </Group>
      </Group>
      {step.isError && (
        <Alert color="red" mt="sm" role="alert">
          {step.error.message}
        </Alert>
      )}
    </Card>
  );
}
