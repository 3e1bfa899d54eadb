/** One embedded PostgreSQL per test run, in a directory of its own; its database is the template of all test databases. */
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { createLogger } from '../../src/log.ts';
import { type EmbeddedConnection, EmbeddedPostgres } from '../../src/persistence/embedded.ts';
import { openDatabase } from '../../src/persistence/open-database.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgres: { readonly admin: EmbeddedConnection; readonly app: EmbeddedConnection };
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'countersign-test-'));
  // As root the server runs as another account, which must be able to pass.
  await chmod(dataDir, 0o711);
  const log = createLogger('warn');
  const server = await EmbeddedPostgres.start({ dataDir, log });
  const store = await openDatabase({ admin: server.admin, app: server.app, log });
  await store.close();
  project.provide('postgres', { admin: server.admin, app: server.app });
  return async () => {
    await server.stop();
    const elsewhere = await readFile(join(dataDir, 'POSTGRES_IS_ELSEWHERE'), 'utf8').catch(() => undefined);
    if (elsewhere) await rm(elsewhere.split('\n')[0] ?? '', { recursive: true, force: true });
    for (const path of [dataDir, server.admin.host]) await rm(path, { recursive: true, force: true });
  };
}
