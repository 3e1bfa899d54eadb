/** The client where things come by halves: a snapshot, a subscription, a command too large to go. */
import { expect, it } from 'vitest';
import { type Client, type ClientOptions, connect, NotSent } from '../../src/client/index.ts';
import { playedSockets } from './played-socket.ts';

function played(options: Partial<ClientOptions> = {}) {
  const { Played, asked } = playedSockets();
  const pauses = { firstMs: 1, mostMs: 1 };
  const own: Client = connect({
    url: 'http://x',
    token: () => 'a token',
    WebSocket: Played,
    pauses,
    ...options,
  });
  return { own, asked };
}
const reply = { subscription: 's1', epoch: 'new', since: 90, recovered: false };
const snapshot = { type: 'snapshot', subscription: 's1', seq: 90, items: [], complete: true };

it('asks from its old position again where the connection is lost before the whole snapshot is there', async () => {
  const { own, asked } = played();
  const rows = own.rows('tenant', { since: 42, epoch: 'old' });
  const first = await asked(0, 0);
  expect(first.frame).toMatchObject({ since: 42, epoch: 'old' });
  first.played.answer(first.frame, reply);
  first.played.say({ ...snapshot, first: true, last: false });
  first.played.lose();
  const second = await asked(1, 0);
  expect(second.frame).toMatchObject({ since: 42, epoch: 'old' });
  second.played.answer(second.frame, reply);
  second.played.say({ ...snapshot, first: true, last: true });
  second.played.lose();
  const third = await asked(2, 0);
  expect(third.frame).toMatchObject({ since: 90, epoch: 'new' });
  expect((await rows[Symbol.asyncIterator]().next()).value).toMatchObject({ type: 'snapshot', seq: 90 });
  own.close();
});

it('ends the subscription of a set that was closed before the server had answered', async () => {
  const { own, asked } = played();
  const set = own.work();
  const { played: socket, frame } = await asked(0, 0);
  set.close();
  socket.answer(frame, { subscription: 's1', epoch: 'e', since: 1, recovered: true });
  expect((await asked(0, 1)).frame).toMatchObject({ type: 'unsubscribe', subscription: 's1' });
  own.close();
});

it('lets go of a connection that is not open yet when it is closed', async () => {
  let made = () => {};
  const isMade = new Promise<void>((resolve) => {
    made = resolve;
  });
  const closed: unknown[] = [];
  class Silent {
    constructor() {
      made();
    }

    close(...how: unknown[]): void {
      closed.push(how);
    }
  }
  const { own } = played({ WebSocket: Silent });
  await isMade;
  own.close();
  expect(closed).toEqual([[1000, 'done']]);
});

it('refuses a command that no frame can hold: the server would end the connection for it', async () => {
  const { own } = played();
  const event = { change: '0198c0de-0000-7000-8000-000000000000', trigger: 'approve' };
  const large = own.send({ ...event, data: { text: 'ü'.repeat(33_000) } });
  await expect(large).rejects.toThrow(NotSent);
  await expect(large).rejects.toThrow('65,536 bytes');
  expect(own.unanswered).toBe(0);
  own.close();
});

it('does not ask again, on a later connection, for what was refused for good', async () => {
  const { own, asked } = played();
  const set = own.query({ project: 'shop' });
  const rows = own.rows('project:shop');
  const last = own.work();
  const problem = { code: 'FORBIDDEN', detail: 'It is not yours.', retryable: false };
  const { played: socket } = await asked(0, 0);
  for (const nth of [0, 1]) {
    const { frame } = await asked(0, nth);
    socket.say({ id: frame.id, type: 'error', error: problem });
  }
  const views = [];
  for await (const view of set) views.push(view);
  expect(views.at(-1)).toMatchObject({ is: 'ended', problem });
  socket.lose();
  // The one that was not refused comes first now.
  expect((await asked(1, 0)).frame).toMatchObject({ type: 'subscribe', stream: 'work' });
  await expect(rows[Symbol.asyncIterator]().next()).rejects.toThrow('It is not yours.');
  expect(set.getSnapshot()).toMatchObject({ is: 'ended', problem });
  last.close();
  own.close();
});
