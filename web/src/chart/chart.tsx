/**
 * The statechart, drawn: boxes for states, regions side by side, arrows with what takes them. It lies where that fills the
 * width better, from left to right or from top to bottom, and scrolls where it would become too small to read.
 */
import { useElementSize } from '@mantine/hooks';
import { useEffect, useId, useMemo } from 'react';
import type { Definition } from '../data/documents.ts';
import { relative } from '../data/words.ts';
import { useNow } from '../parts/clock.ts';
import { LINE, layoutOf, type PlacedArea, type PlacedArrow, type PlacedBox, type Point } from './layout.ts';
import { arrowName, DARK, type Lights } from './lights.ts';
import { areaOf, told } from './model.ts';

export interface Timer {
  /** The path of the state it counts in. */
  readonly place: string;
  readonly due_at: string;
}

interface Props {
  readonly definition: Definition;
  readonly lights?: Lights;
  readonly timers?: readonly Timer[];
}

const SMALLEST = 0.7;
const LARGEST = 1.1;

export function Chart({ definition, lights = DARK, timers = [] }: Props) {
  const { ref, width } = useElementSize();
  const head = useId();
  const frameId = useId();
  const area = useMemo(() => areaOf(definition), [definition]);
  const placed = useMemo(() => {
    const flat = layoutOf(area, 'LR');
    const tall = layoutOf(area, 'TB');
    return { flat, tall };
  }, [area]);
  const scaleOf = (each: PlacedArea) => Math.min(LARGEST, width === 0 ? 1 : width / each.width);
  const chosen =
    scaleOf(placed.flat) >= 0.85 || scaleOf(placed.flat) >= scaleOf(placed.tall) ? placed.flat : placed.tall;
  const scale = Math.max(SMALLEST, scaleOf(chosen));
  const isFlat = chosen === placed.flat;
  // Where the chart is larger than its window, the window is over what is lit.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the lit box, or the place of it, is another one when these change
  useEffect(() => {
    const frame = document.getElementById(frameId);
    const lit = frame?.querySelector('.box.active');
    if (!lit || !frame) return;
    const [inside, window] = [lit.getBoundingClientRect(), frame.getBoundingClientRect()];
    frame.scrollLeft += inside.left + inside.width / 2 - window.left - window.width / 2;
    frame.scrollTop += inside.top + inside.height / 2 - window.top - window.height / 2;
  }, [lights, scale, isFlat, width]);
  const active = [...lights.active].filter(
    (path) => ![...lights.active].some((other) => other.startsWith(`${path}.`)),
  );
  return (
    <section
      className="chart"
      id={frameId}
      ref={ref}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
      tabIndex={0}
      aria-label={`Chart of ${area.title}`}
    >
      <svg
        role="img"
        aria-label={told(area, active)}
        width={chosen.width * scale}
        height={chosen.height * scale}
        viewBox={`0 0 ${chosen.width} ${chosen.height}`}
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
        <Inside placed={chosen} lights={lights} timers={timers} head={head} />
      </svg>
    </section>
  );
}

interface InsideProps {
  readonly placed: PlacedArea;
  readonly lights: Lights;
  readonly timers: readonly Timer[];
  readonly head: string;
}

function Inside({ placed, lights, timers, head }: InsideProps) {
  return (
    <>
      {placed.arrows.map((each) => (
        <Line key={arrowName(each.arrow.from, each.arrow.to)} placed={each} lights={lights} head={head} />
      ))}
      {placed.boxes.map((each) => (
        <State key={each.box.path} placed={each} lights={lights} timers={timers} head={head} />
      ))}
      {placed.arrows.map((each) => (
        <Label key={arrowName(each.arrow.from, each.arrow.to)} placed={each} lights={lights} />
      ))}
    </>
  );
}

