/** Commands to several changes that are done as one: what each judges, what is written, and who may come between. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Envelope, EventCommand, Principal } from '../../src/actors/commands.ts';
import { type GroupAnswer, MAX_GROUP } from '../../src/actors/group.ts';
import type { Store } from '../../src/actors/ports.ts';
import { CountersignError } from '../../src/errors.ts';
import { workflow } from '../../src/machines/workflow.ts';
import type { LogRow } from '../../src/persistence/records.ts';
import { type TestDatabase, testDatabase, withClient } from '../support/database.ts';
import { runs } from '../support/runs.ts';
import { accepted, principal, refusedWith, type Server, START, startServer, TENANT } from './rig.ts';

const HOUR = 3_600_000;

/** Goes back and forth between two states, and for a while to a third in which nobody approves. */
const swing = workflow({
  name: 'Swing',
  roles: ['developer', 'reviewer'],
  triggers: ['approve', 'reopen', 'hold', 'release', 'close'],
  initial: 'Review',
  states: {
    Review: {},
    Held: {},
    Approved: {},
    Expired: { final: 'withdrawn' },
    Done: { final: 'approved' },
  },
  transitions: {
    'Review -> Approved': { trigger: 'approve', role: 'reviewer', exclude: ['author'] },
    'Approved -> Review': { trigger: 'reopen' },
    'Review -> Held': { trigger: 'hold' },
    'Held -> Review': { trigger: 'release' },
    'Approved -> Done': { trigger: 'close' },
    'Approved -> Expired': { after: '1h' },
  },
});

const ann = principal('ann', ['developer']);
const rob = principal('rob', ['reviewer']);
const eve = principal('eve', ['developer']);

let database: TestDatabase;
let server: Server;
let other: Server;

beforeAll(async () => {
  database = await testDatabase();
  await database.store.createTenant({ tenant: TENANT, title: 'Acme', createdAt: START });
  server = startServer(database.store);
  other = startServer(database.store);
  await server.runtime.deploy(TENANT, swing, ann, null);
});
afterAll(() => database.drop());

const propose = async (count: number, by: Principal = ann): Promise<string[]> => {
  const proposal = { definition: 'Swing', project: 'web', title: 'One of several' };
  const many = Array.from({ length: count }, () => server.runtime.propose(proposal, { principal: by }));
  return (await Promise.all(many)).map((answer) => accepted(answer).change);
};
const all = (changes: readonly string[], trigger = 'approve'): EventCommand[] =>
  changes.map((change) => ({ change, trigger }));
const sendGroup = (
  commands: readonly EventCommand[],
  by = rob,
  more: Partial<Envelope> = {},
  on = server,
): Promise<GroupAnswer> => on.runtime.sendGroup(commands, { principal: by, ...more });
const send = (command: EventCommand, by = rob, on = server): Promise<Answer> =>
  on.runtime.send(command, { principal: by });
const codes = ({ answers }: GroupAnswer) =>
  answers.map((answer) => (answer.ok ? 'done' : answer.refusal.code));
const messages = ({ answers }: GroupAnswer) =>
  answers.map((answer) => (answer.ok ? '' : answer.refusal.message));
const rowsSince = (after: number): Promise<LogRow[]> => database.store.log(TENANT, { after, limit: 10_000 });
const end = async () => (await database.store.position(TENANT))?.seq ?? 0;
const codeOf = (error: unknown) => (error instanceof CountersignError ? error.code : String(error));

