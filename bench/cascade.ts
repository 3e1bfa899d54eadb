/**
 * Dependencies at scale: 100,000 changes with 300,000 edges in one tenant. (a) A change lands and its 1,000 direct dependants
 * are told: from the command until the last of their rows is committed. (b) Everything that a change depends on, and that
 * depends on it, over 10,000 changes. (c) Whose edits are in the way of a new revision among 10,000 open changes with hunks.
 * Baselines in the same run: as many plain commits, a naive recursive query, a naive join. Latencies are of several runs;
 * `best_ms` is what a machine that does nothing else would show. COUNTERSIGN_CHANGES (100,000; 50,000 at least) says how many.
 */
import pg from 'pg';
import { newId, systemClock } from '../src/actors/clock.ts';
import { Runtime } from '../src/actors/runtime.ts';
import { createLogger } from '../src/log.ts';
import type { LogRow } from '../src/persistence/records.ts';
import { build, DEPENDANTS, drawn, LAYERS, landing, type Plan, planned, WIDTH } from './cascade-graph.ts';
import { type Case, type Figure, figureOf } from './figures.ts';
import { AUTHOR, type Rig, startRig, TENANT } from './rig.ts';

const CHANGES = Number(process.env.COUNTERSIGN_CHANGES ?? 100_000);
const WITH_HUNKS = 10_000;
const RUNS = 6;
const principal = AUTHOR;

export async function cascade(report: (line: Case) => void): Promise<void> {
  const rig = await startRig();
  try {
    await rig.runtime().deploy(TENANT, landing, AUTHOR, null);
    const plan = planned(CHANGES, drawn(1));
    const started = performance.now();
    const edges = await build(rig, plan);
    const buildMs = Math.round(performance.now() - started);
    const { seq = 0 } = (await rig.store.position(TENANT)) ?? {};
    await rig.store.moveCascade(TENANT, seq);
    const client = new pg.Client({ ...rig.postgres.admin });
    await client.connect();
    try {
      await client.query('vacuum analyze');
      await client.query('checkpoint');
      const size = { changes: plan.changes.length, edges, build_ms: buildMs };
      await tellDependants(rig, plan, size, report);
      await reach(rig, plan, size, client, report);
      await findConflicts(rig, plan, client, report);
    } finally {
      await client.end();
    }
  } finally {
    await rig.close();
  }
}

type Report = (line: Case) => void;
interface Measured {
  readonly figure: Figure;
  readonly best_ms: number;
}

function measured(latencies: readonly number[], each: number): Measured {
  const total = latencies.reduce((sum, ms) => sum + ms, 0);
  const figure = figureOf(Float64Array.from(latencies), latencies.length * each, total);
  return { figure, best_ms: Math.round(Math.min(...latencies) * 10) / 10 };
}

/** The first run warms up and does not count. */
async function timed(runs: number, each: number, work: (run: number) => Promise<unknown>): Promise<Measured> {
  const latencies: number[] = [];
  for (let run = 0; run <= runs; run++) {
    const started = performance.now();
    await work(run);
    latencies.push(performance.now() - started);
  }
  return measured(latencies.slice(1), each);
}

async function tellDependants({ store }: Rig, plan: Plan, size: object, report: Report): Promise<void> {
  let heard = (_rows: readonly LogRow[]) => {};
  const runtime = new Runtime({
    store,
    clock: systemClock,
    newId,
    scheduler: { arm: async () => {}, onRing: async () => {}, close: async () => {} },
    publisher: { publish: (rows) => heard(rows) },
    log: createLogger('warn'),
  });
  await runtime.open();
  const told = (rows: readonly LogRow[]) =>
    rows.filter(({ event, refusal }) => event === 'dependency.recheck' && refusal === null).length;
  const landed = async (hub: string) => {
    let left = DEPENDANTS;
    const all = new Promise<void>((resolve) => {
      heard = (rows) => {
        left -= told(rows);
        if (left <= 0) resolve();
      };
    });
    await runtime.send({ change: hub, trigger: 'merge' }, { principal });
    await all;
  };
  const runs = plan.hubs.length - 1;
  const plain = await timed(runs, DEPENDANTS, (run) =>
    Promise.all(
      plan.plain
        .slice(2_000 + run * DEPENDANTS, 2_000 + (run + 1) * DEPENDANTS)
        .map((change) =>
          runtime.send({ change, trigger: 'ready' }, { principal, idempotencyKey: `ready/${change}` }),
        ),
    ),
  );
  const { figure, best_ms } = await timed(runs, DEPENDANTS, (run) => landed(plan.hubs[run] ?? ''));
  await runtime.close();
  report({
    bench: 'cascade',
    case: `lands, ${DEPENDANTS} told`,
    unit: 'dependants/s',
    figure,
    baseline: { case: `${DEPENDANTS} plain commits`, figure: plain.figure },
    detail: { ...size, best_ms, baseline_best_ms: plain.best_ms },
  });
}

