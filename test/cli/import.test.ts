/** The import against a fake server that runs the real machines. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isLong } from '../support/runs.ts';
import { cli, fake, file, only, type Said } from './rig.ts';

const shared = resolve(import.meta.dirname, '../..', process.env.COUNTERSIGN_SHARED ?? '../shared');
const history = resolve(shared, 'data/golang-crypto-reviews.jsonl.gz');
const missing = !existsSync(history);
if (missing) process.stderr.write(`SKIPPED: tests of the real review history, for ${history} is not there\n`);

const EXPECTED = {
  changes: 1348,
  outcomes: { approved: 772, open: 576 },
  waiting: { checks: 324, code: 7, 'code and checks': 245 },
  refused: { SELF_APPROVAL: 52 },
  events: 5246,
};

/** What must be the same on every run. */
function counts(said: Said) {
  const { changes, outcomes, waiting, refused, events } = only(said);
  return { changes, outcomes, waiting, refused, events };
}

const line = (more: object = {}) => ({
  project: 'p',
  commit: 'c1',
  changeId: null,
  author: 'dev-1',
  authoredAt: '2020-01-01T00:00:00+01:00',
  submittedAt: '2020-01-02T00:00:00Z',
  area: 'ssh',
  reviewedBy: ['dev-2'],
  tryBot: ['bot-1'],
  files: [],
  ...more,
});
const jsonl = (...lines: object[]) =>
  file('history.jsonl', lines.map((each) => `${JSON.stringify(each)}\n`).join(''));

describe.skipIf(missing)('the real review history', () => {
  // In `npm test` the import into a real server says the same (test/e2e/import.test.ts).
  it.runIf(isLong)(
    'gives the counts that were counted by other means, and a second import changes nothing',
    async () => {
      const { server, at } = await fake();
      expect(counts(await cli(['import', history, '--json'], at))).toEqual(EXPECTED);
      const rows = server.runtime.rows.length;
      expect(rows).toBe(EXPECTED.events);
      expect(counts(await cli(['import', history, '--json'], at))).toEqual(EXPECTED);
      expect(server.runtime.rows.length).toBe(rows);
    },
  );

  it('ends at the same counts when the server is killed in the middle and comes back', async () => {
    const { server, at } = await fake();
    let requests = 0;
    server.intercept = () => {
      requests += 1;
      if (requests === 2000) {
        void server.stop().then(() => setTimeout(() => void server.start(), 100));
        return 'cut-after';
      }
      return requests % 97 === 0 ? 'cut-after' : requests % 101 === 0 ? 'cut' : undefined;
    };
    expect(counts(await cli(['import', history, '--json'], at))).toEqual(EXPECTED);
    expect(server.runtime.rows.length).toBe(EXPECTED.events);
  });
});

describe('an import', () => {
  it('deploys the workflow of the catalog where the tenant lacks it', async () => {
    const { server, at } = await fake();
    await cli(['import', jsonl(line())], at);
    expect([...server.runtime.definitions.keys()]).toEqual(['ReviewHistory']);
    await cli(['import', jsonl(line({ commit: 'c2' }))], at);
    expect(
      server.seen.filter(({ path, method }) => method === 'POST' && path === '/v1/definitions'),
    ).toHaveLength(1);
  });

  it('tells people what came of it', async () => {
    const { at } = await fake();
    const said = await cli(
      ['import', jsonl(line(), line({ commit: 'c2', tryBot: [], reviewedBy: ['dev-1', 'dev-2', 'dev-3'] }))],
      at,
    );
    expect(said.exit).toBe(0);
    expect(said.out).toMatch(/^2 changes, 9 events in /);
    expect(said.out).toMatch(/approved +1\n/);
    expect(said.out).toMatch(/waiting for checks +1\n/);
    expect(said.out).toMatch(/refused SELF_APPROVAL +1\n/);
    expect(said.out).toMatch(/votes that came late +1\n/);
  });

  it('uses another project and another workflow where they are named', async () => {
    const { server, at } = await fake();
    const named = ['--project', 'other', '--definition', 'ReviewHistory'];
    expect(only(await cli(['import', jsonl(line()), '--json', ...named], at))).toMatchObject({ changes: 1 });
    expect([...server.runtime.changes.values()][0]?.facts.project).toBe('other');
    const unfit = await cli(['import', jsonl(line()), '--definition', 'BasicApproval'], at);
    expect(unfit.exit).toBe(2);
    expect(unfit.err).toContain('it lacks a state with the two regions "code" and "checks"');
  });

  it('leaves a change alone that somebody else proposed, and counts it as it stands', async () => {
    const { server, at } = await fake();
    await cli(['import', jsonl(line({ tryBot: [] }))], at);
    server.forget();
    const before = server.runtime.rows.length;
    const summary = only(await cli(['import', jsonl(line()), '--json'], at));
    expect(summary).toMatchObject({
      changes: 1,
      outcomes: { open: 1 },
      waiting: { checks: 1 },
      refused: { CHANGE_EXISTS: 1 },
    });
    expect(server.runtime.rows.length).toBe(before);
  });

  it('sends a busy server the same command again, after the time it asks for', async () => {
    const { server, at } = await fake();
    const keys: unknown[] = [];
    server.intercept = ({ path, headers }) => {
      if (!path.endsWith('/events')) return undefined;
      keys.push(headers['idempotency-key']);
      if (keys.length > 1) return undefined;
      return { status: 503, body: { code: 'TOO_BUSY', detail: 'Busy.' }, headers: { 'retry-after': '0' } };
    };
    const summary = only(await cli(['import', jsonl(line({ reviewedBy: [], tryBot: [] })), '--json'], at));
    expect(summary).toMatchObject({ changes: 1, events: 2 });
    expect(keys).toHaveLength(2);
    expect(keys[0]).toBe(keys[1]);
  });

  it('says how far it got when the server stays away, and that repeating continues', async () => {
    const { server, at } = await fake();
    server.intercept = ({ path }) =>
      path.endsWith('/events')
        ? {
            status: 503,
            body: { code: 'STORE_UNAVAILABLE', detail: 'Gone.' },
            headers: { 'retry-after': '60' },
          }
        : undefined;
    const said = await cli(['import', jsonl(line())], at);
    expect(said.exit).toBe(3);
    expect(said.err).toContain('Imported so far: 0 changes, 1 event.');
    expect(said.err).toContain('repeat the same command: it continues');
    server.intercept = () => undefined;
    expect(only(await cli(['import', jsonl(line()), '--json'], at))).toMatchObject({
      outcomes: { approved: 1 },
    });
  });

  it('ends at once with exit 3 where there is no server', async () => {
    const { server, at } = await fake();
    await server.stop();
    const said = await cli(['import', jsonl(line())], at);
    expect(said.exit).toBe(3);
    expect(said.err).toContain('No server answers at http://127.0.0.1:');
    expect(said.err).not.toContain('secret-token');
  });

  it('stops with what the server says where the token may not import', async () => {
    const { server, at } = await fake();
    server.intercept = ({ method, path }) =>
      method === 'POST' && path === '/v1/changes'
        ? { status: 403, body: { code: 'FORBIDDEN', detail: 'The role "importer" is needed.' } }
        : undefined;
    const said = await cli(['import', jsonl(line())], at);
    expect(said.exit).toBe(1);
    expect(said.err).toContain('The role "importer" is needed.');
  });
});
