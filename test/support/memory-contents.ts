/** The contents of revisions in memory. */
import type {
  ChangeRef,
  CommitHunks,
  ContentRecord,
  RevisionFile,
  RevisionRef,
  StoredFile,
  TouchingHunks,
} from '../../src/persistence/records.ts';

interface Held {
  readonly content: ContentRecord;
  readonly files: readonly StoredFile[];
}

export class MemoryContents {
  readonly #all: Held[] = [];

  save(content: ContentRecord, files: readonly StoredFile[]): ContentRecord {
    const stands = this.#of(content)?.content;
    if (stands) return stands;
    this.#all.push({ content: { ...content }, files: [...files] });
    return content;
  }

  list({ tenant, change }: ChangeRef): ContentRecord[] {
    const found = this.#all.filter(({ content: c }) => c.tenant === tenant && c.change === change);
    return found.map(({ content }) => content).sort((a, b) => a.revision - b.revision);
  }

  files(ref: RevisionRef, { after, limit }: { after: number; limit: number }): RevisionFile[] {
    const files = (this.#of(ref)?.files ?? []).filter(({ place }) => place > after);
    return files.slice(0, limit).map(({ hunks: _, diff: __, ...file }) => file);
  }

  file(ref: RevisionRef, place: number): StoredFile | undefined {
    return this.#of(ref)?.files.find((file) => file.place === place);
  }

  /** `isOpen` says whether a change has no outcome yet. */
  touching(
    tenant: string,
    paths: readonly string[],
    exceptChange: string,
    isOpen: (change: string) => boolean,
    { limit = Number.POSITIVE_INFINITY, first = '' }: { limit?: number; first?: string } = {},
  ): TouchingHunks[] {
    const newest = new Map<string, Held>();
    for (const held of this.#all) {
      const { change, revision, ...ref } = held.content;
      if (ref.tenant !== tenant || change === exceptChange || !isOpen(change)) continue;
      if ((newest.get(change)?.content.revision ?? 0) < revision) newest.set(change, held);
    }
    return [...newest.values()]
      .sort((a, b) => {
        const [one, other] = [a.content.change, b.content.change];
        return one === first ? -1 : other === first ? 1 : one < other ? -1 : 1;
      })
      .flatMap(({ content: { change, revision, commit, base }, files }) =>
        files.flatMap(({ path, oldPath, kind, isBinary, hunks }) =>
          [path, ...(kind === 'renamed' && oldPath !== null ? [oldPath] : [])]
            .filter((each) => paths.includes(each))
            .map((each) => ({
              ...{ change, revision, path: each, kind, isBinary, hunks },
              ...(commit !== undefined && { commit }),
              ...(base !== undefined && { base }),
            })),
        ),
      )
      .slice(0, limit);
  }

  ofCommits(tenant: string, commits: readonly string[], paths: readonly string[]): CommitHunks[] {
    return [...new Set(commits)].sort().flatMap((commit) => {
      const held = this.#all
        .filter(({ content }) => content.tenant === tenant && content.commit === commit)
        .sort((a, b) => (a.content.change < b.content.change ? -1 : 1))[0];
      const files = (held?.files ?? [])
        .filter(({ path, oldPath }) => paths.includes(path) || paths.includes(oldPath ?? path))
        .map(({ path, oldPath, kind, isBinary, hunks }) => ({ path, oldPath, kind, isBinary, hunks }));
      return held ? [{ commit, base: held.content.base ?? null, files }] : [];
    });
  }

  #of({ tenant, change, revision }: RevisionRef): Held | undefined {
    return this.#all.find(
      ({ content: c }) => c.tenant === tenant && c.change === change && c.revision === revision,
    );
  }
}
