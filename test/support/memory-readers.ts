/** Readers without a database: the same answers as `persistence/readers.ts`. */
import { CountersignError } from '../../src/errors.ts';
import { MAX_READERS, type ReaderRef, type ReaderStore } from '../../src/persistence/reader-records.ts';
import type { LogRow } from '../../src/persistence/records.ts';

export interface Logged {
  /** The log of a tenant. */
  readonly rows: (tenant: string) => readonly LogRow[];
  readonly projectOf: (tenant: string, change: string) => string | undefined;
}

export function memoryReaders({ rows, projectOf }: Logged): ReaderStore {
  const kept = new Map<string, { readonly ref: ReaderRef; acknowledged: number; isOverdue?: boolean }>();
  const keyOf = ({ tenant, principal, name, stream }: ReaderRef) =>
    JSON.stringify([tenant, principal, name, stream]);
  const isIn = (stream: string, { tenant, change }: LogRow) =>
    stream === 'tenant' || stream === `change:${change}` || stream === `project:${projectOf(tenant, change)}`;
  const owedBy = (ref: ReaderRef, acknowledged: number) =>
    rows(ref.tenant).filter(
      (row) =>
        row.seq > acknowledged &&
        row.kind === 'transition' &&
        (row.outcome !== null || row.principalKind === 'system') &&
        isIn(ref.stream, row),
    );
  return {
    open: async (ref, position) => {
      const known = kept.get(keyOf(ref));
      if (known) return known.acknowledged;
      const own = [...kept.values()].filter(
        (each) => each.ref.tenant === ref.tenant && each.ref.principal === ref.principal,
      );
      if (own.length >= MAX_READERS) throw new CountersignError('INVALID_INPUT', 'Too many readers.');
      kept.set(keyOf(ref), { ref, acknowledged: position });
      return position;
    },
    acknowledge: async (ref, seq) => {
      const known = kept.get(keyOf(ref));
      if (!known) throw new CountersignError('NOT_FOUND', `The reader "${ref.name}" was forgotten.`);
      known.acknowledged = Math.max(known.acknowledged, seq);
      return known.acknowledged;
    },
    forget: async (ref) => void kept.delete(keyOf(ref)),
    markOverdue: async (before) => {
      const marked = { begun: [] as ReaderRef[], over: [] as ReaderRef[] };
      for (const each of kept.values()) {
        const [first] = owedBy(each.ref, each.acknowledged);
        const isOverdue = first !== undefined && first.recordedAt < before;
        if (isOverdue !== (each.isOverdue ?? false)) marked[isOverdue ? 'begun' : 'over'].push(each.ref);
        each.isOverdue = isOverdue;
      }
      return marked;
    },
    countOverdue: async () => [...kept.values()].filter(({ isOverdue }) => isOverdue).length,
    overdue: async (tenant, before, limit) =>
      [...kept.values()]
        .filter(({ ref }) => ref.tenant === tenant)
        .flatMap(({ ref, acknowledged }) => {
          const owed = owedBy(ref, acknowledged);
          const [first] = owed;
          if (!first || first.recordedAt >= before) return [];
          const oldest = { seq: first.seq, recordedAt: first.recordedAt };
          return [{ ...ref, acknowledged, acknowledgedAt: 0, unacknowledged: owed.length, oldest }];
        })
        .slice(0, limit),
  };
}
