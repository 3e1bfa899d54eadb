/** One event, and many, to everybody: an isolated one, a busy stream. */
import { type Case, type Figure, figureOf } from '../figures.ts';
import type { DialectName } from './dialects.ts';
import { Crowd, type ServerProcess } from './processes.ts';
import { CLIENTS, everybody, PROCESSES, type Setting, startServer } from './setting.ts';

const ISOLATED = 100;
const BURST = 40;
/** Bursts follow each other for so long, at least three. */
const BUSY_MS = 8_000;

interface Measured {
  readonly figure: Figure;
  readonly deliveries: number;
  /** Of the server, for all deliveries. */
  readonly user_ms: number;
  readonly system_ms: number;
}

export async function* fanOuts(setting: Setting): AsyncIterable<Case> {
  const plain = await fanOut(setting, 'ws');
  const usual = await fanOut(setting, 'socket.io');
  const least = await fanOut(setting, 'uWebSockets.js');
  const ours = await fanOut(setting, 'countersign');
  for (const name of ['isolated event', 'busy stream'] as const) {
    yield {
      bench: 'live',
      case: `${name}, ${CLIENTS} clients`,
      unit: name === 'busy stream' ? 'deliveries/s' : 'events/s, last client',
      figure: ours[name].figure,
      baseline: { case: 'ws', figure: plain[name].figure },
      detail: {
        'socket.io': usual[name].figure,
        'uWebSockets.js alone': least[name].figure,
        server_cpu_us_each: {
          ours: cpuEach(ours[name]),
          ws: cpuEach(plain[name]),
          'socket.io': cpuEach(usual[name]),
          'uWebSockets.js alone': cpuEach(least[name]),
        },
      },
    };
  }
}

async function fanOut(setting: Setting, which: DialectName) {
  const server = await startServer(setting, which);
  await server.ask({ do: 'changes', count: 1_000 });
  await server.ask({ do: 'commit', count: 100 });
  const crowd = await Crowd.open(PROCESSES, CLIENTS, everybody(setting, server, which));
  const isolated = await measured(server, () => isolatedEvents(server, crowd));
  const busy = await measured(server, () => busyStream(server, crowd));
  await crowd.end();
  await server.kill();
  return { 'isolated event': isolated, 'busy stream': busy };
}

async function measured(
  server: ServerProcess,
  run: () => Promise<Pick<Measured, 'figure' | 'deliveries'>>,
): Promise<Measured> {
  const { result, cpu } = await server.cpuDuring(run);
  return { ...result, ...cpu };
}

async function isolatedEvents(server: ServerProcess, crowd: Crowd) {
  const latencies: number[] = [];
  const begin = performance.now();
  for (let index = 0; index < ISOLATED; index++) latencies.push(await toTheLast(server, crowd, 1));
  const figure = figureOf(Float64Array.from(latencies), ISOLATED, performance.now() - begin);
  return { figure, deliveries: ISOLATED * crowd.count };
}

async function busyStream(server: ServerProcess, crowd: Crowd) {
  const bursts: number[] = [];
  for (const begin = performance.now(); bursts.length < 3 || performance.now() - begin < BUSY_MS; )
    bursts.push(await toTheLast(server, crowd, BURST));
  const deliveries = bursts.length * BURST * crowd.count;
  const tookMs = bursts.reduce((sum, ms) => sum + ms, 0);
  return { figure: figureOf(Float64Array.from(bursts), deliveries, tookMs), deliveries };
}

/** From before so many events are committed until the last client has the last of them, ms. */
export async function toTheLast(server: ServerProcess, crowd: Crowd, events: number): Promise<number> {
  let at = 0;
  const last = await crowd.seen(events, async () => {
    at = (await server.ask({ do: 'commit', count: events })).at ?? 0;
  });
  return last - at;
}

/** Microseconds of the server's CPU time for a delivery. */
const cpuEach = ({ user_ms, system_ms, deliveries }: Measured) => ({
  user: Math.round((user_ms * 100_000) / deliveries) / 100,
  system: Math.round((system_ms * 100_000) / deliveries) / 100,
});