async function reach(rig: Rig, plan: Plan, size: object, client: pg.Client, report: Report): Promise<void> {
  const { graph } = rig.runtime();
  const nodes = LAYERS * WIDTH + 1;
  for (const [direction, change] of [
    ['up', plan.top],
    ['down', plan.bottom],
  ] as const) {
    const ask = () =>
      direction === 'up'
        ? graph.blockers({ tenant: TENANT, change }, 100)
        : graph.dependants({ tenant: TENANT, change }, 100);
    const { figure, best_ms } = await timed(RUNS, nodes, async () => {
      const found = await ask();
      if (found?.total !== nodes) throw new Error(`reached ${found?.total} of ${nodes}`);
    });
    const naive = await timed(RUNS, nodes, () => client.query(naiveReach(direction), [TENANT, change]));
    report({
      bench: 'cascade',
      case: `${direction}, ${nodes} changes`,
      unit: 'changes/s',
      figure,
      baseline: { case: 'naive recursive query', figure: naive.figure },
      detail: { ...size, best_ms, baseline_best_ms: naive.best_ms },
    });
  }
}

/** Edges and changes in one, each way to a change once more. */
function naiveReach(direction: 'up' | 'down'): string {
  const [here, there] = direction === 'up' ? ['change_id', 'on_change'] : ['on_change', 'change_id'];
  return `with recursive r as (
      select e.*, 1 as distance from countersign.change_edges e
      where e.tenant_id = $1 and e.${here} = $2 and e.ended_version is null
      union
      select e.*, r.distance + 1 from r join countersign.change_edges e
        on e.tenant_id = $1 and e.${here} = r.${there} and e.ended_version is null
    )
    select r.*, c.key, c.title, c.project, s.state, s.outcome from r
    join countersign.changes c on c.tenant_id = $1 and c.change_id = r.${there}
    join countersign.workflow_states s on s.tenant_id = $1 and s.change_id = r.${there}`;
}

const FILES = 3_000;
const TOUCHED = 5;

/** Files of a project that are edited often and rarely: the n-th of them in inverse proportion to n. */
function touched(random: () => number): string[] {
  const paths = new Set<string>();
  while (paths.size < TOUCHED) paths.add(`src/file-${Math.floor(FILES ** random())}.ts`);
  return [...paths];
}

async function fill({ store }: Rig, plan: Plan): Promise<string> {
  const random = drawn(2);
  const diff = Buffer.from('unread');
  const save = (change: string) => {
    const files = touched(random).map((path, at) => {
      const line = 1 + Math.floor(random() * 2_000);
      const about = { place: at + 1, path, oldPath: null, kind: 'modified' as const, isBinary: false };
      return { ...about, added: 3, removed: 3, digest: '00', hunks: [[line, 3, line, 3] as const], diff };
    });
    const content = { revision: 1, digest: '00', bytes: 6, files: files.length, added: 3, removed: 3 };
    const told = { recordedBy: 'git', recordedAt: Date.now() };
    return store.saveContent({ tenant: TENANT, change, ...content, ...told }, files);
  };
  const changes = plan.plain.slice(20_000, 20_000 + WITH_HUNKS + 1);
  for (let at = 0; at < changes.length; at += 16) await Promise.all(changes.slice(at, at + 16).map(save));
  return changes[0] ?? '';
}

async function findConflicts(rig: Rig, plan: Plan, client: pg.Client, report: Report): Promise<void> {
  const change = await fill(rig, plan);
  await client.query('vacuum analyze');
  const { graph } = rig.runtime();
  let found = 0;
  const { figure, best_ms } = await timed(RUNS, WITH_HUNKS, async () => {
    found = (await graph.conflicts({ tenant: TENANT, change }, 100))?.total ?? 0;
  });
  const naive = await timed(RUNS, WITH_HUNKS, () =>
    client.query(
      `select f.* from countersign.revision_files f
       join countersign.workflow_states s on s.tenant_id = f.tenant_id and s.change_id = f.change_id
       where f.tenant_id = $1 and s.outcome is null`,
      [TENANT],
    ),
  );
  report({
    bench: 'cascade',
    case: `conflicts among ${WITH_HUNKS}`,
    unit: 'changes/s',
    figure,
    baseline: { case: 'reading all their hunks', figure: naive.figure },
    detail: { conflicts: found, best_ms, baseline_best_ms: naive.best_ms },
  });
}
