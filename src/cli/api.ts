/** The HTTP API as typed functions. Commands carry an idempotency key, so that trying again cannot do them twice. */
import { randomUUID } from 'node:crypto';
import type { Said } from '../actors/directory/entries.ts';
import { CountersignError } from '../errors.ts';
import type { OverdueReader, Revocation } from './access-wire.ts';
import type { Blockers, Conflicts, Graph, MergeOrder, WhatIf, WhatIfBody } from './graph-wire.ts';
import { HttpClient, type Request, type Target } from './http.ts';
import type {
  DefinitionActivation,
  DefinitionComparison,
  DefinitionVersion,
  Migration,
  MigrationReport,
  NewMigration,
  StartedMigration,
} from './life-wire.ts';
import { type Reply, readReply } from './problem.ts';
import type {
  BatchBody,
  BatchReport,
  Change,
  DefinitionSummary,
  Delegation,
  Deployed,
  DirectoryEntryDocument,
  DirectorySaid,
  Estimate,
  EventBody,
  FileLines,
  NamedCalendar,
  NewDelegation,
  OutcomeCounts,
  OwnersBody,
  Page,
  PendingTimer,
  PrincipalRoles,
  ProjectOwners,
  Proposal,
  Replays,
  Reviewers,
  RevisionFile,
  Staffing,
  Tenant,
  ToldRevision,
  Transition,
  Verdict,
} from './wire.ts';

/** Fields of a query string; undefined ones are left out. */
export type Query = Readonly<Record<string, string | number | undefined>>;

export interface EventOptions {
  readonly idempotencyKey?: string;
  /** The version the sender saw. */
  readonly version?: number;
}

const INTERACTIVE = { patienceMs: 5_000, connections: 4 } as const;

/** A server, as long as it is talked to. Errors are thrown, refusals returned. */
export class Api {
  readonly url: URL;
  readonly #http: HttpClient;

  constructor(target: Target, tuning: { patienceMs: number; connections: number } = INTERACTIVE) {
    this.url = target.url;
    this.#http = new HttpClient(target, tuning);
  }

  close(): void {
    this.#http.close();
  }

  propose(proposal: Proposal, idempotencyKey: string = randomUUID()): Promise<Reply<Change>> {
    return this.#ask({ method: 'POST', path: '/v1/changes', body: proposal, idempotencyKey });
  }