describe('a group in which all agree', () => {
  it('is one transaction: rows one behind the other in the order given, recorded at one time, published once', async () => {
    const changes = await propose(5);
    const before = await end();
    const heard = server.published.length;
    const answer = await sendGroup(all(changes));
    expect(answer.done).toBe(true);
    const rows = answer.answers.map(accepted);
    expect(rows.map(({ change }) => change)).toEqual(changes);
    expect(rows.map(({ seq }) => seq)).toEqual(changes.map((_, index) => before + 1 + index));
    expect(new Set(rows.map(({ recordedAt }) => recordedAt)).size).toBe(1);
    expect(await rowsSince(before)).toEqual(rows);
    expect(server.published.slice(heard)).toEqual(rows);
  });

  it('sets the timers of each change', async () => {
    const own = startServer(database.store);
    await own.runtime.open();
    const changes = await propose(2);
    await sendGroup(all(changes), rob, {}, own);
    for (const change of changes)
      expect(await database.store.change({ tenant: TENANT, change })).toMatchObject({
        timers: [{ dueAt: START + HOUR }],
      });
    own.clock.moveTo(START + HOUR);
    await own.alarms.ring(START + HOUR - 2_000);
    const fired = () =>
      own.published.filter(
        ({ change, principalKind }) => principalKind === 'system' && changes.includes(change),
      );
    await expect.poll(() => fired().length).toBe(2);
  });

  it('may ask something else of each, on the version its sender saw', async () => {
    const [first = '', second = ''] = await propose(2);
    await send({ change: second, trigger: 'hold' });
    const commands = [
      { change: first, trigger: 'approve', expectedVersion: 1 },
      { change: second, trigger: 'release', expectedVersion: 2 },
    ];
    expect(codes(await sendGroup(commands))).toEqual(['done', 'done']);
  });

  it('is judged where somebody else has moved a change on that this server remembers', async () => {
    const changes = await propose(3);
    await sendGroup(all(changes));
    for (const change of changes) accepted(await send({ change, trigger: 'reopen' }, rob, other));
    expect((await sendGroup(all(changes))).done).toBe(true);
  });
});

describe('a group in which one refuses', () => {
  it('does nothing, writes that refusal alone, and tells the others whose it was', async () => {
    const [a = '', b = '', c = ''] = await propose(3);
    const [own = ''] = await propose(1, rob);
    const before = await end();
    const answer = await sendGroup(all([a, own, b, c]));
    expect(answer.done).toBe(false);
    expect(codes(answer)).toEqual(['GROUP_REFUSED', 'SELF_APPROVAL', 'GROUP_REFUSED', 'GROUP_REFUSED']);
    expect(messages(answer)[0]).toContain(`the change ${own} refused (SELF_APPROVAL: `);
    expect(await rowsSince(before)).toMatchObject([{ change: own, kind: 'refusal', seq: before + 1 }]);
    for (const change of [a, b, c])
      expect(await database.store.change({ tenant: TENANT, change })).toMatchObject({ version: 1 });
    expect((await sendGroup(all([a, b, c]))).done).toBe(true);
  });

  it('writes the refusals of all who refuse, and nothing for a version that is not the one seen', async () => {
    const [a = '', b = '', c = ''] = await propose(3);
    await send({ change: b, trigger: 'hold' });
    const before = await end();
    const commands = [
      { change: a, trigger: 'approve' },
      ...all([b]),
      { change: c, trigger: 'approve', expectedVersion: 9 },
    ];
    const answer = await sendGroup(commands);
    expect(codes(answer)).toEqual(['GROUP_REFUSED', 'NOT_ENABLED', 'STALE_VERSION']);
    expect(messages(answer)[0]).toContain('and so did 1 more');
    expect((await rowsSince(before)).map(({ change }) => change)).toEqual([b]);
  });

  it('asks for changes that exist, once each, and not too many', async () => {
    const [a = ''] = await propose(1);
    const missing = '01900000-0000-7000-8000-000000000000';
    const before = await end();
    expect(await sendGroup(all([a, missing])).catch(codeOf)).toBe('NOT_FOUND');
    expect(await sendGroup(all([a, a])).catch(codeOf)).toBe('INVALID_INPUT');
    expect(await sendGroup([]).catch(codeOf)).toBe('INVALID_INPUT');
    const many = Array.from({ length: MAX_GROUP + 1 }, (_, index) => String(index));
    expect(await sendGroup(all(many)).catch(codeOf)).toBe('INVALID_INPUT');
    expect(await end()).toBe(before);
  });

  it('is refused where its sender is the delegate of nobody, and done where he is', async () => {
    const changes = await propose(2);
    const before = await end();
    const forRob = { actsFor: 'rob', idempotencyKey: 'as-rob' };
    expect(codes(await sendGroup(all(changes), eve, forRob))).toEqual(['NOT_DELEGATED', 'NOT_DELEGATED']);
    expect(await end()).toBe(before);
    await server.runtime.delegate({ to: 'eve', endsAt: START + HOUR, reason: 'away' }, rob);
    const answer = await sendGroup(all(changes), eve, forRob);
    expect(answer.answers.map((each) => accepted(each).principal)).toEqual(['eve', 'eve']);
    const late = startServer(database.store);
    late.clock.moveTo(START + 2 * HOUR);
    const again = await sendGroup(all(changes), eve, forRob, late);
    expect(again.answers.map((each) => [accepted(each).seq, each.replayed])).toEqual(
      answer.answers.map((each) => [accepted(each).seq, true]),
    );
  });
});

