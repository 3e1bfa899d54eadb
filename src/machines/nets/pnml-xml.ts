/** The XML of a PNML file as nodes and arcs with their lines. Document types are refused, so no entity can ever unfold. */
import { SaxesParser } from 'saxes';
import type { FindingCode } from '../findings.ts';
import {
  refusedArc,
  refusedCapacity,
  refusedElement,
  refusedMixture,
  refusedType,
  shortened,
} from './pnml-foreign.ts';
import { type PlaceInText, placesOf } from './pnml-lines.ts';

export interface PnmlDefect extends PlaceInText {
  readonly code: FindingCode;
  readonly message: string;
}

/** What a label says, in `<text>`, in `<value>`, or by itself. */
export interface PnmlLabel extends PlaceInText {
  readonly text: string;
}

export interface PnmlNode extends PlaceInText {
  readonly kind: 'place' | 'transition' | 'referencePlace' | 'referenceTransition';
  readonly id: string;
  readonly ref: string | undefined;
  name: string;
  tokens: PnmlLabel | undefined;
}

export interface PnmlArc extends PlaceInText {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  weight: PnmlLabel | undefined;
}

export interface PnmlText {
  name: string;
  /** Where the net begins. */
  start: PlaceInText;
  readonly nodes: PnmlNode[];
  readonly arcs: PnmlArc[];
  readonly defects: PnmlDefect[];
}

export const PNML_LIMITS = {
  characters: 64_000_000,
  depth: 100,
  nodes: 200_000,
  arcs: 1_000_000,
  attributes: 1_000,
} as const;

const NODES: ReadonlySet<string> = new Set(['place', 'transition', 'referencePlace', 'referenceTransition']);
/** By label: in which elements it stands. */
const LABELS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['name', new Set(['net', 'arc', ...NODES])],
  ['initialMarking', new Set(['place'])],
  ['capacity', new Set(['place'])],
  ['inscription', new Set(['arc'])],
  ['type', new Set(['arc'])],
  ['arctype', new Set(['arc'])],
  ['priority', new Set(['transition'])],
  ['timed', new Set(['transition'])],
]);
/** Elements whose content says nothing about the net. */
const IGNORED: ReadonlySet<string> = new Set(['toolspecific', 'graphics', 'finalmarkings']);
const TEXT_MOST = 1_000;

/** Ends the reading: what is left cannot be understood. */
class Stop extends Error {}

/** A reading under way. */
interface Reading {
  readonly found: PnmlText;
  readonly path: string[];
  /** What each transition has to say alike, as the first one said it. */
  readonly alike: Map<string, string>;
  /** Labels that the node or arc has already. */
  readonly given: Set<string>;
  owner: PnmlNode | PnmlArc | undefined;
  label:
    | (PlaceInText & { readonly name: string; readonly depth: number; readonly pieces: string[] })
    | undefined;
  /** How deep the reading is in what is ignored. */
  ignored: number;
  nets: number;
}

