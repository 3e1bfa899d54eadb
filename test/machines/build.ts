/** Short ways to a definition, a principal and an event. */
import {
  type CompiledWorkflow,
  compile,
  next,
  type Snapshot,
  start,
  type TriggerEvent,
} from '../../src/machines/compile.ts';
import type { Definition, PrincipalKind } from '../../src/machines/definition.ts';
import { loadText } from '../../src/machines/load.ts';
import { normalise } from '../../src/machines/normalise.ts';
import { sourceSchema } from '../../src/machines/source.ts';

/** A definition from a source that the schema accepts; it may be unsound. */
export function define(source: unknown): Definition {
  return normalise(sourceSchema.parse(source));
}

/** A source with what every source needs; the rest is given. */
export function sourceOf(parts: object): Record<string, unknown> {
  return { name: 'Test', roles: [], triggers: ['go', 'ok', 'no', 'back'], initial: 'A', ...parts };
}

export function person(id: string, ...roles: string[]) {
  return principal('person', id, roles);
}

export function agent(id: string, ...roles: string[]) {
  return principal('agent', id, roles);
}

function principal(kind: PrincipalKind, id: string, roles: readonly string[]) {
  return { kind, id, roles };
}

export function event(type: string, by: TriggerEvent['principal'], reason?: string): TriggerEvent {
  return { type, principal: by, reason };
}

/** Starts a change of `ann` and sends it events, one after the other. */
export function play(compiled: CompiledWorkflow, ...events: readonly { readonly type: string }[]): Snapshot {
  return events.reduce(
    (snapshot, each) => next(compiled, snapshot, each).snapshot,
    start(compiled, { author: 'ann' }).snapshot,
  );
}

export function compiled(source: unknown): CompiledWorkflow {
  return compile(define(source));
}

/** Codes and places of a text's findings, as `CODE line:column`. */
export function findingsOf(text: string, format: 'toml' | 'json'): string[] {
  return loadText(text, format, 'a').findings.map(
    ({ code, where }) => `${code} ${where.line}:${where.column}`,
  );
}
