/** What the role that serves requests may do to a delegation: revoke it, and nothing else. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestDatabase, testDatabase, withClient } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await database.store.createTenant({ tenant: 'acme', title: 'Acme', createdAt: 1 });
});
afterAll(() => database.drop());

const given = {
  tenant: 'acme',
  id: 'd1',
  from: 'ann',
  to: 'ben',
  roles: ['reviewer'],
  project: null,
  startsAt: 1_000,
  endsAt: 2_000,
  reason: 'away',
  revokedAt: null,
};

it.each([
  "update countersign.delegations set roles = '{admin}'",
  "update countersign.delegations set ends_at = 'infinity'",
  "update countersign.delegations set to_principal = 'eve'",
  'delete from countersign.delegations',
])('what was given is not rewritten by the role that serves requests: %s', async (sql) => {
  const refused = withClient(database.app, (client) => client.query(sql));
  await expect(refused).rejects.toMatchObject({ code: '42501' });
});

it.each([
  ['to oneself', { to: 'ann' }],
  ['of nothing', { roles: [] }],
  ['that ends before it starts', { endsAt: 1_000 }],
  ['of a tenant nobody created', { tenant: 'nobody' }],
])('a delegation %s is not stored', async (_, over) => {
  const refused = database.store.saveDelegation({ ...given, ...over });
  await expect(refused).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});
