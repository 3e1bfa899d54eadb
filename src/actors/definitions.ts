/** Deployed definitions: checked on the way in, compiled once on the way out. */

import { LRUCache } from 'lru-cache';
import { CountersignError, type Issue, invariant } from '../errors.ts';
import { unknownCalendars } from '../machines/calendar-names.ts';
import { check } from '../machines/check.ts';
import { type CompiledWorkflow, compile } from '../machines/compile.ts';
import type { Definition } from '../machines/definition.ts';
import { digestOf } from '../machines/digest.ts';
import type { Finding } from '../machines/findings.ts';
import { normalise } from '../machines/normalise.ts';
import { schemaFindings } from '../machines/schema-findings.ts';
import { sourceSchema } from '../machines/source.ts';
import type { Json, StoredDefinition } from '../persistence/records.ts';
import type { Calendars } from './calendars.ts';
import type { Principal } from './commands.ts';
import { gathering } from './gather.ts';
import type { Clock, Store } from './ports.ts';
import type { Deployed } from './views.ts';

/** Compiled workflows kept in memory; a machine takes about 100 KB. */
const KEPT = 500;

export class Definitions {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #calendars: Calendars;
  readonly #compiled = new LRUCache<string, CompiledWorkflow>({ max: KEPT });
  readonly #newest: (name: DefinitionName) => Promise<StoredDefinition | undefined>;

  constructor(store: Store, clock: Clock, calendars: Calendars) {
    this.#store = store;
    this.#clock = clock;
    this.#calendars = calendars;
    this.#newest = gathering(nameOf, async (names) => {
      const found = await Promise.all(names.map(({ tenant, name }) => store.definition(tenant, name)));
      return new Map(found.flatMap((each) => (each ? [[nameOf(each), each]] : [])));
    });
  }

  /**
   * Stores a definition in the JSON grammar as the newest version of its name; the same digest again changes nothing.
   * Throws DEFINITION_INVALID with every defect as an issue.
   */
  async deploy(tenant: string, source: unknown, by: Principal, reason: string | null): Promise<Deployed> {
    const { definition, warnings } = read(source);
    const { name } = definition;
    await this.#requireCalendars(tenant, definition);
    const stored = {
      tenant,
      name,
      digest: digestOf(definition),
      definition: definition as unknown as Json,
      deployedBy: by.id,
      reason,
      deployedAt: this.#clock.now(),
    };
    const { version, created } = await this.#store.saveDefinition(stored);
    return { name, version, digest: stored.digest, created, warnings };
  }

  /** The version new changes follow. Throws NOT_FOUND where the tenant has no such definition. */
  async newest(tenant: string, name: string): Promise<{ workflow: CompiledWorkflow; version: number }> {
    const stored = await this.#newest({ tenant, name });
    if (!stored) {
      throw new CountersignError('NOT_FOUND', `The tenant ${tenant} has no definition "${name}".`, {
        hint: 'Deploy one with "countersign deploy FILE".',
      });
    }
    return {
      workflow: await this.#current(tenant, this.#compile(stored), stored.version),
      version: stored.version,
    };
  }

  /** The machine a stored change runs on. */
  async workflow(change: {
    tenant: string;
    definition: string;
    definitionVersion: number;
  }): Promise<CompiledWorkflow> {
    const { tenant, definition, definitionVersion } = change;
    const known = this.#compiled.get(cacheKey(tenant, definition, definitionVersion));
    if (known) return this.#current(tenant, known, definitionVersion);
    const stored = await this.#store.definition(tenant, definition, definitionVersion);
    invariant(stored, `version ${definitionVersion} of ${definition} exists as long as changes follow it`);
    return this.#current(tenant, this.#compile(stored), definitionVersion);
  }

  /** Throws DEFINITION_INVALID where the tenant lacks a calendar that the definition names. */
  async #requireCalendars(tenant: string, definition: Definition): Promise<void> {
    if (unknownCalendars(definition, () => false).length === 0) return;
    const known = await this.#calendars.now(tenant);
    const unknown = unknownCalendars(definition, (name) => Object.hasOwn(known, name));
    if (unknown.length > 0) throw invalid(unknown, definition.name);
  }

  /** With the tenant's calendars as they are, where its timers count by any. */
  async #current(tenant: string, workflow: CompiledWorkflow, version: number): Promise<CompiledWorkflow> {
    if (workflow.calendarNames.length === 0) return workflow;
    const calendars = await this.#calendars.of(tenant, workflow.calendarNames);
    if (calendars === workflow.calendars) return workflow;
    const current = { ...workflow, calendars };
    this.#compiled.set(cacheKey(tenant, workflow.definition.name, version), current);
    return current;
  }

  #compile(stored: StoredDefinition): CompiledWorkflow {
    const key = cacheKey(stored.tenant, stored.name, stored.version);
    const known = this.#compiled.get(key);
    if (known) return known;
    const workflow = compile(stored.definition as unknown as Definition);
    this.#compiled.set(key, workflow);
    return workflow;
  }
}

interface DefinitionName {
  readonly tenant: string;
  readonly name: string;
}

function nameOf({ tenant, name }: DefinitionName): string {
  return `${tenant}/${name}`;
}

function cacheKey(tenant: string, name: string, version: number): string {
  return `${tenant}/${name}/${version}`;
}

function read(source: unknown): { definition: Definition; warnings: Issue[] } {
  const parsed = sourceSchema.safeParse(source);
  if (!parsed.success) throw invalid(schemaFindings(parsed.error));
  const definition = normalise(parsed.data);
  const { findings } = check(definition);
  const defects = findings.filter(({ severity }) => severity === 'error');
  if (defects.length > 0) throw invalid(defects, definition.name);
  return { definition, warnings: findings.map(toIssue) };
}

function invalid(findings: readonly Finding[], name = 'The definition'): CountersignError {
  const count = findings.length === 1 ? 'one defect' : `${findings.length} defects`;
  return new CountersignError('DEFINITION_INVALID', `${name} has ${count} and was not deployed.`, {
    issues: findings.map(toIssue),
  });
}

function toIssue({ code, path, message }: Finding): Issue {
  return { path: path.join('/'), message: `${code}: ${message}` };
}
