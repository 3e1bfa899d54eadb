/** Dependencies on the command line. */
import { describe, expect, it } from 'vitest';
import type { Seen } from './fake-server.ts';
import { cli, fake, only } from './rig.ts';

const id = (n: number) => `01890a5d-ac96-774b-bcce-b302099a800${n}`;
const member = (n: number, over: object = {}) => ({
  ...{ id: id(n), known: true, key: `I${n}`, title: `Change ${n}`, project: 'web' },
  ...{ state: 'Review', outcome: null, ...over },
});
const edge = (change: number, on: number, over: object = {}) => ({
  ...{ change: id(change), on: id(on), kind: 'textual', rule: 'does-not-apply-without' },
  ...{ policy: 'block', blocking: true, ...over },
});
const cut = { truncated: false, left_out: null };

const GRAPH = {
  nodes: [member(1), member(2), member(3), member(4, { state: 'Merged', outcome: 'applied' }), member(5)],
  edges: [
    edge(3, 2),
    edge(3, 1),
    edge(2, 1),
    edge(3, 4, { blocking: false, kind: 'near', rule: 'within-3-lines', policy: 'warn' }),
    edge(5, 3),
  ],
  cycles: [],
  layers: [],
  ...cut,
};

async function answering(body: unknown) {
  const { server, at } = await fake();
  const asked: Seen[] = [];
  server.intercept = (seen) => {
    const [, , , named] = seen.path.split('/');
    const keyed = server.seen.at(-1)?.query.key;
    if (seen.path === '/v1/changes')
      return { status: 200, body: { items: [{ id: id(Number(keyed?.slice(1))), project: 'web' }] } };
    if (seen.path === `/v1/changes/${named}`) return { status: 200, body: { id: named } };
    asked.push(seen);
    return { status: 200, body };
  };
  return { at, asked };
}

describe('graph', () => {
  it('is a tree in both directions, in which each change is unfolded once', async () => {
    const { at, asked } = await answering(GRAPH);
    const said = await cli(['graph', id(3)], at);
    expect(said).toMatchObject({ exit: 0, err: '' });
    expect(said.out.split('\n')).toEqual([
      'I3  Change 3  Review',
      'depends on',
      '  ● I2  Review  (textual: does-not-apply-without)',
      '    ● I1  Review  (textual: does-not-apply-without)',
      '  ● I1  Review  (textual: does-not-apply-without; unfolded elsewhere)',
      '  ○ I4  Merged, applied  (near: within-3-lines)',
      'needed by',
      '  ● I5  Review  (textual: does-not-apply-without)',
      '',
    ]);
    expect(asked[0]?.query).toEqual({ direction: 'both' });
  });

  it('goes one way where it is told to, and says what was left out', async () => {
    const { at, asked } = await answering({ ...GRAPH, edges: [], left_out: 'Shown are 5 of 9 changes.' });
    const said = await cli(['graph', 'I3', '--up', '--kinds', 'textual,near', '--limit', '5'], at);
    expect(said.out).toBe(
      'I3  Change 3  Review\nIt depends on no other change.\nShown are 5 of 9 changes.\n',
    );
    expect(asked[0]).toMatchObject({
      path: `/v1/changes/${id(3)}/graph`,
      query: { direction: 'up', kinds: 'textual,near', limit: '5' },
    });
  });

  it('is text for Mermaid and Graphviz, with --json within a document', async () => {
    const { at, asked } = await answering('flowchart BT\n  n0["I1"]\n');
    expect((await cli(['graph', id(3), '--format', 'mermaid'], at)).out).toBe('flowchart BT\n  n0["I1"]\n');
    const said = only(await cli(['graph', id(3), '--format', 'mermaid', '--json'], at));
    expect(said).toMatchObject({ format: 'mermaid', text: expect.stringContaining('flowchart') });
    expect(asked[0]?.query.format).toBe('mermaid');
  });

  it('never lets a cycle run on, and steers no terminal', async () => {
    const nodes = [member(1, { key: 'I\u001b[31m1' }), member(2)];
    const { at } = await answering({
      ...GRAPH,
      nodes,
      edges: [edge(1, 2), edge(2, 1)],
      cycles: [[id(1), id(2)]],
    });
    const { out } = await cli(['graph', id(1), '--down'], at);
    expect(out).not.toContain('\u001b');
    expect(out.split('\n').slice(1, 4)).toEqual([
      'needed by',
      '  ● I2  Review  (textual: does-not-apply-without; in a cycle)',
      '    ● I\ufffd[31m1  Review  (textual: does-not-apply-without; in a cycle; unfolded elsewhere)',
    ]);
  });
});

