/** Atomic batches: what the gateway asks the runtime, what it refuses itself, and the whole way to the log. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_GROUP } from '../../src/actors/group.ts';
import { catalog } from '../../src/machines/catalog/index.ts';
import { type Process, startProcessOf } from '../processes/rig.ts';
import { expectProblem, type Running, startTestGateway, token } from './harness.ts';

describe('an atomic batch', () => {
  let running: Running;
  beforeAll(async () => {
    running = await startTestGateway({ transport: 'node' });
  });
  afterAll(() => running.gateway.close());

  const post = (body: object, headers = {}, own?: string) =>
    running.call('POST', '/v1/batches', { body, headers, ...(own && { token: own }) });
  const change = () => running.backend.addChange('acme', 'core');

  it('is one group: each change with its own trigger and version, one key for all', async () => {
    const [a, b] = [change(), change()];
    // The runtime behind counts rows: a version of its change that is above 0 needs one.
    running.backend.append({ tenant: 'acme', change: b });
    const body = {
      trigger: 'approve',
      reason: 'as one',
      for: 'eve',
      atomic: true,
      items: [{ change: a }, { change: b, trigger: 'reject', expected_version: 1 }],
    };
    const { status, json } = await post(body, { 'idempotency-key': 'k' });
    expect(status).toBe(200);
    expect(json).toMatchObject({ done: 2, refused: 0, items: [{ change: a }, { change: b }] });
    const sent = running.backend.sent.slice(-2);
    expect(sent.map(({ command }) => command)).toEqual([
      { change: a, trigger: 'approve', reason: 'as one' },
      { change: b, trigger: 'reject', reason: 'as one', expectedVersion: 1 },
    ]);
    expect(sent.map(({ envelope }) => envelope)).toMatchObject([
      { actsFor: 'eve', idempotencyKey: `k/${a}` },
      { actsFor: 'eve', idempotencyKey: `k/${b}` },
    ]);
  });

  it('reports on each change where one refuses', async () => {
    const items = [{ change: change() }, { change: change(), trigger: 'forbidden' }];
    const { json } = await post({ trigger: 'approve', atomic: true, items });
    expect(json).toMatchObject({ done: 0, refused: 2 });
    expect(json.items.map((item: { problem: { code: string } }) => item.problem.code)).toEqual([
      'GROUP_REFUSED',
      'MISSING_ROLE',
    ]);
  });

  it('is of a bounded number of changes', async () => {
    const items = Array.from({ length: MAX_GROUP + 1 }, () => ({ change: change() }));
    const answer = await post({ trigger: 'approve', atomic: true, items });
    expectProblem(answer, 400, 'INVALID_INPUT');
    expect(answer.json.issues).toEqual([
      { path: 'items', message: `must be at most ${MAX_GROUP} in an atomic batch` },
    ]);
    expect((await post({ trigger: 'approve', items })).json.done).toBe(MAX_GROUP + 1);
  });

  it('holds every item to what its sender may say of a revision', async () => {
    const items = [{ change: change() }, { change: change(), trigger: 'change.revise' }];
    const body = { trigger: 'approve', data: { tree: 'x' }, atomic: true, items };
    expectProblem(await post(body), 403, 'FORBIDDEN');
    const importer = await token({ roles: ['importer'] });
    expect((await post(body, {}, importer)).status).toBe(200);
  });

  it('fails whole where one of its changes does not exist', async () => {
    const items = [{ change: change() }, { change: '01900000-0000-7000-8000-000000000000' }];
    expectProblem(await post({ trigger: 'approve', atomic: true, items }), 404, 'NOT_FOUND');
  });
});

describe('an atomic batch on a database', () => {
  const ann = { sub: 'ann', roles: ['developer'] };
  const bob = { sub: 'bob', roles: ['code_reviewer'] };
  let process: Process;
  beforeAll(async () => {
    process = await startProcessOf(catalog.ParallelReview);
  });
  afterAll(() => process.close());

  const submitted = async (who = ann) => {
    const proposed = await process.propose(who);
    await proposed.send(who, 'submit');
    return proposed;
  };

  it('is done whole, its rows one behind the other, or not at all', async () => {
    const changes = [await submitted(), await submitted(), await submitted()];
    const own = await submitted({ ...ann, sub: 'bob' });
    const batch = (all: readonly { id: string }[]) =>
      process.call(bob, 'POST', '/v1/batches', {
        trigger: 'code_approve',
        atomic: true,
        items: all.map(({ id }) => ({ change: id })),
      });
    const no = await batch([...changes, own]);
    expect(no).toMatchObject({ done: 0, refused: 4 });
    expect(no.items[0].problem.detail).toContain(`the change ${own.id} refused (SELF_APPROVAL`);
    for (const each of changes) expect((await each.view()).version).toBe(2);
    const yes = await batch(changes);
    expect(yes).toMatchObject({ done: 3, refused: 0 });
    const seqs = yes.items.map((item: { transition: { seq: number } }) => item.transition.seq);
    expect(seqs).toEqual([seqs[0], seqs[0] + 1, seqs[0] + 2]);
  });
});
