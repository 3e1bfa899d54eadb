/** What a change depends on and what depends on it, drawn in layers, and as a list; and which changes edit the same lines. */
import { Badge, Group, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { ChangeDocument, ConflictsDocument, GraphDocument } from '../../data/documents.ts';
import { usePart } from '../../data/queries.ts';
import { StateBadge } from '../../parts/small.tsx';
import { Answer, Bones, Empty } from '../../parts/states.tsx';
import { GraphDrawing } from './graph-drawing.tsx';
import { Panel } from './panel.tsx';

export default function Dependencies({ change }: { readonly change: ChangeDocument }) {
  const graph = usePart<GraphDocument>(change.id, 'graph');
  const conflicts = usePart<ConflictsDocument>(change.id, 'conflicts');
  return (
    <Stack gap="lg">
      <Panel title="Around this change">
        <Answer of={graph} bones={<Bones rows={1} height={220} />}>
          {(document) =>
            document.nodes.length <= 1 ? (
              <Empty title="It stands alone">It depends on no other change, and none depends on it.</Empty>
            ) : (
              <Around graph={document} />
            )
          }
        </Answer>
      </Panel>
      <Panel title="Edits of the same lines">
        <Answer of={conflicts} bones={<Bones rows={1} height={60} />}>
          {({ items, why }) => (
            <Stack gap="sm">
              {items.length === 0 && (
                <Text size="sm" c="dimmed">
                  {why ?? 'No other open change of the project edits the same lines.'}
                </Text>
              )}
              {items.map((item) => (
                <div key={item.with.id}>
                  <Group gap="xs">
                    <Badge color={item.closeness === 'near' ? 'gray' : 'yellow'}>{item.closeness}</Badge>
                    <Link to={`/changes/${item.with.id}`}>{item.with.title}</Link>
                  </Group>
                  <Text size="sm" c="dimmed" mt={2}>
                    {item.sentence}
                  </Text>
                </div>
              ))}
            </Stack>
          )}
        </Answer>
      </Panel>
    </Stack>
  );
}

function Around({ graph }: { readonly graph: GraphDocument }) {
  const named = new Map(graph.nodes.map((node) => [node.id, node]));
  return (
    <Stack gap="md">
      <GraphDrawing graph={graph} />
      {graph.left_out !== null && (
        <Text size="sm" c="var(--wait)">
          {graph.left_out}
        </Text>
      )}
      <Stack component="ul" gap="xs" m={0} p={0} style={{ listStyle: 'none' }} aria-label="Dependencies">
        {graph.edges.map(({ change, on, kind, blocking }) => (
          <Group component="li" key={`${change} ${on} ${kind}`} gap="xs" fz="sm">
            <span>
              <strong>{named.get(change)?.key ?? change}</strong> depends on{' '}
              <strong>{named.get(on)?.key ?? on}</strong> ({kind})
            </span>
            {blocking && <Badge color="yellow">has to wait</Badge>}
            <StateBadge state={named.get(on)?.state ?? 'unknown'} outcome={named.get(on)?.outcome ?? null} />
          </Group>
        ))}
      </Stack>
    </Stack>
  );
}
