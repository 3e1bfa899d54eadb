import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { historyFile } from '../../src/cli/import/history.ts';
import { linesOf } from '../../src/cli/import/lines.ts';
import { CountersignError } from '../../src/errors.ts';
import { file } from './rig.ts';

const good = (commit: string) => ({
  project: 'p',
  commit,
  author: 'dev-1',
  authoredAt: '2020-01-01T00:00:00+01:00',
  submittedAt: '2020-01-01T00:00:00Z',
});

async function failure(content: string | Uint8Array): Promise<CountersignError> {
  try {
    await historyFile(file('h.jsonl', content)).count();
  } catch (error) {
    if (error instanceof CountersignError) return error;
    throw error;
  }
  throw new Error('the file was accepted');
}

describe('a history in JSON lines', () => {
  it('is read plain or gzipped, whatever its name, with or without a last line break', async () => {
    const text = `${JSON.stringify(good('a'))}\n\n${JSON.stringify(good('b'))}`;
    for (const content of [text, gzipSync(text)]) {
      const source = historyFile(file('h.txt', content), 'other');
      expect(await source.count()).toBe(2);
      const records = [];
      for await (const each of source.records()) records.push(each);
      expect(records.map(({ project, commit, title }) => [project, commit, title])).toEqual([
        ['other', 'a', 'a'],
        ['other', 'b', 'b'],
      ]);
    }
  });

  it.each([
    ['broken JSON', '{"project":', 'is not JSON', ''],
    ['a missing field', JSON.stringify({ ...good('b'), author: undefined }), 'is no review record', 'author'],
    ['a wrong type', JSON.stringify({ ...good('b'), reviewedBy: 'dev-2' }), '', 'reviewedBy'],
    ['a time without offset', JSON.stringify({ ...good('b'), authoredAt: '2020-01-01' }), '', 'authoredAt'],
    ['NUL in a name', JSON.stringify({ ...good('b'), author: 'dev\0' }), '', 'author'],
    ['half a surrogate pair', `${JSON.stringify(good('b')).slice(0, -1)},"area":"\\ud800"}`, '', 'area'],
    ['a commit that was there before', JSON.stringify(good('a')), '', 'commit'],
    ['something else than an object', '[]', '', ''],
  ])('is refused for %s, with the number of the line', async (_, line, what, path) => {
    const error = await failure(`${JSON.stringify(good('a'))}\n\n${line}\n`);
    expect(error.code).toBe('INVALID_INPUT');
    expect(error.message).toMatch(/h\.jsonl:3 /);
    expect(error.message).toContain(what);
    expect(error.issues[0]?.path).toBe(path);
  });

  it('is refused where it is not UTF-8, or a gzip that ends early', async () => {
    expect((await failure(Buffer.from([0x7b, 0xff, 0x0a]))).message).toContain('is not UTF-8');
    const gzip = gzipSync(JSON.stringify(good('a')).repeat(50));
    expect((await failure(gzip.subarray(0, gzip.length - 10))).code).toBe('FILE_UNREADABLE');
  });

  it('keeps characters whole that are cut between two reads', async () => {
    const text = `${'é€😀'.repeat(60_000)}\nend`;
    const lines = [];
    for await (const line of linesOf(file('long.txt', text))) lines.push(line.text);
    expect(lines).toEqual(text.split('\n'));
  });
});
