/** One vote or event for several changes, each done by itself or all as one. */
import { expect, it } from 'vitest';
import { cli, fake, only } from './rig.ts';
import { definition } from './samples.ts';

/** Three changes under review, k1 to k3, by alice; bob reviews. */
async function three() {
  const { server, at } = await fake();
  await cli(['deploy', definition('BasicApproval')], at);
  const ids: string[] = [];
  for (const key of ['k1', 'k2', 'k3']) {
    const named = ['--definition', 'BasicApproval', '--project', 'p', '--title', 'T', '--key', key];
    ids.push(String(only(await cli(['propose', ...named, '--json'], at)).id));
    await cli(['send', key, 'submit'], at);
  }
  server.principal = { id: 'bob', kind: 'person', roles: ['reviewer'] };
  const answer = (refused: string | null) => {
    server.intercept = ({ path, body }) => {
      if (path !== '/v1/batches') return undefined;
      const items = (body.items as { change: string }[]).map(({ change }, index) =>
        refused !== null && (body.atomic || change === refused)
          ? { change, transition: null, problem: problemOf(change === refused) }
          : { change, transition: moved(change, index), problem: null },
      );
      return { status: 200, body: { done: 0, refused: 0, items } };
    };
  };
  const batches = () => server.seen.filter(({ path }) => path === '/v1/batches');
  return { server, at, ids, answer, batches };
}

const problemOf = (isOwn: boolean) =>
  isOwn
    ? { code: 'SELF_APPROVAL', detail: 'bob is the author.' }
    : { code: 'GROUP_REFUSED', detail: 'Nothing of the group was done.' };
const moved = (change: string, index: number) => ({
  change,
  kind: 'transition',
  event: 'approve',
  from: 'Review',
  to: 'Approved',
  outcome: 'approved',
  version: 3,
  seq: 10 + index,
});

it('a vote on several changes is one request, and says of each what came of it', async () => {
  const { at, ids, answer, batches } = await three();
  answer(null);
  const said = await cli(['approve', 'k1', 'k2', 'k3', '--reason', 'read together'], at);
  expect(said).toMatchObject({ exit: 0, err: '' });
  expect(said.out).toBe(
    ['k1', 'k2', 'k3']
      .map((key, index) => `${key}  approve: Review → Approved  version 3, seq ${10 + index}\n`)
      .join(''),
  );
  expect(batches().map(({ body }) => body)).toEqual([
    {
      trigger: 'approve',
      reason: 'read together',
      items: ids.map((change) => ({ change, trigger: 'approve', expected_version: 2 })),
    },
  ]);
});

it('with --all-or-nothing it is atomic, and one refusal means that nothing was done', async () => {
  const { at, ids, answer, batches } = await three();
  answer(ids[1] ?? '');
  const said = await cli(['approve', 'k1', 'k2', 'k3', '--all-or-nothing'], at);
  expect(said.exit).toBe(1);
  expect(said.out).toContain('k1  not done (GROUP_REFUSED): ');
  expect(said.out).toContain('k2  not done (SELF_APPROVAL): bob is the author.');
  expect(said.err).toBe('Nothing was done to any of the 3 changes.\n');
  expect(batches()[0]?.body).toMatchObject({ atomic: true });
  const json = only(await cli(['approve', 'k1', 'k2', '--all-or-nothing', '--json'], at));
  expect(json).toMatchObject({ done: 0, refused: 2, items: [{ change: ids[0] }, { change: ids[1] }] });
});

it('what the caller may not do is not sent: with --all-or-nothing nothing is, otherwise the rest', async () => {
  const { at, ids, answer, batches } = await three();
  answer(null);
  await cli(['send', 'k2', 'approve'], at);
  const whole = await cli(['approve', 'k1', 'k2', 'k3', '--all-or-nothing'], at);
  expect(whole.exit).toBe(1);
  expect(whole.err).toContain('refused (CHANGE_CLOSED): k2, so none of them: ');
  expect(batches()).toEqual([]);
  const rest = await cli(['approve', 'k1', 'k2', 'k3'], at);
  expect(rest.exit).toBe(1);
  expect(rest.out).toContain('k2  not done (CHANGE_CLOSED): ');
  expect(rest.err).toBe('2 changes done, 1 not.\n');
  expect(batches().map(({ body }) => body)).toMatchObject([
    { items: [{ change: ids[0] }, { change: ids[2] }] },
  ]);
  expect(batches()[0]?.body).not.toHaveProperty('atomic');
});

it('send takes further changes, with one key for all and no version', async () => {
  const { at, ids, answer, batches } = await three();
  answer(null);
  const more = ['--also', 'k2', '--also', 'k3', '--all-or-nothing', '--key', 'mine'];
  expect((await cli(['send', 'k1', 'approve', ...more], at)).exit).toBe(0);
  expect(batches()[0]).toMatchObject({
    headers: { 'idempotency-key': 'mine' },
    body: { trigger: 'approve', atomic: true, items: ids.map((change) => ({ change })) },
  });
  const wrong = await cli(['send', 'k1', 'approve', '--also', 'k2', '--version', '2'], at);
  expect(wrong).toMatchObject({ exit: 2, out: '' });
  expect(wrong.err).toContain('--version is that of one change');
});
