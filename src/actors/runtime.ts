/**
 * The runtime: commands in, answers out. A command waits in its change's mailbox; lanes take what has gathered and run
 * it as one batch. While one lane's batch is being committed, the other lane steps the next one.
 */
import { CountersignError, invariant } from '../errors.ts';
import type { Logger } from '../log.ts';
import type {
  CalendarRecord,
  ChangeFacts,
  ChangeRef,
  DelegationRecord,
  DueTimer,
  LogEntry,
  ProjectOwners,
  ProjectRef,
  StoredChange,
} from '../persistence/records.ts';
import { type BatchWorld, runBatch } from './batch.ts';
import { attributeProblem } from './beginning.ts';
import { Calendars } from './calendars.ts';
import type { Answer, Envelope, EventCommand, Principal, Proposal } from './commands.ts';
import { Definitions } from './definitions.ts';
import { Delegations, type NewDelegation } from './delegations.ts';
import { gathering } from './gather.ts';
import { claimOf } from './identity.ts';
import { type Live, proposed, revive } from './live.ts';
import { type Item, Mailboxes, nameOf } from './mailbox.ts';
import type { Clock, NewId, Publisher, Scheduler, Store } from './ports.ts';
import { type GivenOwners, setOwners } from './project-owners.ts';
import { RevisionFacts } from './revision-facts.ts';
import { step } from './step.ts';
import { Timers } from './timers.ts';
import { type ChangeView, type Deployed, viewOf } from './views.ts';

export interface RuntimeLimits {
  /** Commands that wait before further ones are refused with TOO_BUSY. */
  readonly maxWaiting: number;
  /** Items per batch, about. */
  readonly batchSize: number;
  /** Batches in progress at once. */
  readonly lanes: number;
  readonly idleActors: number;
  readonly idleMs: number;
}

export const DEFAULT_LIMITS: RuntimeLimits = {
  maxWaiting: 20_000,
  batchSize: 128,
  lanes: 2,
  idleActors: 20_000,
  idleMs: 5 * 60_000,
};

export interface RuntimeWorld {
  readonly store: Store;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly scheduler: Scheduler;
  readonly publisher: Publisher;
  readonly log: Logger;
  readonly limits?: Partial<RuntimeLimits>;
}

export class Runtime {
  readonly store: Store;
  readonly #newId: NewId;
  readonly #limits: RuntimeLimits;
  readonly #calendars: Calendars;
  readonly #definitions: Definitions;
  readonly #delegations: Delegations;
  readonly #mailboxes: Mailboxes;
  readonly #timers: Timers;
  readonly #batchWorld: BatchWorld;
  readonly #stored: (ref: ChangeRef) => Promise<StoredChange | undefined>;
  #running = 0;
  #scheduled = false;
  #closing = false;
  #drained: () => void = () => {};

