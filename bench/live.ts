/**
 * Live delivery: servers and clients in processes of their own, the server on a real PostgreSQL, every event a committed
 * transition. Baseline of the same run: `ws` sending text of the same length, with nothing behind it.
 */
import { mintToken } from '../src/gateway/token.ts';
import { type Case, type Figure, figureOf } from './figures.ts';
import { Crowd, ServerProcess } from './live/processes.ts';
import { type Rig, startRig, TENANT } from './rig.ts';

const KEY = 'a key for the bench that is long enough to be one';
/** What `COUNTERSIGN_LIVE_CLIENTS` says; each process may open 20,000 files on the machines we know. */
const CLIENTS = Number(process.env.COUNTERSIGN_LIVE_CLIENTS ?? 10_000);
const PROCESSES = 2;
const EVENT_BYTES = 640;
const ISOLATED = 50;
const BURST = 40;
/** Bursts follow each other for so long, at least three. */
const BUSY_MS = 8_000;

type Report = (line: Case) => void;

interface Setting {
  readonly rig: Rig;
  readonly protocols: string;
}

export async function live(report: Report): Promise<void> {
  const rig = await startRig();
  const claims = { sub: 'watcher', tenant: TENANT, kind: 'person', roles: [] } as const;
  const token = await mintToken(new TextEncoder().encode(KEY), claims, 3_600);
  const setting = { rig, protocols: `countersign.v1.json, bearer.${token}` };
  try {
    const plain = await fanOut(setting, false);
    const ours = await fanOut(setting, true);
    for (const name of ['isolated event', 'busy stream'] as const) {
      report({
        bench: 'live',
        case: `${name}, ${CLIENTS} clients`,
        unit: name === 'busy stream' ? 'deliveries/s' : 'events/s, last client',
        figure: ours[name],
        baseline: { case: 'ws', figure: plain[name] },
      });
    }
    report(memoryLine(ours.bytesEach, plain.bytesEach));
    report(await reconnect(setting));
    report(await commitToScreen(setting));
    for (const line of await slow(setting)) report(line);
  } finally {
    await rig.close();
  }
}

async function startServer({ rig }: Setting, real = true): Promise<ServerProcess> {
  const server = new ServerProcess();
  const { app } = rig.postgres;
  await server.ask(real ? { do: 'start', app, key: KEY } : { do: 'start-ws', bytes: EVENT_BYTES });
  return server;
}

const everybody = ({ protocols }: Setting, server: ServerProcess, real = true) => ({
  port: server.port,
  protocols,
  subscribe: real,
  streams: ['tenant'],
});

async function fanOut(setting: Setting, real: boolean) {
  const server = await startServer(setting, real);
  await server.ask({ do: 'changes', count: 1_000 });
  await server.ask({ do: 'commit', count: 100 });
  const empty = (await server.ask({ do: 'memory' })).rss ?? 0;
  const crowd = await Crowd.open(PROCESSES, CLIENTS, everybody(setting, server, real));
  const full = (await server.ask({ do: 'memory' })).rss ?? 0;
  const latencies: number[] = [];
  const beginIsolated = performance.now();
  for (let index = 0; index < ISOLATED; index++) {
    let at = 0;
    const last = await crowd.seen(1, async () => {
      at = (await server.ask({ do: 'commit', count: 1 })).at ?? 0;
    });
    latencies.push(last - at);
  }
  const isolatedMs = performance.now() - beginIsolated;
  const bursts: number[] = [];
  for (const begin = performance.now(); bursts.length < 3 || performance.now() - begin < BUSY_MS; ) {
    let at = 0;
    const last = await crowd.seen(BURST, async () => {
      at = (await server.ask({ do: 'commit', count: BURST })).at ?? 0;
    });
    bursts.push(last - at);
  }
  await crowd.end();
  await server.kill();
  const busyMs = bursts.reduce((sum, ms) => sum + ms, 0);
  return {
    'isolated event': figureOf(Float64Array.from(latencies), ISOLATED, isolatedMs),
    'busy stream': figureOf(Float64Array.from(bursts), bursts.length * BURST * CLIENTS, busyMs),
    bytesEach: (full - empty) / CLIENTS,
  };
}

