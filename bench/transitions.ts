/**
 * Durable transitions in process: command → mailbox → step → group commit → answer, one log row each.
 * Baselines: the same code with one transaction per event, and a batch insert of log rows without a machine.
 */
import type { Runtime } from '../src/actors/runtime.ts';
import type { Case, Figure } from './figures.ts';
import { closedLoop, type Load } from './load.ts';
import { TURNS } from './parley.ts';
import { AUTHOR, openChanges, REVIEWER, type Rig, startRig } from './rig.ts';

const CHANGES = 20_000;

export async function transitions(report: (line: Case) => void): Promise<void> {
  const rig = await startRig();
  try {
    const single = await perEvent(rig);
    for (const inFlight of [64, 512]) {
      const runtime = rig.runtime();
      const figure = await loopOver(runtime, await openChanges(runtime, CHANGES), {
        inFlight,
        warmUpMs: 3_000,
        measureMs: 10_000,
      });
      report({
        bench: 'transitions',
        case: `in flight ${inFlight}`,
        unit: 'transitions/s',
        figure,
        baseline: { case: 'one transaction per event', figure: single },
      });
      await runtime.close();
    }
  } finally {
    await rig.close();
  }
}

async function perEvent(rig: Rig): Promise<Figure> {
  const runtime = rig.runtime({ batchSize: 1 });
  const ids = await openChanges(rig.runtime(), 2_000);
  return loopOver(runtime, ids, { inFlight: 64, warmUpMs: 1_000, measureMs: 4_000 });
}

/** Each lane owns its share of the changes and goes round them, so that no two lanes wait for one change. */
async function loopOver(runtime: Runtime, ids: readonly string[], load: Load): Promise<Figure> {
  const share = Math.floor(ids.length / load.inFlight);
  const turns = new Uint32Array(load.inFlight);
  return closedLoop(load, async (lane) => {
    const round = turns[lane] as number;
    turns[lane] = round + 1;
    const change = ids[lane * share + (round % share)] as string;
    const { trigger, by } = TURNS[Math.floor(round / share) % TURNS.length] as (typeof TURNS)[number];
    const answer = await runtime.send(
      { change, trigger },
      { principal: by === 'author' ? AUTHOR : REVIEWER },
    );
    if (!answer.ok) throw new Error(answer.refusal.message);
  });
}