  constructor(world: RuntimeWorld) {
    const { store, clock, log, scheduler, publisher } = world;
    this.store = store;
    this.#newId = world.newId;
    this.#limits = { ...DEFAULT_LIMITS, ...world.limits };
    this.#calendars = new Calendars(store, clock);
    this.#definitions = new Definitions(store, clock, this.#calendars);
    this.#stored = gathering(nameOf, async (refs) => {
      const found = await store.load(refs);
      return new Map(found.map((each) => [nameOf(each), each]));
    });
    this.#delegations = new Delegations({
      store,
      clock,
      newId: world.newId,
      projectOf: async (ref) => (await this.#stored(ref))?.project,
    });
    this.#mailboxes = new Mailboxes(this.#limits);
    this.#timers = new Timers({ store, clock, scheduler, log, fire: (timer) => this.#fire(timer) });
    this.#batchWorld = {
      store,
      clock,
      log,
      publisher,
      definitions: this.#definitions,
      mailboxes: this.#mailboxes,
      facts: new RevisionFacts(store),
      timersSet: (timers) => this.#timers.set(timers),
    };
  }

  /** Picks up the timers; changes come to life when something happens to them. */
  async open(): Promise<void> {
    await this.#timers.open();
  }

  /** Proposes a change. Throws NOT_FOUND for an unknown definition and INVALID_INPUT for an attribute that does not fit it; refuses CHANGE_EXISTS for a key that is taken. */
  async propose(proposal: Proposal, envelope: Envelope): Promise<Answer> {
    const { tenant } = envelope.principal;
    invariant(envelope.actsFor === undefined, "changes are proposed in nobody else's name");
    const { workflow, version } = await this.#definitions.newest(tenant, proposal.definition);
    const misfit = attributeProblem(workflow.definition, proposal.attributes);
    if (misfit) throw new CountersignError('INVALID_INPUT', `The proposal does not fit: ${misfit}.`);
    const facts: ChangeFacts = {
      project: proposal.project,
      key: proposal.key ?? null,
      title: proposal.title,
      author: envelope.principal.id,
      authorKind: envelope.principal.kind,
      definition: proposal.definition,
      definitionVersion: version,
      attributes: proposal.attributes ?? null,
      createdAt: this.#batchWorld.clock.now(),
    };
    const ref = { tenant, change: this.#newId() };
    return this.#ask(
      ref,
      { kind: 'propose', envelope },
      claimOf(envelope, proposal),
      proposed(workflow, facts),
    );
  }

  /**
   * Sends an event to a change. Throws NOT_FOUND where the tenant has no such change; refuses NOT_DELEGATED where the sender
   * wants to act for somebody who has not delegated that.
   */
  send(command: EventCommand, envelope: Envelope): Promise<Answer> {
    const claim = claimOf(envelope, command);
    return envelope.actsFor === undefined
      ? this.#enter(command, envelope, claim)
      : this.#delegations.send(command, envelope, claim, (delegated) =>
          this.#enter(command, delegated, claim),
        );
  }

  /** What the event would do now, without doing it: nothing is written, nothing is promised. Undefined: no such change. */
  async ask(command: EventCommand, envelope: Envelope): Promise<LogEntry | undefined> {
    const stored = await this.#stored({ tenant: envelope.principal.tenant, change: command.change });
    if (!stored) return undefined;
    const live = revive(await this.#definitions.workflow(stored), stored);
    const { envelope: judged, refusal } = await this.#delegations.resolve(stored, envelope);
    const { clock, facts } = this.#batchWorld;
    const known = await facts.addedTo(command, stored);
    const { entry } = step(live, { kind: 'event', command: known, envelope: judged }, clock.now());
    if (!entry || !refusal) return entry ?? undefined;
    const { version } = live;
    return { ...entry, kind: 'refusal', version, to: entry.from, outcome: null, role: null, refusal };
  }

  /** A change as this principal sees it, or undefined where the tenant has none of this id. */
  async view(ref: ChangeRef, principal: Principal): Promise<ChangeView | undefined> {
    const stored = await this.#stored(ref);
    return stored && viewOf(await this.#definitions.workflow(stored), stored, principal);
  }

  deploy(tenant: string, source: unknown, by: Principal, reason: string | null): Promise<Deployed> {
    return this.#definitions.deploy(tenant, source, by, reason);
  }

  /** Replaces the owners of a project. Throws INVALID_INPUT with an issue for each defect of the files. */
  setOwners(project: ProjectRef, given: GivenOwners, by: Principal): Promise<ProjectOwners> {
    return setOwners(this.store, this.#batchWorld.clock, project, given, by);
  }

  /** Replaces a calendar, for timers that are set from then on. Throws INVALID_INPUT with an issue for each mistake. */
  setCalendar(tenant: string, name: string, source: unknown, by: Principal): Promise<CalendarRecord> {
    return this.#calendars.set(tenant, name, source, by);
  }

  /** Lets somebody act for `by`. Throws FORBIDDEN for roles `by` does not have, and INVALID_INPUT for what makes no sense. */
  delegate(given: NewDelegation, by: Principal): Promise<DelegationRecord> {
    return this.#delegations.make(given, by);
  }

  /** Ends a delegation. Throws NOT_FOUND, and FORBIDDEN where `by` neither gave it nor is an operator. */
  revokeDelegation(id: string, by: Principal): Promise<DelegationRecord> {
    return this.#delegations.revoke(id, by);
  }

  /** Whether the store answers. */
  async ready(): Promise<boolean> {
    return (
      !this.#closing &&
      (await this.store.position('').then(
        () => true,
        () => false,
      ))
    );
  }

  /** Takes no more commands, finishes those it has, then stops. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#timers.close();
    if (this.#running > 0 || this.#mailboxes.waiting > 0) {
      await new Promise<void>((drained) => {
        this.#drained = drained;
      });
    }
  }

  #enter(command: EventCommand, envelope: Envelope, claim: Item['claim']): Promise<Answer> {
    const ref = { tenant: envelope.principal.tenant, change: command.change };
    return this.#ask(ref, { kind: 'event', command, envelope }, claim);
  }

  #ask(ref: ChangeRef, input: Item['input'], claim: Item['claim'], live?: Live): Promise<Answer> {
    return new Promise((settle, fail) => {
      const answered = (answer: Answer | null) => {
        if (answer) settle(answer);
        else fail(new CountersignError('INTERNAL', `The command to ${ref.change} got no answer.`));
      };
      this.#deliver(ref, { input, claim, settle: answered, fail, attempts: 0 }, live);
    });
  }

  #fire({ tenant, change, ...timer }: DueTimer): Promise<void> {
    return new Promise((settle, fail) => {
      const item = {
        input: { kind: 'timer', timer },
        claim: null,
        settle: () => settle(),
        fail,
        attempts: 0,
      } as const;
      this.#deliver({ tenant, change }, item);
    });
  }

  /** Throws SHUTTING_DOWN, or TOO_BUSY where too many commands wait. */
  #deliver(ref: ChangeRef, item: Item, live?: Live): void {
    if (this.#closing)
      throw new CountersignError('SHUTTING_DOWN', 'The server is stopping and takes no new commands.');
    if (this.#mailboxes.waiting >= this.#limits.maxWaiting) {
      throw new CountersignError('TOO_BUSY', `${this.#mailboxes.waiting} commands are waiting already.`);
    }
    this.#mailboxes.deliver(ref, item, live);
    this.#schedule();
  }

  /** Once per turn of the event loop, so that everything this turn brings is in one batch. */
  #schedule(): void {
    if (this.#scheduled || this.#running >= this.#limits.lanes) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#runLane();
    });
  }

  /**
   * One lane gathers better than two: the second one opens only when half a batch is waiting, for then stepping it
   * while the first is being committed gains more than a larger commit would.
   */
  #runLane(): void {
    if (this.#running > 0 && this.#mailboxes.waiting < this.#limits.batchSize / 2) return;
    const work = this.#mailboxes.take(this.#limits.batchSize);
    if (work.length === 0) {
      if (this.#running === 0 && this.#mailboxes.waiting === 0) this.#drained();
      return;
    }
    this.#running += 1;
    void runBatch(work, this.#batchWorld).then(() => {
      this.#running -= 1;
      this.#schedule();
    });
    if (this.#mailboxes.waiting > 0) this.#schedule();
  }
}
