/** What is committed together: all of it or nothing, whatever was in the way of one. */
import { expect, it } from 'vitest';
import type { Store } from '../../src/actors/ports.ts';
import type { ChangeCommit } from '../../src/persistence/records.ts';
import { entry, proposal, refusal, state, step, TENANT } from '../support/commits.ts';

const TOGETHER = { together: true } as const;
const VOID = { ok: false, conflict: 'together' } as const;

/** `fresh` gives an id no other test uses. */
export function storeTogether(store: () => Store, fresh: () => string): void {
  const three = async (): Promise<[string, string, string]> => {
    const ids: [string, string, string] = [fresh(), fresh(), fresh()];
    await store().commit(ids.map((change) => proposal(change)));
    return ids;
  };
  const refOf = (change: string) => ({ tenant: TENANT, change });

  it('writes one behind the other, in the order given', async () => {
    const [a, b, c] = await three();
    const { seq = 0 } = (await store().position(TENANT)) ?? {};
    const two = { entries: [entry({ version: 2 }), entry({ version: 3 })], state: state(3) };
    expect(await store().commit([step(c, 1), step(a, 1, two), refusal(b, 1)], TOGETHER)).toEqual([
      { ok: true, seq: seq + 1 },
      { ok: true, seq: seq + 2 },
      { ok: true, seq: seq + 4 },
    ]);
  });

  it('takes nothing for an answer to nothing', async () => {
    expect(await store().commit([], TOGETHER)).toEqual([]);
  });

  const timer = { name: 'escalate', setVersion: 1, event: 'timeout', dueAt: 9_000 };
  const fired = { name: 'gone', setVersion: 1, as: 'fired' } as const;
  const used = { principal: 'alice', key: 'together-used', digest: 'd', entry: 0 };
  const losers: Record<string, [expected: object, loser: (change: string) => ChangeCommit]> = {
    'has moved on': [{ conflict: 'version' }, (change) => step(change, 7)],
    'was refused on an older version': [{ conflict: 'version' }, (change) => refusal(change, 7)],
    'claims a key that is taken': [{ conflict: 'key' }, (change) => step(change, 1, { keys: [used] })],
    'fires a timer that is gone': [
      { conflict: 'version' },
      (change) => step(change, 1, { timersSettled: [fired] }),
    ],
    'cannot be written down': [
      { conflict: 'rejected', error: expect.any(Error) },
      (change) => step(change, 1, { entries: [entry({ version: 2, reason: 'a\0b' })] }),
    ],
  };
  it.each(Object.entries(losers))('is nothing where one %s', async (_why, [expected, loser]) => {
    const [a, b, c] = await three();
    await store().commit([proposal(fresh(), { keys: [used] })]);
    const before = await store().position(TENANT);
    const keys = [{ principal: 'alice', key: `together-${a}`, digest: 'd', entry: 0 }];
    const first = step(a, 1, { keys, timersSet: [{ ...timer, setVersion: 2 }] });
    expect(await store().commit([first, loser(b), refusal(c, 1)], TOGETHER)).toEqual([
      VOID,
      { ok: false, ...expected },
      VOID,
    ]);
    expect(await store().position(TENANT)).toEqual(before);
    expect(await store().answers(keys.map((key) => ({ tenant: TENANT, ...key })))).toEqual([]);
    for (const change of [a, b, c])
      expect(await store().change(refOf(change))).toMatchObject({ version: 1, timers: [] });
    expect(await store().commit([first, step(b, 1), step(c, 1)], TOGETHER)).toMatchObject([
      { ok: true },
      { ok: true },
      { ok: true },
    ]);
  });

  it('is nothing where the database refuses the data of one', async () => {
    const [a, b, c] = await three();
    const before = await store().position(TENANT);
    const twice = step(b, 1, { entries: [entry({ version: 2 }), entry({ version: 2 })] });
    const results = await store().commit([step(a, 1), twice, step(c, 1)], TOGETHER);
    expect(results.map(({ ok }) => ok)).toEqual([false, false, false]);
    expect(results[1]).toMatchObject({ conflict: 'rejected' });
    expect(await store().position(TENANT)).toEqual(before);
  });

  it('is told of every loser', async () => {
    const [a, b, c] = await three();
    expect(await store().commit([step(a, 5), step(b, 1), step(c, 5)], TOGETHER)).toEqual([
      { ok: false, conflict: 'version' },
      VOID,
      { ok: false, conflict: 'version' },
    ]);
  });
}
