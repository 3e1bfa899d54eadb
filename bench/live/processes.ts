/** The processes of the bench: one server, several that are full of clients, and questions to them. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { sharedNursery } from '../../src/cli/workers/nursery.ts';
import type { Comebacks } from './comebacks.ts';
import type { FromServer, ToClients, ToServer } from './messages.ts';

/** As one of so many workers. */
const start = (name: string, workers = 1): ChildProcess =>
  fork(fileURLToPath(new URL(`./${name}.js`, import.meta.url)), {
    execArgv: sharedNursery(['--max-semi-space-size=64', '--expose-gc'], workers),
  });

export class ServerProcess {
  readonly #child: ChildProcess;
  port = 0;

  constructor(workers: number) {
    this.#child = start('server', workers);
  }

  async ask(message: ToServer): Promise<FromServer> {
    const answered = once(this.#child, 'message');
    this.#child.send(message);
    const [answer] = (await answered) as [FromServer];
    if (answer.port !== undefined) this.port = answer.port;
    return answer;
  }

  /** CPU time that it takes while something is done, in ms. */
  async cpuDuring<T>(work: () => Promise<T>) {
    const before = await this.#cpu();
    const result = await work();
    const after = await this.#cpu();
    const cpu = {
      user_ms: Math.round((after.user - before.user) / 1000),
      system_ms: Math.round((after.system - before.system) / 1000),
    };
    return { result, cpu };
  }

  async #cpu(): Promise<NodeJS.CpuUsage> {
    const { cpu = { user: 0, system: 0 } } = await this.ask({ do: 'cpu' });
    return cpu;
  }

  async kill(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }
}

interface Said {
  readonly done: string;
  readonly at: number;
  readonly latencies: readonly number[];
  readonly comebacks: Comebacks;
}

export class Crowd {
  readonly #children: readonly ChildProcess[];
  readonly count: number;

  private constructor(children: readonly ChildProcess[], count: number) {
    this.#children = children;
    this.count = count;
  }

  /** So many clients or a few more, spread evenly over processes; resolves when all are subscribed. */
  static async open(
    processes: number,
    count: number,
    how: Pick<Extract<ToClients, { do: 'open' }>, 'port' | 'protocols' | 'dialect' | 'streams'>,
  ): Promise<Crowd> {
    const crowd = new Crowd(
      Array.from({ length: processes }, () => start('clients')),
      Math.ceil(count / processes) * processes,
    );
    const live = crowd.hear('live');
    for (const child of crowd.#children)
      child.send({ do: 'open', count: crowd.count / processes, ...how } satisfies ToClients);
    await live;
    return crowd;
  }

  /** What each process says next of this kind. */
  hear(done: string): Promise<Said[]> {
    const one = (child: ChildProcess) =>
      new Promise<Said>((resolve) => {
        const listen = (message: Said) => {
          if (message.done !== done) return;
          child.off('message', listen);
          resolve(message);
        };
        child.on('message', listen);
      });
    return Promise.all(this.#children.map(one));
  }

  async tell(message: ToClients, answer: string): Promise<Said[]> {
    const heard = this.hear(answer);
    for (const child of this.#children) child.send(message);
    return heard;
  }

  /** When the last client of all has seen so many events more. */
  async seen(eventsEach: number, work: () => Promise<unknown>): Promise<number> {
    await this.tell({ do: 'expect', events: (eventsEach * this.count) / this.#children.length }, 'expecting');
    const seen = this.hear('seen');
    await work();
    return Math.max(...(await seen).map(({ at }) => at));
  }

  async end(): Promise<void> {
    const exits = this.#children.map((child) => once(child, 'exit'));
    for (const child of this.#children) child.send({ do: 'end' } satisfies ToClients);
    await Promise.all(exits);
  }
}
