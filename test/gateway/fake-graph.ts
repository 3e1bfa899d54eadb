/** The graph of a fake backend: the edges and hunks that a test put there, of the changes it added. */
import type { QuestionsWorld } from '../../src/actors/dependencies/questions.ts';
import type { ChangeRecord, EdgeRow, TouchingHunks } from '../../src/persistence/records.ts';
import { NOW } from './fake-backend.ts';

export interface FakeGraph {
  readonly changeRecords: readonly ChangeRecord[];
  readonly edgeRows: readonly EdgeRow[];
  readonly touching: readonly TouchingHunks[];
}

export function fakeGraph(backend: FakeGraph): QuestionsWorld['store'] {
  const own = (change: string) => backend.touching.filter((each) => each.change === change);
  let asked = 0;
  return {
    /** Of another stream each time, so nothing is kept: tests change it as they like. */
    position: async () => ({ seq: 1, epoch: `asked ${++asked}` }),
    movedIn: async () => [],
    edgesAt: async () => [],
    allEdges: async () => [...backend.edgeRows],
    async edgesBeyond(_tenant, changes, direction, limit) {
      const reached = new Set(changes);
      const found: EdgeRow[] = [];
      for (const each of reached)
        for (const edge of backend.edgeRows) {
          const [here, there] = direction === 'up' ? [edge.change, edge.on] : [edge.on, edge.change];
          if (here !== each) continue;
          found.push(edge);
          if (edge.known) reached.add(there);
        }
      return found.slice(0, limit);
    },
    graphNodes: async (tenant, changes) =>
      backend.changeRecords
        .filter((each) => each.tenant === tenant && changes.includes(each.change))
        .map((each) => ({ ...each, since: NOW + backend.changeRecords.indexOf(each) })),
    contents: async (ref) =>
      own(ref.change).map(({ revision }) => ({
        ...{ ...ref, revision, digest: '', bytes: 1, files: 1, added: 1, removed: 1 },
        ...{ recordedBy: 'git', recordedAt: NOW },
      })),
    revisionFiles: async ({ change }) =>
      own(change).map(({ path, kind, isBinary }, at) => ({
        ...{ place: at + 1, path, oldPath: null, kind, isBinary, added: 1, removed: 1, digest: '' },
      })),
    hunksTouching: async (_tenant, paths) => backend.touching.filter(({ path }) => paths.includes(path)),
    hunksOfCommits: async () => [],
  };
}
