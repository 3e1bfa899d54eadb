/** Kubernetes Prow: lgtm, approve, hold and tests, as owners.md describes them. Through HTTP. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Change, type Process, startProcess } from './rig.ts';

const ada = { sub: 'ada', roles: ['member'] };
const rita = { sub: 'rita', roles: ['member'] };
const alma = { sub: 'alma', roles: ['member', 'approver'] };
const bert = { sub: 'bert', roles: ['approver'] };
const bot = { sub: 'prow', kind: 'agent', roles: ['bot'], sponsor: 'infra' } as const;
const owners = [
  { name: 'dirA/OWNERS', members: ['alma'], files: ['dirA/a.go'] },
  { name: 'dirB/OWNERS', members: ['bert'], files: ['dirB/b.go'] },
];
const content = (tree: string) => ({ tree, files: ['dirA/a.go', 'dirB/b.go'], owners });
const DAY = 24 * 60 * 60_000;

let process: Process;
let change: Change;
beforeAll(async () => {
  process = await startProcess('prow.toml');
});
afterAll(() => process.close());
beforeEach(async () => {
  change = await process.propose(ada);
  await change.push(ada, content('t1'));
});

const state = async () => (await change.view()).state;
const outcome = async () => (await change.view()).outcome;
const green = async () => {
  await change.send(rita, 'lgtm');
  await change.send(alma, 'approve');
  await change.send(bert, 'approve');
};

describe('Prow', () => {
  it("refuses the author's own lgtm, and an agent's that works for the author", async () => {
    expect(await change.try(ada, 'lgtm')).toBe('SELF_APPROVAL');
    const herAgent = { sub: 'helper', kind: 'agent', roles: ['member'], sponsor: 'ada' } as const;
    expect(await change.try(herAgent, 'lgtm')).toBe('SELF_APPROVAL');
  });

  it('merges only when an approver of every touched OWNERS file approved and the tests passed', async () => {
    await change.send(rita, 'lgtm');
    await change.send(alma, 'approve');
    const { ballots } = await change.view();
    expect(ballots.approve.needs[0].sentence).toBe(
      'needs an approval for each touched owners file; missing dirB/OWNERS',
    );
    await change.send(bot, 'tests_passed');
    expect(await outcome()).toBeNull();
    await change.send(bert, 'approve');
    expect(await outcome()).toBe('applied');
  });

  it('waits for the tests where everybody was faster', async () => {
    await green();
    expect(await outcome()).toBeNull();
    await change.send(bot, 'tests_passed');
    expect(await outcome()).toBe('applied');
  });

  it('does not merge what is held, and merges it when the hold is cancelled', async () => {
    await change.send(rita, 'hold');
    await green();
    await change.send(bot, 'tests_passed');
    expect(await state()).toEqual({
      Open: { lgtm: 'given', approved: 'given', hold: 'on', tests: 'passed' },
    });
    await change.send(rita, 'unhold');
    expect(await outcome()).toBe('applied');
  });

  it('loses lgtm and the tests with a push, keeps the approvals, and tells whose vote went', async () => {
    await change.send(rita, 'hold');
    await green();
    await change.send(bot, 'tests_passed');
    const pushed = await change.push(ada, content('t2'));
    expect(await state()).toEqual({
      Open: { lgtm: 'missing', approved: 'given', hold: 'on', tests: 'pending' },
    });
    expect(pushed.data.fates).toEqual([
      { ballot: 'lgtm', by: 'rita', value: 1, kept: false, why: 'new_revision' },
      { ballot: 'approve', by: 'alma', value: 1, kept: true, why: 'always' },
      { ballot: 'approve', by: 'bert', value: 1, kept: true, why: 'always' },
    ]);
  });

  it('keeps lgtm where the tree is the same', async () => {
    await change.send(rita, 'lgtm');
    await change.push(ada, content('t1'));
    expect(await state()).toMatchObject({ Open: { lgtm: 'given' } });
  });

  it('lets a collaborator or the author cancel lgtm, and nobody else', async () => {
    await change.send(rita, 'lgtm');
    expect(await change.try({ sub: 'guest' }, 'lgtm_cancel')).toBe('CONDITION_UNMET');
    expect(await change.try({ sub: 'ada' }, 'lgtm_cancel')).toBe('ok');
    expect(await state()).toMatchObject({ Open: { lgtm: 'missing' } });
  });

  it('takes an approval back', async () => {
    await change.send(alma, 'approve');
    await change.send(bert, 'approve');
    expect(await state()).toMatchObject({ Open: { approved: 'given' } });
    await change.send(bert, 'approve_cancel');
    expect(await state()).toMatchObject({ Open: { approved: 'missing' } });
    expect(await change.try(bert, 'approve_cancel')).toBe('NO_VOTE');
  });

  it('is closed after 90 days in which nobody touched it, and not before', async () => {
    const began = process.clock.now();
    process.clock.moveTo(began + 89 * DAY);
    await change.send(rita, 'hold');
    const [timer] = (await change.view()).timers;
    expect(Date.parse(timer.due_at)).toBe(began + (89 + 90) * DAY);
  });

  it('can be closed at any time', async () => {
    await change.send(rita, 'close');
    expect(await outcome()).toBe('withdrawn');
  });
});
