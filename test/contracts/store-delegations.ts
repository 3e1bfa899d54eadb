/** The part of the contract that is about delegations. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../src/actors/ports.ts';
import type { DelegationRecord } from '../../src/persistence/records.ts';

/** Call inside the `describe` of a store, in which it is open. */
export function storeDelegations(current: () => Store): void {
  const tenant = 'delegating';
  let store: Store;
  const delegation = (id: string, over: Partial<DelegationRecord> = {}): DelegationRecord => ({
    tenant,
    id,
    from: 'ann',
    to: 'ben',
    roles: ['reviewer', 'Rolle, mit "Zeichen" {}'],
    project: null,
    startsAt: 1_700_000_000_123,
    endsAt: 1_700_000_500_456,
    reason: 'a week in the mountains',
    revokedAt: null,
    ...over,
  });
  const ids = async (
    filter: Parameters<Store['delegations']>[1],
    page = { limit: 9 } as { before?: string; limit: number },
  ) => (await store.delegations(tenant, filter, page)).map(({ id }) => id);

  beforeAll(async () => {
    store = current();
    await store.createTenant({ tenant, title: 'Delegating', createdAt: 5 });
    await store.saveDelegation(delegation('d1'));
    await store.saveDelegation(delegation('d2', { to: 'cat', project: 'web', endsAt: 1_700_000_600_000 }));
    await store.saveDelegation(delegation('d3', { from: 'cat', to: 'ann' }));
  });

  describe('delegations', () => {
    it('are found as they were saved, in their tenant only', async () => {
      expect(await store.delegation(tenant, 'd1')).toEqual(delegation('d1'));
      expect(await store.delegation('other', 'd1')).toBeUndefined();
      expect(await store.delegation(tenant, '\0')).toBeUndefined();
    });

    it('come newest first, in pages', async () => {
      expect(await ids({})).toEqual(['d3', 'd2', 'd1']);
      expect(await ids({}, { limit: 2 })).toEqual(['d3', 'd2']);
      expect(await ids({}, { before: 'd2', limit: 2 })).toEqual(['d1']);
    });

    it('are found by who gave and who got them, and by both ends at once', async () => {
      expect(await ids({ from: 'ann' })).toEqual(['d2', 'd1']);
      expect(await ids({ to: 'cat' })).toEqual(['d2']);
      expect(await ids({ party: 'cat' })).toEqual(['d3', 'd2']);
      expect(await ids({ party: 'ann', from: 'cat' })).toEqual(['d3']);
    });

    it('are open until just before they end', async () => {
      expect(await ids({ from: 'ann', openAt: 1_700_000_500_455 })).toEqual(['d2', 'd1']);
      expect(await ids({ from: 'ann', openAt: 1_700_000_500_456 })).toEqual(['d2']);
    });

    it('are revoked once, and stay', async () => {
      await store.saveDelegation(delegation('d4', { from: 'dan' }));
      expect(await store.revokeDelegation('other', 'd4', 1)).toBe(false);
      expect(await store.revokeDelegation(tenant, 'd4', 1_700_000_100_001)).toBe(true);
      expect(await store.revokeDelegation(tenant, 'd4', 1_700_000_100_002)).toBe(false);
      expect(await store.delegation(tenant, 'd4')).toEqual(
        delegation('d4', { from: 'dan', revokedAt: 1_700_000_100_001 }),
      );
      expect(await ids({ from: 'dan', openAt: 0 })).toEqual([]);
    });
  });
}
