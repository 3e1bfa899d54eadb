/** The graph around a change, drawn: what comes first on the left, what has to wait on the right. Boxes lead to their change. */
import { Graph, layout } from '@dagrejs/dagre';
import { type KeyboardEvent, useId, useMemo } from 'react';
import { useNavigate } from 'react-router';
import type { Point } from '../../chart/layout.ts';
import type { GraphDocument } from '../../data/documents.ts';
import { stateText } from '../../data/words.ts';

const LETTERS = 26;
const WIDTH = 244;
const HEIGHT = 58;

export function GraphDrawing({ graph }: { readonly graph: GraphDocument }) {
  const head = useId();
  const navigate = useNavigate();
  const placed = useMemo(() => placedOf(graph), [graph]);
  return (
    <div className="chart">
      <svg
        width={placed.width}
        height={placed.height}
        viewBox={`0 0 ${placed.width} ${placed.height}`}
        aria-label="Graph of dependencies"
      >
        <defs>
          <marker
            id={head}
            viewBox="0 0 10 10"
            refX="9"
            refY="5"
            markerWidth="9"
            markerHeight="9"
            markerUnits="userSpaceOnUse"
            orient="auto"
          >
            <path d="M0 0L10 5L0 10z" />
          </marker>
        </defs>
        {placed.edges.map(({ key, points, blocking }) => (
          <g key={key} className={blocking ? 'arrow taken' : 'arrow'}>
            <path d={points} markerEnd={`url(#${head})`} />
          </g>
        ))}
        {placed.nodes.map(({ node, x, y }) => {
          const isHere = node.id === graph.change;
          const tone =
            node.outcome === 'rejected'
              ? 'bad'
              : node.outcome === 'applied' || node.outcome === 'approved'
                ? 'passed'
                : '';
          const open = () => void navigate(`/changes/${node.id}#dependencies`);
          const acts = node.known && {
            role: 'link',
            tabIndex: 0,
            style: { cursor: 'pointer' },
            onClick: open,
            onKeyDown: ({ key }: KeyboardEvent) => key === 'Enter' && open(),
          };
          return (
            <g
              key={node.id}
              className={`box ${tone} ${isHere ? 'active' : ''}`}
              transform={`translate(${x} ${y})`}
              aria-current={isHere ? 'true' : undefined}
              {...acts}
            >
              <title>{`${node.title}: ${node.key}, ${stateText(node.state)}`}</title>
              <rect width={WIDTH} height={HEIGHT} rx={9} />
              <text className="title" x={12} y={23}>
                {cut(node.title)}
              </text>
              <text className="note" x={12} y={43}>
                {cut(`${node.key} · ${stateText(node.state)}`, LETTERS + 5)}
              </text>
            </g>
          );
        })}
      </svg>
    </div>
  );
}

const cut = (text: string, letters = LETTERS) =>
  text.length > letters ? `${text.slice(0, letters - 1)}…` : text;

function placedOf({ nodes, edges }: GraphDocument) {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 18, ranksep: 52, marginx: 6, marginy: 6 });
  for (const { id } of nodes) graph.setNode(id, { width: WIDTH, height: HEIGHT });
  const known = new Set(nodes.map(({ id }) => id));
  const drawn = edges.filter(({ change, on }) => known.has(change) && known.has(on));
  for (const { change, on } of drawn) graph.setEdge(on, change, {});
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    ...{ width, height },
    nodes: nodes.map((node) => {
      const { x, y } = graph.node(node.id);
      return { node, x: x - WIDTH / 2, y: y - HEIGHT / 2 };
    }),
    edges: drawn.map(({ change, on, kind, blocking }) => {
      const points = graph.edge(on, change).points ?? [];
      return {
        key: `${change} ${on} ${kind}`,
        blocking,
        points: `M${points.map(({ x, y }: Point) => `${x} ${y}`).join('L')}`,
      };
    }),
  };
}
