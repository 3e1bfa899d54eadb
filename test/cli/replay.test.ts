import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../repo/sources.ts';
import { cli, fake, only } from './rig.ts';

const HOUR = 3_600_000;
const draft = join(ROOT, 'examples/release-approval.toml');
const item = (key: string, rest: object) => ({
  change: '00000000-0000-7000-8000-000000000000',
  key,
  title: 't',
  followed: 'ReleaseApproval v1',
  verdict: 'same',
  was: { outcome: 'approved', after_ms: 30 * HOUR },
  would: { outcome: 'approved', after_ms: 30 * HOUR },
  refused: [],
  missing: [],
  unknown: {},
  left_out: [],
  ...rest,
});
const stuck = item('I2', {
  verdict: 'not_finished',
  would: { outcome: null, after_ms: null },
  refused: [
    { event: 'approve', principal: 'ann', code: 'SELF_APPROVAL', message: 'no', at: '2026-11-01T00:00:00Z' },
  ],
  missing: [{ roles: ['reviewer'], principals: [], reason: 'approve leads to Approved' }],
  unknown: { ship: 2 },
});

async function answering() {
  const { server, at } = await fake();
  const asked: Record<string, unknown>[] = [];
  server.intercept = ({ body }) => {
    asked.push(body as Record<string, unknown>);
    const definition = { name: 'ReleaseApproval', digest: 'd' };
    const isFirst = asked.length === 1;
    const page = isFirst ? [item('I1', {})] : [stuck];
    return { status: 200, body: { definition, items: page, failed: [], next_cursor: isFirst ? 'c' : null } };
  };
  return { at, asked };
}
const command = ['replay', '--definition', draft, '--project', 'web', '--from', '2026-10-01'];

describe('replay', () => {
  it('goes through all pages, and shows what would have been different, and why', async () => {
    const { at, asked } = await answering();
    const said = await cli([...command, '--to', '2026-11-01'], at);
    expect(said).toMatchObject({ exit: 0, err: '' });
    expect(asked.map(({ from, to, cursor }) => [from, to, cursor])).toEqual([
      ['2026-10-01T00:00:00.000Z', '2026-11-01T00:00:00.000Z', undefined],
      ['2026-10-01T00:00:00.000Z', '2026-11-01T00:00:00.000Z', 'c'],
    ]);
    const [first, ...rest] = said.out.split('\n');
    expect(first).toBe('2 changes replayed: as it was 1, not finished 1');
    expect(rest.join('\n')).toContain(
      'refused: SELF_APPROVAL 1\nroles missing: reviewer 1\nunknown to the draft: ship 2',
    );
    expect(rest.join('\n')).toMatch(
      /I2 +not finished +approved after 30h +open +approve of ann: SELF_APPROVAL/,
    );
    expect(rest.join('\n')).not.toContain('I1');
  });

  it('gives one document with totals and what was assumed', async () => {
    const { at } = await answering();
    const document = only(await cli([...command, '--to', '2026-11-01', '--json'], at));
    expect(document).toMatchObject({
      name: 'ReleaseApproval',
      totals: { changes: 2, verdicts: { same: 1, not_finished: 1 }, unknown_events: { ship: 2 } },
      more: false,
    });
    expect(document.assumed).toHaveLength(3);
  });

  it('refuses what is no date', async () => {
    const { at } = await answering();
    expect(await cli([...command, '--to', 'soon'], at)).toMatchObject({ exit: 2 });
  });
});