describe('blockers', () => {
  const HOUR = 3_600_000;
  it('are listed with the way to them and the path that takes longest', async () => {
    const why = 'I3 needs I2 (textual, x)';
    const items = [{ ...member(2), distance: 1, by: edge(3, 2), why }];
    const steps = [member(2), member(3)].map((each) => ({ changes: [each], estimate_ms: HOUR }));
    const path = { steps, total_ms: 2 * HOUR, unestimated: [] };
    const { at } = await answering({ items, lost: [], critical_path: path, ...cut });
    expect((await cli(['blockers', id(3)], at)).out.split('\n')).toEqual([
      'CHANGE  STATE   WHY',
      `I2      Review  ${why}`,
      '',
      'critical path  I2 → I3: about 2h',
      '',
    ]);
  });

  it('may be none', async () => {
    const path = { steps: [], total_ms: 0, unestimated: [] };
    const { at } = await answering({ items: [], lost: [], critical_path: path, ...cut });
    expect((await cli(['blockers', id(3)], at)).out).toBe('Nothing blocks it.\n');
  });
});

describe('conflicts', () => {
  it('say how close, and who goes first', async () => {
    const items = [{ with: member(1), closeness: 'overlap', first: id(3), sentence: 'Both edit line 1.' }];
    const { at } = await answering({ items, why: null, ...cut });
    expect((await cli(['conflicts', id(3)], at)).out.split('\n')).toEqual([
      'CHANGE  HOW CLOSE  FIRST     WHY',
      'I1      overlap    this one  Both edit line 1.',
      '',
    ]);
  });
});

describe('order', () => {
  it('asks by id for what was named by key, and shows what lands together', async () => {
    const body = {
      groups: [[member(1)], [member(2), member(3)]],
      needs: [member(4)],
      unplaced: [{ change: id(5), reason: 'I5 is applied already.' }],
      ...cut,
    };
    const { at, asked } = await answering(body);
    expect((await cli(['order', 'I3', 'I2', 'I1'], at)).out.split('\n')).toEqual([
      '1 other change first: I4',
      '  1  I1',
      '  2  I2 + I3  together: they need each other',
      'I5 is applied already.',
      '',
    ]);
    expect(asked[0]?.body).toEqual({ changes: [id(3), id(2), id(1)] });
  });
});

describe('what-if', () => {
  const body = {
    ...{ possible: true, sentence: 'If I1 is rejected, 1 change is held.', needs: [], freed: [], ...cut },
    effects: [{ change: member(2), reaction: 'hold', reason: 'It needs I1.' }],
  };

  it('tells what follows', async () => {
    const { at, asked } = await answering(body);
    expect((await cli(['what-if', 'I1', 'rejected'], at)).out).toBe(
      'If I1 is rejected, 1 change is held.\n  I2  hold  It needs I1.\n',
    );
    expect(asked[0]?.body).toEqual({ if: 'rejected' });
  });

  it('that cannot be is an answer of no', async () => {
    const { at, asked } = await answering({ ...body, possible: false, effects: [], sentence: 'It cannot.' });
    expect(await cli(['what-if', 'I1', 'before', 'I2'], at)).toMatchObject({ exit: 1, out: 'It cannot.\n' });
    expect(asked[0]?.body).toEqual({ lands_before: id(2) });
  });

  it('of something else is wrong use', async () => {
    const { at } = await answering(body);
    expect(await cli(['what-if', 'I1', 'eaten'], at)).toMatchObject({ exit: 2 });
  });
});
