/** A runtime small enough to hold in the head: changes in memory, a log per tenant, answers that tests can ask for. */
import { randomUUID } from 'node:crypto';
import { newId } from '../../src/actors/clock.ts';
import type { Answer, Envelope, EventCommand, Principal, Proposal } from '../../src/actors/commands.ts';
import { contentsFrom } from '../../src/actors/contents/contents.ts';
import type { NewDelegation } from '../../src/actors/delegations.ts';
import { graphFrom } from '../../src/actors/dependencies/questions.ts';
import { Directories } from '../../src/actors/directory/directories.ts';
import type { Said } from '../../src/actors/directory/entries.ts';
import type { GroupAnswer } from '../../src/actors/group.ts';
import type { Publisher } from '../../src/actors/ports.ts';
import type { GivenOwners } from '../../src/actors/project-owners.ts';
import { staffingFrom } from '../../src/actors/staffing.ts';
import { timeTravelFrom } from '../../src/actors/time-travel.ts';
import type { ChangeView, Deployed } from '../../src/actors/views.ts';
import { CountersignError } from '../../src/errors.ts';
import type { Backend } from '../../src/gateway/backend.ts';
import type {
  CalendarRecord,
  ChangeFilter,
  ChangeRecord,
  ChangeRef,
  DelegationRecord,
  EdgeRow,
  Json,
  LogRow,
  ProjectOwners,
  ProjectRef,
  StoredDefinition,
  TenantRecord,
  TouchingHunks,
} from '../../src/persistence/records.ts';
import { MemoryDelegations } from '../support/memory-delegations.ts';
import { MemoryDirectory } from '../support/memory-directory.ts';
import { memoryReaders } from '../support/memory-readers.ts';
import { memoryRevocations } from '../support/memory-revocations.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { ENABLED, FAILURES, keyOf, NOW, REFUSED, ROW, refused } from './fake-answers.ts';
import { fakeGraph } from './fake-graph.ts';
import { fakeLife } from './fake-life.ts';

export { NOW };

export interface Sent {
  readonly command: EventCommand | Proposal;
  readonly envelope: Envelope;
}

