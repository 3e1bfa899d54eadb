/** What a change depends on and what depends on it, drawn in layers, and as a list; and which changes edit the same lines. */
import { Badge, Group, Stack, Text, Title } from '@mantine/core';
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
  const before = graph.edges.filter(({ change }) => change === graph.change);
  const behind = graph.edges.filter(({ on }) => on === graph.change);
  const further = graph.edges.filter(({ change, on }) => change !== graph.change && on !== graph.change);
  return (
    <Stack gap="md">
      <GraphDrawing graph={graph} />
      {graph.left_out !== null && (
        <Text size="sm" c="var(--wait)">
          {graph.left_out}
        </Text>
      )}
      <Edges
        title="This change depends on"
        edges={before}
        other={({ on }) => named.get(on)}
        blocked="has to come first"
      />
      <Edges
        title="These depend on it"
        edges={behind}
        other={({ change }) => named.get(change)}
        blocked="has to wait"
      />
      {further.length > 0 && (
        <Text size="sm" c="dimmed">
          {further.length} {further.length === 1 ? 'dependency' : 'dependencies'} between the others, as
          drawn.
        </Text>
      )}
    </Stack>
  );
}

type Edge = GraphDocument['edges'][number];
type Node = GraphDocument['nodes'][number];

function Edges(props: {
  readonly title: string;
  readonly edges: readonly Edge[];
  readonly other: (edge: Edge) => Node | undefined;
  /** What a blocking dependency means for the other one. */
  readonly blocked: string;
}) {
  const { title, edges, other, blocked } = props;
  if (edges.length === 0) return null;
  return (
    <div>
      <Title order={3} size="h6" mb={4}>
        {title}
      </Title>
      <ul className="edges" aria-label={title}>
        {edges.map((edge) => (
          <EdgeRow
            key={`${edge.change} ${edge.on} ${edge.kind}`}
            edge={edge}
            node={other(edge)}
            blocked={blocked}
          />
        ))}
      </ul>
    </div>
  );
}

function EdgeRow(props: { readonly edge: Edge; readonly node: Node | undefined; readonly blocked: string }) {
  const { edge, node, blocked } = props;
  return (
    <li>
      <span style={{ minWidth: 0 }}>
        {node?.known ? (
          <Link to={`/changes/${node.id}#dependencies`}>{node.title}</Link>
        ) : (
          (node?.title ?? 'A change that is not known here')
        )}
        <Text component="span" size="xs" c="dimmed" className="block">
          {node?.key ?? edge.on}, {edge.kind}
          {edge.blocking && `, ${blocked}`}
        </Text>
      </span>
      <StateBadge state={node?.state ?? 'unknown'} outcome={node?.outcome ?? null} />
    </li>
  );
}
