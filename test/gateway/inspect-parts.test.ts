/** The parts of the inspector that a connection does not show: its pace, and changes that went over to another version. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { transitionDocument } from '../../src/gateway/http/wire.ts';
import { Actors } from '../../src/gateway/inspect/actors.ts';
import { Pump, type PumpOptions } from '../../src/gateway/inspect/pump.ts';
import { InspectedWorkflows } from '../../src/gateway/inspect/workflows.ts';
import { normalise } from '../../src/machines/normalise.ts';
import { sourceSchema } from '../../src/machines/source.ts';
import type { ChangeRecord, LogRow, StoredDefinition } from '../../src/persistence/records.ts';

describe('the pace of an inspector', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  let room = true;
  let emptied = 0;
  const failures: unknown[] = [];
  const pump = (more: Partial<PumpOptions> = {}) => {
    [room, emptied] = [true, 0];
    return new Pump({
      perSecond: 10,
      burst: 2,
      hasRoom: () => room,
      onEmpty: () => {
        emptied += 1;
      },
      onFailure: (error) => failures.push(error),
      ...more,
    });
  };

  it('does so much at once, the rest in its time and order, and counts what waits', async () => {
    const paced = pump();
    const done: number[] = [];
    void paced.add(0, async () => {});
    for (const each of [1, 2, 3, 4])
      void paced.add(10, async () => {
        await paced.turn();
        done.push(each);
      });
    await vi.advanceTimersByTimeAsync(99);
    expect([done, paced.held, emptied]).toEqual([[1, 2], 20, 0]);
    await vi.advanceTimersByTimeAsync(1);
    expect([done, paced.held]).toEqual([[1, 2, 3], 10]);
    await vi.advanceTimersByTimeAsync(100);
    expect([done, paced.held, emptied]).toEqual([[1, 2, 3, 4], 0, 1]);
  });

  it('stands still while the socket has no room, goes on when it has, and lets go of whoever waits when it is closed', async () => {
    const paced = pump();
    const done: number[] = [];
    room = false;
    const first = paced.add(1, async () => void done.push(1));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(done).toEqual([]);
    room = true;
    paced.drained();
    await first;
    expect(done).toEqual([1]);
    room = false;
    const second = paced.add(1, async () => void done.push(2));
    paced.close();
    await second;
    await paced.add(1, async () => void done.push(3));
    expect([done, paced.held]).toEqual([[1], 0]);
  });

  it('holds back work under way that has much to tell', async () => {
    const paced = pump();
    const done: number[] = [];
    const told = paced.add(1, async () => {
      for (const each of [1, 2]) {
        await paced.room();
        done.push(each);
        room = false;
      }
    });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(done).toEqual([1]);
    room = true;
    paced.drained();
    await told;
    expect(done).toEqual([1, 2]);
  });

  it('says what failed and goes on', async () => {
    const paced = pump();
    const failure = new Error('no log');
    await paced.add(1, () => Promise.reject(failure));
    expect(failures).toEqual([failure]);
  });
});

it('tells of a change again when it went over to another version, and of its past by the version of that time', async () => {
  const source = (state: string) => ({
    name: 'Review',
    roles: ['reviewer'],
    triggers: ['approve'],
    initial: state,
    states: { [state]: {}, Done: { final: 'approved' } },
    transitions: { [`${state} -> Done`]: { trigger: 'approve', role: 'reviewer' } },
  });
  const versions = ['Old', 'New'].map((state) => normalise(sourceSchema.parse(source(state))));
  const change = '0198c0de-0000-7000-8000-000000000001';
  const record = {
    tenant: 'acme',
    change,
    key: 'I1',
    definition: 'Review',
    definitionVersion: 2,
    createdAt: 5,
    outcome: 'approved',
  } as unknown as ChangeRecord;
  const row = (seq: number, event: string, more: object) =>
    ({
      tenant: 'acme',
      change,
      seq,
      version: seq,
      kind: 'transition',
      event,
      outcome: null,
      data: null,
      refusal: null,
      occurredAt: seq,
      recordedAt: seq,
      ...more,
    }) as unknown as LogRow;
  const rows = [
    row(1, 'propose', { kind: 'proposed', from: null, to: 'Old' }),
    row(2, 'definition.migrate', { from: 'Old', to: 'New', data: { migration: 'm', from: 1, to: 2 } }),
    row(3, 'approve', { from: 'New', to: 'Done', outcome: 'approved' }),
    row(4, 'approve', { kind: 'refusal', version: 3, from: 'Done', to: 'Done' }),
  ];
  const definition = async (_tenant: string, _name: string, version = 0) =>
    ({ definition: versions[version - 1] }) as unknown as StoredDefinition;
  const store = {
    change: async () => record,
    log: async (_tenant: string, { after }: { after: number }) => rows.filter(({ seq }) => seq > after),
  };
  const workflows = new InspectedWorkflows({ definition });
  const told = async (some: readonly LogRow[]) => {
    const actors = new Actors({ tenant: 'acme', query: {}, limit: 1, store, workflows });
    const frames = [];
    for (const each of some) frames.push(...((await actors.frames(transitionDocument(each))) ?? []));
    return frames.map((frame) =>
      frame.type === '@xstate.actor'
        ? `${frame.name} ${Object.keys(JSON.parse(frame.definition).states)} ${frame.snapshot.value}`
        : `${frame.type} ${frame.event.type} ${'snapshot' in frame ? `${frame.snapshot.value} ${frame.snapshot.status}` : ''}`.trim(),
    );
  };
  expect(await told(rows)).toEqual([
    'Review I1 Old,Done Old',
    '@xstate.event propose',
    '@xstate.snapshot propose Old active',
    'Review I1 New,Done New',
    '@xstate.event definition.migrate',
    '@xstate.snapshot definition.migrate New active',
    '@xstate.event approve',
    '@xstate.snapshot approve Done done',
    '@xstate.event approve',
    '@xstate.snapshot approve Done done',
  ]);
  expect((await told(rows.slice(3)))[0]).toBe('Review I1 New,Done Done');
});
