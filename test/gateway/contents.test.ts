/** What revisions hold, over HTTP on every transport, with a real runtime. */
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../src/actors/clock.ts';
import { Runtime } from '../../src/actors/runtime.ts';
import {
  comparedFile,
  content,
  fileLines,
  revisionFile,
  toldRevision,
} from '../../src/gateway/http/content-schemas.ts';
import { Hub } from '../../src/gateway/hub.ts';
import { type Gateway, startGateway } from '../../src/gateway/server.ts';
import { createLogger } from '../../src/log.ts';
import { ManualClock } from '../actors/clock.ts';
import { Alarms } from '../actors/rig.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { type Answered, expectProblem, KEY, token } from './harness.ts';

const SOURCE = {
  name: 'Plain',
  roles: ['reviewer'],
  triggers: ['approve'],
  initial: 'Review',
  states: { Review: {}, Approved: { final: 'approved' } },
  transitions: { 'Review -> Approved': { trigger: 'approve', role: 'reviewer' } },
};
const edit = (path: string, at: number, to: string) =>
  `diff --git a/${path} b/${path}\nindex aaaa..bbbb 100644\n--- a/${path}\n+++ b/${path}\n@@ -${at},2 +${at},2 @@ f\n same\n-one\n+${to}\n`;
const binary = (path: string) =>
  `diff --git a/${path} b/${path}\nnew file mode 100644\nindex 0000..aaaa\nBinary files /dev/null and b/${path} differ\n`;

