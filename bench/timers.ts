/**
 * Timers at scale: 5,000 fall due within one second while 100,000 wait, and lateness is from the due time to the moment
 * the firing transition is committed and published. All come the long way: row, sweep, alarm, memory, mailbox, commit.
 * Baseline: as many timers of the process alone, which write nothing.
 */
import pg from 'pg';
import { newId, systemClock } from '../src/actors/clock.ts';
import { proposed, toRecord } from '../src/actors/live.ts';
import { Runtime } from '../src/actors/runtime.ts';
import { step } from '../src/actors/step.ts';
import { createLogger } from '../src/log.ts';
import { compile } from '../src/machines/compile.ts';
import { normalise } from '../src/machines/normalise.ts';
import { sourceSchema } from '../src/machines/source.ts';
import { workflow } from '../src/machines/workflow.ts';
import type { ChangeCommit, LogRow } from '../src/persistence/records.ts';
import { migrateScheduler } from '../src/scheduler/migrate.ts';
import { type StartedScheduler, startScheduler } from '../src/scheduler/start.ts';
import { openRedisServer, redisIsHere } from '../test/scheduler/redis-server.ts';
import { type Case, type Figure, figureOf } from './figures.ts';
import { AUTHOR, type Rig, startRig, TENANT } from './rig.ts';

const DUE = 5_000;
const WITHIN_MS = 1_000;
const WAITING = 100_000;
/** The waiting ones fall due evenly over an hour that begins after the bench has ended. */
const FAR_MS = 10 * 60_000;
const FAR_SPAN_MS = 3_600_000;
/** As in every bench the first ones do not count: as many at the same pace, so long before. */
const WARM_UP_MS = 3_000;
/** From the start of the runtime to the first timer that counts: far beyond what it takes into memory when it starts. */
const AHEAD_MS = 12_000;
/** After this long without a timer that fires, those that are missing are lost. */
const SILENCE_MS = 60_000;
const BATCH = 500;

/** Ends by itself. */
const brief = workflow({
  name: 'Brief',
  roles: ['developer'],
  triggers: ['close'],
  initial: 'Open',
  states: { Open: {}, Expired: { final: 'withdrawn' }, Closed: { final: 'applied' } },
  transitions: {
    'Open -> Expired': { after: '1d' },
    'Open -> Closed': { trigger: 'close', role: 'developer' },
  },
});
const DELAY_MS = 24 * 3_600_000;

export async function timers(report: (line: Case) => void): Promise<void> {
  const rig = await startRig();
  try {
    await rig.runtime().deploy(TENANT, brief, AUTHOR, null);
    await migrateScheduler(rig.postgres.admin, rig.postgres.app.user);
    await openChanges(rig, 'waiting', WAITING, Date.now() + FAR_MS, FAR_SPAN_MS);
    await settleDown(rig);
    const baseline = { case: 'setTimeout', figure: await plainTimeouts() };
    const log = createLogger('warn');
    const measure = async (scheduler: StartedScheduler) => {
      const { figure, detail } = await fireAll(rig, scheduler);
      report({
        bench: 'timers',
        case: `due, ${scheduler.backend}`,
        unit: 'timers/s',
        figure,
        baseline,
        detail,
      });
    };
    await measure(await startScheduler({ postgres: rig.postgres.app, log }));
    if (!redisIsHere) return;
    const redis = await openRedisServer();
    try {
      await measure(await startScheduler({ redisUrl: `redis://${redis.host}:${redis.port}`, log }));
    } finally {
      await redis.stop();
    }
  } finally {
    await rig.close();
  }
}

