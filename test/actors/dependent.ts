/** Changes that depend on others, for tests: a workflow that ends in every way there is, and short words for what is done. */
import type { Answer } from '../../src/actors/commands.ts';
import type { Said } from '../../src/actors/directory/entries.ts';
import type { Store } from '../../src/actors/ports.ts';
import type { Json } from '../../src/persistence/records.ts';
import { accepted, principal, type Server, START } from './rig.ts';

const region = (trigger: string) => ({
  initial: 'todo',
  states: { todo: {}, done: { final: 'approved' } },
  transitions: { 'todo -> done': { trigger } },
});

/** Ends by a trigger, by votes, by joins of regions, and by time; approved and rejected changes may be reopened. */
export const WAYS = {
  name: 'Ways',
  roles: ['reviewer'],
  triggers: [
    'merge',
    'vote',
    'side',
    'some',
    'pass',
    'check',
    'wait',
    'reject',
    'withdraw',
    'back',
    'reopen',
  ],
  ballots: {
    votes: { in: 'Voting', role: 'reviewer', needs: { approvals: 1 }, cast: { vote: 'approve' } },
  },
  initial: 'Open',
  states: {
    Open: {},
    Voting: { timers: { nudge: { after: '1d' } } },
    Parallel: { regions: { code: region('pass'), docs: region('check') } },
    Either: { regions: { code: region('pass'), docs: region('check') } },
    Waiting: {},
    Merged: { final: 'applied' },
    Agreed: { final: 'approved', reopen: { trigger: 'reopen', to: 'Open', void: 'all' } },
    Rejected: { final: 'rejected', reopen: { trigger: 'reopen', to: 'Open', void: 'all' } },
    Withdrawn: { final: 'withdrawn' },
  },
  suspension: { suspend: {}, resume: {} },
  supersede: { to: 'Withdrawn' },
  transitions: {
    'Open -> Merged': { trigger: 'merge' },
    'Open -> Voting': { trigger: 'vote' },
    'Open -> Parallel': { trigger: 'side' },
    'Open -> Either': { trigger: 'some' },
    'Open -> Waiting': { trigger: 'wait' },
    'Open -> Rejected': { trigger: 'reject' },
    'Open -> Withdrawn': { trigger: 'withdraw' },
    'Voting -> Open': { trigger: 'back' },
    'Voting -> Rejected': { trigger: 'reject' },
    'Voting -> Agreed': { when: 'ballots.votes.passed' },
    'Parallel -> Agreed': { join: 'all' },
    'Either -> Agreed': { join: 'any' },
    'Waiting -> Agreed': { after: '1h' },
  },
} as const;

export type On = string | { readonly on: string; readonly kind?: string; readonly rule?: string };
const dependencies = (on: readonly On[]) =>
  on.map((each) => ({
    kind: 'declared',
    rule: 'trailer',
    ...(typeof each === 'string' ? { on: each } : each),
  }));

/** What people of one tenant do, on the server they are given. */
export class Office {
  readonly tenant: string;
  readonly store: Store;
  readonly #server: Server;
  #keys = 0;

  constructor(tenant: string, store: Store, server: Server) {
    this.tenant = tenant;
    this.store = store;
    this.#server = server;
  }

  /** Makes the tenant and deploys the workflow. */
  async open(): Promise<void> {
    const { tenant, store } = this;
    await store.createTenant({ tenant, title: 'Acme', createdAt: START });
    await this.#server.runtime.deploy(tenant, WAYS, { ...principal('ops', ['deployer']), tenant }, null);
  }

  by(id = 'ann') {
    return { principal: { ...principal(id, ['reviewer']), tenant: this.tenant } };
  }

  async propose(key = `I${++this.#keys}`, at = this.#server): Promise<string> {
    const proposal = { definition: 'Ways', project: 'web', key, title: key };
    return accepted(await at.runtime.propose(proposal, this.by())).change;
  }

  send(change: string, trigger: string, data?: Json, at = this.#server): Promise<Answer> {
    return at.runtime.send({ change, trigger, ...(data !== undefined && { data }) }, this.by());
  }

  depend(change: string, on: readonly On[], at = this.#server, event = 'change.depend'): Promise<Answer> {
    return this.send(change, event, { dependencies: dependencies(on) }, at);
  }

  say(said: readonly Said[], at = this.#server) {
    return at.runtime.say(this.tenant, said, null, {
      ...principal('ops', ['administrator']),
      tenant: this.tenant,
    });
  }

  async view(change: string, at = this.#server) {
    const seen = await at.runtime.view({ tenant: this.tenant, change }, this.by().principal);
    if (!seen) throw new Error(`no change ${change}`);
    return seen;
  }
}

/** A store that lets something happen just before the next commit: between what was seen and what is written. */
export function intercepted(store: Store): {
  readonly store: Store;
  before: (() => Promise<unknown>) | undefined;
} {
  const hook: { store: Store; before: (() => Promise<unknown>) | undefined } = { store, before: undefined };
  hook.store = new Proxy(store, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      if (name !== 'commit') return value.bind(target);
      return async (...args: Parameters<Store['commit']>) => {
        const { before } = hook;
        hook.before = undefined;
        await before?.();
        return target.commit(...args);
      };
    },
  });
  return hook;
}
