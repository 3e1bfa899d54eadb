import { describe, expect, it } from 'vitest';
import { imported, read } from './importing.ts';
import { cli, file, only } from './rig.ts';

const gerritAccount = (n: number, more = {}) => ({
  _account_id: 1000 + n,
  email: `Dev-00${n}@example.org`,
  ...more,
});
const gerritVote = (n: number, value: number | undefined, more = {}) => ({
  ...gerritAccount(n, more),
  ...(value !== undefined && { value }),
  date: '2026-02-03 10:00:00.000000000',
});
const gerritChange = (n: number, more: object = {}) => ({
  id: `demo~main~I${n}`,
  project: 'demo',
  branch: 'main',
  change_id: `I${n}`,
  subject: `Change ${n}`,
  status: 'MERGED',
  created: '2026-02-01 09:59:32.126000000',
  updated: '2026-02-05 09:00:00.000000000',
  submitted: '2026-02-04 08:00:00.000000000',
  owner: gerritAccount(1),
  _number: n,
  current_revision: 'abc',
  revisions: { abc: { files: { 'a.txt': {}, 'b.txt': {} } } },
  messages: [],
  labels: {
    'Code-Review': {
      all: [
        gerritVote(2, 2),
        gerritVote(1, 2),
        gerritVote(3, 1),
        gerritVote(4, -1),
        gerritVote(5, 0),
        gerritVote(6, undefined),
      ],
      values: { '-2': 'no', '-1': 'rather not', ' 0': 'none', '+1': 'fine', '+2': 'approved' },
    },
    Verified: { all: [gerritVote(7, 1, { tags: ['SERVICE_USER'] }), gerritVote(1, 1)] },
    'API-Review': { all: [gerritVote(2, 1)] },
  },
  ...more,
});
const gerrit = (...changes: object[]) => file('changes.json', `)]}'\n${JSON.stringify(changes)}`);

describe('changes of Gerrit', () => {
  it('are told by their votes: the highest are reviews, what verifies is a check', async () => {
    const { records, skipped } = await read(gerrit(gerritChange(1)));
    expect(records[0]).toMatchObject({
      project: 'demo',
      commit: 'main~I1',
      changeId: 'I1',
      author: 'dev-001@example.org',
      authoredAt: '2026-02-01T09:59:32.126Z',
      submittedAt: '2026-02-04T08:00:00.000Z',
      reviewedBy: ['dev-002@example.org', 'dev-001@example.org'],
      tryBot: ['dev-007@example.org'],
      files: 2,
    });
    expect(records[0]?.votedAt?.get('dev-002@example.org')).toBe('2026-02-03T10:00:00.000Z');
    expect(skipped).toEqual({
      'negative vote': 1,
      'vote below the highest': 1,
      'check by the author': 1,
      'vote on another label': 1,
    });
  });

  it('that were abandoned are withdrawn by who did it, whatever their votes', async () => {
    const messages = [
      { author: gerritAccount(1), date: '2026-02-02 00:00:00.000000000', message: 'Uploaded patch set 1.' },
      { author: gerritAccount(3), date: '2026-02-04 00:00:00.000000000', message: 'Abandoned\n\nNo need.' },
    ];
    const path = gerrit(gerritChange(1, { status: 'ABANDONED', submitted: undefined, messages }));
    const { summary, server } = await imported(path);
    expect(summary).toMatchObject({
      changes: 1,
      outcomes: { withdrawn: 1 },
      refused: { SELF_APPROVAL: 1 },
      skipped: { 'check of a change that was given up': 1 },
    });
    expect(server.runtime.rows.at(-1)).toMatchObject({ event: 'withdraw', principal: 'dev-003@example.org' });
  });

  it('go through the same path as everything: approved, refused for oneself, nothing twice', async () => {
    const path = gerrit(gerritChange(1), gerritChange(2, { status: 'NEW', labels: {} }));
    const { summary, server, at } = await imported(path);
    expect(summary).toMatchObject({
      changes: 2,
      outcomes: { approved: 1, open: 1 },
      waiting: { 'code and checks': 1 },
      refused: { SELF_APPROVAL: 1 },
    });
    const rows = server.runtime.rows.length;
    expect(only(await cli(['import', path, '--json'], at))).toMatchObject({
      outcomes: { approved: 1, open: 1 },
    });
    expect(server.runtime.rows.length).toBe(rows);
  });

  it('may lack the details: who gave the highest vote is told even so', async () => {
    const labels = { 'Code-Review': { approved: gerritAccount(2) } };
    const owner = { _account_id: 1001 };
    const { records } = await read(gerrit(gerritChange(1, { labels, owner })));
    expect(records[0]).toMatchObject({ author: 'account-1001', reviewedBy: ['dev-002@example.org'] });
  });

  it('that come twice or cannot be read are left out and counted', async () => {
    const { records, skipped } = await read(
      gerrit(gerritChange(1, { labels: {} }), gerritChange(1, { labels: {} }), {
        ...gerritChange(2),
        owner: 7,
      }),
    );
    expect(records).toHaveLength(1);
    expect(skipped).toEqual({ 'change that comes twice': 1, 'change that cannot be read: owner': 1 });
  });
});
