/** What happens between the look at a dependency and the commit, and what must not stop the others. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase, withClient } from '../support/database.ts';
import { intercepted, Office } from './dependent.ts';
import { accepted, refusedWith, type Server, startServer } from './rig.ts';

let database: TestDatabase;
let hook: ReturnType<typeof intercepted>;
/** `server` is the one that is interrupted; the other one is faster, and tells nobody by itself. */
let server: Server;
let other: Server;
let office: Office;
let tenants = 0;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  hook = intercepted(database.store);
  server = startServer(hook.store);
  other = startServer(database.store);
  office = new Office(`races-${++tenants}`, database.store, server);
  await office.open();
  return async () => {
    await server.runtime.close();
    await other.runtime.close();
  };
});

/** The outcomes of a tenant's changes, row by row. */
const outcomes = async () => {
  const rows = await database.store.log(office.tenant, { after: 0, limit: 1_000 });
  return rows.filter(({ kind }) => kind === 'transition').map(({ change, outcome }) => [change, outcome]);
};
/** Nothing is left that somebody would have to be told of. */
const untilTold = () =>
  expect
    .poll(async () => {
      const all = await database.store.cascadePositions();
      const { seq = 0, head = 0 } = all.find(({ tenant }) => tenant === office.tenant) ?? {};
      return database.store.happenedIn(office.tenant, seq, head);
    })
    .toEqual([]);
/** Nobody is told of what happened until now. */
const skipCascade = async () => {
  const { seq = 0 } = (await database.store.position(office.tenant)) ?? {};
  await database.store.moveCascade(office.tenant, seq);
};
const approve = async (change: string, at = server) => {
  accepted(await office.send(change, 'vote', undefined, at));
  accepted(await office.send(change, 'vote', undefined, at));
};

describe('a dependency that moves on while an approval is being written', () => {
  it('is looked at again where the change was approved before and is again, in one batch', async () => {
    const [first, second] = [await office.propose(), await office.propose()];
    accepted(await office.depend(second, [first]));
    await approve(first);
    await approve(second);
    await untilTold();
    hook.before = () => office.send(first, 'reopen', undefined, other);
    await Promise.all(['reopen', 'vote', 'vote'].map((trigger) => office.send(second, trigger)));
    expect((await office.view(first)).outcome).toBeNull();
    expect(await office.view(second)).toMatchObject({ state: 'Voting', outcome: null });
  });

  it('is looked at again where the approval does not last until the end of the batch', async () => {
    const [first, second] = [await office.propose(), await office.propose()];
    accepted(await office.depend(second, [first]));
    await approve(first);
    await untilTold();
    hook.before = () => office.send(first, 'reopen', undefined, other);
    const triggers = ['vote', 'vote', 'reopen'];
    await Promise.all(triggers.map((trigger) => office.send(second, trigger)));
    const all = await outcomes();
    expect(all.filter(([change, outcome]) => change === second && outcome === 'approved')).toEqual([]);
  });

  it('is looked at again where it was rejected and only a warning', async () => {
    const value = { dependencies: { reactions: { rejected: 'tell' } } } as const;
    await office.say([{ kind: 'project', name: 'web', value }]);
    const [first, second] = [await office.propose(), await office.propose()];
    accepted(await office.depend(second, [first]));
    accepted(await office.send(first, 'reject'));
    hook.before = () => office.send(first, 'reopen', undefined, other);
    expect(refusedWith(await office.send(second, 'merge'))).toBe('DEPENDENCY_OPEN');
  });
});

