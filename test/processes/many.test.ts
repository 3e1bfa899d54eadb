/** What people do to many changes at once: batches, and the timers of operators. Through HTTP. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { catalog } from '../../src/machines/catalog/index.ts';
import { type Process, startProcessOf } from './rig.ts';

const ann = { sub: 'ann', roles: ['developer'] };
const bob = { sub: 'bob', roles: ['code_reviewer'] };
const olli = { sub: 'olli', roles: ['operator'] };
const MISSING = '01900000-0000-7000-8000-000000000000';

let process: Process;
beforeAll(async () => {
  process = await startProcessOf(catalog.ParallelReview);
});
afterAll(() => process.close());

const submitted = async (who = ann) => {
  const change = await process.propose(who);
  await change.send(who, 'submit');
  return change;
};

it('a batch judges each change by its own rules and reports on each', async () => {
  const [open, own, stale] = [await submitted(), await submitted({ ...ann, sub: 'bob' }), await submitted()];
  const body = {
    trigger: 'code_approve',
    reason: 'read together',
    items: [
      { change: open.id },
      { change: own.id },
      { change: stale.id, expected_version: 1 },
      { change: MISSING },
    ],
  };
  const report = await process.call(bob, 'POST', '/v1/batches', body);
  expect(report).toMatchObject({ done: 1, refused: 3 });
  const codes = report.items.map(
    (item: { problem: { code: string } | null }) => item.problem?.code ?? 'done',
  );
  expect(codes).toEqual(['done', 'SELF_APPROVAL', 'STALE_VERSION', 'NOT_FOUND']);
  expect(report.items[0].transition).toMatchObject({ event: 'code_approve', reason: 'read together' });
});

it('a batch that names a change twice, or none, is refused whole', async () => {
  const { id } = await submitted();
  for (const items of [[], [{ change: id }, { change: id }]]) {
    const problem = await process.call(bob, 'POST', '/v1/batches', { trigger: 'code_approve', items });
    expect(problem).toMatchObject({ code: 'INVALID_INPUT' });
  }
});

it('operators see what is due, page by page, and nobody else does', async () => {
  const change = await submitted();
  expect(await process.call(ann, 'GET', '/v1/timers')).toMatchObject({ code: 'FORBIDDEN' });
  const of = (rest: string) => process.call(olli, 'GET', `/v1/timers?change=${change.id}${rest}`);
  const first = await of('&limit=1');
  expect(first.items[0]).toMatchObject({ change: change.id, name: 'Review.code.pending:overdue' });
  const second = await of(`&limit=1&cursor=${first.next_cursor}`);
  expect(second.items[0].name).toBe('Review.security.pending:overdue');
  expect(second.next_cursor).toBeNull();
});

it('operators snooze the timers of many changes in one batch', async () => {
  const changes = [await submitted(), await submitted()];
  const until = new Date(process.clock.now() + 10 * 24 * 3_600_000).toISOString();
  const body = {
    trigger: 'timer.snooze',
    reason: 'holidays',
    data: { timer: 'Review.code.pending:overdue', until },
    items: changes.map(({ id }) => ({ change: id })),
  };
  expect(await process.call(olli, 'POST', '/v1/batches', body)).toMatchObject({ done: 2, refused: 0 });
  for (const change of changes) {
    const { timers } = await change.view();
    expect(timers.find(({ name }: { name: string }) => name === body.data.timer).due_at).toBe(until);
  }
});

it('a change says whose turn it is, and what for', async () => {
  const change = await submitted();
  const { waits_for: waiting } = await change.view();
  const roles = waiting.map((each: { roles: string[] }) => each.roles.join());
  expect(roles).toContain('code_reviewer');
  expect(waiting.flatMap((each: { triggers: string[] }) => each.triggers)).toContain('security_approve');
  for (const reviewer of [bob, { sub: 'eve', roles: ['security_reviewer'] }])
    await change.send(reviewer, reviewer === bob ? 'code_approve' : 'security_approve');
  expect((await change.view()).waits_for).toEqual([]);
});

it('my work is what I may act on now', async () => {
  const mine = await submitted();
  const own = await submitted({ sub: 'bob', roles: ['developer'] });
  const { items } = await process.call(bob, 'GET', '/v1/work');
  const ids = items.map(({ id }: { id: string }) => id);
  expect(ids).toContain(mine.id);
  const work = await process.call({ sub: 'nobody' }, 'GET', '/v1/work');
  expect(work.items).toEqual([]);
  const seen = items.find(({ id }: { id: string }) => id === own.id);
  const mayApprove = seen?.enabled.some(
    (each: { trigger: string; refusal: unknown }) => each.trigger === 'code_approve' && each.refusal === null,
  );
  expect(mayApprove ?? false).toBe(false);
});

it('"may I" is answered by the step itself, and writes nothing', async () => {
  const change = await submitted();
  const ask = (who: { sub: string; roles: string[] }, trigger: string, more = {}) =>
    process.call(who, 'POST', `/v1/changes/${change.id}/questions`, { trigger, ...more });
  const before = (await change.log()).length;
  expect(await ask(bob, 'code_approve')).toMatchObject({
    allowed: true,
    role: 'code_reviewer',
    to: { Review: { code: 'approved' } },
  });
  expect(await ask(ann, 'code_approve')).toMatchObject({
    allowed: false,
    refusal: { code: 'SELF_APPROVAL' },
  });
  expect(await ask(bob, 'request_changes')).toMatchObject({ refusal: { code: 'REASON_REQUIRED' } });
  const snooze = { timer: 'Review.code.pending:overdue', until: new Date().toISOString() };
  expect(await ask(olli, 'timer.snooze', { reason: 'r', data: snooze })).toMatchObject({ allowed: true });
  expect((await change.log()).length).toBe(before);
  expect((await change.view()).version).toBe(2);
});
