/**
 * All OWNERS files of a repository, given as text: a path is owned by the owners of its directory and of every directory
 * above, up to the first file that keeps its parents out. The group is named after the nearest file that names owners
 * for the path and holds the inherited owners too, so an owner further up may approve, as Prow and Gerrit have it.
 */
import { RE2JS } from 're2js';
import { importContext, readOwnersWithImports } from './owners-imports.ts';
import { directoryOf, nameOf, type OwnersEntry, type OwnersLevel, type OwnersTree } from './owners-level.ts';
import { parseOwnersAliases, parseOwnersYaml } from './owners-yaml.ts';
import { byText, type OwnerLookup, type Ownership, type OwnersProblem } from './ownership.ts';

export interface OwnersOptions {
  readonly format: 'kubernetes' | 'gerrit';
  /** The text of a file that a Gerrit file imports; without it only the given files can be imported. */
  readonly resolve?: (path: string) => string | undefined;
}

/** Reads every file named OWNERS, and OWNERS_ALIASES at the root; `files` leads from paths to their text. */
export function parseOwnersFiles(files: ReadonlyMap<string, string>, options: OwnersOptions): OwnersTree {
  const problems: OwnersProblem[] = [];
  const names = [...files.keys()].filter((path) => nameOf(path) === 'OWNERS').sort(byText);
  const levels = options.format === 'kubernetes' ? kubernetes(names) : gerrit(names);
  return { kind: 'owners', levels, problems };

  function kubernetes(paths: readonly string[]): OwnersLevel[] {
    const aliases = parseOwnersAliases('OWNERS_ALIASES', files.get('OWNERS_ALIASES') ?? '', problems);
    return paths.flatMap((path) => parseOwnersYaml(path, files.get(path) ?? '', aliases, problems) ?? []);
  }

  function gerrit(paths: readonly string[]): OwnersLevel[] {
    const context = importContext((path) => files.get(path) ?? options.resolve?.(path), problems);
    return paths.map((path) => readOwnersWithImports(path, context));
  }
}

/** One OWNERS file in the chain from a directory to the root. */
interface Link {
  readonly level: OwnersLevel;
  readonly parent: Link | undefined;
  readonly filters: readonly { readonly entry: OwnersEntry; readonly matches: (path: string) => boolean }[];
  /** Ownerships by which filters matched, "" for none. */
  readonly known: Map<string, readonly Ownership[]>;
  /** Whether this file or one above has filters, so that paths of one directory may differ. */
  readonly filtered: boolean;
}

/** Who owns a path: one entry, or none where no file names owners for it. */
export function ownersLookup({ levels }: OwnersTree): OwnerLookup {
  const byDirectory = new Map(levels.map((level) => [level.directory, level]));
  const links = new Map<string, Link | undefined>();
  return (path) => {
    const link = chainOf(directoryOf(path), byDirectory, links);
    if (!link) return [];
    const matched = link.filtered ? matchedIn(link, path) : [];
    const key = matched.map((entries) => entries.join(',')).join(';');
    const known = link.known.get(key);
    if (known) return known;
    const found = ownershipOf(link, matched);
    link.known.set(key, found);
    return found;
  };
}

/** Climbs to the nearest directory whose chain is known, then comes back down. */
function chainOf(
  directory: string,
  levels: ReadonlyMap<string, OwnersLevel>,
  links: Map<string, Link | undefined>,
): Link | undefined {
  const unknown: string[] = [];
  let above: string | undefined = directory;
  while (above !== undefined && !links.has(above)) {
    unknown.push(above);
    above = above === '' ? undefined : directoryOf(above);
  }
  let link = above === undefined ? undefined : links.get(above);
  for (const below of unknown.reverse()) {
    const level = levels.get(below);
    if (level) link = linkTo(level, level.noParent ? undefined : link);
    links.set(below, link);
  }
  return link;
}

function linkTo(level: OwnersLevel, parent: Link | undefined): Link {
  const filters = level.entries.flatMap((entry) => {
    if (entry.filter === undefined) return [];
    const compiled = RE2JS.compile(entry.filter);
    return [{ entry, matches: (path: string) => compiled.test(path) }];
  });
  return { level, parent, filters, known: new Map(), filtered: filters.length > 0 || !!parent?.filtered };
}

/** For every link from the nearest up, the positions of its filters that match. */
function matchedIn(from: Link, path: string): number[][] {
  const matched: number[][] = [];
  for (let link: Link | undefined = from; link; link = link.parent) {
    const { directory } = link.level;
    const relative = directory === '' ? path : path.slice(directory.length + 1);
    matched.push(link.filters.flatMap(({ matches }, position) => (matches(relative) ? [position] : [])));
  }
  return matched;
}

function ownershipOf(from: Link, matched: readonly (readonly number[])[]): readonly Ownership[] {
  const members = new Set<string>();
  let name: string | undefined;
  let depth = 0;
  for (let link: Link | undefined = from; link; link = link.parent) {
    const special = (matched[depth++] ?? []).flatMap((position) => link?.filters[position]?.entry ?? []);
    const alone = special.some((entry) => entry.alone);
    const plain = alone ? [] : link.level.entries.filter((entry) => entry.filter === undefined);
    const counting = [...plain, ...special].filter((entry) => entry.approvers.length > 0);
    for (const entry of counting) for (const approver of entry.approvers) members.add(approver);
    if (counting.length > 0) name ??= nameFor(link.level.file, counting);
    if (alone) break;
  }
  return name === undefined ? [] : [{ name, members: [...members], required: 1 }];
}

/** "a/OWNERS", or "a/OWNERS (*.md)" where filters decided. */
function nameFor(file: string, counting: readonly OwnersEntry[]): string {
  const labels = new Set(counting.flatMap(({ label }) => label ?? []));
  return labels.size === 0 ? file : `${file} (${[...labels].join(' ')})`;
}
