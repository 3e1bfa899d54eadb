/** Place/transition nets in PNML (ISO/IEC 15909-2), read with every defect at its line. */
import type { FindingCode } from '../findings.ts';
import type { Net } from './net.ts';
import { decodePnml } from './pnml-bytes.ts';
import { shortened } from './pnml-foreign.ts';
import type { PlaceInText } from './pnml-lines.ts';
import { type PnmlArc, type PnmlDefect, type PnmlLabel, type PnmlNode, parsePnml } from './pnml-xml.ts';

export { writePnml } from './pnml-write.ts';
export type { PnmlDefect } from './pnml-xml.ts';

export interface ReadNet {
  /** Absent where anything is wrong. */
  readonly net: Net | undefined;
  readonly name: string;
  /** In their order in the file, at most a hundred and one that counts the others. */
  readonly defects: readonly PnmlDefect[];
  /** Where each place and transition stands, by the name that findings use. */
  readonly where: ReadonlyMap<string, PlaceInText>;
  /** Where the net begins. */
  readonly start: PlaceInText;
}

/** Markings and weights above this are refused: no workflow has them, and sums stay exact. */
const MOST_TOKENS = 1_000_000_000;
/** Defects that are listed. */
const LISTED = 100;

/** Text, or the bytes of a file in the encoding that it declares. */
export function readPnml(source: string | Uint8Array): ReadNet {
  const text = typeof source === 'string' ? source : decodePnml(source);
  if (typeof text !== 'string')
    return { net: undefined, name: '', defects: [text], where: new Map(), start: { line: 1, column: 1 } };
  const { name, start, nodes, arcs, defects } = parsePnml(text);
  const assembly = assembled(nodes, arcs, defects);
  const { places, transitions, initial, where } = assembly;
  const net = defects.length > 0 ? undefined : { places, transitions, initial };
  return { net, name, defects: listed(defects), where, start };
}

function assembled(nodes: readonly PnmlNode[], arcs: readonly PnmlArc[], defects: PnmlDefect[]) {
  const byId = identified(nodes, defects);
  identified(arcs, defects);
  const targets = resolved(nodes, byId, defects);
  const real = nodes.filter(({ ref }) => ref === undefined);
  const label = labels(real);
  const labelOf = (node: PnmlNode) => label.get(node) ?? '';
  const places = real.filter(({ kind }) => kind === 'place');
  const drafts: Drafts = new Map(
    real
      .filter(({ kind }) => kind === 'transition')
      .map((node) => [node, { pre: new Map<number, number>(), post: new Map<number, number>() }]),
  );
  const initial = places.map(({ tokens }) => (tokens ? numberIn(tokens, 0, 'initial marking', defects) : 0));
  const index = new Map(places.map((place, at) => [place, at]));
  const nodeOf = (id: string) => targets.get(id);
  for (const arc of arcs) connect(arc, nodeOf, index, drafts, defects);
  return {
    places: places.map(labelOf),
    transitions: [...drafts].map(([node, { pre, post }]) => ({
      name: labelOf(node),
      pre: [...pre],
      post: [...post],
    })),
    initial,
    where: new Map(real.map((node) => [labelOf(node), { line: node.line, column: node.column }])),
  };
}

/** By id; one that comes twice is a defect, as is a node without one. */
function identified<T extends PnmlNode | PnmlArc>(all: readonly T[], defects: PnmlDefect[]): Map<string, T> {
  const byId = new Map<string, T>();
  for (const each of all) {
    const before = byId.get(each.id);
    if (!each.id) {
      if ('kind' in each) defects.push(at(each, 'SCHEMA', `This <${each.kind}> has no id; give it one.`));
    } else if (before) {
      const message = `The id "${shortened(each.id)}" is already used in line ${before.line}; give one of them another.`;
      defects.push(at(each, 'DUPLICATE_KEY', message));
    } else byId.set(each.id, each);
  }
  return byId;
}

