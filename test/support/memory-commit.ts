/** What a tenant holds in the memory store, and what a commit does to it. */
import type {
  CalendarRecord,
  ChangeCommit,
  ChangeEdge,
  ChangeFacts,
  DueTimer,
  LogRow,
  ProjectOwners,
  StateRecord,
  StoredDefinition,
  TenantRecord,
} from '../../src/persistence/records.ts';

export interface Held {
  facts: ChangeFacts;
  state: StateRecord;
}

export interface HeldTimer extends DueTimer {
  status: 'pending' | 'fired' | 'cancelled';
}

export interface Tenant {
  readonly record: TenantRecord;
  readonly rows: LogRow[];
  readonly changes: Map<string, Held>;
  /** By `project\0key`. */
  readonly names: Set<string>;
  /** By `principal\0key`. */
  readonly keys: Map<string, { digest: string; seq: number }>;
  readonly timers: Map<string, HeldTimer>;
  /** What each change depends on. */
  readonly edges: Map<string, readonly ChangeEdge[]>;
  /** How far cascades have come, once there are edges. */
  cascaded: number | undefined;
  /** How far its directory was looked through. */
  directed: number;
  readonly definitions: StoredDefinition[];
  readonly owners: Map<string, ProjectOwners>;
  readonly calendars: Map<string, CalendarRecord>;
}

export function conflictOf(tenant: Tenant, given: ChangeCommit): 'key' | 'version' | 'exists' | undefined {
  if (given.keys.some(({ principal, key }) => tenant.keys.has(`${principal}\0${key}`))) return 'key';
  if ((tenant.changes.get(given.change)?.state.version ?? 0) !== given.baseVersion) return 'version';
  const lost = given.timersSettled.some(
    (timer) =>
      timer.as === 'fired' &&
      tenant.timers.get(timerId(given, timer))?.status !== 'pending' &&
      !given.timersSet.some((set) => timerId(given, set) === timerId(given, timer)),
  );
  if (lost) return 'version';
  const isSeen = (each: { change: string; version: number }) =>
    tenant.changes.get(each.change)?.state.version === each.version;
  if (!(given.requires ?? []).every(isSeen)) return 'version';
  const appeared = (given.edges ?? []).some(
    ({ on, project, target }) => on === null && tenant.names.has(`${project}\0${target}`),
  );
  if (appeared) return 'version';
  const { facts } = given;
  return facts && facts.key !== null && tenant.names.has(`${facts.project}\0${facts.key}`)
    ? 'exists'
    : undefined;
}

export function write(tenant: Tenant, given: ChangeCommit): number {
  const { facts, state, change } = given;
  const held = tenant.changes.get(change);
  if (facts && state) tenant.changes.set(change, { facts, state });
  else if (held && state) held.state = state;
  if (facts && facts.key !== null) tenant.names.add(`${facts.project}\0${facts.key}`);
  const { definitionVersion } = given;
  if (held && definitionVersion !== undefined) held.facts = { ...held.facts, definitionVersion };
  const seq = tenant.rows.length + 1;
  for (const [index, entry] of given.entries.entries()) {
    tenant.rows.push({ ...entry, tenant: given.tenant, change, seq: seq + index });
  }
  for (const timer of given.timersSet) {
    tenant.timers.set(timerId(given, timer), { ...timer, tenant: given.tenant, change, status: 'pending' });
  }
  for (const timer of given.timersSettled) {
    const pending = tenant.timers.get(timerId(given, timer));
    if (pending?.status === 'pending') pending.status = timer.as;
  }
  if (given.edges) {
    tenant.edges.set(change, given.edges);
    tenant.cascaded ??= seq - 1;
  }
  for (const { principal, key, digest, entry } of given.keys) {
    tenant.keys.set(`${principal}\0${key}`, { digest, seq: seq + entry });
  }
  return seq;
}

function timerId(
  { change }: ChangeCommit,
  { name, setVersion }: { name: string; setVersion: number },
): string {
  return JSON.stringify([change, name, setVersion]);
}