describe('a key of a group', () => {
  const keyed = (key: string) => ({ idempotencyKey: key });

  it('gives the same answers again, whether it was done or not', async () => {
    const changes = await propose(2);
    const [own = ''] = await propose(1, rob);
    const refusedFirst = await sendGroup(all([...changes, own]), rob, keyed('no'));
    const first = await sendGroup(all(changes), rob, keyed('yes'));
    const before = await end();
    for (const on of [server, other]) {
      const again = await sendGroup(all(changes), rob, keyed('yes'), on);
      expect(again).toEqual({
        done: true,
        answers: first.answers.map((each) => ({ ...each, replayed: true })),
      });
      const no = await sendGroup(all([...changes, own]), rob, keyed('no'), on);
      expect(codes(no)).toEqual(codes(refusedFirst));
      expect(messages(no)).toEqual(messages(refusedFirst));
    }
    expect(await end()).toBe(before);
  });

  it('stands for this group alone, and not for a part of it, a larger one, or one event', async () => {
    const [a = '', b = '', c = ''] = await propose(3);
    await sendGroup(all([a, b]), rob, keyed('k'));
    const before = await end();
    expect(codes(await sendGroup(all([a]), rob, keyed('k')))).toEqual(['IDEMPOTENCY_KEY_REUSED']);
    expect(codes(await sendGroup(all([a, b, c]), rob, keyed('k')))).toEqual([
      'IDEMPOTENCY_KEY_REUSED',
      'IDEMPOTENCY_KEY_REUSED',
      'GROUP_REFUSED',
    ]);
    const alone = await server.runtime.send(
      { change: a, trigger: 'approve' },
      { principal: rob, ...keyed(`k/${a}`) },
    );
    expect(refusedWith(alone)).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(await end()).toBe(before);
  });

  it('is used once by two servers that are sent the group at the same time', async () => {
    const changes = await propose(3);
    const before = await end();
    const both = await Promise.all(
      [server, other].map((on) => sendGroup(all(changes), rob, keyed('both'), on)),
    );
    expect(both.map(({ done }) => done)).toEqual([true, true]);
    const seqs = both.map(({ answers }) => answers.map((answer) => accepted(answer).seq));
    expect(seqs[0]).toEqual(seqs[1]);
    expect(await end()).toBe(before + 3);
  });
});

describe('a group that cannot be committed', () => {
  it('leaves nothing where the database fails in the middle of it', async () => {
    const changes = await propose(4);
    const before = await end();
    await withClient(database.admin, async (client) => {
      await client.query(`create function countersign.fail_one() returns trigger language plpgsql as
        $$ begin if new.change_id = '${changes[2]}' then raise 'the disk is full' using errcode = '53100'; end if;
        return new; end $$`);
      await client.query(`create trigger fail_one before insert on countersign.workflow_transitions
        for each row execute function countersign.fail_one()`);
    });
    expect(await sendGroup(all(changes), rob, { idempotencyKey: 'disk' }).catch(codeOf)).toBe(
      'STORE_UNAVAILABLE',
    );
    expect(await end()).toBe(before);
    await withClient(database.admin, (client) =>
      client.query('drop trigger fail_one on countersign.workflow_transitions'),
    );
    for (const change of changes)
      expect(await database.store.change({ tenant: TENANT, change })).toMatchObject({
        version: 1,
        timers: [],
      });
    expect((await sendGroup(all(changes), rob, { idempotencyKey: 'disk' })).done).toBe(true);
  });

  it('is answered by its key where the connection broke after the commit', async () => {
    let isBreaking = true;
    const shaky = new Proxy(database.store as Store, {
      get: (store, name: keyof Store) => {
        if (name !== 'commit') return (store[name] as (...args: unknown[]) => unknown).bind(store);
        return async (...args: Parameters<Store['commit']>) => {
          const results = await store.commit(...args);
          if (isBreaking) throw new CountersignError('STORE_UNAVAILABLE', 'the connection broke');
          return results;
        };
      },
    });
    const on = startServer(shaky);
    const changes = await propose(2);
    const key = { idempotencyKey: 'broken' };
    expect(await sendGroup(all(changes), rob, key, on).catch(codeOf)).toBe('STORE_UNAVAILABLE');
    isBreaking = false;
    const again = await sendGroup(all(changes), rob, key, on);
    expect(again.answers.map(({ ok, replayed }) => [ok, replayed])).toEqual([
      [true, true],
      [true, true],
    ]);
  });
});

