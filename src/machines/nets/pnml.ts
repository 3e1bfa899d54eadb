/** Place/transition nets in PNML (ISO/IEC 15909-2): read with every defect at its line, and written so that it reads back. */
import type { FindingCode } from '../findings.ts';
import type { Arc, Net } from './net.ts';
import { type PnmlArc, type PnmlDefect, type PnmlNode, parsePnml } from './pnml-xml.ts';

export type { PnmlDefect } from './pnml-xml.ts';

export interface ReadNet {
  /** Absent where anything is wrong. */
  readonly net: Net | undefined;
  readonly name: string;
  readonly defects: readonly PnmlDefect[];
  /** Where each place and transition stands, by the name that findings use. */
  readonly where: ReadonlyMap<string, { readonly line: number; readonly column: number }>;
}

/** Markings and weights above this are refused: no workflow has them, and sums stay exact. */
const MOST_TOKENS = 1_000_000_000;

export function readPnml(text: string): ReadNet {
  const { name, nodes, arcs, defects } = parsePnml(text);
  const byId = new Map<string, PnmlNode>();
  for (const node of nodes) {
    const before = byId.get(node.id);
    if (!node.id) defects.push(at(node, 'SCHEMA', `A ${node.kind} has no id; give it one.`));
    else if (before)
      defects.push(at(node, 'DUPLICATE_KEY', `The id "${node.id}" is already used in line ${before.line}.`));
    else byId.set(node.id, node);
  }
  const real = nodes.filter(({ kind }) => kind === 'place' || kind === 'transition');
  const label = labels(real);
  const places = real.filter(({ kind }) => kind === 'place');
  const placeIndex = new Map(places.map((place, index) => [place, index]));
  const initial = places.map((place) => tokensOf(place, place.tokens, 0, 'initial marking', defects));
  const drafts = new Map(
    real
      .filter(({ kind }) => kind === 'transition')
      .map((node) => [node, { pre: new Map<number, number>(), post: new Map<number, number>() }]),
  );
  for (const arc of arcs) connect(arc, byId, placeIndex, drafts, defects);
  const transitions = [...drafts].map(([node, { pre, post }]) => ({
    name: label.get(node) ?? '',
    pre: [...pre],
    post: [...post],
  }));
  return {
    net:
      defects.length > 0
        ? undefined
        : { places: places.map((node) => label.get(node) ?? ''), transitions, initial },
    name,
    defects,
    where: new Map(real.map((node) => [label.get(node) ?? '', { line: node.line, column: node.column }])),
  };
}

/** Names where they tell the nodes apart, otherwise name and id. */
function labels(nodes: readonly PnmlNode[]): Map<PnmlNode, string> {
  const times = new Map<string, number>();
  for (const { name, id } of nodes) times.set(name || id, (times.get(name || id) ?? 0) + 1);
  return new Map(
    nodes.map((node) => {
      const name = node.name || node.id;
      return [node, times.get(name) === 1 ? name : `${name} (${node.id})`];
    }),
  );
}

type Drafts = ReadonlyMap<
  PnmlNode,
  { readonly pre: Map<number, number>; readonly post: Map<number, number> }
>;

function connect(
  arc: PnmlArc,
  byId: ReadonlyMap<string, PnmlNode>,
  places: ReadonlyMap<PnmlNode, number>,
  drafts: Drafts,
  defects: PnmlDefect[],
): void {
  const ends = [arc.source, arc.target].map((id) => resolved(id, byId));
  ends.forEach((end, index) => {
    const id = index === 0 ? arc.source : arc.target;
    if (!end)
      defects.push(
        at(arc, 'SCHEMA', `The ${index === 0 ? 'source' : 'target'} "${id}" of an arc does not exist.`),
      );
  });
  const [source, target] = ends;
  const weight = tokensOf(arc, arc.weight, 1, 'weight', defects);
  if (!source || !target) return;
  const [from, to] = [places.get(source), places.get(target)];
  const [side, place] = from === undefined ? (['post', to] as const) : (['pre', from] as const);
  const transition = drafts.get(side === 'pre' ? target : source);
  if (!transition || place === undefined) {
    defects.push(
      at(
        arc,
        'SCHEMA',
        `The arc from "${arc.source}" to "${arc.target}" has to lead between a place and a transition.`,
      ),
    );
    return;
  }
  transition[side].set(place, (transition[side].get(place) ?? 0) + weight);
}

/** Follows reference nodes; undefined where they lead nowhere or in a circle. */
function resolved(id: string, byId: ReadonlyMap<string, PnmlNode>): PnmlNode | undefined {
  const seen = new Set<string>();
  for (let node = byId.get(id); node && !seen.has(node.id); node = byId.get(node.ref ?? '')) {
    if (node.ref === undefined) return node;
    seen.add(node.id);
  }
  return undefined;
}

function tokensOf(
  place: { line: number; column: number },
  text: string | undefined,
  least: 0 | 1,
  what: string,
  defects: PnmlDefect[],
): number {
  if (text === undefined) return least;
  const value = /^\+?\d{1,10}$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (value >= least && value <= MOST_TOKENS) return value;
  const range = `a whole number from ${least} to ${MOST_TOKENS}`;
  defects.push(at(place, 'SCHEMA', `The ${what} "${text.trim().slice(0, 40)}" is not ${range}.`));
  return least;
}

function at(
  { line, column }: { line: number; column: number },
  code: FindingCode,
  message: string,
): PnmlDefect {
  return { code, message, line, column };
}

/** One net on one page; reading it again gives the same net. */
export function writePnml({ places, transitions, initial }: Net, name = 'net'): string {
  const node = (kind: string, id: string, label: string, inner = '') =>
    `      <${kind} id="${id}"><name><text>${escaped(label)}</text></name>${inner}</${kind}>`;
  const arc = (from: string, to: string, weight: number, id: string) => {
    const inscription = weight === 1 ? '' : `<inscription><text>${weight}</text></inscription>`;
    return `      <arc id="${id}" source="${from}" target="${to}">${inscription}</arc>`;
  };
  const arcs = (list: readonly Arc[], t: number, side: 'i' | 'o') =>
    list.map(([place, weight]) =>
      side === 'i'
        ? arc(`p${place}`, `t${t}`, weight, `i${t}-${place}`)
        : arc(`t${t}`, `p${place}`, weight, `o${t}-${place}`),
    );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<pnml xmlns="http://www.pnml.org/version-2009/grammar/pnml">',
    `  <net id="n" type="http://www.pnml.org/version-2009/grammar/ptnet">`,
    `    <name><text>${escaped(name)}</text></name>`,
    '    <page id="page">',
    ...places.map((label, index) => {
      const tokens = initial[index] ?? 0;
      const marked = tokens > 0 ? `<initialMarking><text>${tokens}</text></initialMarking>` : '';
      return node('place', `p${index}`, label, marked);
    }),
    ...transitions.map(({ name: label }, index) => node('transition', `t${index}`, label)),
    ...transitions.flatMap(({ pre, post }, t) => [...arcs(pre, t, 'i'), ...arcs(post, t, 'o')]),
    '    </page>',
    '  </net>',
    '</pnml>',
    '',
  ].join('\n');
}

/** Control characters, which XML 1.0 cannot carry, become a replacement character. */
function escaped(text: string): string {
  const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is meant
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replace(/[&<>"]/g, (each) => marks[each] ?? each)
      .replace(/\r/g, '&#13;')
  );
}
