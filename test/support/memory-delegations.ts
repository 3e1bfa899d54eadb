/** The delegations of the store in memory. */
import type { DelegationFilter, DelegationRecord } from '../../src/persistence/records.ts';

export class MemoryDelegations {
  readonly #all: DelegationRecord[] = [];

  save(delegation: DelegationRecord): void {
    this.#all.push(structuredClone(delegation));
  }

  find(tenant: string, id: string): DelegationRecord | undefined {
    return structuredClone(this.#all.find((each) => each.tenant === tenant && each.id === id));
  }

  list(
    tenant: string,
    { party, from, to, openAt }: DelegationFilter,
    { before, limit }: { before?: string; limit: number },
  ): DelegationRecord[] {
    const found = this.#all.filter(
      (each) =>
        each.tenant === tenant &&
        (party === undefined || each.from === party || each.to === party) &&
        (from === undefined || each.from === from) &&
        (to === undefined || each.to === to) &&
        (openAt === undefined || (each.revokedAt === null && each.endsAt > openAt)) &&
        (before === undefined || each.id < before),
    );
    return structuredClone(found.sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, limit));
  }

  revoke(tenant: string, id: string, at: number): boolean {
    const place = this.#all.findIndex(
      (each) => each.tenant === tenant && each.id === id && each.revokedAt === null,
    );
    const found = this.#all[place];
    if (found) this.#all[place] = { ...found, revokedAt: at };
    return found !== undefined;
  }
}
