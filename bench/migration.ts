/**
 * 10,000 running changes are brought to another version of their workflow while others are sent events: how long that takes,
 * and what it costs everybody else. The baseline is the same traffic in the same run without a migration. Afterwards every
 * change is looked at: none is lost, none is in a place of the new version from where it cannot go on.
 * COUNTERSIGN_CHANGES (10,000) says how many.
 */
import { workflow } from '../src/machines/workflow.ts';
import type { Case, Figure } from './figures.ts';
import { figureOf } from './figures.ts';
import { closedLoop } from './load.ts';
import { AUTHOR, startRig, TENANT } from './rig.ts';

const CHANGES = Number(process.env.COUNTERSIGN_CHANGES ?? 10_000);
/** Of them, those that get events all the while. */
const BUSY = 500;
const IN_FLIGHT = 16;
const LOAD = { inFlight: IN_FLIGHT, warmUpMs: 1_000, measureMs: 8_000 };

const first = workflow({
  name: 'Moving',
  roles: ['developer', 'reviewer'],
  triggers: ['submit', 'ask', 'answer', 'approve'],
  initial: 'Draft',
  states: {
    Draft: {},
    Review: { timers: { late: { after: '3d', remind: 'reviewer' } } },
    Asked: {},
    Done: { final: 'approved' },
  },
  transitions: {
    'Draft -> Review': { trigger: 'submit' },
    'Review -> Asked': { trigger: 'ask' },
    'Asked -> Review': { trigger: 'answer' },
    'Review -> Done': { trigger: 'approve', role: 'reviewer' },
  },
});
const second = workflow({
  name: 'Moving',
  roles: ['developer', 'reviewer', 'lead'],
  triggers: ['submit', 'ask', 'answer', 'approve', 'sign_off'],
  initial: 'Draft',
  states: {
    Draft: {},
    Reviewing: { timers: { late: { after: '2d', remind: 'reviewer' } } },
    Asked: {},
    Signing: {},
    Done: { final: 'approved' },
  },
  transitions: {
    'Draft -> Reviewing': { trigger: 'submit' },
    'Reviewing -> Asked': { trigger: 'ask' },
    'Asked -> Reviewing': { trigger: 'answer' },
    'Reviewing -> Signing': { trigger: 'approve', role: 'reviewer' },
    'Signing -> Done': { trigger: 'sign_off', role: 'lead' },
  },
});

export async function migration(report: (line: Case) => void): Promise<void> {
  const rig = await startRig();
  try {
    const runtime = rig.runtime();
    await runtime.deploy(TENANT, first, AUTHOR, null);
    const ids = await opened(runtime, CHANGES);
    await runtime.deploy(TENANT, second, AUTHOR, null);
    const busy = ids.filter((_, index) => index % Math.ceil(CHANGES / BUSY) === 0);
    const turns = busy.map(() => 0);
    let next = 0;
    const traffic = async () => {
      const at = next++ % busy.length;
      const trigger = (turns[at] ?? 0) % 2 === 0 ? 'ask' : 'answer';
      turns[at] = (turns[at] ?? 0) + 1;
      await runtime.send({ change: busy[at] ?? '', trigger }, { principal: AUTHOR });
    };
    const baseline = await closedLoop(LOAD, traffic);
    const { figure, tookMs } = await migrated(runtime, traffic);
    const following = { tenant: TENANT, name: 'Moving', version: 2 };
    const live = await rig.store.liveConfigurations(following);
    const arrived = live.reduce((sum, { count }) => sum + count, 0);
    report({
      bench: 'migration',
      case: `events while ${CHANGES} move`,
      unit: 'events/s',
      figure,
      baseline: { case: 'events alone', figure: baseline },
      detail: {
        changes: CHANGES,
        took_ms: tookMs,
        changes_per_second: Math.round(CHANGES / (tookMs / 1000)),
        lost: CHANGES - arrived,
        elsewhere: live.filter(({ state }) => !['Draft', 'Reviewing', 'Asked'].includes(String(state)))
          .length,
        p99_ratio: Math.round((figure.p99_ms / baseline.p99_ms) * 100) / 100,
      },
    });
  } finally {
    await rig.close();
  }
}

type Served = ReturnType<Awaited<ReturnType<typeof startRig>>['runtime']>;

/** The traffic as long as the migration runs; only what is answered meanwhile counts. */
async function migrated(
  runtime: Served,
  traffic: () => Promise<void>,
): Promise<{ figure: Figure; tookMs: number }> {
  const plan = { states: { Review: 'Reviewing' }, votes: {}, timers: {} };
  const request = { name: 'Moving', from: 1, to: 2, plan, reason: null };
  const latencies: number[] = [];
  const started = performance.now();
  const begun = await runtime.life.migrations.start(TENANT, request, AUTHOR);
  if (!begun.ok) throw new Error(begun.refusal.message);
  let isOver = false;
  const over = runtime.life.migrations.settled(begun.migration.id).then(() => {
    isOver = true;
    return performance.now() - started;
  });
  const lane = async () => {
    while (!isOver) {
      const sent = performance.now();
      await traffic();
      latencies.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  const tookMs = await over;
  return {
    figure: figureOf(Float64Array.from(latencies), latencies.length, tookMs),
    tookMs: Math.round(tookMs),
  };
}

async function opened(runtime: Served, count: number): Promise<string[]> {
  const one = async (index: number) => {
    const proposal = { definition: 'Moving', project: 'bench', title: `Change ${index}` };
    const answer = await runtime.propose(proposal, { principal: AUTHOR });
    if (!answer.ok) throw new Error(answer.refusal.message);
    await runtime.send({ change: answer.row.change, trigger: 'submit' }, { principal: AUTHOR });
    return answer.row.change;
  };
  const ids: string[] = [];
  for (let at = 0; at < count; at += 1_000)
    ids.push(
      ...(await Promise.all(
        Array.from({ length: Math.min(1_000, count - at) }, (_, index) => one(at + index)),
      )),
    );
  return ids;
}
