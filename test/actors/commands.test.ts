import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventCommand } from '../../src/actors/commands.ts';
import type { Store } from '../../src/actors/ports.ts';
import { CountersignError } from '../../src/errors.ts';
import { catalog } from '../../src/machines/catalog/index.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { accepted, principal, refusedWith, type Server, START, startServer, TENANT } from './rig.ts';

const ada = principal('ada', ['developer', 'code_reviewer']);
const sam = principal('sam', ['security_reviewer']);
const cleo = principal('cleo', ['code_reviewer']);

let database: TestDatabase;
let server: Server;

beforeAll(async () => {
  database = await testDatabase();
  await database.store.createTenant({ tenant: TENANT, title: 'Acme', createdAt: START });
  server = startServer(database.store);
  await server.runtime.deploy(TENANT, catalog.ParallelReview, ada, null);
});
afterAll(() => database.drop());

async function submitted(on = server): Promise<string> {
  const proposal = { definition: 'ParallelReview', project: 'web', title: 'Rotate keys' };
  const { change } = accepted(await on.runtime.propose(proposal, { principal: ada }));
  accepted(await on.runtime.send({ change, trigger: 'submit' }, { principal: ada }));
  return change;
}
const keyed = (command: EventCommand, idempotencyKey: string, by = sam, on = server) =>
  on.runtime.send(command, { principal: by, idempotencyKey });

describe('an idempotency key', () => {
  it('gives the first answer again, from the log, and does nothing twice', async () => {
    const change = await submitted();
    const command = { change, trigger: 'security_approve' };
    const first = accepted(await keyed(command, 'k-1'));
    const again = await keyed(command, 'k-1');
    expect(again).toEqual({ ok: true, row: first, replayed: true });
  });

  it('gives a refusal again that was logged, even when the same event would be accepted now', async () => {
    const change = await submitted();
    const command = { change, trigger: 'code_approve' };
    expect(refusedWith(await keyed(command, 'k-2', ada))).toBe('SELF_APPROVAL');
    expect(await keyed(command, 'k-2', ada)).toMatchObject({ ok: false, replayed: true });
  });

  it('is refused for another command, and belongs to whoever sent it', async () => {
    const change = await submitted();
    await keyed({ change, trigger: 'security_approve' }, 'k-3');
    expect(refusedWith(await keyed({ change, trigger: 'request_changes', reason: 'x' }, 'k-3'))).toBe(
      'IDEMPOTENCY_KEY_REUSED',
    );
    expect(accepted(await keyed({ change, trigger: 'code_approve' }, 'k-3', cleo)).to).toBe('Approved');
  });

  it('holds for repetitions in one batch, in two servers, and across two changes', async () => {
    const change = await submitted();
    const other = startServer(database.store);
    const command = { change, trigger: 'security_approve' };
    const answers = await Promise.all(
      [1, 2, 3, 4].map((n) => keyed(command, 'k-4', sam, n % 2 ? server : other)),
    );
    expect(new Set(answers.map((each) => each.row?.seq)).size).toBe(1);
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    const [first, second] = [await submitted(), await submitted()];
    const both = await Promise.all(
      [first, second].map((each) => keyed({ change: each, trigger: 'security_approve' }, 'k-5')),
    );
    expect(both.map(({ ok }) => ok).sort()).toEqual([false, true]);
  });

  it('makes a repeated proposal one change', async () => {
    const proposal = { definition: 'ParallelReview', project: 'web', title: 'Once' };
    const envelope = { principal: ada, idempotencyKey: 'p-1' };
    const answers = await Promise.all([1, 2, 3].map(() => server.runtime.propose(proposal, envelope)));
    expect(new Set(answers.map((each) => accepted(each).change)).size).toBe(1);
  });
});

describe('two servers', () => {
  it('let exactly one of two people win who act on one version at the same moment', async () => {
    const other = startServer(database.store);
    for (let round = 0; round < 25; round++) {
      const change = await submitted();
      const race = await Promise.all([
        server.runtime.send(
          { change, trigger: 'security_reject', reason: 'no', expectedVersion: 2 },
          { principal: sam },
        ),
        other.runtime.send({ change, trigger: 'code_approve', expectedVersion: 2 }, { principal: cleo }),
      ]);
      expect(race.filter(({ ok }) => ok)).toHaveLength(1);
      expect(race.find(({ ok }) => !ok)).toMatchObject({
        refusal: { code: 'STALE_VERSION', accepted: ['3'] },
      });
    }
  });

  it('keep versions and the stream whole under any interleaving', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(3), { minLength: 4, maxLength: 24 }), async (choices) => {
        const servers = [server, startServer(database.store)];
        const change = await submitted();
        const { seq } = (await database.store.position(TENANT)) ?? { seq: 0 };
        const triggers = ['request_changes', 'resubmit', 'security_approve', 'code_approve'];
        await Promise.all(
          choices.map((choice, index) => {
            const principals = {
              request_changes: cleo,
              resubmit: ada,
              security_approve: sam,
              code_approve: cleo,
            };
            const trigger = triggers[choice] as keyof typeof principals;
            const command = { change, trigger, reason: 'because' };
            return servers[index % 2]?.runtime.send(command, { principal: principals[trigger] });
          }),
        );
        const rows = await database.store.log(TENANT, { after: seq, limit: 1_000 });
        expect(rows.map((row) => row.seq)).toEqual(choices.map((_, index) => seq + 1 + index));
        const moves = rows.filter(({ kind }) => kind === 'transition').map(({ version }) => version);
        expect(moves).toEqual(moves.map((_, index) => 3 + index));
      }),
      { numRuns: 25 },
    );
  });
});

