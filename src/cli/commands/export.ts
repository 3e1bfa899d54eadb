/** `export`: a definition for other tools, without a server; and nets from outside back as PNML. */
import { extname } from 'node:path';
import { CountersignError } from '../../errors.ts';
import { type ExportFormat, writeAs } from '../../machines/export/export.ts';
import type { Io } from '../io.ts';
import { loadNamed } from '../model-file.ts';
import type { Result } from '../result.ts';

/** What can be asked for; all but `pnml` need a definition. */
export const EXPORT_FORMATS = ['scxml', 'mermaid', 'xstate', 'toml', 'json'] as const;

interface Exported {
  readonly file: string;
  readonly format: string;
  readonly name: string;
  /** Of the definition; the same for all its spellings. */
  readonly digest: string;
  readonly text: string;
}

/** One document; for several files one per line, each with `file`. A file that is no definition ends it. */
export async function exportFiles(
  io: Io,
  { format }: { readonly format: ExportFormat },
  files: readonly string[],
): Promise<Result> {
  const exported: Exported[] = [];
  for (const file of files) exported.push(await exportFile(io.cwd, file, format));
  const documents = exported.map(({ file, ...rest }) => (files.length > 1 ? { file, ...rest } : rest));
  const text = exported.map((each) => each.text.replace(/\n$/, '')).join('\n\n');
  return { documents, text, exit: 0 };
}

async function exportFile(cwd: string, file: string, format: ExportFormat): Promise<Exported> {
  if (extname(file) === '.pnml')
    throw new CountersignError('INVALID_INPUT', `${file} is a net: it has no ${format}.`, {
      hint: 'Nets are exported with --format pnml.',
    });
  const { definition, digest } = await loadNamed(cwd, file);
  return { file, format, name: definition.name, digest, text: writeAs(format, definition) };
}
