/** A runtime in memory for the fake server: the real machines, no database, no permissions beyond the workflow's. */

import { randomUUID } from 'node:crypto';
import type { StateValue } from 'xstate';
import type { Refusal } from '../../src/errors.ts';
import { builtInRefusal, isBuiltIn } from '../../src/machines/built-in.ts';
import {
  type CompiledWorkflow,
  compile,
  denial,
  enabled,
  lateFor,
  latePlacesFor,
  next,
  outcomeOf,
  type Snapshot,
  start,
  type TriggerEvent,
} from '../../src/machines/compile.ts';
import type { Definition, PrincipalKind } from '../../src/machines/definition.ts';
import { digestOf } from '../../src/machines/digest.ts';
import { normalise } from '../../src/machines/normalise.ts';
import { sourceSchema } from '../../src/machines/source.ts';

export interface Who {
  readonly id: string;
  readonly kind: PrincipalKind;
  readonly roles: readonly string[];
}

interface Held {
  readonly compiled: CompiledWorkflow;
  readonly facts: Record<string, unknown> & { project: string; key: string | null; author: string };
  readonly id: string;
  snapshot: Snapshot;
  version: number;
}

export interface Row extends Record<string, unknown> {
  readonly seq: number;
  readonly change: string;
  readonly refusal: Refusal | null;
}

const NOW = '2026-11-23T12:00:00.000Z';

export class FakeRuntime {
  readonly definitions = new Map<string, { definition: Definition; version: number; digest: string }>();
  readonly changes = new Map<string, Held>();
  readonly rows: Row[] = [];
  readonly tenants = [{ tenant: 'default', title: 'Default', created_at: NOW }];
  readonly #compiled = new Map<string, CompiledWorkflow>();

  deploy(source: unknown) {
    const definition = normalise(sourceSchema.parse(source));
    const digest = digestOf(definition);
    const known = this.definitions.get(definition.name);
    const created = known?.digest !== digest;
    const version = (known?.version ?? 0) + (created ? 1 : 0);
    this.definitions.set(definition.name, { definition, version, digest });
    if (created) this.#compiled.set(definition.name, compile(definition));
    return { name: definition.name, version, digest, created, warnings: [] };
  }

  propose(body: Record<string, unknown>, who: Who): Held | undefined {
    const compiled = this.#compiled.get(String(body.definition));
    if (!compiled) return undefined;
    const facts = {
      project: String(body.project),
      key: (body.key as string | undefined) ?? null,
      title: body.title,
      author: who.id,
      definition: body.definition,
      attributes: body.attributes ?? null,
    };
    const { snapshot } = start(compiled, { author: who.id });
    const held = { compiled, facts, id: randomUUID(), snapshot, version: 1 };
    this.changes.set(held.id, held);
    this.#log(held, 'proposed', 'proposed', null, who, {});
    return held;
  }

  send(held: Held, body: { trigger: string; reason?: string; data?: unknown }, who: Who): Row {
    const event: TriggerEvent = {
      ...{ type: body.trigger, principal: who, reason: body.reason },
      ...(body.data !== undefined && { data: body.data }),
    };
    const from = held.snapshot.value as StateValue;
    const refusal = this.#refusal(held, event);
    if (refusal) return this.#log(held, 'refusal', body.trigger, from, who, { refusal });
    if (lateFor(held.compiled, from, body.trigger) === 'record')
      return this.#log(held, 'late', body.trigger, from, who, {});
    held.snapshot = next(held.compiled, held.snapshot, event).snapshot;
    held.version += 1;
    return this.#log(held, 'transition', body.trigger, from, who, {
      outcome: outcomeOf(held.compiled, held.snapshot) ?? null,
    });
  }

  view(held: Held, who: Who) {
    const context = held.snapshot.context;
    return {
      id: held.id,
      ...held.facts,
      definition_version: 1,
      version: held.version,
      state: held.snapshot.value,
      outcome: outcomeOf(held.compiled, held.snapshot) ?? null,
      created_at: NOW,
      updated_at: NOW,
      timers: [],
      enabled: enabled(held.compiled, held.snapshot.value as StateValue).map((rule) => ({
        ...rule,
        for: null,
        refusal: denial(rule, context, { type: rule.trigger, principal: who }) ?? null,
      })),
    };
  }

  #refusal(held: Held, event: TriggerEvent): Refusal | undefined {
    const value = held.snapshot.value as StateValue;
    if (isBuiltIn(event.type)) {
      const { definition } = held.compiled;
      return builtInRefusal(definition, held.snapshot.context, { ...event, value });
    }
    const open = enabled(held.compiled, value);
    const rules = open.filter(({ trigger }) => trigger === event.type);
    const candidates = rules.length > 0 ? rules : latePlacesFor(held.compiled, value, event.type);
    const denials = candidates.map((rule) => denial(rule, held.snapshot.context, event));
    if (candidates.length > 0) return denials.every(Boolean) ? denials[0] : undefined;
    const accepted = open.map(({ trigger }) => trigger);
    return { code: 'NOT_ENABLED', message: `"${event.type}" is not enabled.`, accepted };
  }

  #log(held: Held, kind: string, event: string, from: unknown, who: Who, more: object): Row {
    const row: Row = {
      seq: this.rows.length + 1,
      change: held.id,
      kind,
      version: held.version,
      event,
      from,
      to: held.snapshot.value,
      outcome: null,
      principal: who.id,
      principal_kind: who.kind,
      via: null,
      role: null,
      reason: null,
      data: null,
      refusal: null,
      occurred_at: NOW,
      recorded_at: NOW,
      ...more,
    };
    this.rows.push(row);
    return row;
  }
}