describe('an unreachable store', () => {
  it('fails commands as retryable, and with the same key they are answered once it is back', async () => {
    const faults = { before: false, after: false };
    const faulty: Store = new Proxy(database.store as Store, {
      get: (store, name) => {
        if (name !== 'commit') return (store[name as keyof Store] as () => unknown).bind(store);
        return async (changes: Parameters<Store['commit']>[0]) => {
          if (faults.before) throw new CountersignError('STORE_UNAVAILABLE', 'away');
          const results = await store.commit(changes);
          if (faults.after) throw new CountersignError('STORE_UNAVAILABLE', 'away');
          return results;
        };
      },
    });
    const shaky = startServer(faulty);
    for (const fault of ['before', 'after'] as const) {
      const change = await submitted(shaky);
      const command = { change, trigger: 'security_approve' };
      faults[fault] = true;
      await expect(keyed(command, `u-${fault}`, sam, shaky)).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
        retryable: true,
      });
      faults[fault] = false;
      const answer = await keyed(command, `u-${fault}`, sam, shaky);
      expect(accepted(answer).version).toBe(3);
      expect(answer.replayed).toBe(fault === 'after');
    }
  });
});

describe('a runtime', () => {
  it('refuses more commands than it can hold, and those it took are answered', async () => {
    const small = startServer(database.store, { limits: { maxWaiting: 2 } });
    const change = await submitted();
    const attempts = ['security_approve', 'code_approve', 'resubmit'].map((trigger) =>
      small.runtime.send({ change, trigger }, { principal: sam }),
    );
    const settled = await Promise.allSettled(attempts);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(settled[2]).toMatchObject({ reason: { code: 'TOO_BUSY' } });
  });

  it('finishes what it has before it closes, and then takes nothing more', async () => {
    const closing = startServer(database.store);
    const change = await submitted();
    const last = closing.runtime.send({ change, trigger: 'security_approve' }, { principal: sam });
    await closing.runtime.close();
    accepted(await last);
    await expect(
      closing.runtime.send({ change, trigger: 'code_approve' }, { principal: cleo }),
    ).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
  });

  it('forgets idle changes and brings them back from the store', async () => {
    const forgetful = startServer(database.store, { limits: { idleActors: 1 } });
    const changes = [await submitted(forgetful), await submitted(forgetful), await submitted(forgetful)];
    for (const change of changes) {
      const answer = await forgetful.runtime.send(
        { change, trigger: 'security_approve' },
        { principal: sam },
      );
      expect(accepted(answer).version).toBe(3);
    }
  });

  it('stops only the change whose stored snapshot breaks an invariant', async () => {
    const [broken, sound] = [await submitted(), await submitted()];
    const fresh = startServer(spoil(database.store, broken));
    const command = (change: string) =>
      fresh.runtime.send({ change, trigger: 'security_approve' }, { principal: sam });
    const [first, second] = await Promise.allSettled([command(broken), command(sound)]);
    expect(first).toMatchObject({ status: 'rejected', reason: { code: 'CHANGE_QUARANTINED' } });
    expect(second).toMatchObject({ status: 'fulfilled', value: { ok: true } });
  });

  it('takes a stopped change up again where an operator lets it go on', async () => {
    const change = await submitted();
    const ref = { tenant: sam.tenant, change };
    const spoiled = { is: true };
    const fresh = startServer(spoil(database.store, change, () => spoiled.is));
    const command = () => fresh.runtime.send({ change, trigger: 'security_approve' }, { principal: sam });
    await expect(command()).rejects.toMatchObject({ code: 'CHANGE_QUARANTINED' });
    spoiled.is = false;
    await expect(command()).rejects.toMatchObject({ code: 'CHANGE_QUARANTINED' });
    expect(fresh.runtime.atWork.stopped(sam.tenant)).toEqual([
      { ...ref, why: expect.any(String), at: expect.any(Number) },
    ]);
    expect(fresh.runtime.atWork.stopped('another')).toEqual([]);
    expect(fresh.runtime.atWork.restart(ref)).toBe(true);
    expect(fresh.runtime.atWork.stopped(sam.tenant)).toEqual([]);
    expect(await command()).toMatchObject({ ok: true });
    expect(fresh.runtime.atWork.restart(ref)).toBe(false);
  });
});

function spoil(store: Store, change: string, isSpoiled = () => true): Store {
  return new Proxy(store, {
    get: (target, name) => {
      if (name !== 'load') return (target[name as keyof Store] as () => unknown).bind(target);
      return async (refs: Parameters<Store['load']>[0]) =>
        (await target.load(refs)).map((each) =>
          each.change === change && isSpoiled() ? { ...each, snapshot: { value: 'Nowhere' } } : each,
        );
    },
  });
}