describe('a dependency that comes while it is being named', () => {
  it('is known to be approved, though nobody is told any more', async () => {
    const [first, second] = [await office.propose(), await office.propose()];
    accepted(await office.depend(second, ['nobody']));
    await approve(second);
    hook.before = async () => {
      accepted(await office.send(first, 'merge', undefined, other));
      await skipCascade();
    };
    accepted(await office.depend(second, [first]));
    expect((await office.view(second)).outcome).toBe('approved');
  });

  it('is known, though it was proposed and approved in that moment', async () => {
    const second = await office.propose();
    accepted(await office.depend(second, ['nobody']));
    await approve(second);
    hook.before = async () => {
      const first = await office.propose('late', other);
      accepted(await office.send(first, 'merge', undefined, other));
      await skipCascade();
    };
    accepted(await office.depend(second, ['late']));
    expect((await office.view(second)).outcome).toBe('approved');
    expect(await database.store.edgesAt(office.tenant, [second], 'up')).toMatchObject([{ known: true }]);
  });

  it('may be met by a refusal before anybody tells of it', async () => {
    const second = await office.propose();
    accepted(await office.depend(second, ['late']));
    await office.propose('late', other);
    expect(refusedWith(await office.send(second, 'merge'))).toBe('DEPENDENCY_OPEN');
    accepted(await office.send(second, 'reject'));
  });
});

describe('a list of dependencies', () => {
  it('that names one twice in the same way is heard once', async () => {
    const [first, second] = [await office.propose(), await office.propose()];
    const twice = [first, { on: first, rule: 'other' }, { on: first, kind: 'textual' }];
    accepted(await office.depend(second, twice));
    expect((await office.view(second)).dependencies).toHaveLength(2);
    expect(await database.store.edgesAt(office.tenant, [second], 'up')).toHaveLength(2);
    accepted(await office.depend(second, twice, server, 'change.revise'));
  });

  it('that names the change itself, by id or key, says nothing', async () => {
    const own = await office.propose('own');
    accepted(await office.depend(own, [own, 'own']));
    expect(await database.store.edgesAt(office.tenant, [own], 'up')).toEqual([]);
    accepted(await office.send(own, 'merge'));
  });
});

describe('a group', () => {
  it('that reopens what another of it needs is not done', async () => {
    const [first, second] = [await office.propose(), await office.propose()];
    accepted(await office.depend(second, [first]));
    await approve(first);
    const commands = [
      { change: second, trigger: 'merge' },
      { change: first, trigger: 'reopen' },
    ];
    expect(await server.runtime.sendGroup(commands, office.by())).toMatchObject({ done: false });
    expect((await office.view(second)).outcome).toBeNull();
    expect((await office.view(first)).outcome).toBe('approved');
  });
});

describe('a cascade', () => {
  it('passes by a change that was stopped', async () => {
    const [first, broken] = [await office.propose(), await office.propose()];
    accepted(await office.depend(broken, [first]));
    await withClient(database.admin, (client) =>
      client.query(
        `update countersign.workflow_states set snapshot = '{"value":"Nowhere","context":{},"status":"active"}'
         where change_id = $1`,
        [broken],
      ),
    );
    const third = startServer(database.store);
    await third.runtime.open();
    accepted(await office.send(first, 'merge', undefined, third));
    await untilTold();
    await third.runtime.close();
  });

  it('leaves no timers behind where a change goes on as it is resumed', async () => {
    const [first, second] = [await office.propose(), await office.propose()];
    accepted(await office.depend(second, [first]));
    await approve(second);
    expect((await office.view(second)).timers).toHaveLength(1);
    accepted(await office.send(second, 'change.suspend'));
    accepted(await office.send(first, 'merge'));
    await untilTold();
    accepted(await office.send(second, 'change.resume'));
    expect(await office.view(second)).toMatchObject({ outcome: 'approved', timers: [] });
  });

  it('is not needed for somebody who is refused: what may go on is no work of theirs', async () => {
    const [first, second] = [await office.propose(), await office.propose()];
    accepted(await office.depend(second, [first]));
    await approve(second);
    accepted(await office.send(first, 'merge', undefined, other));
    expect(refusedWith(await office.send(second, 'pass'))).toBe('NOT_ENABLED');
    expect((await office.view(second)).outcome).toBeNull();
  });
});
