/** A real server on real PostgreSQL: changes that may be moved back and forth for as long as a test likes. */

import { WebSocket } from 'ws';
import { newId, systemClock } from '../../src/actors/clock.ts';
import { Runtime } from '../../src/actors/runtime.ts';
import { type Client, type ClientOptions, connect as connectClient } from '../../src/client/index.ts';
import { Hub } from '../../src/gateway/hub.ts';
import { type Gateway, type GatewayOptions, startGateway } from '../../src/gateway/server.ts';
import { createLogger, type Logger } from '../../src/log.ts';
import type { PostgresStore } from '../../src/persistence/postgres-store.ts';
import { Alarms } from '../actors/rig.ts';
import { KEY, token } from '../gateway/harness.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

const SWING = {
  name: 'Swing',
  roles: ['reviewer'],
  triggers: ['hold', 'release', 'approve'],
  initial: 'Open',
  states: { Open: {}, Held: {}, Done: { final: 'approved' } },
  transitions: {
    'Open -> Held': { trigger: 'hold', role: 'reviewer' },
    'Held -> Open': { trigger: 'release', role: 'reviewer' },
    'Open -> Done': { trigger: 'approve', role: 'reviewer' },
  },
};

export const ROB = { tenant: 'acme', id: 'rob', kind: 'person', roles: ['reviewer'] } as const;
const ANN = { tenant: 'acme', id: 'ann', kind: 'person', roles: [] } as const;

export interface Rig {
  readonly gateway: Gateway;
  readonly runtime: Runtime;
  readonly store: PostgresStore;
  /** Connects as the owner of the database. */
  readonly admin: TestDatabase['admin'];
  propose(project?: string): Promise<string>;
  /** Sends an event past the socket; it must be accepted. */
  move(change: string, trigger: 'hold' | 'release' | 'approve'): Promise<number>;
  /** The seqs of the log. */
  log(filter?: { change?: string; project?: string }): Promise<number[]>;
  /** Names of readers that owe anything at all. */
  overdue(): Promise<string[]>;
  close(): Promise<void>;
}

function runtimeOn(store: PostgresStore, log: Logger) {
  const hub = new Hub({ store, log, pollMs: 60_000 });
  const parts = { clock: systemClock, newId, scheduler: new Alarms() };
  return { hub, runtime: new Runtime({ store, publisher: hub, log, ...parts }) };
}

const clusterOf = ({ servers, stoppedChanges }: PostgresStore) => ({
  servers,
  stopped: stoppedChanges,
  version: '0.0.0',
});

/** Another server on the database of a rig. */
export async function secondServer({
  store,
}: Rig): Promise<{ readonly url: string; close(): Promise<void> }> {
  const log = createLogger('silent');
  const { hub, runtime } = runtimeOn(store, log);
  await runtime.open();
  const cluster = clusterOf(store);
  const gateway = await startGateway({ backend: runtime, hub, log, auth: { key: KEY }, cluster });
  const close = async () => {
    await gateway.close();
    await runtime.close();
  };
  return { url: gateway.url, close };
}

export async function openRig(options: Partial<GatewayOptions> = {}): Promise<Rig> {
  const database = await testDatabase();
  const { store } = database;
  const { log = createLogger('silent') } = options;
  await store.createTenant({ tenant: 'acme', title: 'Acme', createdAt: 0 });
  const { hub, runtime } = runtimeOn(store, log);
  await runtime.open();
  await runtime.deploy('acme', SWING, ANN, null);
  const gateway = await startGateway({
    backend: runtime,
    hub,
    log,
    auth: { key: KEY },
    cluster: clusterOf(store),
    ...options,
  });
  return {
    gateway,
    runtime,
    store,
    admin: database.admin,
    propose: async (project = 'core') => {
      const answer = await runtime.propose(
        { definition: 'Swing', project, title: 'Swing it' },
        { principal: ANN },
      );
      if (!answer.ok) throw new Error(answer.refusal.message);
      return answer.row.change;
    },
    move: async (change, trigger) => {
      const answer = await runtime.send({ change, trigger }, { principal: ROB });
      if (!answer.ok) throw new Error(answer.refusal.message);
      return answer.row.seq;
    },
    log: async (filter = {}) => {
      const seqs: number[] = [];
      for (;;) {
        const rows = await store.log('acme', { after: seqs.at(-1) ?? 0, limit: 500, ...filter });
        if (rows.length === 0) return seqs;
        seqs.push(...rows.map(({ seq }) => seq));
      }
    },
    overdue: async () =>
      (await store.readers.overdue('acme', Date.now() + 60_000, 10)).map(({ name }) => name),
    close: async () => {
      await gateway.close();
      await runtime.close();
      await database.drop();
    },
  };
}

/** A client that loses no time; for Node 20, which has no WebSocket of its own. */
export function client(url: string, options: Partial<ClientOptions> = {}): Client {
  return connectClient({
    url,
    token: () => token({ roles: ['reviewer'] }),
    WebSocket,
    pauses: { firstMs: 5, mostMs: 50 },
    ...options,
  });
}
