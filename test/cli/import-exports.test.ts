/**
 * Exports of code hosts, in the shape their documentation gives them, with invented people: what becomes of each, and
 * what is said of the rest.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { HistoryRecord } from '../../src/cli/import/record.ts';
import { sourceOf } from '../../src/cli/import/source.ts';
import { cli, fake, file, only, scratch } from './rig.ts';

async function read(path: string, project?: string) {
  const skipped: Record<string, number> = {};
  const source = await sourceOf(path, { ...(project && { project }) });
  const records: HistoryRecord[] = [];
  for await (const each of source.records((reason, times = 1) => {
    skipped[reason] = (skipped[reason] ?? 0) + times;
  }))
    records.push(each);
  expect(await source.count()).toBe(records.length);
  return { records, skipped };
}

async function imported(path: string) {
  const { server, at } = await fake();
  const summary = only(await cli(['import', path, '--json'], at));
  return { summary, server, at };
}

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

const login = (name: string, type = 'User') => ({ login: name, id: 1, type });
const pull = (number: number, more: object = {}) => ({
  number,
  title: `Pull ${number}`,
  state: 'closed',
  user: login('Dev-001'),
  created_at: '2026-02-01T00:00:00Z',
  updated_at: '2026-02-09T00:00:00Z',
  closed_at: '2026-02-05T00:00:00Z',
  merged_at: '2026-02-05T00:00:00Z',
  base: { ref: 'main', repo: { full_name: 'example/demo' } },
  changed_files: 3,
  commits: [{ sha: 'abc' }],
  reviews: [],
  ...more,
});
const review = (by: object | null, state: string, day = 2) => ({
  user: by,
  state,
  submitted_at: `2026-02-0${day}T00:00:00Z`,
});

describe('pull requests of GitHub', () => {
  const reviews = [
    review(login('dev-002'), 'APPROVED', 4),
    review(login('dev-003'), 'APPROVED', 2),
    review(login('dev-003'), 'CHANGES_REQUESTED', 3),
    review(login('dev-004'), 'COMMENTED'),
    review(login('dev-005'), 'DISMISSED'),
    review(login('helper-001[bot]', 'Bot'), 'APPROVED'),
    review(null, 'APPROVED', 3),
  ];
  const check_runs = [
    { name: 'test', conclusion: 'success', completed_at: '2026-02-02T01:00:00Z', app: { slug: 'checks' } },
    { name: 'lint', conclusion: 'failure', app: { slug: 'lints' } },
  ];

  it('are told by the last word of each reviewer; approvals by programs are checks', async () => {
    const { records, skipped } = await read(
      file('pulls.json', JSON.stringify([pull(7, { reviews, check_runs })])),
    );
    expect(records[0]).toMatchObject({
      project: 'example/demo',
      commit: 'pull/7',
      author: 'dev-001',
      submittedAt: '2026-02-05T00:00:00Z',
      reviewedBy: ['ghost', 'dev-002'],
      tryBot: ['helper-001[bot]', 'checks[bot]'],
      files: 3,
    });
    expect(skipped).toEqual({
      'review that a later one replaced': 1,
      'negative vote': 1,
      'review without a verdict': 1,
      'review that was dismissed': 1,
      'check that did not pass': 1,
    });
  });

  it('have passed a check where its last status says so', async () => {
    const status = (context: string, state: string, day: number) => ({
      context,
      state,
      creator: login(`${context}-001[bot]`, 'Bot'),
      updated_at: `2026-02-0${day}T00:00:00Z`,
    });
    const statuses = [
      status('broken', 'failure', 4),
      status('mended', 'success', 4),
      status('mended', 'failure', 3),
      status('broken', 'success', 2),
      status('mended', 'pending', 2),
    ];
    const { records, skipped } = await read(file('pulls.json', JSON.stringify([pull(7, { statuses })])));
    expect(records[0]?.tryBot).toEqual(['mended-001[bot]']);
    expect(skipped).toEqual({ 'check that did not pass': 1 });
  });

  it('are read one a line too; those closed without a merge are withdrawn', async () => {
    const lines = [
      pull(1, {
        reviews: [review(login('dev-001'), 'APPROVED'), review(login('dev-002'), 'APPROVED')],
        check_runs,
      }),
      pull(2, { merged_at: null }),
      pull(3, { state: 'open', merged_at: null, closed_at: null, user: null }),
    ];
    const path = file('pulls.jsonl', lines.map((each) => JSON.stringify(each)).join('\n'));
    const { summary } = await imported(path);
    expect(summary).toMatchObject({
      changes: 3,
      outcomes: { approved: 1, withdrawn: 1, open: 1 },
      refused: { SELF_APPROVAL: 1 },
      skipped: { 'check that did not pass': 1 },
    });
  });

  it('are imported into the project that is named', async () => {
    const { records } = await read(file('pulls.json', JSON.stringify([pull(1)])), 'other');
    expect(records[0]?.project).toBe('other');
  });
});

const mergeRequest = (iid: number, more: object = {}) => ({
  id: 100 + iid,
  iid,
  project_id: 3,
  title: `Request ${iid}`,
  state: 'merged',
  source_branch: 'work',
  target_branch: 'main',
  author: { id: 1, username: 'Dev-001' },
  created_at: '2026-02-01T00:00:00.000Z',
  updated_at: '2026-02-09T00:00:00.000Z',
  merged_at: '2026-02-05T00:00:00.000Z',
  closed_at: null,
  references: { full: `example/demo!${iid}` },
  changes_count: '1000+',
  ...more,
});
const systemNote = (text: string, n: number, day = 2) => ({
  system: true,
  note: text,
  author_id: n,
  author: { name: `Dev ${n}` },
  created_at: `2026-02-0${day}T00:00:00.000Z`,
});

describe('merge requests of GitLab', () => {
  it('are told by their approvals, of people and of access tokens, and by their last pipeline', async () => {
    const more = {
      approved_by: [
        { user: { id: 2, username: 'dev-002' }, approved_at: '2026-02-03T00:00:00.000Z' },
        { user: { id: 9, username: 'project_3_bot_1' } },
      ],
      head_pipeline: { status: 'success', finished_at: '2026-02-02T00:00:00.000Z' },
      notes: [{ system: false, body: 'Nice.', author: { id: 4, username: 'dev-004' } }],
    };
    const { records, skipped } = await read(file('mrs.json', JSON.stringify([mergeRequest(1, more)])));
    expect(records[0]).toMatchObject({
      project: 'example/demo',
      commit: 'merge_requests/1',
      author: 'dev-001',
      reviewedBy: ['dev-002'],
      tryBot: ['project_3_bot_1', 'gitlab-ci[bot]'],
      files: 1000,
    });
    expect(skipped).toEqual({ comment: 1 });
    const apart = mergeRequest(2, { approvals: { approved_by: more.approved_by } });
    expect((await read(file('mrs.json', JSON.stringify(apart)))).records[0]?.reviewedBy).toEqual(['dev-002']);
  });

  it('are told by what the system noted last, in whatever order it is listed', async () => {
    const note = (body: string, by: string, day: number) => ({
      system: true,
      body,
      author: { id: 1, username: by },
      created_at: `2026-02-0${day}T00:00:00.000Z`,
    });
    const notes = [
      note('unapproved this merge request', 'dev-002', 4),
      note('approved this merge request', 'dev-003', 3),
      note('approved this merge request', 'dev-002', 2),
    ];
    for (const listed of [notes, notes.toReversed()]) {
      const { records, skipped } = await read(
        file('mrs.json', JSON.stringify([mergeRequest(1, { notes: listed })])),
      );
      expect(records[0]?.reviewedBy).toEqual(['dev-003']);
      expect(skipped).toEqual({ 'review that was taken back': 1 });
    }
  });

  it('of a project export name people by number, and their approvals as a list or as notes', async () => {
    const exported = (iid: number, more: object) => ({
      iid,
      author_id: 1,
      target_project_id: 3,
      title: `Request ${iid}`,
      state: 'merged',
      source_branch: 'work',
      created_at: '2026-02-01 00:00:00 UTC',
      metrics: { merged_at: '2026-02-05T00:00:00.000Z' },
      ...more,
    });
    const lines = [
      exported(1, { approvals: [{ user_id: 2, created_at: '2026-02-03T00:00:00.000Z' }], notes: [] }),
      exported(2, {
        notes: [
          systemNote('approved this merge request', 2),
          systemNote('approved this merge request', 3),
          systemNote('unapproved this merge request', 3, 3),
          systemNote('approved this merge request', 1, 4),
        ],
      }),
      exported(3, { state: 'closed', metrics: { latest_closed_by_id: 4 }, notes: [] }),
    ];
    const path = file('merge_requests.ndjson', lines.map((each) => JSON.stringify(each)).join('\n'));
    const { records, skipped } = await read(path);
    expect(records.map(({ project, reviewedBy, withdrawn }) => [project, reviewedBy, withdrawn?.by])).toEqual(
      [
        ['project-3', ['user-2'], undefined],
        ['project-3', ['user-2', 'user-1'], undefined],
        ['project-3', [], 'user-4'],
      ],
    );
    expect(records[0]?.authoredAt).toBe('2026-02-01T00:00:00Z');
    expect(skipped).toEqual({ 'review that was taken back': 1 });
    expect((await imported(path)).summary).toMatchObject({
      outcomes: { open: 2, withdrawn: 1 },
      waiting: { checks: 2 },
      refused: { SELF_APPROVAL: 1 },
    });
  });
});

describe('what gh prints of pull requests', () => {
  const pull = (n: number, more: object = {}) => ({
    number: n,
    title: `Change ${n}`,
    state: 'MERGED',
    author: { id: 'U1', is_bot: false, login: 'Dev-001', name: 'Dev One' },
    createdAt: '2026-02-01T09:00:00Z',
    mergedAt: '2026-02-02T09:00:00Z',
    url: `https://github.com/demo/demo/pull/${n}`,
    reviews: [
      { author: { login: 'dev-002' }, state: 'CHANGES_REQUESTED', submittedAt: '2026-02-01T10:00:00Z' },
      { author: { login: 'dev-002' }, state: 'APPROVED', submittedAt: '2026-02-01T11:00:00Z' },
    ],
    statusCheckRollup: [
      { __typename: 'CheckRun', name: 'test', conclusion: 'SUCCESS', completedAt: '2026-02-01T12:00:00Z' },
      { __typename: 'StatusContext', context: 'lint', state: 'FAILURE', startedAt: '2026-02-01T12:00:00Z' },
    ],
    ...more,
  });

  it('is read as what the REST interface tells', async () => {
    const given = [
      pull(1),
      pull(2, { state: 'CLOSED', mergedAt: null, closedAt: '2026-02-03T09:00:00Z', reviews: [] }),
      pull(3, { author: { is_bot: true, login: 'app/renovate' }, state: 'OPEN', mergedAt: null }),
    ];
    const { records, skipped } = await read(file('prs.json', JSON.stringify(given)));
    expect(records).toMatchObject([
      {
        project: 'demo/demo',
        commit: 'pull/1',
        author: 'dev-001',
        reviewedBy: ['dev-002'],
        tryBot: ['test[bot]'],
        submittedAt: '2026-02-02T09:00:00Z',
      },
      { commit: 'pull/2', withdrawn: { by: 'dev-001' } },
      { commit: 'pull/3', author: 'renovate[bot]' },
    ]);
    expect(records[0]).not.toHaveProperty('withdrawn');
    expect(skipped).toEqual({ 'check that did not pass': 3, 'review that a later one replaced': 2 });
  });

  it('is refused where fields were left out, with what to export', async () => {
    const path = file('prs.json', JSON.stringify([{ number: 1, title: 'x', author: { login: 'a' } }]));
    await expect(read(path)).rejects.toMatchObject({
      message: expect.stringContaining('lacks state, createdAt, reviews; nothing was imported.'),
      hint: expect.stringContaining('gh pr list --state all'),
    });
  });

  it('may be nothing at all', async () => {
    expect(await read(file('none.json', '[]'))).toEqual({ records: [], skipped: {} });
  });
});

describe('changes of Atomic and Pijul', () => {
  const hash = (letter: string) => `${letter.repeat(51)}QC`;
  const entry = (of: string, more = {}) => ({
    hash: of,
    authors: ['Dev One <dev-001@example.org>'],
    timestamp: '2026-02-01T00:00:00.123456789Z',
    message: 'First line\nand more',
    ...more,
  });

  it('are under review from their start, by their hash', async () => {
    const directory = join(scratch(), 'demo');
    mkdirSync(directory);
    const path = join(directory, 'log.json');
    writeFileSync(path, JSON.stringify([entry(hash('A')), entry(hash('B'), { timestamp: undefined })]));
    const { records, skipped } = await read(path);
    expect(records).toMatchObject([
      { project: 'demo', commit: hash('A'), title: 'First line', author: 'dev-001@example.org' },
    ]);
    expect(skipped).toEqual({ 'change without project, name, author or time': 1 });
    expect((await imported(path)).summary).toMatchObject({ outcomes: { open: 1 } });
  });

  it('tell what they build on where their text is given', async () => {
    const text = `message = 'x'\ntimestamp = '2026-02-01T00:00:00Z'\n\n[[authors]]\nname = 'dev-001'\n\n# Dependencies\n[2] ${hash('B')}\n[3] ${hash('C')}\n\n# Hunks\n\n1. Edit in "a.txt":1 3.1 "UTF-8"\n`;
    const { summary, server } = await imported(file(`${hash('A')}.change`, text));
    expect(summary).toMatchObject({ changes: 1 });
    expect([...server.runtime.changes.values()][0]?.facts.attributes).toEqual({
      files: 1,
      depends_on: [hash('C')],
    });
  });

  it('depend on what they build on, though they came with the log, and on nothing that is not here', async () => {
    const { server, at } = await fake();
    const directory = join(scratch(), 'demo');
    mkdirSync(directory);
    const log = join(directory, 'log.json');
    writeFileSync(log, JSON.stringify([entry(hash('A')), entry(hash('C'))]));
    await cli(['import', log], at);
    const text = `message = 'x'\ntimestamp = '2026-02-01T00:00:00Z'\n\n[[authors]]\nname = 'dev-001'\n\n# Dependencies\n[2] ${hash('B')}\n[3] ${hash('C')}\n\n# Hunks\n\n1. Edit in "a.txt":1 3.1 "UTF-8"\n2. Edit in "a.txt":9 2.1 "UTF-8"\n`;
    const printed = join(directory, `${hash('A')}.change`);
    writeFileSync(printed, text);
    expect(only(await cli(['import', printed, '--json'], at))).toMatchObject({
      refused: { CHANGE_EXISTS: 1 },
      skipped: { 'dependency on a change that is not here': 1 },
    });
    const said = server.seen.filter(({ body }) => body.trigger === 'change.depend');
    expect(said.map(({ body }) => [body.as?.id, body.data])).toEqual([
      ['dev-001@example.org', { dependencies: [{ on: hash('C'), kind: 'textual', rule: 'hunks-refer-to' }] }],
    ]);
  });

  it('are refused with the line where a hash is none', async () => {
    const path = file(
      'log.json',
      `[\n${JSON.stringify(entry(hash('A')))},\n${JSON.stringify(entry('main'))}]`,
    );
    await expect((await sourceOf(path, {})).count()).rejects.toThrow(/log\.json:3 has the hash "main"/);
  });
});

describe('the kind of a history', () => {
  it('may be named, and is refused where it is none that is read from there', async () => {
    const { at } = await fake();
    const path = file('pulls.json', JSON.stringify([pull(1)]));
    expect(only(await cli(['import', path, '--from', 'github', '--json'], at))).toMatchObject({ changes: 1 });
    const wrong = await cli(['import', path, '--from', 'git'], at);
    expect(wrong.exit).toBe(2);
    expect(wrong.err).toContain('is a file; "git" histories are not read from one');
    expect((await cli(['import', path, '--from', 'bugzilla'], at)).exit).toBe(2);
  });

  it('stays JSON lines where nothing else is recognised, with the error of that reader', async () => {
    const { at } = await fake();
    const said = await cli(['import', file('odd.json', '[{"some":"thing"}]')], at);
    expect(said.err).toContain(':1 is no review record');
  });

  it('tells people what was left out', async () => {
    const { at } = await fake();
    const path = file(
      'pulls.json',
      JSON.stringify([pull(1, { reviews: [review(login('dev-002'), 'COMMENTED')] })]),
    );
    expect((await cli(['import', path], at)).out).toMatch(/skipped: review without a verdict +1\n/);
  });
});
