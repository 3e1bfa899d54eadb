/**
 * A worker's life: it ends when its supervisor says so or is gone, or when it alone is asked to (SIGTERM), each time in
 * good order. Ctrl-C reaches every process of a terminal; a worker leaves it to the supervisor.
 */
import cluster from 'node:cluster';
import type { Logger } from '../../log.ts';
import { type Ready, STOP } from './place.ts';

export function liveAsWorker(close: () => Promise<void>, ready: Ready, log: Logger): void {
  let isClosing = false;
  const stop = () => {
    if (isClosing) return;
    isClosing = true;
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'the worker did not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', () => {});
  process.on('SIGTERM', stop);
  process.on('message', (message) => {
    if (message === STOP) stop();
  });
  outliveSupervisor();
  process.on('disconnect', stop);
  process.send?.(ready);
}

/** For a worker that could not start: the channel to its supervisor would keep it alive. */
export function giveUpAsWorker(): void {
  outliveSupervisor();
  process.disconnect();
}

/** Node would exit at once when the channel ends; this is its own sign that somebody takes care. */
function outliveSupervisor(): void {
  if (cluster.worker) cluster.worker.exitedAfterDisconnect = true;
}