  send(change: string, event: EventBody, options: EventOptions = {}): Promise<Reply<Transition>> {
    const { idempotencyKey = randomUUID(), version } = options;
    const path = `/v1/changes/${encodeURIComponent(change)}/events`;
    return this.#ask({
      method: 'POST',
      path,
      body: event,
      idempotencyKey,
      ...(version !== undefined && { version }),
    });
  }

  /** What was refused stands in the report. */
  async batch(body: BatchBody, idempotencyKey: string = randomUUID()): Promise<BatchReport> {
    const request = { method: 'POST', path: '/v1/batches', body, idempotencyKey } as const;
    return accepted(request.path, await this.#ask<BatchReport>(request));
  }

  change(id: string): Promise<Change> {
    return this.#get(`/v1/changes/${encodeURIComponent(id)}`);
  }

  estimate(change: string): Promise<Estimate> {
    return this.#get(`/v1/changes/${encodeURIComponent(change)}/estimate`);
  }

  reviewers(change: string, query: Query): Promise<Reviewers> {
    return this.#get(`/v1/changes/${encodeURIComponent(change)}/reviewers${search(query)}`);
  }

  graph(change: string, query: Query): Promise<Graph> {
    return this.#get(`/v1/changes/${encodeURIComponent(change)}/graph${search(query)}`);
  }

  /** As Mermaid or Graphviz read it. */
  async graphText(change: string, query: Query): Promise<string> {
    const path = `/v1/changes/${encodeURIComponent(change)}/graph${search(query)}`;
    const response = await this.#http.request({ method: 'GET', path });
    if (response.status === 200 && /^(flowchart|digraph) /.test(response.text)) return response.text;
    return accepted(path, readReply<string>(response, this.url));
  }

  blockers(change: string, query: Query): Promise<Blockers> {
    return this.#get(`/v1/changes/${encodeURIComponent(change)}/blockers${search(query)}`);
  }

  conflicts(change: string, query: Query): Promise<Conflicts> {
    return this.#get(`/v1/changes/${encodeURIComponent(change)}/conflicts${search(query)}`);
  }

  async order(changes: readonly string[]): Promise<MergeOrder> {
    const path = '/v1/graph/order';
    return accepted(path, await this.#ask({ method: 'POST', path, body: { changes } }));
  }

  async whatIf(change: string, body: WhatIfBody): Promise<WhatIf> {
    const path = `/v1/changes/${encodeURIComponent(change)}/what-if`;
    return accepted(path, await this.#ask({ method: 'POST', path, body }));
  }

  revisions(change: string): Promise<Page<ToldRevision>> {
    return this.#get(`/v1/changes/${encodeURIComponent(change)}/revisions`);
  }

  /** Says what a revision holds: its diff, compressed (gzip), in base 64. */
  async recordDiff(change: string, revision: number, body: { readonly gzip: string }): Promise<void> {
    const path = `/v1/changes/${encodeURIComponent(change)}/revisions/${revision}/diff`;
    accepted(path, await this.#ask<unknown>({ method: 'PUT', path, body }));
  }

  /** What the event would do, as things stand; nothing is written. */
  async question(change: string, event: EventBody): Promise<Verdict> {
    const path = `/v1/changes/${encodeURIComponent(change)}/questions`;
    return accepted(path, await this.#ask<Verdict>({ method: 'POST', path, body: event }));
  }

  revisionFiles(change: string, revision: number, query: Query): Promise<Page<RevisionFile>> {
    return this.#get(`/v1/changes/${encodeURIComponent(change)}/revisions/${revision}/files${search(query)}`);
  }

  fileLines(change: string, revision: number, place: number, query: Query): Promise<FileLines> {
    const path = `/v1/changes/${encodeURIComponent(change)}/revisions/${revision}/files/${place}`;
    return this.#get(path + search(query));
  }

  changes(query: Query): Promise<Page<Change>> {
    return this.#get(`/v1/changes${search(query)}`);
  }

  /** Open changes on which the caller may do something now; a page may be empty and have a next one. */
  work(query: Query): Promise<Page<Change>> {
    return this.#get(`/v1/work${search(query)}`);
  }

  /** How many changes per outcome, "open" included. */
  async outcomes(query: Query): Promise<Readonly<Record<string, number>>> {
    return (await this.#get<OutcomeCounts>(`/v1/outcomes${search(query)}`)).outcomes;
  }

  /** Pending timers of the tenant, soonest first; for operators. */
  timers(query: Query): Promise<Page<PendingTimer>> {
    return this.#get(`/v1/timers${search(query)}`);
  }

  /** Lets a quarantined change go on; false where no server has stopped it. */
  async release(change: string, reason: string): Promise<boolean> {
    const path = `/v1/changes/${encodeURIComponent(change)}/release`;
    const reply = await this.#ask<{ released: boolean }>({ method: 'POST', path, body: { reason } });
    return reply.ok && reply.value.released;
  }

  transitions(query: Query, change?: string): Promise<Page<Transition>> {
    const of = change === undefined ? '' : `/changes/${encodeURIComponent(change)}`;
    return this.#get(`/v1${of}/transitions${search(query)}`);
  }

  definitions(): Promise<Page<DefinitionSummary>> {
    return this.#get('/v1/definitions');
  }

  /** Undefined where the tenant has no definition of this name. */
  async definition(name: string): Promise<DefinitionSummary | undefined> {
    try {
      return await this.#get(`/v1/definitions/${encodeURIComponent(name)}`);
    } catch (error) {
      if (error instanceof CountersignError && error.code === 'NOT_FOUND') return undefined;
      throw error;
    }
  }

  /** `source` is the author's grammar as JSON. */
  deploy(
    source: unknown,
    reason?: string,
    how: { readonly strict_staffing?: true; readonly force?: true } = {},
  ): Promise<Reply<Deployed>> {
    const body = { definition: source, ...(reason !== undefined && { reason }), ...how };
    return this.#ask({ method: 'POST', path: '/v1/definitions', body, idempotencyKey: randomUUID() });
  }

  definitionVersions(name: string): Promise<Page<DefinitionVersion>> {
    return this.#get(`/v1/definitions/${encodeURIComponent(name)}/versions`);
  }

  compareDefinitions(name: string, from: number, to: number): Promise<DefinitionComparison> {
    return this.#get(`/v1/definitions/${encodeURIComponent(name)}/compare/${from}/${to}`);
  }

  /** `what`: "activations", "rollback" or "retirement". */
  sayOfDefinition(name: string, what: string, body: object): Promise<Reply<DefinitionActivation>> {
    const path = `/v1/definitions/${encodeURIComponent(name)}/${what}`;
    return this.#ask({ method: 'POST', path, body });
  }

  /** With `dry_run` a report only. */
  migrate<T extends MigrationReport | StartedMigration>(body: NewMigration): Promise<Reply<T>> {
    return this.#ask({ method: 'POST', path: '/v1/migrations', body });
  }

  migrations(): Promise<Page<Migration>> {
    return this.#get('/v1/migrations');
  }

  migration(id: string): Promise<Migration> {
    return this.#get(`/v1/migrations/${encodeURIComponent(id)}`);
  }

  actOnMigration(id: string, act: string): Promise<Reply<Migration>> {
    return this.#ask({ method: 'POST', path: `/v1/migrations/${encodeURIComponent(id)}/${act}` });
  }

  /** One page of how changes of the past would have gone under a draft. */
  async replay(body: object): Promise<Replays> {
    const path = '/v1/replays';
    return accepted(path, await this.#ask<Replays>({ method: 'POST', path, body }));
  }

  delegate(body: NewDelegation): Promise<Reply<Delegation>> {
    return this.#ask({ method: 'POST', path: '/v1/delegations', body });
  }

  delegations(query: Query): Promise<Page<Delegation>> {
    return this.#get(`/v1/delegations${search(query)}`);
  }

  revokeDelegation(id: string): Promise<Reply<Delegation>> {
    return this.#ask({ method: 'DELETE', path: `/v1/delegations/${encodeURIComponent(id)}` });
  }

  readers(query: Query): Promise<{ readonly items: readonly OverdueReader[] }> {
    return this.#get(`/v1/readers${search(query)}`);
  }

  revoke(body: object): Promise<Reply<Revocation>> {
    return this.#ask({ method: 'POST', path: '/v1/revocations', body });
  }

  revocations(query: Query): Promise<Page<Revocation>> {
    return this.#get(`/v1/revocations${search(query)}`);
  }

  owners(project: string): Promise<ProjectOwners> {
    return this.#get(`/v1/projects/${encodeURIComponent(project)}/owners`);
  }

  setOwners(project: string, body: OwnersBody): Promise<Reply<ProjectOwners>> {
    return this.#ask({ method: 'PUT', path: `/v1/projects/${encodeURIComponent(project)}/owners`, body });
  }

  directory(query: Query): Promise<Page<DirectoryEntryDocument>> {
    return this.#get(`/v1/directory${search(query)}`);
  }

  /** `dry_run`: only what would follow. */
  say(
    body: { readonly entries: readonly Said[]; readonly reason?: string },
    query: Query = {},
  ): Promise<Reply<DirectorySaid>> {
    return this.#ask({ method: 'POST', path: `/v1/directory${search(query)}`, body });
  }

  staffing(name: string, query: Query): Promise<Staffing> {
    return this.#get(`/v1/definitions/${encodeURIComponent(name)}/staffing${search(query)}`);
  }

  rolesOf(principal: string, query: Query): Promise<PrincipalRoles> {
    return this.#get(`/v1/principals/${encodeURIComponent(principal)}/roles${search(query)}`);
  }

  calendars(): Promise<Page<NamedCalendar>> {
    return this.#get('/v1/calendars');
  }

  setCalendar(name: string, calendar: unknown): Promise<Reply<NamedCalendar>> {
    return this.#ask({
      method: 'PUT',
      path: `/v1/calendars/${encodeURIComponent(name)}`,
      body: { calendar },
    });
  }

  tenants(): Promise<Page<Tenant>> {
    return this.#get('/v1/tenants');
  }

  createTenant(tenant: Tenant): Promise<Reply<Tenant>> {
    return this.#ask({ method: 'POST', path: '/v1/tenants', body: tenant });
  }

  async #get<T>(path: string): Promise<T> {
    return accepted(path, await this.#ask<T>({ method: 'GET', path }));
  }

  async #ask<T>(request: Request): Promise<Reply<T>> {
    return readReply<T>(await this.#http.request(request), this.url);
  }
}

/** Of a request that is not refused as a whole. */
function accepted<T>(path: string, reply: Reply<T>): T {
  if (reply.ok) return reply.value;
  throw new CountersignError('INTERNAL', `${path} was refused: ${reply.refusal.message}`);
}

function search(query: Query): string {
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) fields.set(name, String(value));
  const text = fields.toString();
  return text && `?${text}`;
}
