/** The JSON spelling of a definition: the author's grammar, so that whoever loads it has the same definition, digest included. */
import type { Definition } from '../definition.ts';
import { grammarOf } from './grammar.ts';

export function writeJson(definition: Definition): string {
  return `${JSON.stringify(grammarOf(definition), null, 2)}\n`;
}