export function parsePnml(text: string): PnmlText {
  const start = { line: 1, column: 1 };
  const found: PnmlText = { name: '', start, nodes: [], arcs: [], defects: [] };
  if (text.length > PNML_LIMITS.characters) {
    const message = `The file is larger than ${PNML_LIMITS.characters} characters; split the net, or name a smaller one.`;
    found.defects.push({ code: 'TOO_LARGE', message, ...start });
    return found;
  }
  const reading: Reading = {
    ...{ found, path: [], alike: new Map(), given: new Set(), ignored: 0, nets: 0 },
    ...{ owner: undefined, label: undefined },
  };
  const parser = new SaxesParser();
  const placeAt = placesOf(text);
  let at: PlaceInText = start;
  const here = () => ({ line: parser.line, column: parser.column + 1 });
  parser.on('error', (error) => {
    const reason = error.message.replace(/^\d+:\d+: /, '').replace(/\.$/, '');
    stop(
      found,
      'SYNTAX',
      `This is not well-formed XML: ${reason}; correct it, or export the net again.`,
      here(),
    );
  });
  parser.on('doctype', () =>
    stop(
      found,
      'SYNTAX',
      'A document type is not accepted, since PNML needs none; remove "<!DOCTYPE …>".',
      here(),
    ),
  );
  let attributes = 0;
  parser.on('attribute', () => {
    attributes += 1;
    if (attributes > PNML_LIMITS.attributes)
      stop(
        found,
        'TOO_LARGE',
        `An element has more than ${PNML_LIMITS.attributes} attributes; remove some.`,
        at,
      );
  });
  parser.on('opentagstart', () => {
    attributes = 0;
    at = placeAt(text.lastIndexOf('<', parser.position - 1));
  });
  parser.on('opentag', (tag) => opened(reading, localName(tag.name), tag.attributes, at));
  parser.on('text', (piece) => wrote(reading, piece));
  parser.on('cdata', (piece) => wrote(reading, piece));
  parser.on('closetag', () => closed(reading));
  try {
    parser.write(text).close();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
  }
  return found;
}

function say(
  found: PnmlText,
  code: PnmlDefect['code'],
  message: string,
  { line, column }: PlaceInText,
): void {
  found.defects.push({ code, message, line, column });
}

function stop(found: PnmlText, code: PnmlDefect['code'], message: string, at: PlaceInText): never {
  say(found, code, message, at);
  throw new Stop(message);
}

type Attributes = Readonly<Record<string, string>>;

function opened(reading: Reading, name: string, attributes: Attributes, at: PlaceInText): void {
  const { found, path } = reading;
  const parent = path.at(-1);
  if (parent === undefined && name !== 'pnml')
    stop(
      found,
      'SCHEMA',
      `The root element is <${shortened(name)}>, not <pnml>; export the net as PNML.`,
      at,
    );
  if (path.push(name) > PNML_LIMITS.depth)
    stop(found, 'TOO_DEEP', `Elements are nested deeper than ${PNML_LIMITS.depth}; flatten the pages.`, at);
  if (reading.ignored > 0 || IGNORED.has(name)) reading.ignored += 1;
  if (reading.ignored > 0) return;
  if (reading.label) {
    const refusal = refusedElement(name);
    if (refusal) stop(found, 'SCHEMA', refusal, at);
    reading.label.pieces.push('');
  } else if (name === 'net') openedNet(reading, attributes, at);
  else if (NODES.has(name) || name === 'arc') openedPart(reading, name, attributes, at);
  else if (LABELS.has(name)) openedLabel(reading, name, attributes, at);
  else {
    const refusal = refusedElement(name);
    if (refusal) stop(found, 'SCHEMA', refusal, at);
  }
}

function openedNet(reading: Reading, { type = '' }: Attributes, at: PlaceInText): void {
  const { found, path } = reading;
  if (reading.nets > 0) stop(found, 'SCHEMA', 'The file holds a second net; keep one net per file.', at);
  if (path.length !== 2) stop(found, 'SCHEMA', 'A <net> stands in <pnml>; move it there.', at);
  reading.nets += 1;
  found.start = at;
  const refusal = refusedType(type);
  if (refusal) stop(found, 'SCHEMA', refusal, at);
}

