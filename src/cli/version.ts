/** The version of the program, as its package says. */
import { readFileSync } from 'node:fs';
import { packageFiles } from '../package-files.ts';

export function packageVersion(): string {
  return JSON.parse(readFileSync(packageFiles.manifest, 'utf8')).version;
}
