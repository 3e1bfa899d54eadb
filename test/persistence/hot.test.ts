/**
 * The physical cost of an update. On a server of its own: a transaction in any database of a cluster keeps what died after
 * it began from being pruned, and then there is no room for the next version on its page.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createLogger } from '../../src/log.ts';
import { EmbeddedPostgres } from '../../src/persistence/embedded.ts';
import { openDatabase } from '../../src/persistence/open-database.ts';
import { copyCluster } from '../support/cluster.ts';
import { proposal, step, TENANT } from '../support/commits.ts';
import { withClient } from '../support/database.ts';

const log = createLogger('warn');
let dataDir: string;
let server: EmbeddedPostgres;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'countersign-hot-'));
  chmodSync(dataDir, 0o711);
  copyCluster(inject('cluster'), dataDir);
  server = await EmbeddedPostgres.start({ dataDir, log });
});
afterAll(async () => {
  await server?.stop();
  for (const path of [dataDir, server?.admin.host]) if (path) rmSync(path, { recursive: true, force: true });
});

it('updates of states and streams stay HOT', async () => {
  const store = await openDatabase({ admin: server.admin, app: server.app, log });
  await store.createTenant({ tenant: TENANT, title: TENANT, createdAt: 1 });
  const changes = Array.from({ length: 100 }, (_, index) => `hot-${index}`);
  await store.commit(changes.map((change) => proposal(change)));
  for (let version = 1; version <= 20; version++) {
    const results = await store.commit(changes.map((change) => step(change, version)));
    expect(results.filter(({ ok }) => !ok)).toEqual([]);
  }
  // A session hands in its statistics when it ends.
  await store.close();
  const { rows } = await withClient(server.admin, (client) =>
    client.query(
      `select relname, n_tup_hot_upd::float / n_tup_upd as hot from pg_stat_user_tables
       where relname in ('workflow_states', 'streams') order by relname`,
    ),
  );
  expect(rows.map(({ relname }) => relname)).toEqual(['streams', 'workflow_states']);
  for (const { hot } of rows) expect(hot).toBeGreaterThan(0.9);
});
