/** Gerrit's labels and submit requirements. Through HTTP. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Change, type Process, startProcess } from './rig.ts';

const ada = { sub: 'ada', roles: ['reviewer', 'owner'] };
const olga = { sub: 'olga', roles: ['reviewer', 'owner'] };
const otto = { sub: 'otto', roles: ['reviewer', 'owner'] };
const rob = { sub: 'rob', roles: ['reviewer'] };
const ci = { sub: 'ci', kind: 'agent', roles: ['ci'] } as const;

let process: Process;
let change: Change;
beforeAll(async () => {
  process = await startProcess('gerrit.toml');
});
afterAll(() => process.close());
beforeEach(async () => {
  change = await process.propose(ada);
  await change.push(ada, { tree: 't1' });
});

const status = async (label = 'code_review') => (await change.view()).ballots[label].status;

describe('Code-Review', () => {
  it("takes the uploader's own +2 and is not satisfied by it", async () => {
    expect(await change.try(ada, 'code_review_2')).toBe('ok');
    expect(await status()).toBe('unsatisfied');
  });

  it("is blocked by a third's -2 and satisfied when that is withdrawn", async () => {
    await change.send(olga, 'code_review_2');
    await change.send(otto, 'code_review_minus_2');
    expect(await status()).toBe('unsatisfied');
    await change.send(otto, 'code_review_0');
    expect(await status()).toBe('satisfied');
  });

  it('counts a +2 on the latest revision only', async () => {
    await change.send(olga, 'code_review_2');
    expect(await status()).toBe('satisfied');
    await change.push(ada, { tree: 't2' });
    expect(await status()).toBe('unsatisfied');
  });

  it('stays blocked by a -2 across revisions', async () => {
    await change.send(otto, 'code_review_minus_2');
    await change.push(ada, { tree: 't2' });
    await change.send(olga, 'code_review_2');
    expect(await status()).toBe('unsatisfied');
    expect((await change.view()).ballots.code_review.vetoed).toBe(true);
  });

  it('does not add two +1 to a +2', async () => {
    await change.send(rob, 'code_review_1');
    await change.send(olga, 'code_review_1');
    expect(await status()).toBe('unsatisfied');
  });

  it('is not applicable for a branch it is not asked for', async () => {
    change = await process.propose(ada, { branch: 'refs/meta/config' });
    expect(await status()).toBe('not_applicable');
  });

  it('does not count somebody who uploads a revision after voting', async () => {
    await change.send(olga, 'code_review_2');
    await change.push(olga, { tree: 't1' });
    await change.send(olga, 'code_review_2');
    expect(await status()).toBe('unsatisfied');
    await change.send(otto, 'code_review_2');
    expect(await status()).toBe('satisfied');
  });
});

describe('submitting', () => {
  it('is refused with what is missing, and possible when both labels are satisfied', async () => {
    await change.send(olga, 'code_review_2');
    const refused = await change.send(olga, 'submit');
    expect(refused).toMatchObject({ code: 'CONDITION_UNMET' });
    await change.send(ci, 'verified_1');
    expect(await change.try(olga, 'submit')).toBe('ok');
    expect((await change.view()).outcome).toBe('applied');
  });

  it('can be abandoned and restored', async () => {
    await change.send(rob, 'abandon');
    expect((await change.view()).outcome).toBe('withdrawn');
    expect(await change.try(rob, 'restore')).toBe('MISSING_ROLE');
    expect(await change.try(olga, 'restore')).toBe('ok');
    expect(await change.view()).toMatchObject({ state: 'Review', outcome: null });
  });
});
