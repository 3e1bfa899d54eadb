/** Deployed definitions: checked on the way in, compiled once on the way out. */

import { LRUCache } from 'lru-cache';
import { CountersignError, type Issue, invariant, type Refusal } from '../errors.ts';
import { unknownCalendars } from '../machines/calendar-names.ts';
import { check } from '../machines/check.ts';
import { type CompiledWorkflow, compile, start } from '../machines/compile.ts';
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
import { Activations } from './life/activations.ts';
import type { Clock, Store } from './ports.ts';
import type { Deployed } from './views.ts';

/** Compiled workflows kept in memory; a machine takes about 100 KB. */
const KEPT = 500;

export class Definitions {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #calendars: Calendars;
  readonly #compiled = new LRUCache<string, CompiledWorkflow>({ max: KEPT });
  readonly activations: Activations;
  readonly #stored: (name: VersionName) => Promise<StoredDefinition | undefined>;

  constructor(store: Store, clock: Clock, calendars: Calendars) {
    this.#store = store;
    this.#clock = clock;
    this.#calendars = calendars;
    this.activations = new Activations(store, clock);
    const nameOf = ({ tenant, name, version }: VersionName) => cacheKey(tenant, name, version);
    this.#stored = gathering(nameOf, async (wanted) => {
      const found = await Promise.all(
        wanted.map(({ tenant, name, version }) => store.definition(tenant, name, version)),
      );
      return new Map(found.flatMap((each) => (each ? [[nameOf(each), each]] : [])));
    });
  }

  /**
   * Stores a definition in the JSON grammar as the newest version of its name; the same digest again changes nothing.
   * Throws DEFINITION_INVALID with every defect as an issue.
   */
  async deploy(
    tenant: string,
    source: unknown,
    by: Principal,
    { reason, force, isReviewed }: Deploying,
  ): Promise<Deployed & { readonly isDraft: boolean }> {
    const { definition, warnings, forced, findings } = read(source, force);
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
      findings: findings as unknown as Json,
      ...(forced && { forced }),
      ...((await isReviewed(name)) && { draft: true }),
    };
    const { version, created } = await this.#store.saveDefinition(stored);
    const known = created ? stored : await this.#store.definition(tenant, name, version);
    const isDraft = known?.draft === true;
    return { name, version, digest: stored.digest, created, warnings, ...(forced && { forced }), isDraft };
  }

  /**
   * The version that new changes of a project follow, or why they follow none. Throws NOT_FOUND where the tenant has no such
   * definition.
   */
  async active(
    tenant: string,
    name: string,
    project: string,
  ): Promise<{ workflow: CompiledWorkflow; version: number } | Refusal> {
    const { version, retired } = await this.activations.active(tenant, name, project);
    if (version !== null) {
      const workflow = await this.workflow({ tenant, definition: name, definitionVersion: version });
      return { workflow, version };
    }
    const isThere = retired || (await this.#store.definition(tenant, name)) !== undefined;
    if (!isThere) {
      throw new CountersignError('NOT_FOUND', `The tenant ${tenant} has no definition "${name}".`, {
        hint: 'Deploy one with "countersign deploy FILE".',
      });
    }
    const message = retired
      ? `The definition "${name}" is retired and takes no new changes; activate it again, or use another one.`
      : `No version of "${name}" is approved and active yet; activate one.`;
    return { code: 'NOT_ACTIVE', message, accepted: [] };
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
    const stored = await this.#stored({ tenant, name: definition, version: definitionVersion });
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

interface VersionName {
  readonly tenant: string;
  readonly name: string;
  readonly version: number;
}

export interface Deploying {
  readonly reason: string | null;
  /** In spite of errors; one that cannot even be compiled is refused all the same. */
  readonly force: boolean;
  /** Whether it has to be approved before it can become active. */
  readonly isReviewed: (name: string) => Promise<boolean>;
}

function cacheKey(tenant: string, name: string, version: number): string {
  return `${tenant}/${name}/${version}`;
}

interface Read {
  readonly definition: Definition;
  readonly warnings: Issue[];
  readonly findings: readonly Finding[];
  readonly forced: boolean;
}

function read(source: unknown, force: boolean): Read {
  const parsed = sourceSchema.safeParse(source);
  if (!parsed.success) throw invalid(schemaFindings(parsed.error));
  const definition = normalise(parsed.data);
  const { findings } = check(definition);
  const defects = findings.filter(({ severity }) => severity === 'error');
  const forced = defects.length > 0 && force && isCompilable(definition);
  if (defects.length > 0 && !forced) throw invalid(defects, definition.name);
  return { definition, warnings: findings.map(toIssue), findings, forced };
}

/** A machine can be made of it, and a change of it begins. */
function isCompilable(definition: Definition): boolean {
  try {
    start(compile(definition), { author: '' });
    return true;
  } catch {
    return false;
  }
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
