/** Revocations without a database: the same answers as `persistence/revocations.ts`. */
import type { RevocationRecord, RevocationStore } from '../../src/persistence/revocation-records.ts';

export function memoryRevocations(now: () => number = Date.now): RevocationStore {
  const all: RevocationRecord[] = [];
  return {
    add: async (revocation) => {
      const record = { ...revocation, seq: all.length + 1, revokedAt: now() };
      all.push(record);
      return record;
    },
    since: async (after, at, limit) =>
      all.filter(({ seq, endsAt }) => seq > after && (endsAt === null || endsAt > at)).slice(0, limit),
    list: async (tenant, { before = Number.MAX_SAFE_INTEGER, limit }) =>
      all
        .filter((each) => each.tenant === tenant && each.seq < before)
        .reverse()
        .slice(0, limit),
  };
}
