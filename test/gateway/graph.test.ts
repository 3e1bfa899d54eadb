/** Dependencies over HTTP, on every transport. */
import { describe, expect, it } from 'vitest';
import * as schema from '../../src/gateway/http/graph-schemas.ts';
import type { EdgeRow, TouchingHunks } from '../../src/persistence/records.ts';
import { read } from '../repo/sources.ts';
import { expectProblem, type Running, startTestGateway } from './harness.ts';

const NOWHERE = '00000000-0000-7000-8000-000000000000';
const edge = (change: string, on: string, over: Partial<EdgeRow> = {}): EdgeRow => ({
  ...{ change, on, target: on, kind: 'textual', rule: 'does-not-apply-without', known: true },
  ...over,
});
const hunk = (change: string, line: number): TouchingHunks => ({
  ...{ change, revision: 1, path: 'a.ts', kind: 'modified', isBinary: false, hunks: [[line, 1, line, 1]] },
});

describe.each(['node', 'uws'] as const)('over %s', (transport) => {
  /** I1 ← I2 ← I3. */
  const chain = async (use: (running: Running, ids: readonly [string, string, string]) => Promise<void>) => {
    const running = await startTestGateway({ transport });
    const add = (key: string) => running.backend.addChange('acme', 'web', { key, title: `Change "${key}"` });
    const [a, b, c] = [add('I1'), add('I2'), add('I3')];
    running.backend.edgeRows.push(edge(b, a), edge(c, b));
    await use(running, [a, b, c]);
    await running.gateway.close();
  };

  it('the graph is a document to draw, and text', () =>
    chain(async ({ call }, [a, b, c]) => {
      const { json } = await call('GET', `/v1/changes/${b}/graph`);
      expect(schema.graph.parse(json)).toMatchObject({
        change: b,
        nodes: [{ id: a, key: 'I1', state: { Review: { code: 'waiting' } } }, { id: b }, { id: c }],
        edges: [{ change: b, on: a, kind: 'textual', policy: 'block', blocking: true }, { change: c }],
        layers: [[a], [b], [c]],
        truncated: false,
        left_out: null,
      });
      const up = await call('GET', `/v1/changes/${b}/graph?direction=up&kinds=textual,near`);
      expect(up.json.nodes).toHaveLength(2);
      const cut = await call('GET', `/v1/changes/${b}/graph?limit=1`);
      expect(cut.json).toMatchObject({
        truncated: true,
        left_out: expect.stringMatching(/^Shown are 1 of 3/),
      });
      const mermaid = await call('GET', `/v1/changes/${b}/graph?format=mermaid`);
      expect(mermaid.headers.get('content-type')).toBe('text/vnd.mermaid; charset=utf-8');
      expect(mermaid.text).toMatch(/^flowchart BT\n/);
      const dot = await call('GET', `/v1/changes/${b}/graph?format=dot`);
      expect(dot.headers.get('content-type')).toBe('text/vnd.graphviz; charset=utf-8');
      expect(dot.text).toMatch(/^digraph changes \{\n/);
    }));

  it('blockers and dependants say why, up to a limit', () =>
    chain(async ({ call, backend }, [a, b, c]) => {
      const blocking = schema.blockers.parse((await call('GET', `/v1/changes/${c}/blockers`)).json);
      expect(blocking.items.map(({ id }) => id)).toEqual([b, a]);
      expect(blocking.critical_path.steps.map(({ changes }) => changes[0]?.id)).toEqual([a, b, c]);
      expect(blocking.critical_path.unestimated).toEqual([a, b, c]);
      const waiting = await call('GET', `/v1/changes/${a}/dependants?limit=1`);
      expect(schema.dependants.parse(waiting.json)).toMatchObject({
        items: [{ id: b, why: 'I2 needs I1 (textual, does-not-apply-without)', blocking: true }],
        total: 2,
        truncated: true,
        left_out: 'Shown are the nearest 1 of 2.',
      });
      backend.edgeRows.push(edge(a, 'I-later', { known: false }));
      const named = await call('GET', `/v1/changes/${a}/blockers`);
      expect(schema.blockers.parse(named.json).items).toMatchObject([{ id: 'I-later', known: false }]);
    }));

  it('conflicts name the lines and who goes first', () =>
    chain(async ({ call, backend }, [a, b, c]) => {
      const none = schema.conflicts.parse((await call('GET', `/v1/changes/${a}/conflicts`)).json);
      expect(none).toMatchObject({ items: [], why: expect.stringContaining('Nobody has sent') });
      backend.touching.push(hunk(a, 10), hunk(b, 10), hunk(c, 12));
      const { json } = await call('GET', `/v1/changes/${a}/conflicts`);
      expect(schema.conflicts.parse(json)).toMatchObject({
        revision: 1,
        items: [
          { with: { id: b }, closeness: 'overlap', first: a, because: 'I2 needs it', approximate: true },
          { with: { id: c }, closeness: 'near', first: a },
        ],
      });
    }));

  it('orders and suppositions are asked with a body', () =>
    chain(async ({ call }, [a, b, c]) => {
      const body = { changes: [c, a, NOWHERE] };
      const order = schema.order.parse((await call('POST', '/v1/graph/order', { body })).json);
      expect(order.groups.map((group) => group.map(({ id }) => id))).toEqual([[a], [c]]);
      expect(order).toMatchObject({ needs: [{ id: b }], unplaced: [{ change: NOWHERE }] });
      const rejected = await call('POST', `/v1/changes/${a}/what-if`, { body: { if: 'rejected' } });
      expect(schema.whatIf.parse(rejected.json)).toMatchObject({
        possible: true,
        effects: [{ change: { id: b }, reaction: 'hold' }, { change: { id: c } }],
      });
      const before = await call('POST', `/v1/changes/${b}/what-if`, { body: { lands_before: a } });
      expect(schema.whatIf.parse(before.json)).toMatchObject({ possible: false, needs: [{ id: a }] });
    }));

  it('what does not exist or does not fit is said so', () =>
    chain(async ({ call }, [a]) => {
      for (const what of ['graph', 'graph?format=dot', 'blockers', 'dependants', 'conflicts'])
        expectProblem(await call('GET', `/v1/changes/${NOWHERE}/${what}`), 404, 'NOT_FOUND');
      const body = { if: 'rejected' };
      expectProblem(await call('POST', `/v1/changes/${NOWHERE}/what-if`, { body }), 404, 'NOT_FOUND');
      for (const query of ['kinds=odd', 'kinds=', 'limit=501', 'direction=left', 'format=svg'])
        expectProblem(await call('GET', `/v1/changes/${a}/graph?${query}`), 400, 'INVALID_INPUT');
      for (const wrong of [{ if: 'eaten' }, {}, { if: 'rejected', lands_before: a }])
        expectProblem(await call('POST', `/v1/changes/${a}/what-if`, { body: wrong }), 400, 'INVALID_INPUT');
      for (const changes of [[], Array.from({ length: 201 }, () => a)])
        expectProblem(await call('POST', '/v1/graph/order', { body: { changes } }), 400, 'INVALID_INPUT');
    }));
});

it('the documents in docs/graph.md are such as the server sends', () => {
  const blocks = [...read('docs/graph.md').matchAll(/^```json\n([\s\S]*?)^```/gm)].map((block) =>
    JSON.parse(block[1] ?? ''),
  );
  expect(blocks).toHaveLength(2);
  expect(schema.conflicts.parse(blocks[0])).toEqual(blocks[0]);
  expect(schema.whatIf.parse(blocks[1])).toEqual(blocks[1]);
});
