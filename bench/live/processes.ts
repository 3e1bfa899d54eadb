/** The processes of the bench: one server, several that are full of clients, and questions to them. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FromServer, ToClients, ToServer } from './messages.ts';

const start = (name: string): ChildProcess =>
  fork(fileURLToPath(new URL(`./${name}.js`, import.meta.url)), {
    execArgv: ['--max-semi-space-size=64', '--expose-gc'],
  });

export class ServerProcess {
  readonly #child = start('server');
  port = 0;

  async ask(message: ToServer): Promise<FromServer> {
    const answered = once(this.#child, 'message');
    this.#child.send(message);
    const [answer] = (await answered) as [FromServer];
    if (answer.port !== undefined) this.port = answer.port;
    return answer;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
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
}

export class Crowd {
  readonly #children: readonly ChildProcess[];
  readonly count: number;

  private constructor(children: readonly ChildProcess[], count: number) {
    this.#children = children;
    this.count = count;
  }

  /** So many clients, spread over processes; resolves when all are subscribed. */
  static async open(
    processes: number,
    count: number,
    how: Pick<Extract<ToClients, { do: 'open' }>, 'port' | 'protocols' | 'subscribe' | 'streams'>,
  ): Promise<Crowd> {
    const crowd = new Crowd(
      Array.from({ length: processes }, () => start('clients')),
      count,
    );
    const live = crowd.hear('live');
    for (const [index, child] of crowd.#children.entries()) {
      const localAddress = `127.0.0.${index + 2}`;
      child.send({ do: 'open', count: count / processes, localAddress, ...how } satisfies ToClients);
    }
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