describe.each(['node', 'uws'] as const)('over %s', (transport) => {
  const store = new MemoryStore();
  const log = createLogger('silent');
  let runtime: Runtime;
  let gateway: Gateway;
  let id: string;

  const call = async (
    who: Parameters<typeof token>[0],
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Answered> => {
    const headers = {
      authorization: `Bearer ${await token(who)}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(gateway.url + path, { method, headers, ...sent });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: text && JSON.parse(text) };
  };
  const ada = { sub: 'ada' };
  const recorder = { sub: 'recorder', roles: ['importer'] };
  const of = (path: string) => `/v1/changes/${id}/revisions${path}`;
  const get = async (path: string) => (await call(ada, 'GET', of(path))).json;
  const put = (revision: number, body: unknown) => call(recorder, 'PUT', of(`/${revision}/diff`), body);
  const push = (data: object) =>
    call(recorder, 'POST', `/v1/changes/${id}/events`, {
      trigger: 'change.revise',
      data,
      as: { id: 'ada', kind: 'person' },
    });

  beforeAll(async () => {
    await store.createTenant({ tenant: 'acme', title: 'Acme', createdAt: 0 });
    const hub = new Hub({ store, log, pollMs: 60_000 });
    const world = {
      store,
      clock: new ManualClock(Date.now()),
      newId,
      scheduler: new Alarms(),
      publisher: hub,
      log,
    };
    runtime = new Runtime(world);
    await runtime.open();
    gateway = await startGateway({ backend: runtime, hub, log, auth: { key: KEY }, transport });
    await call({ sub: 'root', roles: ['deployer'] }, 'POST', '/v1/definitions', { definition: SOURCE });
  });
  afterAll(async () => {
    await gateway.close();
    await runtime.close();
  });
  beforeEach(async () => {
    const body = { definition: 'Plain', project: 'p', title: 't' };
    id = (await call(ada, 'POST', '/v1/changes', body)).json.id;
    await push({ commit: 'c1', lines: 4 });
    await push({ author: 'ben' });
  });

  it('is told of each revision, whether it is there or not', async () => {
    const diff = edit('a.ts', 1, 'two') + binary('b.png');
    const sent = await put(2, { diff });
    expect(sent.status).toBe(200);
    expect(content.parse(sent.json)).toMatchObject({
      revision: 2,
      bytes: diff.length,
      files: 2,
      added: 1,
      removed: 1,
      recorded_by: 'recorder',
    });
    const { items } = await get('');
    expect(items.map((item: unknown) => toldRevision.parse(item))).toEqual([
      {
        number: 1,
        commit: 'c1',
        base: null,
        author: 'ada',
        uploader: 'ada',
        at: expect.any(String),
        lines: 4,
        content: null,
      },
      {
        number: 2,
        commit: null,
        base: null,
        author: 'ben',
        uploader: 'ada',
        at: expect.any(String),
        lines: null,
        content: sent.json,
      },
    ]);
  });

  it('is sent once: the same again is harmless, other content is refused, however it is packed', async () => {
    const diff = edit('a.ts', 1, 'two');
    const [first, ...others] = [
      await put(1, { diff }),
      await put(1, { diff }),
      await put(1, { gzip: gzipSync(diff).toString('base64') }),
    ];
    for (const other of others) expect(other.json).toEqual(first?.json);
    expectProblem(await put(1, { diff: '' }), 409, 'CONTENT_DIFFERS');
    expect((await put(2, { diff: '' })).json).toMatchObject({ files: 0, bytes: 0 });
  });

  it('comes only from who records the repository, for a revision that exists', async () => {
    const path = of('/1/diff');
    expectProblem(await call(ada, 'PUT', path, { diff: '' }), 403, 'FORBIDDEN');
    for (const revision of [0, 3, 2 ** 31])
      expectProblem(await put(revision, { diff: '' }), 404, 'NOT_FOUND');
    id = '01890a5d-ac96-774b-bcce-b302099a8057';
    expectProblem(await put(1, { diff: '' }), 404, 'NOT_FOUND');
    expectProblem(await call(ada, 'GET', of('')), 404, 'NOT_FOUND');
  });

  it('that cannot be read is refused with the line', async () => {
    const answer = await put(1, { diff: `${edit('a.ts', 1, 'two')}junk\n` });
    expectProblem(answer, 400, 'INVALID_INPUT');
    expect(answer.json.issues).toEqual([{ path: 'diff:9', message: expect.stringContaining('"junk"') }]);
    for (const body of [{}, { diff: 'x', gzip: '' }, { gzip: '!' }, { gzip: 'AAAA' }, { diff: 1 }])
      expectProblem(await put(1, body), 400, 'INVALID_INPUT');
  });

  it('beyond the limits is refused with what to do, also where it was packed small', async () => {
    const large = gzipSync(Buffer.alloc(8 * 1024 * 1024 + 1, 'x')).toString('base64');
    const many = Array.from({ length: 10_001 }, (_, at) => binary(`f${at}`)).join('');
    for (const gzip of [large, gzipSync(many).toString('base64')]) {
      const answer = await put(1, { gzip });
      expectProblem(answer, 413, 'BODY_TOO_LARGE');
      expect(answer.json.hint).toContain('8388608 bytes and 10000 files');
    }
    expect((await get('')).items[0].content).toBeNull();
  });

  it('is served in pages of files and of lines', async () => {
    await put(1, { diff: edit('a.ts', 7, 'zw\u00f6') + binary('b.png') });
    const first = await get('/1/files?limit=1');
    expect(revisionFile.parse(first.items[0])).toMatchObject({ place: 1, path: 'a.ts', kind: 'modified' });
    const second = await get(`/1/files?limit=1&cursor=${first.next_cursor}`);
    expect(second).toMatchObject({
      items: [{ place: 2, is_binary: true, kind: 'added' }],
      next_cursor: null,
    });
    const page = fileLines.parse(await get('/1/files/1?limit=2'));
    expect(page).toMatchObject({ path: 'a.ts', mode: '100644', next_line: 3 });
    const rest = fileLines.parse(await get('/1/files/1?line=3'));
    expect(rest.next_line).toBeNull();
    expect([...page.lines, ...rest.lines]).toEqual([
      { kind: 'hunk', old: null, new: null, text: '@@ -7,2 +7,2 @@ f' },
      { kind: 'context', old: 7, new: 7, text: 'same' },
      { kind: 'removed', old: 8, new: null, text: 'one' },
      { kind: 'added', old: null, new: 8, text: 'zw\u00f6' },
    ]);
    expect((await get('/1/files/2')).lines).toEqual([]);
  });

  it('that nobody has sent is not found, with who could send it', async () => {
    for (const path of ['/1/files', '/1/files/1', '/1/compare/2']) {
      const answer = await call(ada, 'GET', of(path));
      expectProblem(answer, 404, 'NOT_FOUND');
      expect(answer.json.hint).toContain(`PUT ${of('/1/diff')}`);
    }
    await put(1, { diff: '' });
    expectProblem(await call(ada, 'GET', of('/1/files/1')), 404, 'NOT_FOUND');
    expectProblem(await call(ada, 'GET', of('/9/files')), 404, 'NOT_FOUND');
  });

  it('is compared between revisions: what moved only is the same', async () => {
    await put(1, { diff: edit('gone', 1, 'x') + edit('moved', 1, 'x') + edit('other', 1, 'x') });
    await put(2, { diff: edit('moved', 90, 'x') + edit('new', 1, 'x') + edit('other', 1, 'y') });
    const expected = [
      { path: 'gone', status: 'gone', before: 1, after: null },
      { path: 'moved', status: 'same', before: 2, after: 1 },
      { path: 'new', status: 'added', before: null, after: 2 },
      { path: 'other', status: 'changed', before: 3, after: 3 },
    ];
    const first = await get('/1/compare/2?limit=3');
    const second = await get(`/1/compare/2?limit=3&cursor=${first.next_cursor}`);
    expect(second.next_cursor).toBeNull();
    expect([...first.items, ...second.items].map((item) => comparedFile.parse(item))).toEqual(expected);
  });
});
