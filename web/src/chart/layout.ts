/**
 * Where everything stands: dagre places the boxes of an area; an area within a box is placed first, since it says how large
 * its box is. Regions stand side by side.
 */
import { Graph, layout as place } from '@dagrejs/dagre';
import type { Area, Arrow, Box } from './model.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlacedBox {
  readonly box: Box;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly areas: readonly PlacedArea[];
}

export interface PlacedArrow {
  readonly arrow: Arrow;
  readonly points: readonly Point[];
  /** The middle of its words. */
  readonly label: Point;
}

export interface PlacedArea {
  readonly area: Area;
  /** Within the box around it. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly PlacedBox[];
  readonly arrows: readonly PlacedArrow[];
}

export type Direction = 'LR' | 'TB';

const LETTER = 7.3;
const SMALL_LETTER = 6.3;
export const LINE = 14;
const BOX_HEIGHT = 44;
const HEAD = 30;
const REGION_HEAD = 22;
const GAP = 12;

export function layoutOf(area: Area, direction: Direction): PlacedArea {
  const graph = new Graph({ multigraph: false });
  graph.setGraph({ rankdir: direction, nodesep: 20, ranksep: 26, edgesep: 12, marginx: 10, marginy: 10 });
  const inner = new Map(area.boxes.map((box) => [box.path, insideOf(box)]));
  for (const { path } of area.boxes) {
    const { width, height } = inner.get(path) ?? { width: 0, height: 0 };
    graph.setNode(path, { width, height });
  }
  for (const arrow of area.arrows) {
    const letters = Math.max(...arrow.ways.map(({ text }) => text.length));
    const size = { width: letters * SMALL_LETTER + 10, height: arrow.ways.length * LINE + 4 };
    graph.setEdge(arrow.from, arrow.to, { ...size, labelpos: 'c', minlen: 1 });
  }
  place(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    area,
    ...{ x: 0, y: 0, width, height },
    boxes: area.boxes.map((box) => {
      const { x, y, width: w, height: h } = graph.node(box.path);
      return {
        box,
        x: x - w / 2,
        y: y - h / 2,
        width: w,
        height: h,
        areas: inner.get(box.path)?.areas ?? [],
      };
    }),
    arrows: area.arrows.map((arrow) => {
      const { points = [], x = 0, y = 0 } = graph.edge(arrow.from, arrow.to);
      return { arrow, points, label: { x, y } };
    }),
  };
}

function insideOf(box: Box): { width: number; height: number; areas: readonly PlacedArea[] } {
  const titleWidth = box.title.length * LETTER + 32;
  if (box.areas.length === 0) return { width: Math.max(96, titleWidth), height: BOX_HEIGHT, areas: [] };
  let x = GAP;
  const areas: PlacedArea[] = [];
  for (const inner of box.areas) {
    const placed = layoutOf(inner, 'TB');
    const width = Math.max(placed.width, inner.title.length * LETTER + 24);
    areas.push({ ...placed, x, y: HEAD, width, height: placed.height + REGION_HEAD });
    x += width + GAP;
  }
  const height = HEAD + Math.max(...areas.map((each) => each.height)) + GAP;
  const tallest = height - HEAD - GAP;
  return {
    width: Math.max(titleWidth, x),
    height,
    areas: areas.map((each) => ({ ...each, height: tallest })),
  };
}
