/** The servers that run on one database: where, since when, when each was last heard of, and what it has in hand. */
import { Badge, Group, Table, Text } from '@mantine/core';
import type { OverviewDocument } from '../../../../src/gateway/http/overview.ts';
import { When } from '../../parts/small.tsx';

type Server = OverviewDocument['servers'][number];

export function Servers({ servers }: { readonly servers: readonly Server[] }) {
  if (servers.length === 0)
    return (
      <Text size="sm" c="dimmed">
        This server does not tell others that it runs.
      </Text>
    );
  return (
    <Table.ScrollContainer
      minWidth={0}
      type="native"
      className="surface"
      tabIndex={0}
      role="region"
      aria-label="All servers"
    >
      <Table verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Server</Table.Th>
            <Table.Th visibleFrom="md">Version</Table.Th>
            <Table.Th>Runs since</Table.Th>
            <Table.Th visibleFrom="xs">Last heard of</Table.Th>
            <Table.Th ta="right" visibleFrom="sm">
              Waiting
            </Table.Th>
            <Table.Th ta="right">Connections</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {servers.map((server) => (
            <Row key={server.id} server={server} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Row({ server }: { readonly server: Server }) {
  const { host, pid, version, started_at, seen_at, sockets, commands_waiting, answering, gone } = server;
  const colour = gone ? 'dimmed' : undefined;
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap="xs">
          <span style={{ overflowWrap: 'anywhere' }}>{host}</span>
          {answering && (
            <Badge size="sm" variant="light" color="teal">
              Answers here
            </Badge>
          )}
          {gone && (
            <Badge size="sm" variant="light" color="red">
              Gone
            </Badge>
          )}
        </Group>
        <Text size="xs" c="dimmed" className="tabular">
          Process {pid}
        </Text>
      </Table.Td>
      <Table.Td visibleFrom="md" c={colour}>
        {version}
      </Table.Td>
      <Table.Td c={colour}>
        <When time={started_at} />
      </Table.Td>
      <Table.Td visibleFrom="xs" c={gone ? 'var(--bad)' : undefined}>
        <When time={seen_at} />
      </Table.Td>
      <Table.Td ta="right" className="tabular" visibleFrom="sm">
        {gone ? '–' : commands_waiting.toLocaleString()}
      </Table.Td>
      <Table.Td ta="right" className="tabular">
        {gone ? '–' : sockets.toLocaleString()}
      </Table.Td>
    </Table.Tr>
  );
}
