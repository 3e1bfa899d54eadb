/** A definition in a file: what the checks say about it, as people read compilers. */
import { CountersignError } from '../errors.ts';
import type { Definition } from '../machines/definition.ts';
import type { LocatedFinding } from '../machines/findings.ts';
import { loadFile } from '../machines/load-file.ts';
import { cell, type Paint } from './text.ts';

/** One line per finding, `file:line:column code message`, and the way that shows it. */
export function findingText(found: LocatedFinding, paint: Paint): string {
  const { where, code, severity, message, trace, repair } = found;
  const colour = severity === 'error' ? paint.red : paint.yellow;
  const place = `${where.file}:${where.line}:${where.column}`;
  const way = trace.length > 0 ? `\n    ${paint.dim(`shown by: ${trace.join(' → ')}`)}` : '';
  const mend = repair === undefined ? '' : `\n    ${paint.dim(`repair: ${cell(repair, 300)}`)}`;
  return `${place} ${colour(code)} ${cell(message, 500)}${way}${mend}`;
}

/** The definition in a file that may be deployed. `named` is the path as the user wrote it. Throws DEFINITION_INVALID with the findings. */
export async function requireSound(
  path: string,
  named: string,
): Promise<{ definition: Definition; warnings: readonly LocatedFinding[] }> {
  const { definition, sound, findings } = await loadFile(path);
  if (definition && sound) return { definition, warnings: findings };
  throw new CountersignError('DEFINITION_INVALID', `${named} cannot be deployed.`, {
    issues: findings.map(({ where, code, message }) => ({
      path: `${named}:${where.line}:${where.column}`,
      message: `${code} ${message}`,
    })),
    hint: `Correct each finding; "countersign check ${named}" shows them with their traces.`,
  });
}