export class FakeBackend implements Backend {
  readonly tenantRecords: TenantRecord[] = [{ tenant: 'acme', title: 'Acme', createdAt: NOW }];
  readonly logs = new Map<string, LogRow[]>([['acme', []]]);
  readonly changeRecords: ChangeRecord[] = [];
  readonly definitionRecords: StoredDefinition[] = [];
  readonly delegationRecords = new MemoryDelegations();
  readonly #said = new MemoryDirectory();
  readonly #directories = new Directories(
    {
      addDirectoryEntries: async (saying, entries) => this.#said.add(saying, entries),
      directorySince: async (tenant, after) => this.#said.since(tenant, after),
    },
    { now: () => NOW },
  );
  /** Where definitions have a life: deploy there what a test asks the API about. */
  readonly living = fakeLife(NOW);
  readonly life = this.living.life;
  readonly ownersRecords: ProjectOwners[] = [];
  readonly calendarRecords: CalendarRecord[] = [];
  /** Everything the gateway asked for, as it arrived here. */
  readonly sent: Sent[] = [];
  readonly filters: ChangeFilter[] = [];
  /** Told of rows, where set. */
  publisher: Publisher | undefined;
  epoch = 'e1';
  isReady = true;
  /** Waited for before any command is answered. */
  gate: Promise<void> = Promise.resolve();
  /** Called before each read of the log. */
  onRead: () => Promise<void> = async () => {};
  /** Waited for between reading the log and giving back what was read. */
  afterRead: () => Promise<void> = async () => {};
  readonly #answers = new Map<string, Answer>();

  readonly store: Backend['store'] = {
    revocations: memoryRevocations(),
    readers: memoryReaders({
      rows: (tenant) => this.logs.get(tenant) ?? [],
      projectOf: (tenant, change) => this.#find(tenant, change)?.project,
    }),
    change: async ({ tenant, change }) => this.#find(tenant, change),
    changes: async (tenant, filter, { before, limit }) => {
      this.filters.push(filter);
      const all = this.changeRecords.filter((change) => change.tenant === tenant).reverse();
      const start = before === undefined ? 0 : all.findIndex((change) => change.change === before) + 1;
      return all.slice(start, start + limit);
    },
    outcomes: async (tenant) => {
      const all = this.changeRecords.filter((change) => change.tenant === tenant);
      return { open: all.length };
    },
    log: async (tenant, { after, limit, change, project, exceptProjects = [] }) => {
      await this.onRead();
      const rows = (this.logs.get(tenant) ?? [])
        .slice(after)
        .filter((row) => change === undefined || row.change === change)
        .filter((row) => !exceptProjects.includes(this.#find(tenant, row.change)?.project ?? ''))
        .filter((row) => project === undefined || this.#find(tenant, row.change)?.project === project)
        .slice(0, limit);
      await this.afterRead();
      return rows;
    },
    position: async (tenant) => {
      const rows = this.logs.get(tenant);
      return rows && { seq: rows.length, epoch: this.epoch };
    },
    pendingTimers: async () => [],
    delegations: async (tenant, filter, page) => this.delegationRecords.list(tenant, filter, page),
    directoryHistory: async (tenant, page) => this.#said.history(tenant, page),
    projectOwners: async (tenant, project) =>
      this.ownersRecords.findLast((record) => record.tenant === tenant && record.project === project),
    calendars: async (tenant) => this.calendarRecords.filter((record) => record.tenant === tenant),
    definition: async (tenant, name, version) =>
      this.definitionRecords.findLast(
        (record) =>
          record.tenant === tenant &&
          record.name === name &&
          (version === undefined || record.version === version),
      ),
    definitions: async (tenant) => this.definitionRecords.filter((record) => record.tenant === tenant),
    createTenant: async (record) => {
      if (this.logs.has(record.tenant)) return false;
      this.tenantRecords.push(record);
      this.logs.set(record.tenant, []);
      return true;
    },
    tenants: async () => this.tenantRecords,
  };

  directory(tenant: string) {
    return this.#directories.of(tenant);
  }

  say(tenant: string, said: readonly Said[], reason: string | null, by: Principal) {
    return this.#directories.say(tenant, said, reason, by);
  }

  readonly staffing = staffingFrom({
    store: {
      definition: (tenant, name) => this.store.definition(tenant, name),
      definitions: (tenant) => this.store.definitions(tenant),
      definitionLife: async () => ({ newest: null, activations: [] }),
      definitionVersions: async () => [],
      changes: async () => [],
      liveConfigurations: async () => [],
      projectOwners: async () => undefined,
    },
    directory: (tenant) => this.directory(tenant),
  });

  /** Of none: `contents.test.ts` has a runtime of its own. */
  readonly contents = contentsFrom(new MemoryStore(), { now: () => NOW });

  /** What depends on what, as tests say it; and what revisions do to files. */
  readonly edgeRows: EdgeRow[] = [];
  readonly touching: TouchingHunks[] = [];
  readonly atWork = { waiting: 0, stopped: () => [], restart: () => false };
  readonly graph = graphFrom({
    store: fakeGraph(this),
    directory: (tenant) => this.directory(tenant),
    estimate: (ref) => this.advice.estimate(ref),
  });

  readonly timeTravel = timeTravelFrom({
    store: this.store,
    clock: { now: () => NOW },
    directory: (tenant) => this.directory(tenant),
    calendars: async () => ({}),
  });

  readonly advice: Backend['advice'] = {
    estimate: async ({ tenant, change }) => {
      const none = { change, at: NOW, nextStep: null, outcome: null, why: 'No changes were in Review.' };
      return this.#find(tenant, change) && none;
    },
    reviewers: async ({ tenant, change }) => this.#find(tenant, change) && [],
  };

  async propose(proposal: Proposal, envelope: Envelope): Promise<Answer> {
    this.sent.push({ command: proposal, envelope });
    const { tenant } = envelope.principal;
    if (proposal.key === 'taken')
      return refused({ code: 'CHANGE_EXISTS', message: 'It exists.', accepted: [] });
    const change = this.addChange(tenant, proposal.project, proposal);
    return {
      ok: true,
      row: this.append({ tenant, change }, { kind: 'proposed', event: 'propose' }),
      replayed: false,
    };
  }

  async send(command: EventCommand, envelope: Envelope): Promise<Answer> {
    this.sent.push({ command, envelope });
    await this.gate;
    const { tenant } = envelope.principal;
    const known = this.#find(tenant, command.change);
    if (known === undefined) throw new CountersignError('NOT_FOUND', `There is no change ${command.change}.`);
    const key = envelope.idempotencyKey;
    const before = key === undefined ? undefined : this.#answers.get(key);
    if (before?.ok) return { ...before, replayed: true };
    const failure = FAILURES[command.trigger];
    if (failure) throw failure();
    const refusal = REFUSED[command.trigger];
    if (refusal) return refused(refusal);
    if (command.expectedVersion !== undefined && command.expectedVersion !== known.version) {
      return refused({
        code: 'STALE_VERSION',
        message: 'It has moved on.',
        accepted: [String(known.version)],
      });
    }
    const row = this.append({ tenant, change: command.change }, { event: command.trigger });
    this.publisher?.publish([row]);
    const answer: Answer = { ok: true, row, replayed: false };
    if (key !== undefined) this.#answers.set(key, answer);
    return answer;
  }

  /** All or none of them, judged as `send` does. */
  async sendGroup(commands: readonly EventCommand[], envelope: Envelope): Promise<GroupAnswer> {
    const refusals = commands.map(({ trigger }) => REFUSED[trigger]);
    const first = refusals.find((refusal) => refusal !== undefined);
    if (!first) {
      const answers = await Promise.all(
        commands.map((command) => this.send(command, { ...envelope, ...keyOf(envelope, command) })),
      );
      return { done: true, answers };
    }
    this.sent.push(...commands.map((command) => ({ command, envelope })));
    const others = { code: 'GROUP_REFUSED', message: first.message, accepted: [] } as const;
    return { done: false, answers: refusals.map((refusal) => refused(refusal ?? others)) };
  }

  async ask(): Promise<undefined> {
    return undefined;
  }

  async view({ tenant, change }: ChangeRef): Promise<ChangeView | undefined> {
    const record = this.#find(tenant, change);
    const enabled = [{ ...ENABLED, refusal: REFUSED.forbidden ?? null }];
    return (
      record && {
        ...record,
        enabled,
        revision: null,
        ballots: {},
        waitsFor: [],
        threads: [],
        dependencies: [],
        suspended: null,
      }
    );
  }

  async deploy(tenant: string, source: unknown, by: Principal, reason: string | null): Promise<Deployed> {
    const definition = source as { name?: string; states?: Json };
    if (definition.states === undefined || definition.name === undefined) {
      const issues = [{ path: 'states', message: 'are missing' }];
      throw new CountersignError('DEFINITION_INVALID', 'The definition has 1 defect.', { issues });
    }
    const name = definition.name;
    const before = this.definitionRecords.findLast((record) => record.name === name);
    const digest = JSON.stringify(source);
    if (before?.digest === digest)
      return { name, version: before.version, digest, created: false, warnings: [] };
    const version = (before?.version ?? 0) + 1;
    const deployed = { deployedBy: by.id, reason, deployedAt: NOW };
    this.definitionRecords.push({ tenant, name, version, digest, definition: source as Json, ...deployed });
    return { name, version, digest, created: true, warnings: [] };
  }

  async setOwners(project: ProjectRef, given: GivenOwners, by: Principal): Promise<ProjectOwners> {
    const record = { ...project, ...given, setBy: by.id, setAt: NOW };
    this.ownersRecords.push(record);
    return record;
  }

  async setCalendar(tenant: string, name: string, source: unknown, by: Principal): Promise<CalendarRecord> {
    const record = { tenant, name, calendar: source as Json, setBy: by.id, setAt: NOW };
    this.calendarRecords.push(record);
    return record;
  }

  async delegate(given: NewDelegation, { tenant, id: from, roles }: Principal): Promise<DelegationRecord> {
    const made = {
      project: null,
      startsAt: NOW,
      roles,
      ...given,
      tenant,
      from,
      id: newId(),
      revokedAt: null,
    };
    this.delegationRecords.save(made);
    return made;
  }

  async revokeDelegation(id: string, { tenant }: Principal): Promise<DelegationRecord> {
    this.delegationRecords.revoke(tenant, id, NOW);
    const revoked = this.delegationRecords.find(tenant, id);
    if (!revoked) throw new CountersignError('NOT_FOUND', `There is no delegation ${id}.`);
    return revoked;
  }

  async ready(): Promise<boolean> {
    return this.isReady;
  }

  addChange(tenant: string, project: string, facts: Partial<Proposal> = {}): string {
    const change = randomUUID();
    this.changeRecords.push({
      tenant,
      change,
      project,
      key: facts.key ?? null,
      title: facts.title ?? 'A change',
      author: 'ann',
      authorKind: 'person',
      definition: facts.definition ?? 'BasicApproval',
      definitionVersion: 1,
      attributes: facts.attributes ?? {},
      createdAt: NOW,
      version: 0,
      state: { Review: { code: 'waiting' } },
      outcome: null,
      updatedAt: NOW,
      timers: [{ name: 'late', setVersion: 1, event: 'late', dueAt: NOW + 1000 }],
    });
    return change;
  }

  /** Commits a row without telling anybody. */
  append(ref: ChangeRef, entry: Partial<LogRow> = {}): LogRow {
    const log = this.logs.get(ref.tenant);
    if (log === undefined) throw new Error(`no tenant ${ref.tenant}`);
    const index = this.changeRecords.findIndex((record) => record.change === ref.change);
    const record = this.changeRecords[index];
    const version = (record?.version ?? 0) + 1;
    if (record) this.changeRecords[index] = { ...record, version };
    const row: LogRow = { ...ROW, version, ...entry, ...ref, seq: log.length + 1 };
    log.push(row);
    return row;
  }

  #find(tenant: string, change: string): ChangeRecord | undefined {
    return this.changeRecords.find((record) => record.tenant === tenant && record.change === change);
  }
}
