/**
 * One embedded PostgreSQL per test run, in a directory of its own; its database is the template of all test databases,
 * and its cluster as `initdb` left it that of all others.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { createLogger } from '../../src/log.ts';
import { type EmbeddedConnection, EmbeddedPostgres } from '../../src/persistence/embedded.ts';
import { openDatabase } from '../../src/persistence/open-database.ts';
import { copyCluster, makeCluster, placesOf } from './cluster.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgres: { readonly admin: EmbeddedConnection; readonly app: EmbeddedConnection };
    /** The directory of a cluster on which no server has run; see `cluster.ts`. */
    cluster: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const unused = await newDirectory();
  const dataDir = await newDirectory();
  const log = createLogger('warn');
  const cluster = await makeCluster(unused);
  copyCluster(cluster, dataDir);
  const server = await EmbeddedPostgres.start({ dataDir, log });
  const store = await openDatabase({ admin: server.admin, app: server.app, log });
  await store.close();
  project.provide('postgres', { admin: server.admin, app: server.app });
  project.provide('cluster', cluster);
  return async () => {
    await server.stop();
    for (const directory of [unused, dataDir]) await remove(directory);
  };
}

async function newDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'countersign-test-'));
  // As root the server runs as another account, which must be able to pass.
  await chmod(directory, 0o711);
  return directory;
}

/** With what was made for it in other places. */
async function remove(dataDir: string): Promise<void> {
  const { cluster, socketDir } = placesOf(dataDir);
  for (const path of [dataDir, cluster, socketDir]) await rm(path, { recursive: true, force: true });
}