/** The place or transition that each id means in the end; references that lead nowhere, or astray, are defects. */
function resolved(
  nodes: readonly PnmlNode[],
  byId: ReadonlyMap<string, PnmlNode>,
  defects: PnmlDefect[],
): Map<string, PnmlNode | undefined> {
  const targets = new Map<string, PnmlNode | undefined>(byId);
  const isOpen = new Set([...byId.values()].filter(({ ref }) => ref !== undefined));
  for (const node of isOpen) {
    const way: PnmlNode[] = [];
    let end: PnmlNode | undefined = node;
    for (; end && isOpen.delete(end); end = byId.get(end.ref ?? '')) way.push(end);
    const target = end && way.includes(end) ? undefined : targets.get(end?.id ?? '');
    for (const each of way) targets.set(each.id, target);
  }
  for (const node of nodes) {
    const target = targets.get(node.id);
    const kind = node.kind === 'referencePlace' ? 'place' : 'transition';
    if (node.ref === undefined || target?.kind === kind) continue;
    const wrong = target ? 'which is none' : 'which leads to none';
    const message = `This <${node.kind}> refers to "${shortened(node.ref)}", ${wrong}; name the id of a ${kind}.`;
    defects.push(at(node, 'SCHEMA', message));
  }
  return targets;
}

/** Names where they tell the nodes apart, otherwise name and id. */
function labels(nodes: readonly PnmlNode[]): Map<PnmlNode, string> {
  const times = new Map<string, number>();
  for (const { name, id } of nodes) times.set(name || id, (times.get(name || id) ?? 0) + 1);
  const used = new Set([...times].flatMap(([name, count]) => (count === 1 ? [name] : [])));
  return new Map(
    nodes.map((node) => {
      let name = node.name || node.id;
      if (times.get(name) === 1) return [node, name];
      do name = `${name} (${node.id})`;
      while (used.has(name));
      used.add(name);
      return [node, name];
    }),
  );
}

type Drafts = ReadonlyMap<
  PnmlNode,
  { readonly pre: Map<number, number>; readonly post: Map<number, number> }
>;

function connect(
  arc: PnmlArc,
  nodeOf: (id: string) => PnmlNode | undefined,
  places: ReadonlyMap<PnmlNode, number>,
  drafts: Drafts,
  defects: PnmlDefect[],
): void {
  const weight = arc.weight ? numberIn(arc.weight, 1, 'weight', defects) : 1;
  const [source, target] = [nodeOf(arc.source), nodeOf(arc.target)];
  for (const [end, id, node] of [
    ['source', arc.source, source],
    ['target', arc.target, target],
  ] as const)
    if (!node) {
      const message = `The ${end} "${shortened(id)}" of this <arc> does not exist; name the id of a place or transition.`;
      defects.push(at(arc, 'SCHEMA', message));
    }
  if (!source || !target) return;
  const [from, to] = [places.get(source), places.get(target)];
  const [side, place] = from === undefined ? (['post', to] as const) : (['pre', from] as const);
  const transition = drafts.get(side === 'pre' ? target : source);
  if (transition && place !== undefined) {
    transition[side].set(place, (transition[side].get(place) ?? 0) + weight);
    return;
  }
  const message = `This <arc> leads from a ${source.kind} to a ${target.kind}; let it lead between a place and a transition.`;
  defects.push(at(arc, 'SCHEMA', message));
}

/** `3`, or `Default,3` of tools that colour their tokens, where there are none of another colour. */
function numberIn(label: PnmlLabel, least: 0 | 1, what: string, defects: PnmlDefect[]): number {
  const [first = '', ...rest] = label.text.split(',').map((each) => each.trim());
  const pairs = rest.length % 2 === 1 && /^default$/i.test(first);
  const others = rest.slice(1).filter((_, index) => index % 2 === 1);
  const text = pairs && others.every((each) => /^0+$/.test(each)) ? (rest[0] ?? '') : label.text;
  const value = /^\+?\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= MOST_TOKENS) return value;
  const range = `a whole number from ${least} to ${MOST_TOKENS}`;
  defects.push(at(label, 'SCHEMA', `The ${what} "${shortened(label.text)}" is not ${range}; write one.`));
  return least;
}

function at({ line, column }: PlaceInText, code: FindingCode, message: string): PnmlDefect {
  return { code, message, line, column };
}

function listed(defects: readonly PnmlDefect[]): PnmlDefect[] {
  const sorted = defects.toSorted((a, b) => a.line - b.line || a.column - b.column);
  const [first] = sorted.splice(LISTED);
  if (!first) return sorted;
  const message = `There are ${defects.length - LISTED} more defects from here on; correct these first.`;
  return [...sorted, at(first, first.code, message)];
}
