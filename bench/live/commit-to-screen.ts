/** From a decision to the screens of those who watch it. */
import { type Case, figureOf } from '../figures.ts';
import { Crowd } from './processes.ts';
import { everybody, type Setting, startServer } from './setting.ts';

/** Everybody watches a change of his own; from the moment a step was decided, its commit included. */
export async function* commitToScreen(setting: Setting): AsyncIterable<Case> {
  const [SUBSCRIBERS, PER_SECOND, SECONDS] = [1_000, 1_000, 8];
  const server = await startServer(setting);
  const { ids = [] } = await server.ask({ do: 'changes', count: SUBSCRIBERS });
  const streams = ids.map((id) => `change:${id}`);
  const crowd = await Crowd.open(1, SUBSCRIBERS, { ...everybody(setting, server), streams });
  await server.ask({ do: 'load', perSecond: PER_SECOND, seconds: 3 });
  await crowd.tell({ do: 'time', on: true }, 'timed');
  await server.ask({ do: 'load', perSecond: PER_SECOND, seconds: SECONDS });
  const latencies = (await crowd.tell({ do: 'time', on: false }, 'timed')).flatMap((said) => said.latencies);
  await crowd.end();
  await server.kill();
  yield {
    bench: 'live',
    case: `commit to screen, ${SUBSCRIBERS} clients`,
    unit: 'transitions/s',
    figure: figureOf(Float64Array.from(latencies), latencies.length, SECONDS * 1000),
    baseline: null,
  };
}
