/** What `serve` does where workers are asked for: finds the port they share, starts them, says so, and waits for a signal. */
import cluster from 'node:cluster';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { Config } from '../../config.ts';
import { cannotListen } from '../../gateway/listen-failure.ts';
import type { Logger } from '../../log.ts';
import { closeOnSignal, type ServeOptions } from '../lifetime.ts';
import { sharedNursery } from './nursery.ts';
import type { Place } from './place.ts';
import { Supervisor } from './supervisor.ts';

export async function serveWorkers(
  count: number,
  { json, workerPort }: ServeOptions,
  { HOST, PORT }: Config,
  log: Logger,
): Promise<void> {
  const port = await free(HOST, PORT);
  const places = Array.from({ length: count }, (_, at): Place => {
    const own = workerPort !== undefined && { ownPort: workerPort + at };
    return { index: at + 1, port, ...own };
  });
  cluster.setupPrimary({ execArgv: sharedNursery(process.execArgv, count) });
  const supervisor = new Supervisor(log);
  closeOnSignal(
    () => supervisor.stop(),
    log,
    () => supervisor.kill(),
  );
  const started = await supervisor.start(places);
  if (typeof started === 'number') {
    await supervisor.stop();
    process.exit(started);
  }
  const { url, transport, wakeUps } = started;
  const { pids } = supervisor;
  process.stdout.write(
    json
      ? `${JSON.stringify({ url, pid: process.pid, transport, wake_ups: wakeUps, workers: pids })}\n`
      : `Countersign serves ${url} with ${count} workers (transport ${transport}, wake-ups by BullMQ on ${wakeUps}).\n`,
  );
}

/** The port, or one that is free, held by nobody at this moment. Throws PORT_IN_USE. */
async function free(host: string, port: number): Promise<number> {
  const probe = createServer().listen({ host, port, exclusive: true });
  try {
    await once(probe, 'listening');
    return (probe.address() as AddressInfo).port;
  } catch (error) {
    throw cannotListen(host, port, error instanceof Error ? error : undefined);
  } finally {
    probe.close();
  }
}
