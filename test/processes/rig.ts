/** A server with a real database and a clock in the test's hand, and people who talk to it over HTTP. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newId } from '../../src/actors/clock.ts';
import { Runtime } from '../../src/actors/runtime.ts';
import { Hub } from '../../src/gateway/hub.ts';
import { startGateway } from '../../src/gateway/server.ts';
import type { Claims } from '../../src/gateway/token.ts';
import { createLogger } from '../../src/log.ts';
import { dataOf } from '../../src/machines/locate.ts';
import { readToml } from '../../src/machines/locate-toml.ts';
import { ManualClock } from '../actors/clock.ts';
import { Alarms, TENANT } from '../actors/rig.ts';
import { KEY, token } from '../gateway/harness.ts';
import { ROOT } from '../repo/sources.ts';
import { testDatabase } from '../support/database.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look into documents of every kind
type Document = any;

export interface Said {
  readonly reason?: string;
  readonly data?: unknown;
  readonly revision?: number;
}

/** Somebody with roles; agents say for whom they work. */
export type Who = Partial<Claims> & { readonly sub: string };

export interface Process {
  readonly clock: ManualClock;
  /** Proposes a change and returns it. */
  propose(who: Who, attributes?: object): Promise<Change>;
  /** One request, as JSON. */
  call(who: Who, method: string, path: string, body?: unknown): Promise<Document>;
  close(): Promise<void>;
}

export interface Change {
  readonly id: string;
  /** Sends an event: the row it left, or the problem it got. */
  send(who: Who, trigger: string, said?: Said): Promise<Document>;
  /** A new revision by somebody, told by the one who records what happens in the repository. */
  push(who: Who, data: object): Promise<Document>;
  /** The code of the refusal, or `ok`. */
  try(who: Who, trigger: string, said?: Said): Promise<string>;
  view(who?: Who): Promise<Document>;
  log(): Promise<Document[]>;
}

/** Deploys an example of `examples/`. */
export async function startProcess(file: string): Promise<Process> {
  const read = readToml(readFileSync(join(ROOT, 'examples', file), 'utf8'));
  if (!read.ok) throw new Error(`${file} is no TOML`);
  return startProcessOf(dataOf(read.tree) as { name: string });
}

export async function startProcessOf(source: { readonly name: string }): Promise<Process> {
  const database = await testDatabase();
  await database.store.createTenant({ tenant: TENANT, title: 'Acme', createdAt: 0 });
  const log = createLogger('silent');
  const clock = new ManualClock(Date.now());
  const hub = new Hub({ store: database.store, log, pollMs: 60_000 });
  const runtime = new Runtime({
    store: database.store,
    clock,
    newId,
    scheduler: new Alarms(),
    publisher: hub,
    log,
  });
  await runtime.open();
  const gateway = await startGateway({
    backend: runtime,
    hub,
    log,
    auth: { key: KEY },
    host: '127.0.0.1',
    port: 0,
  });
  const call = async (who: Who, method: string, path: string, body?: unknown): Promise<Document> => {
    const response = await fetch(gateway.url + path, {
      method,
      headers: {
        authorization: `Bearer ${await token({ ...who, tenant: TENANT })}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return response.json();
  };
  const deployed = await call({ sub: 'root', roles: ['deployer'] }, 'POST', '/v1/definitions', {
    definition: source,
  });
  if (deployed.digest === undefined) throw new Error(JSON.stringify(deployed));
  return {
    clock,
    call,
    propose: async (who, attributes) => {
      const body = { definition: source.name, project: 'p', title: 't', ...(attributes && { attributes }) };
      const { id, ...rest } = await call(who, 'POST', '/v1/changes', body);
      if (id === undefined) throw new Error(JSON.stringify(rest));
      const send: Change['send'] = (sender, trigger, said = {}) =>
        call(sender, 'POST', `/v1/changes/${id}/events`, { trigger, ...said });
      return {
        id,
        send,
        push: ({ sub, kind = 'person', roles = [], sponsor }, data) => {
          const as = { id: sub, kind, roles, ...(sponsor && { sponsor }) };
          const body = { trigger: 'change.revise', data, as };
          return call({ sub: 'recorder', roles: ['importer'] }, 'POST', `/v1/changes/${id}/events`, body);
        },
        try: async (...args) => (await send(...args)).code ?? 'ok',
        view: (viewer = who) => call(viewer, 'GET', `/v1/changes/${id}`),
        log: async () => (await call(who, 'GET', `/v1/changes/${id}/transitions?limit=200`)).items,
      };
    },
    close: async () => {
      await gateway.close();
      await runtime.close();
      await database.drop();
    },
  };
}
