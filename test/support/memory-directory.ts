/** The directories of the memory store. */
import type { Store } from '../../src/actors/ports.ts';
import type { DirectoryEntry, NewDirectoryEntry } from '../../src/persistence/records.ts';

export class MemoryDirectory {
  readonly #said = new Map<string, DirectoryEntry[]>();

  add(
    { tenant, ...saying }: Parameters<Store['addDirectoryEntries']>[0],
    entries: readonly NewDirectoryEntry[],
  ): number {
    const said = this.#said.get(tenant) ?? [];
    for (const entry of entries) said.push({ ...structuredClone(entry), ...saying, seq: said.length + 1 });
    this.#said.set(tenant, said);
    return said.length;
  }

  head(tenant: string): number {
    return this.#said.get(tenant)?.length ?? 0;
  }

  since(tenant: string, after: number): DirectoryEntry[] {
    const newest = new Map<string, DirectoryEntry>();
    for (const entry of this.#said.get(tenant) ?? [])
      if (entry.seq > after) newest.set(`${entry.kind} ${entry.name}`, entry);
    return [...newest.values()].sort((a, b) => a.seq - b.seq);
  }

  history(
    tenant: string,
    { before = Number.POSITIVE_INFINITY, limit }: { before?: number; limit: number },
  ): DirectoryEntry[] {
    const said = (this.#said.get(tenant) ?? []).filter(({ seq }) => seq < before);
    return said.reverse().slice(0, limit);
  }
}
