/** The XML of a PNML file as nodes and arcs with their lines. Document types are refused, so no entity can ever unfold. */
import { SaxesParser } from 'saxes';
import type { FindingCode } from '../findings.ts';

export interface PnmlDefect {
  readonly code: FindingCode;
  readonly message: string;
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;
}

interface Placed {
  readonly line: number;
  readonly column: number;
}

export interface PnmlNode extends Placed {
  readonly kind: 'place' | 'transition' | 'referencePlace' | 'referenceTransition';
  readonly id: string;
  name: string;
  /** The text of the initial marking. */
  tokens: string | undefined;
  readonly ref: string | undefined;
}

export interface PnmlArc extends Placed {
  readonly source: string;
  readonly target: string;
  weight: string | undefined;
}

export interface PnmlText {
  readonly name: string;
  readonly nodes: readonly PnmlNode[];
  readonly arcs: readonly PnmlArc[];
  readonly defects: PnmlDefect[];
}

export const PNML_LIMITS = { characters: 64_000_000, depth: 100, nodes: 100_000, arcs: 1_000_000 } as const;

const NODES: ReadonlySet<string> = new Set(['place', 'transition', 'referencePlace', 'referenceTransition']);
const LABELS: ReadonlySet<string> = new Set(['name', 'initialMarking', 'inscription']);
/** Elements whose content says nothing about the net. */
const IGNORED: ReadonlySet<string> = new Set(['toolspecific', 'graphics', 'finalmarkings']);
const TEXT_MOST = 1_000;

/** Ends the reading: what is left cannot be understood. */
class Stop extends Error {}

export function parsePnml(text: string): PnmlText {
  const found = { name: '', nodes: [] as PnmlNode[], arcs: [] as PnmlArc[], defects: [] as PnmlDefect[] };
  const parser = new SaxesParser();
  const say = (code: PnmlDefect['code'], message: string, place: Placed = hereOf(parser)) =>
    found.defects.push({ code, message, line: place.line, column: place.column });
  const stop = (code: PnmlDefect['code'], message: string): never => {
    say(code, message);
    throw new Stop(message);
  };
  if (text.length > PNML_LIMITS.characters) {
    say('TOO_LARGE', `The file is larger than ${PNML_LIMITS.characters} characters.`, { line: 1, column: 1 });
    return found;
  }
  parser.on('error', (error) =>
    stop('SYNTAX', `This is not well-formed XML: ${error.message.replace(/^\d+:\d+: /, '')}`),
  );
  parser.on('doctype', () =>
    stop('SYNTAX', 'A document type is not accepted, since PNML needs none; remove "<!DOCTYPE …>".'),
  );
  reading(parser, found, stop);
  try {
    parser.write(text).close();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
  }
  return found;
}

type Found = { name: string; nodes: PnmlNode[]; arcs: PnmlArc[] };

function reading(
  parser: SaxesParser,
  found: Found,
  stop: (code: PnmlDefect['code'], message: string) => never,
): void {
  const path: string[] = [];
  let start: Placed = { line: 1, column: 1 };
  let node: PnmlNode | undefined;
  let arc: PnmlArc | undefined;
  let [ignored, nets, written] = [0, 0, ''];

  parser.on('opentagstart', () => {
    start = hereOf(parser);
  });
  parser.on('opentag', ({ name: tag, attributes }) => {
    const name = localName(tag);
    if (path.length === 0 && name !== 'pnml') stop('SCHEMA', `The root element is <${name}>, not <pnml>.`);
    if (path.push(name) > PNML_LIMITS.depth)
      stop('TOO_DEEP', `Elements are nested deeper than ${PNML_LIMITS.depth}.`);
    if (ignored > 0 || IGNORED.has(name)) ignored++;
    if (ignored > 0) return;
    if (name === 'net' && ++nets > 1) stop('SCHEMA', 'The file holds a second net; keep one net per file.');
    if (NODES.has(name)) {
      if (found.nodes.length >= PNML_LIMITS.nodes * 2)
        stop('TOO_LARGE', `There are more than ${PNML_LIMITS.nodes * 2} places and transitions.`);
      const kind = name as PnmlNode['kind'];
      const ref = kind.startsWith('reference') ? (attributes.ref ?? '') : undefined;
      node = { kind, id: attributes.id ?? '', name: '', tokens: undefined, ref, ...start };
      found.nodes.push(node);
    } else if (name === 'arc') {
      if (found.arcs.length >= PNML_LIMITS.arcs)
        stop('TOO_LARGE', `There are more than ${PNML_LIMITS.arcs} arcs.`);
      arc = { source: attributes.source ?? '', target: attributes.target ?? '', weight: undefined, ...start };
      found.arcs.push(arc);
    } else if (name === 'text') written = '';
  });
  parser.on('text', (piece) => {
    if (ignored === 0 && path.at(-1) === 'text' && written.length < TEXT_MOST)
      written += piece.slice(0, TEXT_MOST);
  });
  parser.on('cdata', (piece) => {
    if (ignored === 0 && path.at(-1) === 'text' && written.length < TEXT_MOST)
      written += piece.slice(0, TEXT_MOST);
  });
  parser.on('closetag', () => {
    const [owner, label, name] = [path.at(-3), path.at(-2) ?? '', path.pop()];
    if (ignored > 0) {
      ignored--;
      return;
    }
    if (name === 'text' && LABELS.has(label)) {
      if (label === 'name' && owner === 'net') found.name = written.trim();
      if (label === 'name' && node && NODES.has(owner ?? '')) node.name = written.trim();
      if (label === 'initialMarking' && node) node.tokens = written;
      if (label === 'inscription' && arc) arc.weight = written;
    }
    if (name === 'pnml' && nets === 0) stop('SCHEMA', 'The file holds no <net>.');
    if (NODES.has(name ?? '')) node = undefined;
    if (name === 'arc') arc = undefined;
  });
}

function localName(tag: string): string {
  return tag.slice(tag.indexOf(':') + 1);
}

function hereOf(parser: SaxesParser): Placed {
  return { line: parser.line, column: parser.column + 1 };
}
