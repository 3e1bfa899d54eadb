import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../src/actors/clock.ts';
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
});
afterAll(() => database.drop());
beforeEach(async () => {
  server = startServer(database.store);
  await server.runtime.open();
  for (const source of Object.values(catalog)) await server.runtime.deploy(TENANT, source, ada, null);
});

const propose = async (definition: string, key?: string) => {
  const proposal = { definition, project: 'web', title: 'Rotate keys', ...(key && { key }) };
  return accepted(await server.runtime.propose(proposal, { principal: ada })).change;
};
const send = (
  change: string,
  trigger: string,
  by = ada,
  more: { reason?: string; expectedVersion?: number } = {},
) => server.runtime.send({ change, trigger, ...more }, { principal: by });

describe('a change under review', () => {
  it('starts both regions together and is approved when both have approved', async () => {
    const change = await propose('ParallelReview');
    expect(accepted(await send(change, 'submit')).to).toEqual({
      Review: { security: 'pending', code: 'pending' },
    });
    const first = accepted(await send(change, 'security_approve', sam));
    expect(first).toMatchObject({
      to: { Review: { security: 'approved', code: 'pending' } },
      role: 'security_reviewer',
    });
    const last = accepted(await send(change, 'code_approve', cleo));
    expect(last).toMatchObject({ to: 'Approved', outcome: 'approved', version: 4 });
  });

  it('is ended by one rejection, which needs a reason', async () => {
    const change = await propose('ParallelReview');
    await send(change, 'submit');
    expect(refusedWith(await send(change, 'security_reject', sam))).toBe('REASON_REQUIRED');
    const row = accepted(await send(change, 'security_reject', sam, { reason: 'The key is in the diff.' }));
    expect(row).toMatchObject({ to: 'Rejected', outcome: 'rejected', reason: 'The key is in the diff.' });
  });

  it('goes back to its author when changes are requested, and opens both regions again', async () => {
    const change = await propose('ParallelReview');
    await send(change, 'submit');
    await send(change, 'security_approve', sam);
    expect(accepted(await send(change, 'request_changes', cleo, { reason: 'Tests' })).to).toBe('Rework');
    expect(accepted(await send(change, 'resubmit')).to).toEqual({
      Review: { security: 'pending', code: 'pending' },
    });
  });
});

describe('a refusal', () => {
  it.each([
    ['an event the workflow does not know', 'merge', ada, 'UNKNOWN_EVENT'],
    ['an event out of turn', 'resubmit', ada, 'NOT_ENABLED'],
    ["the runtime's own event names", 'xstate.done.state.ParallelReview.Review', sam, 'RESERVED_EVENT'],
    [
      'a timer sent from outside',
      'xstate.after.Review.code.pending:overdue.ParallelReview.Review.code.pending',
      sam,
      'RESERVED_EVENT',
    ],
    ['a missing role', 'security_approve', cleo, 'MISSING_ROLE'],
    ['an author who approves', 'code_approve', ada, 'SELF_APPROVAL'],
  ])(
    'answers %s, is in the log, and leaves state and version as they were',
    async (_what, trigger, by, code) => {
      const change = await propose('ParallelReview');
      const before = accepted(await send(change, 'submit'));
      const answer = await send(change, trigger, by);
      expect(refusedWith(answer)).toBe(code);
      const log = await database.store.log(TENANT, { after: before.seq, limit: 10, change });
      expect(log).toEqual([
        expect.objectContaining({
          kind: 'refusal',
          event: trigger,
          principal: by.id,
          version: before.version,
        }),
      ]);
      expect(log[0]?.refusal?.code).toBe(code);
      const stored = await database.store.change({ tenant: TENANT, change });
      expect(stored).toMatchObject({ version: before.version, state: before.to });
    },
  );

  it('says what would be accepted instead', async () => {
    const change = await propose('ParallelReview');
    await send(change, 'submit');
    const answer = await send(change, 'resubmit');
    expect(answer).toMatchObject({
      refusal: { accepted: expect.arrayContaining(['security_approve', 'code_approve']) },
    });
  });

  it('meets a sender who saw an older version, and leaves no row', async () => {
    const change = await propose('ParallelReview');
    const { seq } = accepted(await send(change, 'submit'));
    expect(refusedWith(await send(change, 'security_approve', sam, { expectedVersion: 1 }))).toBe(
      'STALE_VERSION',
    );
    expect(await database.store.log(TENANT, { after: seq, limit: 10, change })).toEqual([]);
  });

  it('meets events for a change that has its outcome', async () => {
    const change = await propose('BasicApproval');
    const bob = principal('bob', ['reviewer']);
    await send(change, 'submit');
    await send(change, 'approve', bob);
    expect(refusedWith(await send(change, 'reject', bob))).toBe('CHANGE_CLOSED');
  });

  it('meets a second change with the same key in the project, naming the first', async () => {
    const first = await propose('BasicApproval', 'I0001');
    const proposal = { definition: 'BasicApproval', project: 'web', title: 'Again', key: 'I0001' };
    const answer = await server.runtime.propose(proposal, { principal: ada });
    expect(answer).toMatchObject({ ok: false, refusal: { code: 'CHANGE_EXISTS', accepted: [first] } });
  });
});

describe('an unknown change', () => {
  it('is not found, and another tenant’s change is unknown', async () => {
    await expect(send(newId(), 'submit')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const change = await propose('BasicApproval');
    const stranger = { ...ada, tenant: 'other' };
    await expect(send(change, 'submit', stranger)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a late vote', () => {
  it('is noted where the definition says so, changes nothing, and is judged by the rules all the same', async () => {
    const change = await propose('ReviewHistory');
    const reviewer = principal('rae', ['reviewer']);
    await send(change, 'submit');
    accepted(await send(change, 'approve', reviewer));
    const late = accepted(await send(change, 'approve', principal('ron', ['reviewer'])));
    expect(late).toMatchObject({ kind: 'late', version: 3 });
    expect(refusedWith(await send(change, 'approve', principal('eve', [])))).toBe('MISSING_ROLE');
  });
});

describe('what a principal sees', () => {
  it('names every enabled trigger and why it is or is not theirs', async () => {
    const change = await propose('ParallelReview');
    await send(change, 'submit');
    const view = await server.runtime.view({ tenant: TENANT, change }, sam);
    const verdicts = Object.fromEntries(
      view?.enabled.map(({ trigger, refusal }) => [trigger, refusal?.code ?? 'yes']) ?? [],
    );
    expect(verdicts).toMatchObject({
      security_approve: 'yes',
      code_approve: 'MISSING_ROLE',
      security_reject: 'yes',
    });
  });
});

describe('the order of things', () => {
  it('runs the events of one change on each other’s results within a batch', async () => {
    const change = await propose('ParallelReview');
    const answers = await Promise.all([
      send(change, 'submit'),
      send(change, 'security_approve', sam),
      send(change, 'code_approve', cleo),
      send(change, 'code_approve', cleo),
    ]);
    expect(answers.map((each) => (each.ok ? each.row.version : each.refusal.code))).toEqual([
      2,
      3,
      4,
      'LATE',
    ]);
  });

  it('publishes after the commit what the log holds, with its place in the stream', async () => {
    const change = await propose('BasicApproval');
    await send(change, 'submit');
    const log = await database.store.log(TENANT, { after: 0, limit: 1_000, change });
    expect(server.published.filter((row) => row.change === change)).toEqual(log);
  });
});
