/** Definitions for other tools: each format by name, as text. */
import type { Definition } from '../definition.ts';
import { writeJson } from './json.ts';
import { writeMermaid } from './mermaid.ts';
import { writePnml } from './pnml.ts';
import { writeScxml } from './scxml.ts';
import { writeToml } from './toml.ts';
import { writeXstate } from './xstate.ts';

const WRITERS = {
  pnml: writePnml,
  scxml: writeScxml,
  mermaid: writeMermaid,
  xstate: writeXstate,
  toml: writeToml,
  json: writeJson,
} as const satisfies Readonly<Record<string, (definition: Definition) => string>>;

export type ExportFormat = keyof typeof WRITERS;

/** Throws `TooLarge` where the net of the definition would be. */
export function writeAs(format: ExportFormat, definition: Definition): string {
  return WRITERS[format](definition);
}
