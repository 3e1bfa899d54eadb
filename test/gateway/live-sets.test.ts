/** Live sets: the result of a query and "my work", as a snapshot and then what becomes of it; readers that acknowledge. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pushSchema } from '../../src/client/frames.ts';
import type { Backend } from '../../src/gateway/backend.ts';
import { type Running, startTestGateway, token } from './harness.ts';
import { type Frame, StreamClient } from './stream-client.ts';

const SYSTEM = { principal: 'system', principalKind: 'system' } as const;

describe.each(['uws', 'node'] as const)('live sets over %s', (transport) => {
  let running: Running;
  const connected = () => StreamClient.connected(running.gateway);
  const moved = (change: string, entry = {}) => {
    const row = running.backend.append({ tenant: 'acme', change }, entry);
    running.hub.publish([row]);
    return row;
  };
  const is = (type: string) => (frame: Frame) => frame.type === type;
  const update = (change: string, facts: object) => {
    const at = running.backend.changeRecords.findIndex((record) => record.change === change);
    running.backend.changeRecords[at] = { ...running.backend.changeRecords[at]!, ...facts };
  };

  beforeAll(async () => {
    running = await startTestGateway({ transport });
  });
  afterAll(() => running.gateway.close());

  it('begin with a snapshot, then tell what enters, changes and leaves', async () => {
    const { backend } = running;
    const [first, other] = [backend.addChange('acme', 'shop'), backend.addChange('acme', 'docs')];
    const client = await connected();
    const query = { project: 'shop', outcome: 'open', region: 'code' };
    const reply = await client.ask({ type: 'subscribe', stream: 'query', query });
    expect(reply).toMatchObject({ type: 'reply', recovered: true });
    const snapshot = await client.next(is('snapshot'));
    expect(pushSchema.parse(snapshot)).toMatchObject({ first: true, last: true, complete: true });
    expect(snapshot.items.map((item: Frame) => item.id)).toEqual([first]);

    const second = backend.addChange('acme', 'shop');
    moved(other);
    moved(second);
    const entered = await client.next(is('changed'));
    expect(pushSchema.parse(entered)).toMatchObject({ prev: snapshot.seq, gone: [] });
    expect(entered.items).toMatchObject([{ id: second }]);

    update(first, { outcome: 'approved' });
    const { seq } = moved(first);
    const left = await client.next(is('changed'));
    expect(left).toMatchObject({ prev: entered.seq, seq, items: [], gone: [first] });
    client.cut();
  });

  it('come as a fresh snapshot to whoever comes back, and say so', async () => {
    const client = await connected();
    const reply = await client.ask({ type: 'subscribe', stream: 'query', since: 1, epoch: 'e1' });
    expect(reply.recovered).toBe(false);
    expect(await client.next(is('snapshot'))).toMatchObject({ first: true });
    client.cut();
  });

  it('hold 500 changes in pages of at most 50, and say when there are more', async () => {
    const { backend } = running;
    for (let i = 0; i < 520; i += 1) backend.addChange('acme', 'large', { title: `Large thing ${i}` });
    const client = await connected();
    await client.ask({ type: 'subscribe', stream: 'query', query: { text: 'LARGE' } });
    let total = 0;
    for (;;) {
      const { items, last, complete } = await client.next(is('snapshot'));
      expect(items.length).toBeLessThanOrEqual(50);
      total += items.length;
      if (!last) continue;
      expect(complete).toBe(false);
      break;
    }
    expect(total).toBe(500);
    client.cut();
  });

  it('of my work hold what I may do, and follow the directory at once', async () => {
    const { backend } = running;
    const change = backend.addChange('acme', 'work');
    const view = backend.view.bind(backend);
    // The fake knows no permissions: here a grant of the directory opens the one trigger there is.
    const granted: Backend['view'] = async (ref, principal) => {
      const [seen, directory] = [await view(ref), await backend.directory('acme')];
      const may = directory.grantsOf.has(principal.id) && seen?.project === 'work';
      const enabled = seen?.enabled.map((each) => ({ ...each, refusal: may ? null : each.refusal }));
      return seen && { ...seen, enabled: enabled ?? [] };
    };
    Object.assign(backend, { view: granted });
    const isFirst = (frame: Frame) => frame.type === 'snapshot' && frame.first;
    const client = await connected();
    await client.ask({ type: 'subscribe', stream: 'work', query: { project: 'work' } });
    expect(await client.next(isFirst)).toMatchObject({ items: [], last: true });
    const grant = { kind: 'grant', grant: { role: 'reviewer', to: { principal: 'rob' }, in: 'everywhere' } };
    const by = { tenant: 'acme', id: 'ada', kind: 'person', roles: [] } as const;
    await backend.say('acme', [{ ...grant, removed: false }] as never, null, by);
    const after = await client.next(isFirst);
    expect(pushSchema.parse(after)).toMatchObject({ first: true });
    expect(after.items).toMatchObject([
      { id: change, enabled: [{ trigger: 'approve', reason: 'optional' }] },
    ]);
    await backend.say('acme', [{ ...grant, removed: true }] as never, null, by);
    expect(await client.next(isFirst)).toMatchObject({ first: true, items: [] });
    backend.view = view;
    client.cut();
  });

  it('refuse a query on other streams, and a reader on sets', async () => {
    const client = await connected();
    for (const fields of [
      { stream: 'tenant', query: { project: 'x' } },
      { stream: 'work', reader: 'screen' },
      { stream: 'query', query: { nonsense: 1 } },
    ]) {
      const answer = await client.ask({ type: 'subscribe', ...fields });
      expect(answer.error.code).toBe('INVALID_INPUT');
    }
    client.cut();
  });

  it('send a fresh snapshot where rows cannot be recovered, and the rows after it', async () => {
    const change = running.backend.addChange('acme', 'restored');
    const client = await connected();
    const stream = `change:${change}`;
    const reply = await client.ask({ type: 'subscribe', stream, since: 3, epoch: 'another' });
    expect(reply.recovered).toBe(false);
    const snapshot = await client.next(is('snapshot'));
    expect(snapshot).toMatchObject({ first: true, last: true, items: [{ id: change }] });
    expect(snapshot.seq).toBe(reply.since);
    moved(change);
    expect(await client.next(is('event'))).toMatchObject({ prev: reply.since });
    client.cut();
  });

  it('remember for a reader what it acknowledged, whatever becomes of its connection', async () => {
    const change = running.backend.addChange('acme', 'acks');
    const subscribe = { type: 'subscribe', stream: `change:${change}`, reader: 'screen' };
    const first = await connected();
    const { subscription } = await first.ask(subscribe);
    const rows = [moved(change), moved(change, SYSTEM), moved(change, { outcome: 'approved' })];
    const events: Frame[] = [];
    for (const _ of rows) events.push(await first.next(is('event')));
    expect(events.map(({ critical }) => critical)).toEqual([undefined, true, true]);
    const ahead = await first.ask({ type: 'ack', subscription, seq: events[2].seq + 1 });
    expect(ahead.error.code).toBe('INVALID_INPUT');
    const seq = events[1].seq;
    expect(await first.ask({ type: 'ack', subscription, seq })).toMatchObject({ acknowledged: seq });
    expect(await first.ask({ type: 'ack', subscription, seq: 1 })).toMatchObject({ acknowledged: seq });
    first.cut();

    const operator = await token({ roles: ['operator'] });
    const overdue = await running.call('GET', '/v1/readers?older_than_s=0', { token: operator });
    expect(overdue.json.items).toMatchObject([
      { principal: 'rob', reader: 'screen', acknowledged: seq, unacknowledged: 1, oldest: { seq: seq + 1 } },
    ]);
    expect((await running.call('GET', '/v1/readers')).status).toBe(403);

    const again = await connected();
    const reply = await again.ask(subscribe);
    expect(reply).toMatchObject({ since: seq, recovered: true });
    expect(await again.next(is('event'))).toMatchObject({ seq: seq + 1, prev: seq, critical: true });
    const forgetting = { type: 'unsubscribe', subscription: reply.subscription, forget: true };
    expect(await again.ask(forgetting)).toMatchObject({ type: 'reply' });
    const none = await running.call('GET', '/v1/readers?older_than_s=0', { token: operator });
    expect(none.json.items).toEqual([]);
    again.cut();
  });
});
