/** Repairs are written as TOML has it; an author reads them as the file at hand would. */

export type Notation = 'toml' | 'json' | 'ts';

/** A key, bare or quoted, before a value. */
const ASSIGNED = /("[^"]*"|\b[A-Za-z_][\w-]*) = (?=["{[\d]|true\b|false\b)/g;

export function inNotation(repair: string, notation: Notation): string {
  if (notation === 'toml') return repair;
  const key = (name: string) => (notation === 'json' && !name.startsWith('"') ? `"${name}"` : name);
  return repair.replaceAll(ASSIGNED, (_, name: string) => `${key(name)}: `);
}
