/** The versions of a workflow, newest first, and in sentences what the shown one does differently from the one before. */
import { Badge, Divider, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { call } from '../../data/api.ts';
import { keys } from '../../data/queries.ts';
import { When } from '../../parts/small.tsx';
import { Answer, Bones } from '../../parts/states.tsx';

export interface Version {
  readonly name: string;
  readonly version: number;
  readonly deployed_by: string;
  readonly deployed_at: string;
  readonly reason: string | null;
  readonly active: boolean;
  readonly draft: boolean;
  readonly forced: boolean;
  readonly findings: unknown;
}

export function Versions({
  versions,
  shown,
}: {
  readonly versions: readonly Version[];
  readonly shown: number;
}) {
  const [{ name = '' } = {}] = versions;
  return (
    <Stack gap="sm">
      {versions.map((each) => (
        <div key={each.version}>
          <Group gap={6}>
            <Link
              to={`/workflows/${encodeURIComponent(name)}?version=${each.version}`}
              aria-current={each.version === shown ? 'true' : undefined}
            >
              Version {each.version}
            </Link>
            {each.active && <Badge color="teal">active</Badge>}
            {each.draft && <Badge color="yellow">draft</Badge>}
            {each.forced && <Badge color="red">deployed in spite of errors</Badge>}
          </Group>
          <Text size="sm" c="dimmed">
            by {each.deployed_by} <When time={each.deployed_at} />
            {each.reason !== null && `: ${each.reason}`}
          </Text>
        </div>
      ))}
      {versions.some(({ version }) => version === shown - 1) && <Differences name={name} to={shown} />}
    </Stack>
  );
}

interface Comparison {
  readonly differences: readonly { readonly sentence: string }[];
}

function Differences({ name, to }: { readonly name: string; readonly to: number }) {
  const comparison = useQuery({
    queryKey: [...keys.definitions, 'compare', name, to],
    queryFn: ({ signal }) =>
      call<Comparison>(`/v1/definitions/${encodeURIComponent(name)}/compare/${to - 1}/${to}`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <>
      <Divider />
      <Text size="sm" fw={600}>
        What version {to} does differently from version {to - 1}
      </Text>
      <Answer of={comparison} bones={<Bones rows={1} height={40} />}>
        {({ differences }) => (
          <Stack component="ul" gap={4} m={0} pl="md">
            {differences.map(({ sentence }) => (
              <Text component="li" size="sm" key={sentence}>
                {sentence}
              </Text>
            ))}
          </Stack>
        )}
      </Answer>
    </>
  );
}
