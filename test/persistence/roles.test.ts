/** What the role that serves requests may do: add to the log, never rewrite it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/log.ts';
import { openDatabase } from '../../src/persistence/open-database.ts';
import { proposal, TENANT } from '../support/commits.ts';
import { type TestDatabase, testDatabase, withClient } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await database.store.createTenant({ tenant: TENANT, title: 'Acme', createdAt: 1 });
  await database.store.commit([proposal('c1')]);
});
afterAll(() => database.drop());

const REWRITES = [
  "update countersign.workflow_transitions set reason = 'x'",
  'delete from countersign.workflow_transitions',
  'truncate countersign.workflow_transitions',
  "update countersign.workflow_transitions set reason = 'x' where false",
];

describe('the transition log', () => {
  it.each(REWRITES)('is not rewritten by the role that serves requests: %s', async (sql) => {
    const refused = withClient(database.app, (client) => client.query(sql));
    await expect(refused).rejects.toMatchObject({ code: '42501' });
  });

  it.each(REWRITES)('is not rewritten by the owner either: %s', async (sql) => {
    const refused = withClient(database.admin, (client) => client.query(sql));
    await expect(refused).rejects.toThrow('rows of workflow_transitions are never changed');
  });
});

describe('the role that serves requests', () => {
  it('deletes nothing anywhere, and owns nothing', async () => {
    const { rows } = await withClient(database.admin, (client) =>
      client.query(
        `select relname from pg_class where relnamespace = 'countersign'::regnamespace and relkind = 'r'
           and (has_table_privilege('countersign_app', oid, 'delete, truncate, references, trigger')
                or pg_has_role('countersign_app', relowner, 'usage'))`,
      ),
    );
    expect(rows).toEqual([]);
  });

  it('may be the owner turned into it, when there is one connection string', async () => {
    const store = await openDatabase({ admin: database.adminUrl, log: createLogger('silent') });
    expect(await store.position(TENANT)).toMatchObject({ seq: 1 });
    await store.close();
  });

  it('is refused at the start where it could rewrite the log', async () => {
    const opened = openDatabase({ admin: database.admin, app: database.admin, log: createLogger('silent') });
    await expect(opened).rejects.toMatchObject({
      code: 'ROLE_UNSAFE',
      message: expect.stringContaining('superuser'),
    });
  });
});
