/** `export`: a definition for other tools, without a server. A net from outside comes out as a net again. */
import { extname, resolve } from 'node:path';
import { CountersignError } from '../../errors.ts';
import { type ExportFormat, writeAs } from '../../machines/export/export.ts';
import { TooLarge } from '../../machines/nets/from-definition/index.ts';
import { readPnml, writePnml } from '../../machines/nets/pnml.ts';
import type { Io } from '../io.ts';
import { loadNamed } from '../model-file.ts';
import { netBytes } from '../net-file.ts';
import type { Result } from '../result.ts';

interface Exported {
  readonly file: string;
  readonly format: ExportFormat;
  readonly name: string;
  /** Of the definition, the same for all its spellings; null for a net. */
  readonly digest: string | null;
  readonly text: string;
}

/** One document; for several files one per line, each with `file`. A file that holds none ends it. */
export async function exportFiles(
  io: Io,
  { format }: { readonly format: ExportFormat },
  files: readonly string[],
): Promise<Result> {
  const exported: Exported[] = [];
  for (const file of files)
    exported.push(
      await (extname(file).toLowerCase() === '.pnml' ? exportNet : exportDefinition)(io.cwd, file, format),
    );
  const documents = exported.map(({ file, ...rest }) => (files.length > 1 ? { file, ...rest } : rest));
  const text = exported.map((each) => each.text.replace(/\n$/, '')).join('\n\n');
  return { documents, text, exit: 0 };
}

async function exportDefinition(cwd: string, file: string, format: ExportFormat): Promise<Exported> {
  const { definition, digest } = await loadNamed(cwd, file);
  try {
    return { file, format, name: definition.name, digest, text: writeAs(format, definition) };
  } catch (cause) {
    if (!(cause instanceof TooLarge)) throw cause;
    throw new CountersignError('INVALID_INPUT', `The net of ${file} would be too large: ${cause.message}.`, {
      cause,
      hint: 'Export it in another format.',
    });
  }
}

async function exportNet(cwd: string, file: string, format: ExportFormat): Promise<Exported> {
  if (format !== 'pnml')
    throw new CountersignError('INVALID_INPUT', `${file} is a net: it has no ${format}.`, {
      hint: 'Nets are exported with --format pnml.',
    });
  const { net, name, defects } = readPnml(await netBytes(resolve(cwd, file), file));
  if (net) return { file, format, name, digest: null, text: writePnml(net, name) };
  throw new CountersignError('DEFINITION_INVALID', `${file} holds no net.`, {
    issues: defects.map(({ code, message, line, column }) => ({
      path: `${file}:${line}:${column}`,
      message: `${code} ${message}`,
    })),
    hint: `Correct each finding; "countersign check ${file}" shows them.`,
  });
}
