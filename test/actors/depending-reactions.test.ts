/** What a change gets when the one that it depends on is superseded or reopened, as its project wants it. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { Office } from './dependent.ts';
import { accepted, refusedWith, type Server, startServer, TENANT } from './rig.ts';

let database: TestDatabase;
let server: Server;
let office: Office;
let tenants = 0;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  server = startServer(database.store);
  office = new Office(`${TENANT}-reactions-${++tenants}`, database.store, server);
  await office.open();
  return () => server.runtime.close();
});

const wanting = (reactions: Record<string, string>) =>
  office.say([{ kind: 'project', name: 'web', value: { dependencies: { reactions } } }]);
const agree = async (change: string) => {
  for (const trigger of ['side', 'pass', 'check']) accepted(await office.send(change, trigger));
};
/** A chain, each of which needs the one before it, all of them approved. */
const approvedChain = async (length: number) => {
  const chain: string[] = [];
  for (let at = 0; at < length; at++) {
    const change = await office.propose();
    const before = chain.at(-1);
    if (before) accepted(await office.depend(change, [before]));
    await agree(change);
    chain.push(change);
  }
  return chain;
};
const outcomes = (chain: readonly string[]) =>
  Promise.all(chain.map(async (change) => (await office.view(change)).outcome));

it('a superseded change lets go of those whose project wants to be told only', async () => {
  await wanting({ superseded: 'tell' });
  const [first = '', second = '', other = ''] = [
    await office.propose(),
    await office.propose(),
    await office.propose(),
  ];
  accepted(await office.depend(second, [first]));
  accepted(await office.send(first, 'change.supersede', { by: other }));
  accepted(await office.send(second, 'merge'));
});

it('a superseded change holds others back, though a withdrawn one would only be told', async () => {
  await wanting({ withdrawn: 'tell' });
  const [first = '', second = '', third = ''] = [
    await office.propose(),
    await office.propose(),
    await office.propose(),
  ];
  for (const each of [second, third]) accepted(await office.depend(each, [first]));
  accepted(await office.send(first, 'change.supersede', { by: third }));
  expect(refusedWith(await office.send(second, 'merge'))).toBe('DEPENDENCY_OPEN');
});

it('a change that is reopened is told to those that need it', async () => {
  const [first = ''] = await approvedChain(1);
  const second = await office.propose();
  accepted(await office.depend(second, [first]));
  accepted(await office.send(first, 'reopen'));
  const told = async () => {
    const rows = await database.store.log(office.tenant, { after: 0, limit: 100 });
    return rows.filter(({ change }) => change === second).map(({ data }) => data);
  };
  await expect.poll(told, { timeout: 10_000 }).toContainEqual({ because: 'I1 was reopened' });
});

it('reopening goes on through those that need the reopened ones, as far as what-if says', async () => {
  await wanting({ revised: 'reopen' });
  const chain = await approvedChain(4);
  accepted(await office.send(chain[0] ?? '', 'reopen'));
  await expect.poll(() => outcomes(chain), { timeout: 10_000 }).toEqual([null, null, null, null]);
});
