/** From a text to a definition: read, hold to the schema, normalise, check. Every finding says where. */
import { check } from './check.ts';
import type { Proviso } from './check-provided.ts';
import type { Definition } from './definition.ts';
import { digestOf } from './digest.ts';
import { type Finding, finding, type LocatedFinding } from './findings.ts';
import { dataOf, depthOf, keyFindings, type Place, placeOf, type Read, START, type Tree } from './locate.ts';
import { readJson } from './locate-json.ts';
import { readToml } from './locate-toml.ts';
import { normalise } from './normalise.ts';
import { inNotation, type Notation } from './notation.ts';
import { schemaFindings } from './schema-findings.ts';
import { sourceSchema } from './source.ts';

/** Bounds that keep hostile input from costing more than a moment. Bytes are counted as UTF-8. */
export const TEXT_LIMITS = { bytes: 1024 * 1024, depth: 32, findings: 100 } as const;

/** What a source comes to. Without a definition, `findings` say why; with one, whether it may be deployed. */
export interface Loaded {
  readonly definition: Definition | undefined;
  /** SHA-256 of the canonical definition, hex. */
  readonly digest: string | undefined;
  readonly sound: boolean;
  /** False where the checks could not tell; then `sound` is false too. */
  readonly decided: boolean;
  /** Number of reachable configurations; 0 where they were not counted. */
  readonly states: number;
  /** What a sound verdict rests on (`Check.provided`); nothing where it was not checked. */
  readonly provided: readonly Proviso[];
  /** At most 100, in the order of the source. */
  readonly findings: readonly LocatedFinding[];
}

/** Loads a TOML or JSON text. Defects are findings; nothing is thrown for them. `file` only names it in places. */
export function loadText(text: string, format: 'toml' | 'json', file: string): Loaded {
  if (Buffer.byteLength(text) > TEXT_LIMITS.bytes)
    return loadFailed(file, [
      { ...finding('TOO_LARGE', `The text is larger than ${TEXT_LIMITS.bytes} bytes.`), place: START },
    ]);
  return loadRead(format === 'toml' ? readToml(text) : readJson(text), file, format);
}

/** Loads what a format's reader has read. */
function loadRead(read: Read, file: string, notation: Notation): Loaded {
  if (!read.ok) return loadFailed(file, read.findings);
  if (depthOf(read.tree) > TEXT_LIMITS.depth)
    return loadFailed(file, [
      {
        ...finding('TOO_DEEP', `Objects and lists are nested more than ${TEXT_LIMITS.depth} deep.`),
        place: START,
      },
    ]);
  const keys = keyFindings(read.tree);
  return keys.length > 0 ? loadFailed(file, keys) : loadData(dataOf(read.tree), read.tree, file, notation);
}

/** Loads plain data whose places `tree` knows; repairs are written in the notation of the file. */
export function loadData(data: unknown, tree: Tree, file: string, notation: Notation): Loaded {
  const located = (findings: readonly Finding[]) =>
    findings.slice(0, TEXT_LIMITS.findings).map(({ repair, ...each }) => ({
      ...each,
      ...(repair !== undefined && { repair: inNotation(repair, notation) }),
      place: placeOf(tree, each.path, each.at),
    }));
  const parsed = sourceSchema.safeParse(data);
  if (!parsed.success) return loadFailed(file, located(schemaFindings(parsed.error)));
  const definition = normalise(parsed.data);
  const { findings, ...verdict } = check(definition);
  return { definition, digest: digestOf(definition), ...verdict, findings: inOrder(file, located(findings)) };
}

type Placed = Finding & { readonly place: Place };

/** A loading that came to nothing. */
export function loadFailed(file: string, findings: readonly Placed[]): Loaded {
  const verdict = {
    definition: undefined,
    digest: undefined,
    sound: false,
    decided: true,
    states: 0,
    provided: [],
  };
  return { ...verdict, findings: inOrder(file, findings) };
}

function inOrder(file: string, findings: readonly Placed[]): LocatedFinding[] {
  return findings
    .toSorted((a, b) => a.place.line - b.place.line || a.place.column - b.place.column)
    .slice(0, TEXT_LIMITS.findings)
    .map(({ place, ...each }) => ({ ...each, where: { file, ...place } }));
}
