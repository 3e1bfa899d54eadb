import { describe, expect, it } from 'vitest';
import { imported, read } from './importing.ts';
import { cli, fake, file, only } from './rig.ts';

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