function State({
  placed,
  lights,
  timers,
  head,
}: Omit<InsideProps, 'placed'> & { readonly placed: PlacedBox }) {
  const { box, x, y, width, height, areas } = placed;
  const isActive = lights.active.has(box.path);
  const tone =
    box.final === 'rejected' ? 'bad' : box.final === 'approved' || box.final === 'applied' ? 'good' : '';
  const names = [
    'box',
    areas.length === 0 ? 'leaf' : '',
    tone,
    isActive ? 'active' : lights.passed.has(box.path) ? 'passed' : '',
  ];
  const timer = timers.find(({ place }) => place === box.path);
  const middle = areas.length === 0;
  const note = timer !== undefined && isActive;
  return (
    <g className={names.filter(Boolean).join(' ')} transform={`translate(${x} ${y})`}>
      <rect width={width} height={height} rx={box.final === null ? 9 : 22} />
      {box.final !== null && (
        <rect
          x={3.5}
          y={3.5}
          width={width - 7}
          height={height - 7}
          rx={18}
          style={{ fill: 'none', strokeWidth: 1 }}
        />
      )}
      {box.isInitial && <circle cx={0} cy={height / 2} r={4.5} fill="#8d95a8" />}
      <text
        className="title"
        x={middle ? width / 2 : 14}
        y={middle ? height / 2 + (note ? -2 : 4.5) : 20}
        textAnchor={middle ? 'middle' : 'start'}
      >
        {box.title}
      </text>
      {note && (
        <Countdown
          timer={timer}
          x={middle ? width / 2 : width - 14}
          y={middle ? height / 2 + 14 : 20}
          anchor={middle ? 'middle' : 'end'}
        />
      )}
      {areas.map((inner) => (
        <g key={inner.area.path} transform={`translate(${inner.x} ${inner.y})`}>
          <rect className="area" width={inner.width} height={inner.height} rx={6} />
          <text className="note" x={10} y={16}>
            {inner.area.title}
          </text>
          <g
            transform={`translate(${(inner.width - Math.max(...inner.boxes.map((each) => each.x + each.width)) - 10) / 2} 18)`}
          >
            <Inside placed={inner} lights={lights} timers={timers} head={head} />
          </g>
        </g>
      ))}
    </g>
  );
}

function Countdown({
  timer,
  x,
  y,
  anchor,
}: {
  readonly timer: Timer;
  readonly x: number;
  readonly y: number;
  readonly anchor: 'middle' | 'end';
}) {
  const now = useNow();
  return (
    <text className="note tabular" x={x} y={y} textAnchor={anchor}>
      {relative(timer.due_at, now)}
    </text>
  );
}

function toneOf({ arrow }: PlacedArrow, lights: Lights): string {
  const name = arrowName(arrow.from, arrow.to);
  return lights.next.has(name) ? 'arrow next' : lights.taken.has(name) ? 'arrow taken' : 'arrow';
}

function Line({
  placed,
  lights,
  head,
}: {
  readonly placed: PlacedArrow;
  readonly lights: Lights;
  readonly head: string;
}) {
  return (
    <g className={toneOf(placed, lights)}>
      <path d={curve(placed.points)} markerEnd={`url(#${head})`} />
    </g>
  );
}

function Label({ placed, lights }: { readonly placed: PlacedArrow; readonly lights: Lights }) {
  const { arrow, label } = placed;
  return (
    <g className={toneOf(placed, lights)}>
      {arrow.ways.map(({ text }, line) => (
        <text
          key={text}
          x={label.x}
          y={label.y + (line - (arrow.ways.length - 1) / 2) * LINE + 4}
          textAnchor="middle"
        >
          {text}
        </text>
      ))}
    </g>
  );
}

/** Through the middles between the points, so that corners are round. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  const last = rest.at(-1);
  if (first === undefined || last === undefined) return '';
  let path = `M${first.x} ${first.y}`;
  for (let place = 0; place < rest.length - 1; place++) {
    const corner = rest[place];
    const next = rest[place + 1];
    if (corner === undefined || next === undefined) continue;
    const end = place === rest.length - 2 ? next : { x: (corner.x + next.x) / 2, y: (corner.y + next.y) / 2 };
    path += `Q${corner.x} ${corner.y} ${end.x} ${end.y}`;
  }
  return rest.length === 1 ? `${path}L${last.x} ${last.y}` : path;
}