/** Changes whose timers fall due evenly within `spanMs` from `firstDueAt` on; committed as a proposal commits them. */
async function openChanges(rig: Rig, name: string, count: number, firstDueAt: number, spanMs: number) {
  const compiled = compile(normalise(sourceSchema.parse(brief)));
  const one = (index: number): ChangeCommit => {
    const createdAt = firstDueAt - DELAY_MS + Math.floor((index * spanMs) / count);
    const change = `${name}-${index}`;
    const about = { project: 'bench', key: null, title: change, author: AUTHOR.id, authorKind: 'person' };
    const facts = { ...about, definition: brief.name, definitionVersion: 1, attributes: null, createdAt };
    const proposal = { kind: 'propose', envelope: { principal: AUTHOR } } as const;
    const { live, entry } = step(proposed(compiled, facts), proposal, createdAt);
    const state = { state: toRecord(live), entries: entry ? [entry] : [], timersSet: live.timers };
    return { tenant: TENANT, change, baseVersion: 0, facts, ...state, timersSettled: [], keys: [] };
  };
  for (let at = 0; at < count; at += BATCH) {
    const size = Math.min(BATCH, count - at);
    await rig.store.commit(Array.from({ length: size }, (_, index) => one(at + index)));
  }
}

/** What has waited for long was vacuumed long ago; here it would be done in the second that counts. */
async function settleDown({ postgres }: Rig): Promise<void> {
  const client = new pg.Client({ ...postgres.admin });
  await client.connect();
  await client.query('vacuum analyze');
  await client.query('checkpoint');
  await client.end();
}

/** A server that starts while all is far away, and stays until the last of the due ones is in the log. */
async function fireAll(rig: Rig, scheduler: StartedScheduler) {
  const firstDueAt = Date.now() + AHEAD_MS;
  await openChanges(rig, scheduler.backend, DUE, firstDueAt, WITHIN_MS);
  await openChanges(rig, `${scheduler.backend}-warm-up`, DUE, firstDueAt - WARM_UP_MS, WITHIN_MS);
  // Numbers and names only: rows that are held on to would make the collector's pauses those of the bench.
  const fired: { readonly change: string; readonly lateMs: number; readonly early: boolean }[] = [];
  let last = firstDueAt;
  const whenAll = whenQuiet(() => fired.length >= DUE);
  const publish = (rows: readonly LogRow[]) => {
    const at = wallClock();
    for (const { change, occurredAt, recordedAt } of rows) {
      if (occurredAt < firstDueAt) continue;
      fired.push({ change, lateMs: at - occurredAt, early: recordedAt < occurredAt });
      last = at;
    }
    whenAll.heard();
  };
  const runtime = new Runtime({
    store: rig.store,
    clock: systemClock,
    newId,
    scheduler,
    publisher: { publish },
    log: createLogger('warn'),
  });
  await runtime.open();
  await whenAll.done;
  await runtime.close();
  await scheduler.close();
  const lateness = Float64Array.from(fired, ({ lateMs }) => lateMs);
  const changes = new Set(fired.map(({ change }) => change)).size;
  const detail = {
    max_ms: Math.round(Math.max(...lateness)),
    waiting: WAITING,
    lost: DUE - changes,
    twice: fired.length - changes,
    early: fired.filter(({ early }) => early).length,
  };
  return { figure: figureOf(lateness, fired.length, last - firstDueAt), detail };
}

/** Resolves when `enough`, or when nothing has been heard for too long. */
function whenQuiet(enough: () => boolean) {
  let finish = () => {};
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const silence = setTimeout(() => finish(), SILENCE_MS);
  const heard = () => {
    silence.refresh();
    if (!enough()) return;
    clearTimeout(silence);
    finish();
  };
  return { done, heard };
}

async function plainTimeouts(): Promise<Figure> {
  const lateness = new Float64Array(DUE);
  const firstDueAt = wallClock() + 2_000;
  let last = 0;
  await Promise.all(
    Array.from({ length: DUE }, (_, index) => {
      const dueAt = firstDueAt + Math.floor((index * WITHIN_MS) / DUE);
      return new Promise<void>((resolve) => {
        setTimeout(() => {
          last = wallClock();
          lateness[index] = Math.max(0, last - dueAt);
          resolve();
        }, dueAt - wallClock());
      });
    }),
  );
  return figureOf(lateness, DUE, last - firstDueAt);
}

/** Finer than Date.now(). */
function wallClock(): number {
  return performance.timeOrigin + performance.now();
}
