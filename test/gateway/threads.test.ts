/** What people say on a change, over HTTP and with a real log: threads, comments, and a change that is superseded. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Threads } from '../../src/gateway/http/threads.ts';
import type { LogRow } from '../../src/persistence/records.ts';
import { type Change, type Process, startProcessOf } from '../processes/rig.ts';

const ada = { sub: 'ada' };
const rita = { sub: 'rita', roles: ['reviewer'] };
const helper = { sub: 'helper', kind: 'agent' as const, sponsor: 'rita' };
const SOURCE = {
  name: 'Talk',
  roles: ['reviewer'],
  triggers: ['approve'],
  supersede: { role: 'reviewer', reason: 'required', to: 'Replaced' },
  initial: 'Review',
  states: { Review: {}, Approved: { final: 'approved' }, Replaced: { final: 'withdrawn' } },
  transitions: {
    'Review -> Approved': { trigger: 'approve', role: 'reviewer', if: 'threads.open == 0' },
  },
};

let process: Process;
let change: Change;
beforeAll(async () => {
  process = await startProcessOf(SOURCE);
});
afterAll(() => process.close());
beforeEach(async () => {
  change = await process.propose(ada);
});

const threads = async () => (await process.call(ada, 'GET', `/v1/changes/${change.id}/threads`)).items;

describe('the threads of a change', () => {
  it('tell who opened them where, what was said, and who resolved them why', async () => {
    const place = { file: 'src/a.ts', line: 12, revision: 1 };
    await change.send(rita, 'thread.open', { data: { thread: 'names', text: 'Unclear name', ...place } });
    await change.send(helper, 'thread.open', { data: { thread: 'tests' } });
    await change.send(ada, 'thread.comment', { data: { thread: 'names', text: 'Renamed it' } });
    await change.send(rita, 'thread.resolve', { data: { thread: 'names' }, reason: 'better' });
    const at = expect.any(String);
    const by = (id: string, kind = 'person') => ({ by: id, kind, for: null, at });
    expect(await threads()).toEqual([
      {
        thread: 'names',
        opened: by('rita'),
        ...place,
        comments: [
          { ...by('rita'), text: 'Unclear name' },
          { ...by('ada'), text: 'Renamed it' },
        ],
        resolved: { ...by('rita'), reason: 'better' },
      },
      {
        thread: 'tests',
        opened: by('helper', 'agent'),
        file: null,
        line: null,
        revision: null,
        comments: [],
        resolved: null,
      },
    ]);
    expect((await change.view()).threads).toEqual(['tests']);
  });

  it('go on where one is opened again', async () => {
    for (const text of ['Once', 'Twice']) {
      await change.send(rita, 'thread.open', { data: { thread: 'x', text } });
      await change.send(ada, 'thread.resolve', { data: { thread: 'x' } });
    }
    await change.send(rita, 'thread.open', { data: { thread: 'x', text: 'Again' } });
    const [thread, ...others] = await threads();
    expect(others).toEqual([]);
    expect(thread).toMatchObject({ resolved: null, opened: { by: 'rita' } });
    expect(thread.comments.map(({ text }: { text: string }) => text)).toEqual(['Once', 'Twice', 'Again']);
  });

  it('take no comment where they are not open, none without a text, and none too long', async () => {
    expect(await change.try(ada, 'thread.comment', { data: { thread: 'x', text: 'Hello' } })).toBe(
      'NOT_ENABLED',
    );
    await change.send(rita, 'thread.open', { data: { thread: 'x' } });
    expect(await change.try(ada, 'thread.comment', { data: { thread: 'x' } })).toBe('DATA_INVALID');
    expect(await change.try(ada, 'thread.comment', { data: { thread: 'x', text: 'y'.repeat(10_001) } })).toBe(
      'DATA_INVALID',
    );
    expect((await threads())[0].comments).toEqual([]);
    // What is said stands in the log alone: the change keeps the thread's id and nothing else.
    expect((await change.log()).map(({ kind }) => kind)).toContain('refusal');
  });

  it('are those of a change that exists', async () => {
    const other = '01890a5d-ac96-774b-bcce-b302099a8057';
    expect((await process.call(ada, 'GET', `/v1/changes/${other}/threads`)).code).toBe('NOT_FOUND');
  });

  it('name for whom a delegate spoke', () => {
    const told = new Threads();
    const row = {
      kind: 'transition',
      principal: 'rob',
      principalKind: 'person',
      occurredAt: 0,
      reason: null,
    };
    const rows = [
      { event: 'thread.open', data: { thread: 'x', text: 'y', on_behalf_of: 'rita' } },
      { event: 'approve', data: null },
    ];
    for (const each of rows) told.take({ ...row, ...each } as unknown as LogRow);
    expect(told.all()).toMatchObject([{ thread: 'x', opened: { by: 'rob', for: 'rita' } }]);
  });
});

it('a superseded change says by which one, and is closed', async () => {
  const { id: by } = await process.propose(ada);
  expect((await change.view()).superseded_by).toBeNull();
  expect(await change.try(ada, 'change.supersede', { data: { by }, reason: 'split' })).toBe('MISSING_ROLE');
  const row = await change.send(rita, 'change.supersede', { data: { by }, reason: 'split' });
  expect(row).toMatchObject({ to: 'Replaced', outcome: 'withdrawn', reason: 'split', data: { by } });
  expect(await change.view()).toMatchObject({ superseded_by: by, outcome: 'withdrawn', state: 'Replaced' });
  expect(await change.try(rita, 'approve')).toBe('CHANGE_CLOSED');
});
