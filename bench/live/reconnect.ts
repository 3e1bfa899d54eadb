/** Everybody comes back at once, after a server was killed. */
import { type Case, figureOf } from '../figures.ts';
import { Crowd } from './processes.ts';
import { CLIENTS, everybody, PROCESSES, type Setting, startServer } from './setting.ts';

/** All are cut at once by a killed server, and come back to another with their position, ten events behind. */
export async function* reconnect(setting: Setting): AsyncIterable<Case> {
  const BEHIND = 10;
  const [doomed, other] = [await startServer(setting), await startServer(setting)];
  await other.ask({ do: 'changes', count: 100 });
  const crowd = await Crowd.open(PROCESSES, CLIENTS, everybody(setting, doomed));
  const since = (await other.ask({ do: 'position' })).seq ?? 0;
  await crowd.seen(BEHIND, () => other.ask({ do: 'commit', count: BEHIND }));
  const events = (BEHIND * crowd.count) / PROCESSES;
  await crowd.tell({ do: 'fail-over', port: other.port, since, events }, 'expecting');
  const { result: tookMs, cpu } = await other.cpuDuring(async () => {
    const seen = crowd.hear('seen');
    const begin = performance.timeOrigin + performance.now();
    await doomed.kill();
    return Math.max(...(await seen).map(({ at }) => at)) - begin;
  });
  const steps = (await crowd.tell({ do: 'comebacks' }, 'comebacks')).map(({ comebacks }) => comebacks);
  await crowd.end();
  await other.kill();
  yield {
    bench: 'live',
    case: `${CLIENTS} come back at once`,
    unit: 'clients/s',
    figure: figureOf(Float64Array.of(tookMs), CLIENTS, tookMs),
    baseline: null,
    detail: { steps, server_cpu: cpu },
  };
}
