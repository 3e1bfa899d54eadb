/** Migrations: applied once, in order, never edited, never run backwards. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { knownMigrations, type Migration, migrate } from '../../src/persistence/migrate.ts';
import { type TestDatabase, testDatabase, withClient } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

const known = knownMigrations();
const run = (migrations: readonly Migration[]) =>
  withClient(database.admin, (client) => migrate(client, [...migrations]));
const next = (sql: string): Migration => ({ version: known.length + 1, name: 'next', sql, checksum: 'c' });

it('a migrated database stays as it is', async () => {
  expect(await run(known)).toEqual([]);
});

it('a failing migration leaves nothing behind and says which it was', async () => {
  const broken = next('create table countersign.half (n int); select no_such_function();');
  await expect(run([...known, broken])).rejects.toThrow(/\(next\) failed: .*no_such_function/);
  const half = await withClient(database.admin, (client) =>
    client.query("select to_regclass('countersign.half') as t"),
  );
  expect(half.rows).toEqual([{ t: null }]);
});

it('servers that start together apply a migration once', async () => {
  const migrations = [...known, next('create table countersign.once (n int)')];
  const applied = await Promise.all([run(migrations), run(migrations), run(migrations)]);
  expect(applied.flat()).toEqual([known.length + 1]);
});

it('a database of a newer program is left alone', async () => {
  await expect(run(known)).rejects.toMatchObject({ code: 'SCHEMA_TOO_NEW' });
});

it('an applied migration that was edited since is refused', async () => {
  const edited = known.map((migration) => ({ ...migration, checksum: 'edited' }));
  await expect(run([...edited, next('')])).rejects.toThrow(/is not the one this database was migrated with/);
});
