/** Servers on one database as operators see them: who is there, who has left, who is silent; and how many timers wait. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { GONE_AFTER_MS, Presence, SHOWN_MS } from '../../src/gateway/live/presence.ts';
import { createLogger } from '../../src/log.ts';
import { openRig, type Rig } from '../client/rig.ts';
import { withClient } from '../support/database.ts';
import { token } from './harness.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig({ transport: 'node' });
}, 60_000);
afterAll(() => rig.close());

const figures = () => ({ sockets: 7, subscriptions: 9, commandsWaiting: 2 });
const log = createLogger('silent');
const another = (id: string, store = rig.store.servers) =>
  new Presence({ store, version: '9.9.9', figures, log, id });
const overview = async () => {
  const headers = { authorization: `Bearer ${await token({ roles: ['operator'] })}` };
  return (await fetch(`${rig.gateway.url}/v1/overview`, { headers })).json() as Promise<{
    servers: { id: string; answering: boolean; gone: boolean }[];
    timers: object;
  }>;
};
const silentFor = (id: string, ms: number) =>
  withClient(rig.admin, (db) =>
    db.query(
      `update countersign.servers set seen_at = now() - $2::float8 * interval '1 millisecond' where server_id = $1`,
      [id, ms],
    ),
  );

it('lists the servers of the database with what each has in hand, and says which of them answers', async () => {
  const other = another('other');
  await other.say();
  const { servers } = await overview();
  expect(servers).toHaveLength(2);
  expect(servers.find(({ id }) => id === 'other')).toMatchObject({
    version: '9.9.9',
    pid: process.pid,
    sockets: 7,
    subscriptions: 9,
    commands_waiting: 2,
    answering: false,
    gone: false,
  });
  expect(servers.find(({ answering }) => answering)).toMatchObject({ version: '0.0.0', gone: false });
  await other.close();
  await other.say();
  expect((await overview()).servers.map(({ answering }) => answering)).toEqual([true]);
});

it('shows a server that has fallen silent as gone, and after a while not at all; one that comes back is there again', async () => {
  const silent = another('silent');
  await silent.say();
  const seen = async () => (await overview()).servers.find(({ id }) => id === 'silent');
  await silentFor('silent', GONE_AFTER_MS);
  expect(await seen()).toMatchObject({ gone: true });
  await silentFor('silent', SHOWN_MS);
  expect(await seen()).toBeUndefined();
  await silent.say();
  expect(await seen()).toMatchObject({ gone: false });
  await silent.close();
});

it('forgets a server, and what it had stopped, a day after it was last heard of', async () => {
  const change = await rig.propose();
  const known = () =>
    withClient(rig.admin, (db) =>
      db.query(
        `select server_id, (select count(*)::int from countersign.stopped_changes where server_id = s.server_id) as stopped
         from countersign.servers s where server_id like 'old%'`,
      ),
    ).then(({ rows }) => rows);
  for (const id of ['older', 'old']) {
    const server = another(id);
    await server.say();
    await rig.store.stoppedChanges.say(id, [{ tenant: 'acme', change, why: 'it broke', at: 1 }]);
    await server.close();
  }
  await silentFor('older', 24 * 3_600_000);
  await silentFor('old', 23 * 3_600_000);
  const next = another('next');
  await next.say();
  expect(await known()).toEqual([{ server_id: 'old', stopped: 1 }]);
  await next.close();
});

it('goes on where the database does not answer, and says in the log once that it could not be told', async () => {
  const said: unknown[] = [];
  const failing = { ...rig.store.servers, seen: () => Promise.reject(new Error('away')) };
  const warn = (_: object, text: string) => said.push(text);
  const lonely = new Presence({
    store: failing,
    version: '1',
    figures,
    log: { warn } as unknown as typeof log,
  });
  await lonely.say();
  await lonely.say();
  await lonely.close();
  expect(said).toEqual(['the server cannot say that it runs']);
});

it('counts the timers that wait: all, those of the next hour, and those that are overdue', async () => {
  const change = await rig.propose();
  const now = Date.now();
  await withClient(rig.admin, (db) =>
    db.query(
      `insert into countersign.timers (tenant_id, change_id, name, set_version, event, due_at, status)
       select 'acme', $1, n, 1, 'due', to_timestamp(at / 1000), 'pending'
       from unnest($2::text[], $3::float8[]) as t (n, at)`,
      [change, ['late', 'soon', 'far'], [now - 60_000, now + 600_000, now + 9_000_000]],
    ),
  );
  expect((await overview()).timers).toEqual({
    pending: 3,
    due_within_hour: 1,
    overdue: 1,
    oldest_due_at: new Date(now - 60_000).toISOString(),
    alarms: null,
  });
});