describe('groups beside others', () => {
  it('that overlap in opposite order all finish, on one server and on two', async () => {
    const changes = await propose(12);
    const turned = [...changes].reverse();
    const many = [1, 2, 3, 4].flatMap((round) => [
      sendGroup(all(changes, 'approve')),
      sendGroup(all(turned, 'reopen')),
      sendGroup(all(round % 2 ? changes : turned, 'approve'), rob, {}, other),
      sendGroup(all(round % 2 ? turned : changes, 'reopen'), rob, {}, other),
      send({ change: changes[round] ?? '', trigger: 'nothing' }),
    ]);
    expect((await Promise.all(many)).length).toBe(20);
    const versions = await Promise.all(
      changes.map(async (change) => (await database.store.change({ tenant: TENANT, change }))?.version),
    );
    expect(new Set(versions).size).toBe(1);
  });

  it('keep their place among the commands of a change', async () => {
    const [a = '', b = ''] = await propose(2);
    const [held, group, freed] = await Promise.all([
      send({ change: a, trigger: 'hold' }),
      sendGroup(all([a, b])),
      send({ change: b, trigger: 'hold' }),
    ]);
    expect(held.ok && freed.ok).toBe(true);
    expect(codes(group)).toEqual(['NOT_ENABLED', 'GROUP_REFUSED']);
  });

  it('are waited for by a server that closes, which takes no further ones', async () => {
    const own = startServer(database.store);
    const changes = await propose(2);
    const first = sendGroup(all(changes), rob, {}, own);
    await Promise.resolve();
    await Promise.resolve();
    await own.runtime.close();
    expect(await Promise.race([first, Promise.resolve('still at it')]).catch(codeOf)).not.toBe('still at it');
    expect(await sendGroup(all(changes, 'reopen'), rob, {}, own).catch(codeOf)).toBe('SHUTTING_DOWN');
  });
});

/** What is done at about the same time: groups here, single commands there, or the other way round. */
const change = fc.nat({ max: 5 });
const deed = fc.record({
  by: fc.constantFrom(0, 1),
  changes: fc.uniqueArray(change, { minLength: 1, maxLength: 6 }),
  trigger: fc.constantFrom('approve', 'reopen', 'hold', 'release'),
  isGroup: fc.boolean(),
});

it('never half a group, whatever two servers do to its changes at the same time', async () => {
  let round = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { minLength: 2, maxLength: 12 }), async (deeds) => {
      round += 1;
      const changes = await propose(6);
      const before = await end();
      const answers = await Promise.all(
        deeds.map(async ({ by, changes: places, trigger, isGroup }, index) => {
          const on = by === 0 ? server : other;
          const commands = places.map((place) => ({
            change: changes[place] ?? '',
            trigger,
            reason: `${round}/${index}`,
          }));
          if (isGroup) return sendGroup(commands, rob, {}, on);
          const single = await Promise.all(commands.map((command) => send(command, rob, on)));
          return { done: false, answers: single };
        }),
      );
      const rows = await rowsSince(before);
      expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => before + 1 + index));
      for (const [index, answer] of answers.entries()) {
        if (!deeds[index]?.isGroup) continue;
        const own = rows.filter(({ reason }) => reason === `${round}/${index}`);
        expect(answer.done).toBe(own.every(({ kind }) => kind === 'transition'));
        expect(own).toEqual(answer.answers.flatMap(({ row }) => (row ? [row] : [])));
        expect(own.map(({ seq }) => seq)).toEqual(own.map((_, place) => (own[0]?.seq ?? 0) + place));
        expect(new Set(own.map(({ recordedAt }) => recordedAt)).size).toBe(1);
        if (answer.done) expect(own.length).toBe(answer.answers.length);
      }
      for (const each of changes) {
        const history = rows.filter(({ change, kind }) => change === each && kind === 'transition');
        expect(history.map(({ version }) => version)).toEqual(history.map((_, index) => index + 2));
      }
    }),
    { numRuns: runs(15, 40) },
  );
});
