/**
 * An OWNERS file of lines with what it imports: `file:` brings the plain owners of another file, `include` all of it.
 * Every file is taken once per way of importing it, so circles end; a chain of imports may be 20 files long.
 */
import { directoryOf, type OwnersEntry, type OwnersLevel } from './owners-level.ts';
import { type OwnersLine, parseOwnersLines } from './owners-lines.ts';
import type { OwnersProblem } from './ownership.ts';

const MAX_CHAIN = 20;

export interface ImportContext {
  /** The text of a file of the repository; undefined where there is none. */
  readonly resolve: (path: string) => string | undefined;
  /** Every file is read once, and its problems are reported once. */
  readonly parsed: Map<string, readonly OwnersLine[] | undefined>;
  readonly problems: OwnersProblem[];
  /** The plain owners that importing a file brings, by path. */
  readonly imported: Map<string, readonly string[]>;
  /** Imports whose problem has been reported. */
  readonly reported: Set<string>;
}

export function importContext(
  resolve: (path: string) => string | undefined,
  problems: OwnersProblem[],
): ImportContext {
  return { resolve, parsed: new Map(), problems, imported: new Map(), reported: new Set() };
}

interface Collected {
  readonly owners: Set<string>;
  readonly entries: OwnersEntry[];
  noParent: boolean;
}

export function readOwnersWithImports(file: string, context: ImportContext): OwnersLevel {
  const collected: Collected = { owners: new Set(), entries: [], noParent: false };
  collect(linesOf(file, context) ?? [], file, collected, context);
  const plain = entry({ approvers: [...collected.owners] });
  return {
    file,
    directory: directoryOf(file),
    noParent: collected.noParent,
    entries: [plain, ...collected.entries],
  };
}

function entry(parts: Partial<OwnersEntry>): OwnersEntry {
  return { approvers: [], reviewers: [], emeritus: [], alone: false, ...parts };
}

function linesOf(file: string, context: ImportContext): readonly OwnersLine[] | undefined {
  if (context.parsed.has(file)) return context.parsed.get(file);
  const text = context.resolve(file);
  const lines = text === undefined ? undefined : parseOwnersLines(file, text, context.problems);
  context.parsed.set(file, lines);
  return lines;
}

function collect(
  lines: readonly OwnersLine[],
  file: string,
  into: Collected,
  context: ImportContext,
  seen: Set<string> = new Set([file]),
  chain = 1,
): void {
  for (const line of lines) {
    if (line.kind === 'owners') for (const owner of line.owners) into.owners.add(owner);
    else if (line.kind === 'noparent') into.noParent = true;
    else if (line.kind === 'per-file') into.entries.push(perFile(line, file, context));
    else if (!line.all) for (const owner of importedOwners(line, file, context)) into.owners.add(owner);
    else if (!seen.has(line.path)) {
      seen.add(line.path);
      const imported = imports(line, file, context, chain);
      if (imported) collect(imported, line.path, into, context, seen, chain + 1);
    }
  }
}

function perFile(line: OwnersLine & { kind: 'per-file' }, file: string, context: ImportContext): OwnersEntry {
  const { filter, label, grant } = line;
  if (grant.kind === 'noparent') return entry({ filter, label, alone: true });
  if (grant.kind === 'owners') return entry({ filter, label, approvers: grant.owners });
  if (grant.kind === 'import')
    return entry({ filter, label, approvers: importedOwners(grant, file, context) });
  return entry({ filter, label });
}

type Import = OwnersLine & { readonly kind: 'import' };

/** The plain owners of another file and of the files that it imports in turn. */
function importedOwners(line: Import, file: string, context: ImportContext): readonly string[] {
  const known = context.imported.get(line.path);
  if (known) return known;
  const owners = new Set<string>();
  const seen = new Set([line.path]);
  const open = [{ line, file, chain: 1 }];
  for (let next = open.pop(); next; next = open.pop()) {
    for (const inner of imports(next.line, next.file, context, next.chain) ?? []) {
      if (inner.kind === 'owners') for (const owner of inner.owners) owners.add(owner);
      if (inner.kind !== 'import' || seen.has(inner.path)) continue;
      seen.add(inner.path);
      open.push({ line: inner, file: next.line.path, chain: next.chain + 1 });
    }
  }
  const found = [...owners];
  if (linesOf(line.path, context)) context.imported.set(line.path, found);
  return found;
}

function imports(
  { path, line }: Import,
  file: string,
  context: ImportContext,
  chain: number,
): readonly OwnersLine[] | undefined {
  const lines = chain > MAX_CHAIN ? undefined : linesOf(path, context);
  if (lines) return lines;
  const why =
    chain > MAX_CHAIN ? `is the end of a chain of more than ${MAX_CHAIN} imports` : 'does not exist';
  const message = `The imported file "${path}" ${why}; nothing was imported.`;
  if (!context.reported.has(`${line} ${file}`)) context.problems.push({ file, line, message });
  context.reported.add(`${line} ${file}`);
  return undefined;
}