function memoryLine(ours: number, plain: number): Case {
  const bytes = (value: number): Figure => ({ value: Math.round(value), p50_ms: 0, p95_ms: 0, p99_ms: 0 });
  return {
    bench: 'live',
    case: `memory, ${CLIENTS} subscribed`,
    unit: 'bytes each',
    figure: bytes(ours),
    baseline: { case: 'ws, not subscribed', figure: bytes(plain) },
  };
}

/** All are cut at once by a killed server, and come back to another with their position, ten events behind. */
async function reconnect(setting: Setting): Promise<Case> {
  const BEHIND = 10;
  const [doomed, other] = [await startServer(setting), await startServer(setting)];
  await other.ask({ do: 'changes', count: 100 });
  const crowd = await Crowd.open(PROCESSES, CLIENTS, everybody(setting, doomed));
  const since = (await other.ask({ do: 'position' })).seq ?? 0;
  await crowd.seen(BEHIND, () => other.ask({ do: 'commit', count: BEHIND }));
  const events = (BEHIND * CLIENTS) / PROCESSES;
  await crowd.tell({ do: 'fail-over', port: other.port, since, events }, 'expecting');
  const seen = crowd.hear('seen');
  const begin = performance.timeOrigin + performance.now();
  await doomed.kill();
  const tookMs = Math.max(...(await seen).map(({ at }) => at)) - begin;
  await crowd.end();
  await other.kill();
  return {
    bench: 'live',
    case: `${CLIENTS} come back at once`,
    unit: 'clients/s',
    figure: figureOf(Float64Array.of(tookMs), CLIENTS, tookMs),
    baseline: null,
  };
}

/** Everybody watches a change of his own; from the moment a step was decided, its commit included. */
async function commitToScreen(setting: Setting): Promise<Case> {
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
  return {
    bench: 'live',
    case: `commit to screen, ${SUBSCRIBERS} clients`,
    unit: 'transitions/s',
    figure: figureOf(Float64Array.from(latencies), latencies.length, SECONDS * 1000),
    baseline: null,
  };
}

/** The same load with and without clients that do not read. */
async function slow(setting: Setting): Promise<Case[]> {
  const [READERS, SLEEPERS, PER_SECOND, SECONDS] = [500, 20, 50, 8];
  const server = await startServer(setting);
  await server.ask({ do: 'changes', count: 500 });
  const readers = await Crowd.open(1, READERS, everybody(setting, server));
  const measure = async () => {
    await server.ask({ do: 'load', perSecond: PER_SECOND, seconds: 2 });
    await readers.tell({ do: 'time', on: true }, 'timed');
    await server.ask({ do: 'load', perSecond: PER_SECOND, seconds: SECONDS });
    const said = await readers.tell({ do: 'time', on: false }, 'timed');
    const latencies = said.flatMap((each) => each.latencies);
    return figureOf(Float64Array.from(latencies), latencies.length, SECONDS * 1000);
  };
  const alone = await measure();
  const sleepers = await Crowd.open(1, SLEEPERS, everybody(setting, server));
  await sleepers.tell({ do: 'pause' }, 'paused');
  // More than the buffers of the kernel take: from here on the server has nowhere to put it.
  for (let round = 0; round < 40; round++) await server.ask({ do: 'commit', count: 250 });
  const before = (await server.ask({ do: 'memory' })).rss ?? 0;
  const beside = await measure();
  const after = (await server.ask({ do: 'memory' })).rss ?? 0;
  await Promise.all([readers.end(), sleepers.end()]);
  await server.kill();
  return [
    {
      bench: 'live',
      case: `beside ${SLEEPERS} that do not read`,
      unit: 'deliveries/s',
      figure: beside,
      baseline: { case: 'without them', figure: alone },
      detail: { server_grew_bytes: after - before },
    },
  ];
}
