/**
 * What tenants say of their people, held before the open connections: whoever may read less than before is sent less, within a
 * second of another server's words and at once after this one's.
 */
import { messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Backend } from './backend.ts';
import type { Session } from './session.ts';

const EVERY_MS = 1_000;

type RegardedSession = Pick<Session, 'tenant' | 'regard'>;

export class Regard {
  readonly #sessions: ReadonlySet<RegardedSession>;
  readonly #backend: Pick<Backend, 'directory'>;
  readonly #log: Logger;
  readonly #timer: NodeJS.Timeout;

  constructor(sessions: ReadonlySet<RegardedSession>, backend: Pick<Backend, 'directory'>, log: Logger) {
    this.#sessions = sessions;
    this.#backend = backend;
    this.#log = log;
    this.#timer = setInterval(() => void this.look(), EVERY_MS).unref();
  }

  /** Never fails: where a directory cannot be read, connections go by what it said last. */
  async look(): Promise<void> {
    const byTenant = new Map<string, RegardedSession[]>();
    for (const session of this.#sessions) {
      const { tenant } = session;
      if (tenant === undefined) continue;
      const known = byTenant.get(tenant);
      if (known) known.push(session);
      else byTenant.set(tenant, [session]);
    }
    await Promise.all([...byTenant].map(([tenant, sessions]) => this.#lookAt(tenant, sessions)));
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #lookAt(tenant: string, sessions: readonly RegardedSession[]): Promise<void> {
    try {
      const directory = await this.#backend.directory(tenant);
      for (const session of sessions) session.regard(directory);
    } catch (error) {
      this.#log.warn({ tenant, reason: messageOf(error) }, 'the directory cannot be read');
    }
  }
}
