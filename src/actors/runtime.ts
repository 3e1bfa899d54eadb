/**
 * The runtime: commands in, answers out. A command waits in its change's mailbox, from which the lanes take it. Everything
 * that is asked and said of a tenant besides (delegations, directory, owners, calendars) is kept by the parts named here.
 */
import { CountersignError, invariant } from '../errors.ts';
import type { Logger } from '../log.ts';
import { enabled } from '../machines/compile.ts';
import type {
  CalendarRecord,
  ChangeFacts,
  ChangeRef,
  DelegationRecord,
  DueTimer,
  Happened,
  LogEntry,
  ProjectOwners,
  ProjectRef,
  StoredChange,
} from '../persistence/records.ts';
import type { AtWork } from './at-work.ts';
import { withStandIns } from './attention.ts';
import type { BatchWorld } from './batch.ts';
import { attributeProblem } from './beginning.ts';
import { Calendars } from './calendars.ts';
import type { Answer, Envelope, EventCommand, Principal, Proposal } from './commands.ts';
import { type Contents, contentsFrom } from './contents/contents.ts';
import { Definitions } from './definitions.ts';
import { Delegations, type NewDelegation } from './delegations.ts';
import { Cascades } from './dependencies/cascades.ts';
import { reactionOf } from './dependencies/edge.ts';
import { type GraphQuestions, graphFrom } from './dependencies/questions.ts';
import type { Told } from './dependencies/told.ts';
import { Directories, knownAs } from './directory/directories.ts';
import type { Said } from './directory/entries.ts';
import { type Directory, dependencyRules, type Place } from './directory/state.ts';
import { gathering } from './gather.ts';
import { claimsOf, type GroupAnswer, groupProblem } from './group.ts';
import { claimOf } from './identity.ts';
import { KnownFacts } from './known-facts.ts';
import { type LaneLimits, Lanes } from './lanes.ts';
import { type Deployment, type Life, lifeFrom } from './life/life.ts';
import { Migrations } from './life/migrations.ts';
import { type Live, proposed, revive } from './live.ts';
import { type Item, Mailboxes, nameOf } from './mailbox.ts';
import { noSuchChange } from './missing.ts';
import type { Clock, NewId, Publisher, Scheduler, Store } from './ports.ts';
import { type GivenOwners, setOwners } from './project-owners.ts';
import { type StaffingQuestions, staffingFrom } from './staffing.ts';
import { type Input, step } from './step.ts';
import { type Advice, adviceFrom } from './suggestions/advice.ts';
import { type TimeTravel, timeTravelFrom } from './time-travel.ts';
import { Timers } from './timers.ts';
import { type ChangeView, type Deployed, viewOf } from './views.ts';

export interface RuntimeLimits extends LaneLimits {
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
  readonly advice: Advice;
  readonly contents: Contents;
  readonly graph: GraphQuestions;
  readonly timeTravel: TimeTravel;
  readonly life: Life;
  readonly staffing: StaffingQuestions;
  readonly atWork: AtWork;
  readonly #newId: NewId;
  readonly #calendars: Calendars;
  readonly #definitions: Definitions;
  readonly #delegations: Delegations;
  readonly #directories: Directories;
  readonly #timers: Timers;
  readonly #batchWorld: BatchWorld;
  readonly #lanes: Lanes;
  readonly #cascades: Cascades;
  readonly #stored: (ref: ChangeRef) => Promise<StoredChange | undefined>;

