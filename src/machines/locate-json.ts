/** JSON as a tree with places: strict JSON (RFC 8259), without comments and trailing commas. */
import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { messageOf } from '../errors.ts';
import { finding } from './findings.ts';
import { type Place, placesIn, type Read, START, type Tree, unreadable } from './locate.ts';

const SENTENCES: Readonly<Record<string, string>> = {
  InvalidCommentToken: 'JSON has no comments; remove it.',
  PropertyNameExpected: 'Expected a property name in double quotes; look for a trailing comma.',
  ValueExpected: 'Expected a value; look for a trailing comma.',
  ColonExpected: 'Expected ":" after the property name.',
  CommaExpected: 'Expected "," between two entries.',
  CloseBraceExpected: 'Expected "}"; the object is not closed.',
  CloseBracketExpected: 'Expected "]"; the list is not closed.',
  EndOfFileExpected: 'Expected the end of the file; one JSON document is allowed.',
};

/** Reads a JSON text. */
export function readJson(text: string): Read {
  const at = placesIn(text);
  const errors: ParseError[] = [];
  let root: Node | undefined;
  try {
    root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  } catch (error) {
    if (error instanceof RangeError) return unreadable('TOO_DEEP', 'The JSON is nested too deeply.', START);
    throw error;
  }
  if (errors.length > 0 || !root) {
    const found = errors.map(({ error, offset }) => {
      const name = printParseErrorCode(error);
      return {
        ...finding('SYNTAX', SENTENCES[name] ?? `The JSON is malformed here (${name}).`),
        place: at(offset),
      };
    });
    return {
      ok: false,
      findings: found.length > 0 ? found : [{ ...finding('SYNTAX', 'The file is empty.'), place: START }],
    };
  }
  try {
    JSON.parse(text);
  } catch (error) {
    return unreadable('SYNTAX', `The JSON is malformed: ${messageOf(error)}.`, START);
  }
  return { ok: true, tree: toTree(root, at) };
}

function toTree(node: Node, at: (offset: number) => Place): Tree {
  const place = at(node.offset);
  const children = node.children ?? [];
  if (node.type === 'array') return { kind: 'list', place, items: children.map((item) => toTree(item, at)) };
  if (node.type !== 'object') return { kind: 'value', place, value: node.value };
  const entries = children.flatMap((property) => {
    const [key, value] = property.children ?? [];
    return key && value ? [{ key: String(key.value), place: at(key.offset), value: toTree(value, at) }] : [];
  });
  return { kind: 'object', place, entries };
}
