/** What operators do to timers: through the mailbox, with a reason, in the log, and never twice. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { catalog } from '../../src/machines/catalog/index.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { accepted, principal, refusedWith, type Server, START, startServer, TENANT } from './rig.ts';

const ann = { principal: principal('ann', ['developer']) };
const olli = { principal: principal('olli', ['operator']) };
const lead = { principal: principal('max', ['code_lead']) };
const CODE = 'Review.code.pending:overdue';
const HOUR = 3_600_000;

let database: TestDatabase;
let server: Server;
let change: string;
beforeAll(async () => {
  database = await testDatabase();
  await database.store.createTenant({ tenant: TENANT, title: 'Acme', createdAt: START });
});
afterAll(() => database.drop());
beforeEach(async () => {
  server = startServer(database.store);
  await server.runtime.open();
  await server.runtime.deploy(TENANT, catalog.ParallelReview, olli.principal, null);
  const proposal = { definition: 'ParallelReview', project: 'p', title: 't' };
  change = accepted(await server.runtime.propose(proposal, ann)).change;
  await server.runtime.send({ change, trigger: 'submit' }, ann);
});

const operate = (trigger: string, data: object, by = olli, reason = 'on holiday') =>
  server.runtime.send({ change, trigger, reason, data: data as never }, by);
const approve = () => server.runtime.send({ change, trigger: 'code_approve' }, lead);
const dueAt = async (name = CODE) =>
  (await database.store.change({ tenant: TENANT, change }))?.timers.find((timer) => timer.name === name)
    ?.dueAt;

describe('an operator', () => {
  it('snoozes an escalation: it is due later, and was not due before', async () => {
    const until = START + 48 * HOUR;
    const row = accepted(
      await operate('timer.snooze', { timer: CODE, until: new Date(until).toISOString() }),
    );
    expect(row).toMatchObject({
      event: 'timer.snooze',
      role: 'operator',
      reason: 'on holiday',
      from: row.to,
    });
    expect(await dueAt()).toBe(until);
    server.clock.moveTo(START + 30 * HOUR);
    expect(refusedWith(await approve())).toBe('MISSING_ROLE');
  });

  it('fires an escalation now, once, in the own name', async () => {
    const row = accepted(await operate('timer.fire', { timer: CODE }));
    expect(row).toMatchObject({ event: 'timer.fire', principal: 'olli' });
    expect(await dueAt()).toBeUndefined();
    expect(refusedWith(await operate('timer.fire', { timer: CODE }))).toBe('NOT_ENABLED');
    accepted(await approve());
  });

  it('cancels an escalation: nobody else may act then', async () => {
    accepted(await operate('timer.cancel', { timer: CODE }));
    server.clock.moveTo(START + 72 * HOUR);
    expect(refusedWith(await approve())).toBe('MISSING_ROLE');
  });

  it('lets an escalation ask somebody else', async () => {
    accepted(await operate('timer.retarget', { timer: CODE, escalate: 'security_lead' }));
    accepted(await operate('timer.fire', { timer: CODE }));
    expect(refusedWith(await approve())).toBe('MISSING_ROLE');
    const security = { principal: principal('sue', ['security_lead']) };
    accepted(await server.runtime.send({ change, trigger: 'code_approve' }, security));
  });

  it('schedules an escalation no definition knows, which is a timer like any other', async () => {
    const at = new Date(START + 2 * HOUR).toISOString();
    accepted(
      await operate('timer.schedule', {
        name: 'vip',
        at,
        path: 'Review.code.pending',
        escalate: 'code_lead',
      }),
    );
    expect(await dueAt('operator:vip')).toBe(START + 2 * HOUR);
    accepted(await operate('timer.fire', { timer: 'operator:vip' }));
    accepted(await approve());
  });

  it('needs the role, a reason, a timer that runs, and data that fit', async () => {
    expect(refusedWith(await operate('timer.cancel', { timer: CODE }, ann))).toBe('MISSING_ROLE');
    expect(refusedWith(await operate('timer.cancel', { timer: CODE }, olli, ' '))).toBe('REASON_REQUIRED');
    expect(refusedWith(await operate('timer.cancel', { timer: 'x' }))).toBe('NOT_ENABLED');
    expect(refusedWith(await operate('timer.snooze', { timer: CODE, until: 'soon' }))).toBe('DATA_INVALID');
    const odd = { name: 'o', at: new Date(START).toISOString(), path: 'Review', escalate: 'nobody' };
    expect(refusedWith(await operate('timer.schedule', odd))).toBe('DATA_INVALID');
  });
});
