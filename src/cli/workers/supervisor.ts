/**
 * `serve --workers N`: N processes that are each a whole server and share one port, and one that serves nothing and
 * looks after them. It starts a worker again where one dies, ever more slowly where it keeps dying, and stops when all
 * of them have stopped.
 */
import cluster, { type Worker } from 'node:cluster';
import type { Logger } from '../../log.ts';
import { environmentOf, isReady, type Place, type Ready, STOP } from './place.ts';

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 30_000;
/** A worker that lived so long did not die of its start. */
const LONG_LIFE_MS = 60_000;

/** How long to wait before a worker that died `deaths` times in a row is started again. */
export function restartDelayMs(deaths: number): number {
  return Math.min(FIRST_DELAY_MS * 2 ** Math.min(deaths - 1, 20), MAX_DELAY_MS);
}

export class Supervisor {
  readonly #log: Logger;
  readonly #workers = new Map<number, Worker>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #deaths = new Map<number, number>();
  #stopped: (() => void) | undefined;
  #isStopping = false;

  constructor(log: Logger) {
    this.#log = log;
  }

  get pids(): readonly number[] {
    return [...this.#workers.values()].flatMap(({ process }) => process.pid ?? []);
  }

  /** Resolves when they all serve; the exit code of the first that never did, where one fails. */
  async start(places: readonly Place[]): Promise<Ready['ready'] | number> {
    // The first one migrates; its failure is everybody's, and is told once.
    const [first, ...others] = places;
    if (first === undefined) return 0;
    const ready = await this.#first(first);
    if (typeof ready === 'number') return ready;
    const failed = (await Promise.all(others.map((place) => this.#first(place)))).find(
      (each) => typeof each === 'number',
    );
    return failed ?? ready;
  }

  /** Asks all of them to stop; resolves when they have. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const timer of this.#timers) clearTimeout(timer);
    if (this.#workers.size === 0) return;
    const stopped = new Promise<void>((resolve) => {
      this.#stopped = resolve;
    });
    for (const worker of this.#workers.values()) if (worker.isConnected()) worker.send(STOP);
    await stopped;
  }

  /** Without asking. */
  kill(): void {
    this.#isStopping = true;
    for (const worker of this.#workers.values()) worker.process.kill('SIGKILL');
  }

  /** A worker's first start: its exit before it served is the answer, not a reason to start it again. */
  #first(place: Place): Promise<Ready['ready'] | number> {
    return new Promise((resolve) => {
      const worker = cluster.fork(environmentOf(place));
      this.#workers.set(place.index, worker);
      const onExit = (code: number | null) => {
        this.#gone(place);
        resolve(code ?? 1);
      };
      worker.once('exit', onExit);
      worker.on('message', (message) => {
        if (!isReady(message)) return;
        worker.off('exit', onExit);
        this.#watch(worker, place);
        resolve(message.ready);
      });
    });
  }

  #again(place: Place): void {
    const worker = cluster.fork(environmentOf(place));
    this.#workers.set(place.index, worker);
    this.#watch(worker, place);
    worker.on('message', (message) => {
      if (isReady(message))
        this.#log.info({ worker: place.index, pid: worker.process.pid }, 'a worker serves again');
    });
  }

  #watch(worker: Worker, place: Place): void {
    const startedAt = performance.now();
    worker.once('exit', (code, signal) => {
      this.#gone(place);
      if (this.#isStopping) return;
      const deaths =
        performance.now() - startedAt > LONG_LIFE_MS ? 1 : (this.#deaths.get(place.index) ?? 0) + 1;
      this.#deaths.set(place.index, deaths);
      const delayMs = restartDelayMs(deaths);
      const { pid } = worker.process;
      this.#log.warn(
        { worker: place.index, pid, code, signal, restart_in_ms: delayMs },
        'a worker died; it is started again',
      );
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        this.#again(place);
      }, delayMs);
      this.#timers.add(timer);
    });
  }

  #gone(place: Place): void {
    this.#workers.delete(place.index);
    if (this.#workers.size === 0) this.#stopped?.();
  }
}
