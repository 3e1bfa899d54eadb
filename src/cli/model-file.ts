/** The definition in a file that a command works with, sound or not; where there is none, what the file has instead. */
import { resolve } from 'node:path';
import { CountersignError } from '../errors.ts';
import type { Definition } from '../machines/definition.ts';
import { loadFile } from '../machines/load-file.ts';

/** `file` is as the user wrote it. Throws FILE_UNREADABLE, and DEFINITION_INVALID with an issue for each finding. */
export async function loadNamed(
  cwd: string,
  file: string,
): Promise<{ readonly definition: Definition; readonly digest: string }> {
  const path = resolve(cwd, file);
  const { definition, digest, findings } = await named(path, file, () => loadFile(path));
  if (definition && digest !== undefined) return { definition, digest };
  throw new CountersignError('DEFINITION_INVALID', `${file} holds no definition.`, {
    issues: findings.map(({ where, code, message }) => ({
      path: `${file}:${where.line}:${where.column}`,
      message: `${code} ${message}`,
    })),
    hint: `Correct each finding; "countersign check ${file}" shows them.`,
  });
}

/** Errors name the file as the user did. */
async function named<T>(path: string, file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    const { code, message, hint, cause } = error;
    throw new CountersignError(code, message.replace(path, file), { hint, cause });
  }
}
