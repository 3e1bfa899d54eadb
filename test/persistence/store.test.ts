/** The contract of the store: on PostgreSQL, and in memory. */
import { afterAll } from 'vitest';
import { storeContract } from '../contracts/store.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { MemoryStore } from '../support/memory-store.ts';

let database: TestDatabase | undefined;
afterAll(() => database?.drop());

storeContract('the store on the embedded PostgreSQL', async () => {
  database = await testDatabase();
  return { store: database.store };
});

storeContract('the store in memory', async () => ({ store: new MemoryStore() }));
