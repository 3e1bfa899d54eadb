/** A definition as something to draw: boxes in areas with arrows between them, and regions as areas within a box. */
import type { Definition, Region, State, Transition } from '../data/documents.ts';
import { duration, listed, spelled } from '../data/words.ts';

export interface Box {
  /** The path of the state: `Review.law.pending`. */
  readonly path: string;
  readonly title: string;
  readonly final: string | null;
  readonly isInitial: boolean;
  readonly areas: readonly Area[];
}

export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly ways: readonly Way[];
}

/** One of the transitions that an arrow stands for. */
export interface Way {
  readonly text: string;
  readonly trigger: string | null;
}

export interface Area {
  readonly path: string;
  readonly title: string;
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
}

export function areaOf(definition: Definition): Area {
  const { states, transitions, initial } = definition;
  const reopenings = Object.entries(states).flatMap(([name, { reopen }]) =>
    reopen === undefined
      ? []
      : [{ from: name, to: reopen.to, way: { text: reopen.trigger, trigger: reopen.trigger } }],
  );
  const title = definition.title ?? spelled(definition.name);
  return { path: '', title, ...insideOf('', states, transitions, initial, reopenings) };
}

type Loose = { readonly from: string; readonly to: string; readonly way: Way };

function insideOf(
  path: string,
  states: Readonly<Record<string, State>>,
  transitions: readonly Transition[],
  initial: string,
  more: readonly Loose[] = [],
): Pick<Area, 'boxes' | 'arrows'> {
  const at = (name: string) => (path === '' ? name : `${path}.${name}`);
  const loose = [...transitions.map((each) => ({ from: each.from, to: each.to, way: wayOf(each) })), ...more];
  const arrows = new Map<string, { from: string; to: string; ways: Way[] }>();
  for (const { from, to, way } of loose) {
    const key = `${from}\n${to}`;
    const arrow = arrows.get(key) ?? { from: at(from), to: at(to), ways: [] };
    if (!arrow.ways.some(({ text }) => text === way.text)) arrow.ways.push(way);
    arrows.set(key, arrow);
  }
  const boxes = Object.entries(states).map(([name, state]) => boxOf(at(name), name, state, name === initial));
  return { boxes, arrows: [...arrows.values()] };
}

function boxOf(path: string, name: string, state: State, isInitial: boolean): Box {
  const regions: [string, Region][] = Object.entries(state.regions ?? {});
  return {
    path,
    title: state.title ?? spelled(name),
    final: state.final ?? null,
    isInitial,
    areas: regions.map(([region, inner]) => ({
      path: `${path}.${region}`,
      title: inner.title ?? spelled(region),
      ...insideOf(`${path}.${region}`, inner.states, inner.transitions, inner.initial),
    })),
  };
}

const LONGEST = 26;

function wayOf(transition: Transition): Way {
  switch (transition.on) {
    case 'trigger':
      return { text: spelled(transition.trigger), trigger: transition.trigger };
    case 'time':
      return {
        text: `${transition.idle ? 'idle for' : 'after'} ${duration(transition.afterMs)}`,
        trigger: null,
      };
    case 'join':
      return { text: joinText(transition.join, transition.ending), trigger: null };
    case 'when':
      return { text: conditionText(transition.when), trigger: null };
    case 'revision':
      return { text: 'new revision', trigger: null };
  }
}

function joinText(join: 'all' | 'any' | number, ending: string | undefined): string {
  const end = ending === undefined ? 'done' : ending;
  return join === 'all' ? `all ${end}` : join === 'any' ? `one ${end}` : `${join} ${end}`;
}

/** Conditions over ballots are most of what there is; anything longer is cut, and stands in full in the list beside. */
export function conditionText(text: string): string {
  const plain = plainCondition(text);
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST - 1)}…` : plain;
}

export function plainCondition(text: string): string {
  return text
    .replace(
      /ballots\.(\w+)\.(passed|vetoed)/g,
      (_all, name: string, what: string) => `${spelled(name).toLowerCase()} ${what}`,
    )
    .replace(
      /ballots\.(\w+)\.(approvals|rejections)/g,
      (_all, name: string, what: string) => `${spelled(name).toLowerCase()} ${what}`,
    )
    .replace(/ >= /g, ' ≥ ')
    .replace(/ <= /g, ' ≤ ')
    .replace(/threads\.open == 0/g, 'no open thread')
    .replace(/ && /g, ', ');
}

/** What a reader of the page hears in place of the drawing. */
export function told(area: Area, active: readonly string[]): string {
  const names = area.boxes.map(({ title }) => title);
  const boxes = boxesIn(area);
  const here = active.map((path) => boxes.get(path)?.title ?? path);
  const now = here.length === 0 ? '' : ` The change is in ${listed(here, 'and')}.`;
  return `${area.title}: a chart of ${names.length} states, ${listed(names, 'and')}.${now}`;
}

export function boxesIn(area: Area): ReadonlyMap<string, Box> {
  const found = new Map<string, Box>();
  const visit = ({ boxes }: Area) => {
    for (const box of boxes) {
      found.set(box.path, box);
      for (const inner of box.areas) visit(inner);
    }
  };
  visit(area);
  return found;
}
