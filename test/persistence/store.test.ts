import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

test('a tenant starts with an empty stream', async () => {
  const { store } = database;
  expect(await store.createTenant({ tenant: 'acme', title: 'Acme', createdAt: 5 })).toBe(true);
  expect(await store.createTenant({ tenant: 'acme', title: 'Acme', createdAt: 5 })).toBe(false);
  expect(await store.position('acme')).toEqual({ seq: 0, epoch: expect.any(String) });
});

test('a change is committed', async () => {
  const { store } = database;
  const r = await store.commit([
    {
      tenant: 'acme',
      change: 'c1',
      baseVersion: 0,
      facts: {
        project: 'p',
        key: 'k',
        title: 't',
        author: 'a',
        authorKind: 'person',
        definition: 'd',
        definitionVersion: 1,
        attributes: { a: 1 },
        createdAt: 1234567890123,
      },
      state: {
        version: 1,
        state: 'draft',
        snapshot: { x: [1, 'é"\\'] },
        outcome: null,
        updatedAt: 1234567890123,
      },
      entries: [
        {
          kind: 'proposed',
          version: 1,
          event: 'propose',
          from: null,
          to: 'draft',
          outcome: null,
          principal: 'a',
          principalKind: 'person',
          via: null,
          role: null,
          reason: null,
          data: null,
          refusal: null,
          occurredAt: 1,
          recordedAt: 2,
        },
      ],
      timersSet: [{ name: 't', setVersion: 1, event: 'x', dueAt: 99 }],
      timersSettled: [],
      keys: [{ principal: 'a', key: 'idem', digest: 'ff', entry: 0 }],
    },
  ]);
  expect(r).toEqual([{ ok: true, seq: 1 }]);
  expect(await store.load([{ tenant: 'acme', change: 'c1' }])).toMatchObject([
    {
      version: 1,
      createdAt: 1234567890123,
      snapshot: { x: [1, 'é"\\'] },
      timers: [{ name: 't', dueAt: 99 }],
    },
  ]);
  expect(await store.log('acme', { after: 0, limit: 10 })).toHaveLength(1);
  expect(await store.changes('acme', { outcome: 'open', state: 'draft' }, { limit: 10 })).toHaveLength(1);
  expect(await store.outcomes('acme', {})).toEqual({ open: 1 });
  expect(await store.answers([{ tenant: 'acme', principal: 'a', key: 'idem' }])).toMatchObject([
    { digest: 'ff' },
  ]);
  expect(await store.dueTimers(100, 10)).toHaveLength(1);
  expect(await store.timerSlots(0, 1000, 10)).toEqual([90]);
});
