/** Which tenants exist. Tenants are never removed, so one that was seen is not asked for again. */
import { CountersignError } from '../errors.ts';
import type { ReadStore } from './backend.ts';

export class KnownTenants {
  readonly #store: Pick<ReadStore, 'position'>;
  readonly #seen = new Set<string>();

  constructor(store: Pick<ReadStore, 'position'>) {
    this.#store = store;
  }

  /** Throws FORBIDDEN for a tenant the store does not know. Undefined, without waiting, for one seen before. */
  require(tenant: string): Promise<void> | undefined {
    return this.#seen.has(tenant) ? undefined : this.#lookUp(tenant);
  }

  async #lookUp(tenant: string): Promise<void> {
    if ((await this.#store.position(tenant)) === undefined) {
      const message = `The token is for tenant "${tenant}", which this server does not have.`;
      const hint = `Create it: "countersign tenant create ${tenant}", or POST /v1/tenants with role "operator".`;
      throw new CountersignError('FORBIDDEN', message, { hint });
    }
    this.#seen.add(tenant);
  }
}
