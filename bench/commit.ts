/**
 * Group commit alone, without and with the step that feeds it. Baseline: the log rows of the same batches written by one
 * plain insert each, with no version check, no state, no stream.
 */
import pg from 'pg';
import { type Live, proposed, toRecord } from '../src/actors/live.ts';
import { step } from '../src/actors/step.ts';
import { compile } from '../src/machines/compile.ts';
import { normalise } from '../src/machines/normalise.ts';
import { sourceSchema } from '../src/machines/source.ts';
import type { ChangeCommit, LogEntry } from '../src/persistence/records.ts';
import type { Case } from './figures.ts';
import { closedLoop } from './load.ts';
import { parley, TURNS } from './parley.ts';
import { AUTHOR, REVIEWER, type Rig, startRig, TENANT } from './rig.ts';

const BATCH = 128;
const CHANGES = 8_192;
const LOAD = { inFlight: 2, warmUpMs: 2_000, measureMs: 6_000 };

export async function commits(report: (line: Case) => void): Promise<void> {
  const rig = await startRig();
  try {
    const raw = await rawInserts(rig);
    const baseline = { case: 'plain insert of the log rows', figure: raw };
    for (const withStep of [false, true]) {
      const changes = await openAll(rig, withStep ? 'stepped' : 'prepared');
      const lanes = [changes.slice(0, CHANGES / 2), changes.slice(CHANGES / 2)];
      const turns = [0, 0];
      const figure = await closedLoop(
        LOAD,
        async (lane) => {
          const own = lanes[lane] as Held[];
          const at = ((turns[lane] as number) * BATCH) % own.length;
          turns[lane] = (turns[lane] as number) + 1;
          const batch = own.slice(at, at + BATCH);
          const results = await rig.store.commit(batch.map((held) => advance(held, withStep)));
          if (results.some(({ ok }) => !ok))
            throw new Error('a commit of the bench lost a race it cannot lose');
        },
        BATCH,
      );
      const name = withStep ? 'group commit with step' : 'group commit';
      report({ bench: 'commit', case: name, unit: 'rows/s', figure, baseline, detail: { batch: BATCH } });
    }
  } finally {
    await rig.close();
  }
}

interface Held {
  readonly change: string;
  live: Live;
  turn: number;
  /** For runs without the step: the entry that is written again and again, under the next version. */
  readonly entry: LogEntry;
}

async function openAll(rig: Rig, name: string): Promise<Held[]> {
  const workflow = compile(normalise(sourceSchema.parse(parley)));
  const held: Held[] = [];
  const opening: ChangeCommit[] = [];
  for (let index = 0; index < CHANGES; index++) {
    const change = `${name}-${index}`;
    const facts = {
      project: name,
      key: null,
      title: change,
      author: AUTHOR.id,
      authorKind: 'person',
    } as const;
    const all = { ...facts, definition: parley.name, definitionVersion: 1, attributes: null, createdAt: 0 };
    const envelope = { principal: AUTHOR };
    const first = step(proposed(workflow, all), { kind: 'propose', envelope }, 0);
    const submit = { change, trigger: 'submit' };
    const second = step(first.live, { kind: 'event', envelope, command: submit }, 0);
    const entries = [first.entry, second.entry].flatMap((entry) => entry ?? []);
    held.push({ change, live: second.live, turn: 0, entry: entries[1] as LogEntry });
    const commit = { baseVersion: 0, facts: all, state: toRecord(second.live), entries };
    opening.push({ tenant: TENANT, change, ...commit, timersSet: [], timersSettled: [], keys: [] });
  }
  for (const all = opening.splice(0); all.length > 0; ) await rig.store.commit(all.splice(0, 512));
  return held;
}
function advance(held: Held, withStep: boolean): ChangeCommit {
  const base = held.live.version;
  const entry = withStep ? stepped(held) : repeated(held);
  const state = toRecord(held.live);
  const common = {
    tenant: TENANT,
    change: held.change,
    baseVersion: base,
    facts: null,
    timersSet: [],
    timersSettled: [],
  };
  return { ...common, state, entries: [entry], keys: [] };
}

function stepped(held: Held): LogEntry {
  const { trigger, by } = TURNS[held.turn++ % TURNS.length] as (typeof TURNS)[number];
  const envelope = { principal: by === 'author' ? AUTHOR : REVIEWER };
  const command = { change: held.change, trigger };
  const { live, entry } = step(held.live, { kind: 'event', envelope, command }, 0);
  held.live = live;
  return entry as LogEntry;
}

function repeated(held: Held): LogEntry {
  held.live = { ...held.live, version: held.live.version + 1 };
  return { ...held.entry, version: held.live.version };
}

async function rawInserts(rig: Rig) {
  const pool = new pg.Pool({ ...rig.postgres.admin, max: 2 });
  await pool.query('create table raw_log (like countersign.workflow_transitions)');
  const state = JSON.stringify({ Review: { security: 'asked', code: 'pending' } });
  let seq = 0;
  const figure = await closedLoop(
    LOAD,
    async () => {
      const from = seq;
      seq += BATCH;
      await pool.query({
        name: 'raw',
        text: `insert into raw_log (tenant_id, seq, change_id, kind, version, event, from_state, to_state, principal,
            principal_kind, occurred_at, recorded_at)
          select $1, n.seq, $2, 'transition', n.seq, 'ask_security', $3, $3, 'reviewer', 'person', now(), now()
          from unnest($4::int8[]) as n (seq)`,
        values: [TENANT, 'change', state, Array.from({ length: BATCH }, (_, index) => from + index)],
      });
    },
    BATCH,
  );
  await pool.end();
  return figure;
}
