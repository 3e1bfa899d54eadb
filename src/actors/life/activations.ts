/**
 * Which version of a definition new changes follow, kept in memory: what this server said counts at once, what others said
 * within a second. Events never ask; a proposal asks the store at most once a second for each definition.
 */
import { LRUCache } from 'lru-cache';
import type { DefinitionLife } from '../../persistence/records.ts';
import type { Clock, Store } from '../ports.ts';

/** How long another server's activation may not have been heard of. */
export const REMEMBERED_MS = 1_000;
const KEPT = 5_000;

/** The version new changes follow; null where there is none that may be followed. */
export type Active =
  | { readonly version: number; readonly retired: false }
  | { readonly version: null; readonly retired: boolean };

interface Kept {
  readonly readAt: number;
  readonly life: DefinitionLife;
}

export class Activations {
  readonly #store: Pick<Store, 'definitionLife'>;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #kept = new LRUCache<string, Kept>({ max: KEPT });
  readonly #reading = new Map<string, Promise<DefinitionLife>>();

  constructor(store: Pick<Store, 'definitionLife'>, clock: Pick<Clock, 'now'>) {
    this.#store = store;
    this.#clock = clock;
  }

  /** For a project; for all that say nothing of their own where none is named. */
  async active(tenant: string, name: string, project: string | null): Promise<Active> {
    return activeIn(await this.#life(tenant, name), project);
  }

  /** Something was said: the next question is asked of the store. */
  forget(tenant: string, name: string): void {
    this.#kept.delete(`${tenant}/${name}`);
    this.#reading.delete(`${tenant}/${name}`);
  }

  async #life(tenant: string, name: string): Promise<DefinitionLife> {
    const key = `${tenant}/${name}`;
    const kept = this.#kept.get(key);
    const age = kept && this.#clock.now() - kept.readAt;
    if (kept && age !== undefined && age >= 0 && age < REMEMBERED_MS) return kept.life;
    return this.#reading.get(key) ?? this.#read(tenant, name, key);
  }

  #read(tenant: string, name: string, key: string): Promise<DefinitionLife> {
    const readAt = this.#clock.now();
    const reading: Promise<DefinitionLife> = this.#store.definitionLife(tenant, name).then((life) => {
      // What was asked before something was said may miss it; of what is not there yet nothing is remembered.
      if (this.#reading.get(key) === reading && life.newest !== null) this.#kept.set(key, { readAt, life });
      return life;
    });
    this.#reading.set(key, reading);
    const over = () => {
      if (this.#reading.get(key) === reading) this.#reading.delete(key);
    };
    reading.then(over, over);
    return reading;
  }
}

/** The newest that was said of the project counts, then of all projects, then the newest version. */
export function activeIn({ newest, activations }: DefinitionLife, project: string | null): Active {
  const last = (kind: string, where: string | null) =>
    activations.find((each) => each.kind === kind && each.project === where);
  const everywhere = last('activate', null);
  const retired = last('retire', null);
  if (retired && retired.activation > (everywhere?.activation ?? 0)) return { version: null, retired: true };
  const own = project === null ? undefined : last('activate', project);
  const version = own?.version ?? everywhere?.version ?? newest;
  return version === null ? { version, retired: false } : { version, retired: false };
}
