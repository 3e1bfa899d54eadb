/**
 * The changes that any server has stopped. Each keeps its own in memory and says them whenever it says that it runs; what
 * another lets go, it lets go then.
 */
import type { AtWork, StoppedChange } from '../../actors/at-work.ts';
import type { Logger } from '../../log.ts';
import type { ChangeRef } from '../../persistence/records.ts';
import type { StoppedStore } from '../../persistence/server-records.ts';

/** Changes of one server that are said to others, and those of others that are listed. */
const MOST = 1_000;

export interface QuarantineOptions {
  readonly atWork: AtWork;
  /** Where servers tell each other; without it each knows its own. */
  readonly shared?: { readonly store: StoppedStore; readonly server: string; readonly goneAfterMs: number };
  readonly log: Logger;
}

export class Quarantine {
  readonly #options: QuarantineOptions;
  /** Whether anything of ours may stand there. */
  #hasSaid = false;

  constructor(options: QuarantineOptions) {
    this.#options = options;
  }

  /** Of all servers, each change once, the longest stopped first. Throws STORE_UNAVAILABLE. */
  async list(tenant: string): Promise<readonly StoppedChange[]> {
    const { atWork, shared } = this.#options;
    const others = shared && (await shared.store.list(tenant, shared.server, shared.goneAfterMs, MOST));
    const all = [...atWork.stopped(tenant), ...(others ?? [])].sort((a, b) => a.at - b.at);
    return all.filter(({ change }, at) => all.findIndex((each) => each.change === change) === at);
  }

  /** Lets a change go on wherever it is stopped; false where it is nowhere. Throws STORE_UNAVAILABLE. */
  async release(ref: ChangeRef): Promise<boolean> {
    const { atWork, shared } = this.#options;
    const isStopped = (await this.list(ref.tenant)).some(({ change }) => change === ref.change);
    await shared?.store.end(ref);
    return atWork.restart(ref) || isStopped;
  }

  /** Says what is stopped here, and lets go what others released. The server has said that it runs. */
  async say(): Promise<void> {
    const { atWork, shared, log } = this.#options;
    const stopped = atWork.stopped().slice(-MOST);
    if (shared === undefined || (stopped.length === 0 && !this.#hasSaid)) return;
    for (const ref of await shared.store.say(shared.server, stopped))
      if (atWork.restart(ref)) log.warn(ref, 'a quarantined change was released on another server');
    this.#hasSaid = stopped.length > 0;
  }
}