  constructor(world: RuntimeWorld) {
    const { store, clock, log, scheduler, publisher } = world;
    this.store = store;
    this.#newId = world.newId;
    const limits = { ...DEFAULT_LIMITS, ...world.limits };
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
    this.#directories = new Directories(store, clock);
    this.advice = adviceFrom({
      store,
      clock,
      stored: this.#stored,
      workflow: (stored) => this.#definitions.workflow(stored),
      directory: (tenant) => this.#directories.of(tenant),
    });
    this.contents = contentsFrom(store, clock);
    const directory = (tenant: string) => this.#directories.of(tenant);
    this.graph = graphFrom({ store, directory, estimate: (ref) => this.advice.estimate(ref) });
    this.life = this.#lifeIn(world);
    this.staffing = staffingFrom({ store, directory });
    const calendars = (tenant: string, names: readonly string[]) => this.#calendars.of(tenant, names);
    this.timeTravel = timeTravelFrom({ store, clock, directory, calendars });
    this.#timers = new Timers({ store, clock, scheduler, log, fire: (timer) => this.#fire(timer) });
    this.#batchWorld = {
      store,
      clock,
      log,
      publisher: {
        publish: (rows) => {
          publisher.publish(rows);
          this.#cascades.published(rows);
        },
      },
      definitions: this.#definitions,
      mailboxes: new Mailboxes(limits),
      facts: new KnownFacts(store, this.#directories),
      timersSet: (timers) => this.#timers.set(timers),
    };
    this.atWork = this.#batchWorld.mailboxes;
    this.#lanes = new Lanes(this.#batchWorld, limits);
    const reactionTo = async (tenant: string, happened: Happened, dependant: string) => {
      const project = (await this.#stored({ tenant, change: dependant }))?.project ?? '';
      return reactionOf(dependencyRules(await this.directory(tenant), project).reactions, happened);
    };
    const portfolioOf = async (tenant: string, project: string) =>
      (await this.directory(tenant)).portfolios.get(project);
    const tell = (told: Told) => this.#tell(told);
    this.#cascades = new Cascades({ store, clock, log, reactionTo, portfolioOf, tell });
  }

  /** Picks up the timers; changes come to life when something happens to them. */
  async open(): Promise<void> {
    await this.#timers.open();
    await this.#cascades.open();
    await this.life.migrations.open();
  }

  /** Proposes a change. Throws NOT_FOUND for an unknown definition and INVALID_INPUT for an attribute that does not fit it; refuses CHANGE_EXISTS for a key that is taken. */
  async propose(proposal: Proposal, envelope: Envelope): Promise<Answer> {
    const { tenant } = envelope.principal;
    invariant(envelope.actsFor === undefined, "changes are proposed in nobody else's name");
    const active = await this.#definitions.active(tenant, proposal.definition, proposal.project);
    if ('code' in active) return { ok: false, refusal: active, row: null, replayed: false };
    const { workflow, version } = active;
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

  /**
   * Sends events to several changes, one each: all are done in one transaction, their rows one behind the other in the
   * stream, or none is. A key stands for the whole group. Throws NOT_FOUND where the tenant lacks one of the changes, and
   * INVALID_INPUT for a change that is named twice or more than 200 of them.
   */
  async sendGroup(commands: readonly EventCommand[], envelope: Envelope): Promise<GroupAnswer> {
    const problem = groupProblem(commands);
    if (problem) throw problem;
    const { tenant } = envelope.principal;
    const claims = claimsOf(commands, envelope);
    const refs = commands.map(({ change }) => ({ tenant, change }));
    // Awaited only where somebody has to be asked: otherwise the group stands in its queues when this returns.
    const own =
      envelope.actsFor === undefined
        ? null
        : await Promise.all(refs.map((ref) => this.#delegatedFor(ref, envelope)));
    const given = commands.map((command, index) => {
      const { envelope: delegated, refusal: barred } = own?.[index] ?? { envelope, refusal: null };
      const input = { kind: 'event', command, envelope: delegated } as const;
      return { ref: refs[index] as ChangeRef, input, claim: claims[index] ?? null, barred };
    });
    const answers = await new Promise<readonly Answer[]>((settle, fail) => {
      this.#lanes.deliverGroup(given, settle, fail);
    });
    return { done: answers.every(({ ok }) => ok), answers };
  }

  async #delegatedFor(ref: ChangeRef, envelope: Envelope): ReturnType<Delegations['resolve']> {
    const stored = await this.#stored(ref);
    if (stored) return this.#delegations.resolve(stored, envelope);
    throw noSuchChange(ref.change);
  }

  /** What the event would do now, without doing it: nothing is written, nothing is promised. Undefined: no such change. */
  async ask(command: EventCommand, envelope: Envelope): Promise<LogEntry | undefined> {
    const stored = await this.#stored({ tenant: envelope.principal.tenant, change: command.change });
    if (!stored) return undefined;
    const live = revive(await this.#definitions.workflow(stored), stored);
    const { envelope: delegated, refusal } = await this.#delegations.resolve(stored, envelope);
    const { clock, facts } = this.#batchWorld;
    const event = { kind: 'event', command, envelope: delegated } as const;
    const known = await facts.addedTo<Input>(stored, live, event);
    const { entry } = step(known.live, known.input, clock.now());
    if (!entry || !refusal) return entry ?? undefined;
    const { version } = live;
    return { ...entry, kind: 'refusal', version, to: entry.from, outcome: null, role: null, refusal };
  }

  /** A change as this principal sees it, or undefined where the tenant has none of this id. */
  async view(ref: ChangeRef, principal: Principal): Promise<ChangeView | undefined> {
    const stored = await this.#stored(ref);
    if (!stored) return undefined;
    const { tenant, project } = stored;
    const workflow = await this.#definitions.workflow(stored);
    const delegated =
      principal.for === undefined ? await this.#delegations.asDelegate(principal, project) : [];
    const { live } = await this.#batchWorld.facts.addedTo(stored, revive(workflow, stored), undefined);
    const view = viewOf(live, stored, await this.known(principal, stored), delegated);
    const waitsFor = await withStandIns(view.waitsFor, (people) =>
      this.#delegations.standIns(tenant, project, people),
    );
    return { ...view, waitsFor };
  }

  /** The principal with what the directory of the tenant adds there. */
  async known(principal: Principal, place: Place): Promise<Principal> {
    return knownAs(await this.#directories.of(principal.tenant), principal, place);
  }

  /** Who is who in the tenant. */
  directory(tenant: string): Promise<Directory> {
    return this.#directories.of(tenant);
  }

  /** Adds to the directory, all or nothing. Throws INVALID_INPUT where one entry is named twice. */
  async say(tenant: string, said: readonly Said[], reason: string | null, by: Principal): Promise<Directory> {
    const directory = await this.#directories.say(tenant, said, reason, by);
    this.#cascades.directed(tenant);
    return directory;
  }

  /** Throws DEFINITION_INVALID, and FORBIDDEN where `by` may not deploy in spite of that. */
  deploy(
    tenant: string,
    source: unknown,
    by: Principal,
    reason: string | null,
    how: Omit<Deployment, 'reason'> & { readonly strictStaffing?: boolean } = {},
  ): Promise<Deployed> {
    return this.staffing.deploying({ tenant, by, source, isStrict: how.strictStaffing === true }, () =>
      this.life.deploy(tenant, source, by, { ...how, reason }),
    );
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
  async delegate(given: NewDelegation, by: Principal): Promise<DelegationRecord> {
    const { project } = given;
    return this.#delegations.make(given, await this.known(by, project === undefined ? {} : { project }));
  }

  /** Ends a delegation. Throws NOT_FOUND, and FORBIDDEN where `by` neither gave it nor is an operator. */
  revokeDelegation(id: string, by: Principal): Promise<DelegationRecord> {
    return this.#delegations.revoke(id, by);
  }

  /** Whether the store answers. */
  async ready(): Promise<boolean> {
    if (!this.#lanes.isOpen) return false;
    const answers = this.store.position('').then(() => true);
    return answers.catch(() => false);
  }

  /** Takes no more commands, finishes those it has, then stops. */
  async close(): Promise<void> {
    this.#lanes.refuse();
    await this.#timers.close();
    await this.#cascades.close();
    await this.life.migrations.close();
    await this.#lanes.drain();
  }

  /** A change is told that something happened to what it depends on; the one that is to be judged again, is reopened. */
  async #tell({ tenant, change, because, key, reopen }: Told): Promise<void> {
    const stored = reopen ? await this.#stored({ tenant, change }) : undefined;
    const [way] = stored ? enabled(await this.#definitions.workflow(stored), stored.state as never) : [];
    if (reopen && !way) return;
    const principal = { tenant, id: 'countersign', kind: 'system', roles: way?.roles ?? [] } as const;
    const command = way
      ? { change, trigger: way.trigger, reason: because }
      : { change, trigger: 'dependency.recheck', data: { because } };
    await this.send(command, { principal, idempotencyKey: key });
  }

  #lifeIn({ store, clock, newId, log }: RuntimeWorld): Life {
    const migrations = new Migrations({
      ...{ store, clock, newId, log },
      workflow: (tenant, definition, definitionVersion) =>
        this.#definitions.workflow({ tenant, definition, definitionVersion }),
      deliver: (ref, input, claim) =>
        new Promise((settle, fail) => {
          this.#lanes.deliver(ref, { input, claim, settle, fail, attempts: 0 });
        }),
    });
    return lifeFrom({
      ...{
        store,
        clock,
        migrations,
        definitions: this.#definitions,
        activations: this.#definitions.activations,
      },
      directory: (tenant) => this.directory(tenant),
      propose: (proposal, envelope) => this.propose(proposal, envelope),
    });
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
      this.#lanes.deliver(ref, { input, claim, settle: answered, fail, attempts: 0 }, live);
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
      this.#lanes.deliver({ tenant, change }, item);
    });
  }
}
