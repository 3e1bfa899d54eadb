/**
 * As many sockets as a machine is to hold, each with a subscription, over servers that share a port as `--workers` has it.
 * `COUNTERSIGN_LIVE_SOCKETS` says how many, 100,000 by default. Both ends are here, so each socket takes two open files:
 * there are as many processes as their limit of open files asks for.
 */

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { type Case, figureOf } from '../figures.ts';
import { toTheLast } from './fan-out.ts';
import { Crowd, type ServerProcess } from './processes.ts';
import { everybody, type Setting, startServer } from './setting.ts';

const SOCKETS = Number(process.env.COUNTERSIGN_LIVE_SOCKETS ?? 100_000);
/** Of the files a process may open; the kernel does not spread connections evenly. */
const SHARE = 0.85;
const LEAST_WORKERS = 2;
const EVENTS = 20;
/** After this V8 counts a process as idle. */
const QUIET_MS = 6_000;

export async function* scale(setting: Setting): AsyncIterable<Case> {
  const processes = Math.max(LEAST_WORKERS, Math.ceil(SOCKETS / (SHARE * openFiles())));
  const port = await freePort();
  const workers = await Promise.all(
    Array.from({ length: processes }, () =>
      startServer(setting, 'countersign', { port, workers: processes }),
    ),
  );
  const [committer] = workers as [ServerProcess, ...ServerProcess[]];
  await committer.ask({ do: 'changes', count: 100 });
  const empty = await taken(workers);
  const begin = performance.now();
  const crowd = await Crowd.open(processes, SOCKETS, { ...everybody(setting, committer), port });
  const openedMs = performance.now() - begin;
  const full = await taken(workers);
  const latencies: number[] = [];
  const sending = performance.now();
  for (let index = 0; index < EVENTS; index++) latencies.push(await toTheLast(committer, crowd, 1));
  const figure = figureOf(Float64Array.from(latencies), EVENTS, performance.now() - sending);
  await crowd.end();
  await Promise.all(workers.map((worker) => worker.kill()));
  const each = (name: 'rss' | 'heapUsed') => Math.round((full[name] - empty[name]) / crowd.count);
  yield {
    bench: 'live',
    case: `${crowd.count} sockets, ${processes} workers`,
    unit: 'events/s, last client',
    figure,
    baseline: null,
    detail: {
      rss_bytes_each: each('rss'),
      heap_bytes_each: each('heapUsed'),
      opened_per_second: Math.round(crowd.count / (openedMs / 1000)),
    },
  };
}

async function taken(workers: readonly ServerProcess[]) {
  const all = await Promise.all(workers.map((worker) => worker.ask({ do: 'memory', afterMs: QUIET_MS })));
  const sum = (name: 'rss' | 'heapUsed') => all.reduce((total, one) => total + (one[name] ?? 0), 0);
  return { rss: sum('rss'), heapUsed: sum('heapUsed') };
}

/** How many files a process may open. */
function openFiles(): number {
  const limits = readFileSync('/proc/self/limits', 'utf8');
  const [, soft = ''] = /^Max open files +(\d+)/m.exec(limits) ?? [];
  if (soft === '') throw new Error('/proc/self/limits does not say how many files a process may open.');
  return Number(soft);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
