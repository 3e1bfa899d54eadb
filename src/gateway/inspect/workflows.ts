/** The machines of deployed definitions as inspectors draw them: made once per version, shared by all connections. */
import { LRUCache } from 'lru-cache';
import { invariant } from '../../errors.ts';
import { compile } from '../../machines/compile.ts';
import type { Definition } from '../../machines/definition.ts';
import type { ReadStore } from '../backend.ts';

export interface InspectedWorkflow {
  readonly name: string;
  /** The configuration XState made the machine of, as JSON; functions stand there by their names. */
  readonly machine: string;
  readonly triggers: ReadonlySet<string>;
  /** What final states mean. */
  readonly outcomes: ReadonlyMap<string, string>;
}

/** A configuration takes 10 to 100 KB. */
const KEPT = 100;

export class InspectedWorkflows {
  readonly #store: Pick<ReadStore, 'definition'>;
  readonly #made = new LRUCache<string, InspectedWorkflow>({ max: KEPT });

  constructor(store: Pick<ReadStore, 'definition'>) {
    this.#store = store;
  }

  async of(tenant: string, name: string, version: number): Promise<InspectedWorkflow> {
    const key = `${tenant}/${name}/${version}`;
    const known = this.#made.get(key);
    if (known) return known;
    const stored = await this.#store.definition(tenant, name, version);
    invariant(stored, `version ${version} of ${name} exists as long as changes follow it`);
    const definition = stored.definition as unknown as Definition;
    const { machine, outcomes } = compile(definition);
    const config = JSON.stringify(machine.config, named);
    const made = { name, machine: config, triggers: new Set(definition.triggers), outcomes };
    this.#made.set(key, made);
    return made;
  }
}

function named(_key: string, value: unknown): unknown {
  return typeof value === 'function' ? { type: value.name } : value;
}