function openedPart(reading: Reading, name: string, attributes: Attributes, at: PlaceInText): void {
  const { found, path } = reading;
  const [, net, ...pages] = path.slice(0, -1);
  const parent = path.at(-2) ?? '';
  if (reading.owner || net !== 'net' || pages.some((each) => each !== 'page'))
    stop(
      found,
      'SCHEMA',
      `This <${name}> stands in <${shortened(parent)}>; move it into the net or a page.`,
      at,
    );
  reading.given.clear();
  const { id = '', source = '', target = '', ref = '' } = attributes;
  if (name === 'arc') {
    if (found.arcs.length >= PNML_LIMITS.arcs)
      stop(found, 'TOO_LARGE', `There are more than ${PNML_LIMITS.arcs} arcs; name a smaller net.`, at);
    const arc: PnmlArc = { id, source, target, weight: undefined, ...at };
    const refusal = refusedArc(attributes.type ?? '');
    if (refusal) say(found, 'SCHEMA', refusal, at);
    found.arcs.push(arc);
    reading.owner = arc;
    return;
  }
  if (found.nodes.length >= PNML_LIMITS.nodes)
    stop(
      found,
      'TOO_LARGE',
      `There are more than ${PNML_LIMITS.nodes} places and transitions; name a smaller net.`,
      at,
    );
  const kind = name as PnmlNode['kind'];
  const isReference = kind.startsWith('reference');
  const node: PnmlNode = { kind, id, name: '', tokens: undefined, ref: isReference ? ref : undefined, ...at };
  found.nodes.push(node);
  reading.owner = node;
}

/** Names of pages and of what is not known here are no labels of the net. */
function openedLabel(reading: Reading, name: string, { value, type }: Attributes, at: PlaceInText): void {
  const { found, path, given } = reading;
  const parent = path.at(-2) ?? '';
  if (!LABELS.get(name)?.has(parent)) {
    if (NODES.has(parent) || parent === 'arc')
      if (name === 'type')
        stop(found, 'SCHEMA', `A <${parent}> with a <type> belongs to a coloured net; remove it.`, at);
      else say(found, 'SCHEMA', `A <${parent}> has no <${name}>; remove it.`, at);
    return;
  }
  if (parent !== 'net' && given.has(name))
    say(found, 'DUPLICATE_KEY', `The <${parent}> has a second <${name}>; keep one of them.`, at);
  given.add(name);
  reading.label = { name, depth: path.length, pieces: [value ?? type ?? '', ''], ...at };
}

function wrote({ label, ignored }: Reading, piece: string): void {
  if (!label || ignored > 0) return;
  const written = label.pieces.pop() ?? '';
  label.pieces.push(written.length < TEXT_MOST ? written + piece.slice(0, TEXT_MOST) : written);
}

function closed(reading: Reading): void {
  const { found, path, label } = reading;
  const name = path.pop();
  if (reading.ignored > 0) {
    reading.ignored -= 1;
    return;
  }
  if (label && path.length < label.depth) {
    const text = [...new Set(label.pieces.map((each) => each.trim()))]
      .filter((each) => each !== '')
      .join(' ');
    reading.label = undefined;
    labelled(reading, label.name, { text, line: label.line, column: label.column });
  } else if (label) label.pieces.push('');
  if (name === 'arc' || NODES.has(name ?? '')) reading.owner = undefined;
  if (name === 'pnml' && reading.nets === 0)
    stop(found, 'SCHEMA', 'The file holds no <net>; export the net again.', { line: 1, column: 1 });
}

function labelled({ found, owner, alike }: Reading, name: string, label: PnmlLabel): void {
  const { text } = label;
  if (!owner) {
    if (name === 'name') found.name = text;
    return;
  }
  if (name === 'name' && 'kind' in owner) owner.name = text;
  if (name === 'initialMarking' && 'kind' in owner) owner.tokens = label;
  if (name === 'inscription' && !('kind' in owner)) owner.weight = label;
  if (name === 'type' || name === 'arctype') refuse(found, refusedArc(text), label);
  if (name === 'capacity') refuse(found, refusedCapacity(text), label);
  if (name !== 'priority' && name !== 'timed') return;
  const first = alike.get(name);
  if (first === undefined) alike.set(name, text);
  else if (first !== text) refuse(found, refusedMixture(name, first, text), label);
}

function refuse(found: PnmlText, message: string | undefined, at: PlaceInText): void {
  if (message) say(found, 'SCHEMA', message, at);
}

function localName(tag: string): string {
  return tag.slice(tag.indexOf(':') + 1);
}
