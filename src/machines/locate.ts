/** A source as a tree that knows its places: each format is read into it, and what is wrong is found in it again. */
import { type Finding, finding, type SourcePath } from './findings.ts';

/** Line and column, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface Entry {
  readonly key: string;
  readonly place: Place;
  readonly value: Tree;
}

export type Tree =
  | { readonly kind: 'object'; readonly place: Place; readonly entries: readonly Entry[] }
  | { readonly kind: 'list'; readonly place: Place; readonly items: readonly Tree[] }
  | { readonly kind: 'value'; readonly place: Place; readonly value: unknown };

/** What reading a text gives: a tree, or the place and the sentence of what stopped it. */
export type Read =
  | { readonly ok: true; readonly tree: Tree }
  | { readonly ok: false; readonly findings: readonly (Finding & { readonly place: Place })[] };

export const START: Place = { line: 1, column: 1 };

/** A reading that failed at one place. */
export function unreadable(code: Finding['code'], message: string, place: Place): Read {
  return { ok: false, findings: [{ ...finding(code, message), place }] };
}

/** The place a path leads to: a plain value itself, or the key of anything larger. The nearest place where it leads nowhere. */
export function placeOf(tree: Tree, path: SourcePath, at?: 'key'): Place {
  let place = tree.place;
  let node = tree;
  for (const [index, segment] of path.entries()) {
    if (node.kind === 'list' && typeof segment === 'number') {
      const item = node.items[segment];
      if (!item) return place;
      node = item;
      place = item.place;
      continue;
    }
    if (typeof segment === 'number') continue;
    const entry = node.kind === 'object' ? node.entries.find(({ key }) => key === segment) : undefined;
    if (!entry) return place;
    node = entry.value;
    const keyIsMeant = at === 'key' && index === path.length - 1;
    place = node.kind === 'value' && !keyIsMeant ? node.place : entry.place;
  }
  return place;
}

/** The data of a tree. Keys become own properties, whatever they are called. */
export function dataOf(tree: Tree): unknown {
  if (tree.kind === 'value') return tree.value;
  if (tree.kind === 'list') return tree.items.map(dataOf);
  return Object.fromEntries(tree.entries.map(({ key, value }) => [key, dataOf(value)]));
}

/** Keys that stand twice in one object, and keys that no object of ours may have. */
export function keyFindings(tree: Tree, path: SourcePath = []): (Finding & { readonly place: Place })[] {
  if (tree.kind === 'value') return [];
  if (tree.kind === 'list') return tree.items.flatMap((item, index) => keyFindings(item, [...path, index]));
  const seen = new Map<string, Place>();
  return tree.entries.flatMap(({ key, place, value }) => {
    const first = seen.get(key);
    seen.set(key, first ?? place);
    const here = [...path, key];
    const inside = keyFindings(value, here);
    if (key === '__proto__')
      inside.unshift({ ...finding('SCHEMA', 'The key "__proto__" is not allowed; rename it.', here), place });
    if (first)
      inside.unshift({
        ...finding(
          'DUPLICATE_KEY',
          `"${key}" was already given in line ${first.line}; keep one of the two.`,
          here,
        ),
        place,
      });
    return inside;
  });
}

/** How deep objects and lists are nested, measured without recursion. */
export function depthOf(tree: Tree): number {
  let level: readonly Tree[] = [tree];
  let depth = 0;
  while (level.length > 0) {
    depth += 1;
    level = level.flatMap((node) =>
      node.kind === 'object'
        ? node.entries.map(({ value }) => value)
        : node.kind === 'list'
          ? node.items
          : [],
    );
  }
  return depth;
}

/** Turns offsets into places. */
export function placesIn(text: string): (offset: number) => Place {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}
