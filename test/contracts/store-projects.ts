/** The part of the contract that is about projects and calendars. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../src/actors/ports.ts';
import type { CalendarRecord, ProjectOwners } from '../../src/persistence/records.ts';

/** Call inside the `describe` of a store, in which it is open. */
export function storeProjects(current: () => Store): void {
  const tenant = 'planners';
  let store: Store;
  beforeAll(async () => {
    store = current();
    await store.createTenant({ tenant, title: 'Planners', createdAt: 5 });
  });

  describe('the owners of a project', () => {
    const owners: ProjectOwners = {
      tenant,
      project: 'group/web',
      format: 'kubernetes',
      files: { OWNERS: 'approvers: [ada]\n', 'lib/OWNERS': 'approvers: [bob]\n# "quotes" \\ and ünïcode\n' },
      setBy: 'olga',
      reason: 'moved',
      setAt: 1_700_000_000_123,
    };

    it('are absent until they are set', async () => {
      expect(await store.projectOwners(tenant, 'group/web')).toBeUndefined();
      expect(await store.ownersSetAt([{ tenant, project: 'group/web' }])).toEqual([]);
    });

    it('come back as they were set', async () => {
      expect(await store.setProjectOwners(owners)).toBe(owners.setAt);
      expect(await store.projectOwners(tenant, 'group/web')).toEqual(owners);
      expect(await store.projectOwners('other', 'group/web')).toBeUndefined();
      expect(await store.projectOwners(tenant, '\0')).toBeUndefined();
    });

    it('are replaced as a whole, at a time that grows though the clock goes back', async () => {
      const next = { ...owners, format: 'github', files: { CODEOWNERS: '* @ada' }, reason: null } as const;
      expect(await store.setProjectOwners({ ...next, setAt: owners.setAt - 5_000 })).toBe(owners.setAt + 1);
      expect(await store.projectOwners(tenant, 'group/web')).toEqual({ ...next, setAt: owners.setAt + 1 });
      expect(await store.setProjectOwners({ ...next, setAt: owners.setAt + 9 })).toBe(owners.setAt + 9);
    });

    it('say when they were set, for many projects at once', async () => {
      await store.setProjectOwners({ ...owners, project: 'api' });
      const asked = ['api', 'group/web', 'none'].map((project) => ({ tenant, project }));
      const found = await store.ownersSetAt([...asked, { tenant: 'other', project: 'api' }]);
      expect(found.toSorted((a, b) => (a.project < b.project ? -1 : 1))).toEqual([
        { tenant, project: 'api', setAt: owners.setAt },
        { tenant, project: 'group/web', setAt: owners.setAt + 9 },
      ]);
    });

    it('of a tenant nobody created are refused', async () => {
      await expect(store.setProjectOwners({ ...owners, tenant: 'nobody' })).rejects.toMatchObject({
        code: 'NOT_FOUND',
      });
    });
  });

  describe('calendars', () => {
    const calendar = (name: string, timeZone: string): CalendarRecord => ({
      tenant,
      name,
      calendar: { timeZone, week: { monday: [['09:00', '17:00']] }, holidays: [] },
      setBy: 'olga',
      setAt: 1_700_000_000_456,
    });

    it('are set, replaced and listed by name', async () => {
      await store.setCalendar(calendar('office', 'UTC'));
      await store.setCalendar(calendar('Berlin', 'UTC'));
      await store.setCalendar({ ...calendar('Berlin', 'Europe/Berlin'), setBy: 'otto' });
      const berlin = { ...calendar('Berlin', 'Europe/Berlin'), setBy: 'otto' };
      expect(await store.calendar(tenant, 'Berlin')).toEqual(berlin);
      expect(await store.calendars(tenant)).toEqual([berlin, calendar('office', 'UTC')]);
      expect(await store.calendar(tenant, 'Paris')).toBeUndefined();
      expect(await store.calendars('other')).toEqual([]);
    });

    it('of a tenant nobody created are refused', async () => {
      const stray = { ...calendar('office', 'UTC'), tenant: 'nobody' };
      await expect(store.setCalendar(stray)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });
  });
}
