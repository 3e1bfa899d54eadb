/** TOML 1.0 as a tree with places. Tables, dotted keys and inline tables all become nested objects. */
import { type AST, ParseError, parseTOML } from 'toml-eslint-parser';
import { invariant } from '../errors.ts';
import { type Place, type Read, START, type Tree, unreadable } from './locate.ts';

/** An object or list that later tables may still add to. */
type Growing =
  | { kind: 'object'; place: Place; entries: GrowingEntry[]; byKey: Map<string, GrowingEntry> }
  | { kind: 'list'; place: Place; items: Growing[] }
  | { kind: 'value'; place: Place; value: unknown };
type GrowingObject = Extract<Growing, { kind: 'object' }>;

interface GrowingEntry {
  readonly key: string;
  readonly place: Place;
  value: Growing;
}

/** Reads a TOML text. */
export function readToml(text: string): Read {
  try {
    const [body] = parseTOML(text, { tomlVersion: '1.0' }).body;
    const root = objectAt(START);
    for (const node of body.body) {
      if (node.type === 'TOMLKeyValue') assign(root, node);
      else {
        const table = tableFor(root, node);
        for (const each of node.body) assign(table, each);
      }
    }
    return { ok: true, tree: root as Tree };
  } catch (error) {
    if (error instanceof RangeError) return unreadable('TOO_DEEP', 'The TOML is nested too deeply.', START);
    if (!(error instanceof ParseError)) throw error;
    const code = error.message.startsWith('Defining a key multiple times') ? 'DUPLICATE_KEY' : 'SYNTAX';
    return unreadable(code, `${error.message}.`, { line: error.lineNumber, column: error.column + 1 });
  }
}

function tableFor(root: GrowingObject, node: AST.TOMLTable): GrowingObject {
  const keys = node.key.keys.map(placeOfNode);
  const path = node.resolvedKey;
  let place = START;
  let current: Growing = root;
  for (const [index, segment] of path.entries()) {
    if (typeof segment === 'string') {
      const here = keys.shift() ?? place;
      place = here;
      const isList = typeof path[index + 1] === 'number';
      current = child(current, segment, here, () =>
        isList ? { kind: 'list', place: here, items: [] } : objectAt(here),
      );
    } else if (current.kind === 'list') {
      current.items[segment] ??= objectAt(place);
      current = current.items[segment] ?? current;
    }
  }
  invariant(current.kind === 'object', 'the TOML parser resolves every table header to a table');
  return current;
}

function assign(table: GrowingObject, { key, value }: AST.TOMLKeyValue): void {
  let current: Growing = table;
  const last = key.keys.length - 1;
  for (const [index, node] of key.keys.entries()) {
    const name = node.type === 'TOMLBare' ? node.name : node.value;
    const place = placeOfNode(node);
    current = child(current, name, place, () => (index === last ? toTree(value) : objectAt(place)));
  }
}

/** The value under a key, made where it is missing. */
function child(parent: Growing, key: string, place: Place, make: () => Growing): Growing {
  if (parent.kind !== 'object') return make();
  const known = parent.byKey.get(key);
  if (known) return known.value;
  const entry = { key, place, value: make() };
  parent.byKey.set(key, entry);
  parent.entries.push(entry);
  return entry.value;
}

function toTree(node: AST.TOMLContentNode): Growing {
  const place = placeOfNode(node);
  if (node.type === 'TOMLArray') return { kind: 'list', place, items: node.elements.map(toTree) };
  if (node.type === 'TOMLValue') return { kind: 'value', place, value: node.value };
  const table = objectAt(place);
  for (const each of node.body) assign(table, each);
  return table;
}

function objectAt(place: Place): GrowingObject {
  return { kind: 'object', place, entries: [], byKey: new Map() };
}

function placeOfNode(node: { readonly loc: AST.SourceLocation }): Place {
  return { line: node.loc.start.line, column: node.loc.start.column + 1 };
}
