/** The file beside a workflow in which its author's cases stand: `release.toml` has `release.cases.toml`. */
import { appendFile, readFile } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { type Case, casesSchema } from '../actors/model-tests/cases.ts';
import { CountersignError, messageOf } from '../errors.ts';
import { tomlLines } from '../machines/export/toml.ts';
import { dataOf, placeOf } from '../machines/locate.ts';
import { readToml } from '../machines/locate-toml.ts';

/** `named`: as messages name it. */
export interface CasesPath {
  readonly path: string;
  readonly named: string;
}

export function casesPath(cwd: string, file: string): CasesPath {
  const path = resolve(cwd, file);
  const beside = join(dirname(path), `${basename(path, extname(path))}.cases.toml`);
  return { path: beside, named: relative(cwd, beside) || beside };
}

/** The cases in it; none where there is no such file. Throws INVALID_INPUT with an issue for each defect, with its line. */
export async function readCases({ path, named }: CasesPath): Promise<readonly Case[]> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw new CountersignError('FILE_UNREADABLE', `${named} cannot be read: ${messageOf(cause)}.`, { cause });
  });
  if (text === undefined) return [];
  const read = readToml(text);
  if (!read.ok)
    throw unfit(
      named,
      read.findings.map(({ place, message }) => ({ ...place, message })),
    );
  const parsed = casesSchema.safeParse(dataOf(read.tree));
  if (parsed.success) return parsed.data.cases as readonly Case[];
  const issues = parsed.error.issues.map(({ path: at, message }) => ({
    ...placeOf(read.tree, at as (string | number)[]),
    message: `${at.join('.')} ${message}`,
  }));
  throw unfit(named, issues);
}

function unfit(
  named: string,
  defects: readonly { readonly line: number; readonly column: number; readonly message: string }[],
): CountersignError {
  const issues = defects.map(({ line, column, message }) => ({
    path: `${named}:${line}:${column}`,
    message,
  }));
  const hint = 'docs/testing-workflows.md shows what a case looks like.';
  return new CountersignError('INVALID_INPUT', `${named} does not hold cases.`, { issues, hint });
}

/** Adds cases at the end, and leaves what stands there as it is. */
export async function appendCases({ path }: CasesPath, cases: readonly Case[]): Promise<void> {
  const blocks = cases.map((each) => `\n[[cases]]\n${tomlLines({ ...each }).join('\n')}\n`);
  await appendFile(path, blocks.join(''));
}
