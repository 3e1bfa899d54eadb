/** How stored things look on the wire: snake_case names, times in ISO 8601 UTC. */

import type { BallotView } from '../../actors/standings.ts';
import type { ChangeView, EnabledTrigger } from '../../actors/views.ts';
import type { Refusal } from '../../errors.ts';
import type { Dependency } from '../../machines/dependencies.ts';
import type {
  CalendarRecord,
  ChangeRecord,
  DueTimer,
  LogRow,
  ProjectOwners,
  StoredDefinition,
  TenantRecord,
} from '../../persistence/records.ts';
import { isoTime } from './iso-time.ts';
import type {
  CalendarDocument,
  ChangeDocument,
  ChangeSummary,
  DefinitionDocument,
  DefinitionSummary,
  ProjectOwnersDocument,
  TenantDocument,
  ThreadRemarkDocument,
  TimerDocument,
  TransitionDocument,
} from './schemas.ts';

export function refusalDocument({ code, message, accepted }: Refusal) {
  return { code, message, accepted: [...accepted] };
}

export function transitionDocument(row: LogRow): TransitionDocument {
  return {
    seq: row.seq,
    change: row.change,
    kind: row.kind,
    version: row.version,
    event: row.event,
    from: row.from,
    to: row.to,
    outcome: row.outcome,
    principal: row.principal,
    principal_kind: row.principalKind,
    via: row.via,
    role: row.role,
    reason: row.reason,
    data: row.data,
    refusal: row.refusal && refusalDocument(row.refusal),
    occurred_at: isoTime(row.occurredAt),
    recorded_at: isoTime(row.recordedAt),
  };
}

export function timerDocument({ change, name, setVersion, dueAt }: DueTimer): TimerDocument {
  return { change, name, set_version: setVersion, due_at: isoTime(dueAt) };
}

export function changeSummary(change: ChangeRecord): ChangeSummary {
  return {
    id: change.change,
    project: change.project,
    key: change.key,
    title: change.title,
    author: change.author,
    author_kind: change.authorKind,
    definition: change.definition,
    definition_version: change.definitionVersion,
    attributes: change.attributes,
    version: change.version,
    state: change.state,
    outcome: change.outcome,
    timers: change.timers.map((timer) => ({
      name: timer.name,
      event: timer.event,
      set_version: timer.setVersion,
      due_at: isoTime(timer.dueAt),
    })),
    created_at: isoTime(change.createdAt),
    updated_at: isoTime(change.updatedAt),
  };
}

export function changeDocument(view: ChangeView): ChangeDocument {
  const { revision, ballots, waitsFor, threads, dependencies, suspended } = view;
  return {
    ...changeSummary(view),
    revision: revision && revisionDocument(revision),
    ballots: Object.fromEntries(Object.entries(ballots).map(([name, each]) => [name, ballotDocument(each)])),
    waits_for: waitsFor.map(({ roles, principals, standIns, triggers, reason, since }) => ({
      roles: [...roles],
      principals: [...principals],
      stand_ins: standIns.map((each) => ({ ...each })),
      triggers: [...triggers],
      reason,
      since: isoTime(since),
    })),
    threads: [...threads],
    dependencies: dependencies.map(dependencyDocument),
    suspended: suspended && { by: suspended.by, at: isoTime(suspended.at) },
    superseded_by: view.supersededBy ?? null,
    enabled: view.enabled.map(enabledDocument),
  };
}

/** Who said something in a thread, for whom, and when. */
export function threadRemark({ principal, principalKind, data, occurredAt }: LogRow): ThreadRemarkDocument {
  const behalf =
    typeof data === 'object' && data !== null && 'on_behalf_of' in data ? data.on_behalf_of : null;
  const at = isoTime(occurredAt);
  return { by: principal, kind: principalKind, for: typeof behalf === 'string' ? behalf : null, at };
}

function dependencyDocument({ on, change, kind, rule, policy, standing }: Dependency) {
  return { on, change: change ?? null, kind, rule, policy, standing };
}

function ballotDocument({ votes, needs, ...ballot }: BallotView): ChangeDocument['ballots'][string] {
  return {
    ...ballot,
    needs: needs.map((need) => ({ ...need, missing: [...need.missing] })),
    votes: votes.map(({ by, for: principal, value, revision, at }) => ({
      by,
      for: principal ?? null,
      value,
      revision,
      at: isoTime(at),
    })),
  };
}

function revisionDocument(revision: NonNullable<ChangeView['revision']>): ChangeDocument['revision'] {
  const { number, commit, base, tree, patchId, author, uploader, lines, owners = [] } = revision;
  return {
    number,
    commit: commit ?? null,
    base: base ?? null,
    tree: tree ?? null,
    patch_id: patchId ?? null,
    author,
    uploader,
    lines: lines ?? null,
    owners: owners.map(({ name, members, required = 1 }) => ({ name, members: [...members], required })),
  };
}

function enabledDocument(enabled: EnabledTrigger): ChangeDocument['enabled'][number] {
  return {
    trigger: enabled.trigger,
    for: enabled.for,
    from: enabled.from,
    to: enabled.to,
    roles: [...enabled.roles],
    by: [...enabled.by],
    exclude: [...enabled.exclude],
    reason: enabled.reason,
    refusal: enabled.refusal && refusalDocument(enabled.refusal),
  };
}

export function definitionSummary(stored: StoredDefinition): DefinitionSummary {
  return {
    name: stored.name,
    version: stored.version,
    digest: stored.digest,
    deployed_by: stored.deployedBy,
    reason: stored.reason,
    deployed_at: isoTime(stored.deployedAt),
  };
}

export function definitionDocument(stored: StoredDefinition): DefinitionDocument {
  return { ...definitionSummary(stored), definition: stored.definition };
}

export function ownersDocument(owners: ProjectOwners): ProjectOwnersDocument {
  return {
    project: owners.project,
    format: owners.format,
    files: owners.files,
    set_by: owners.setBy,
    reason: owners.reason,
    set_at: isoTime(owners.setAt),
  };
}

export function calendarDocument({ name, calendar, setBy, setAt }: CalendarRecord): CalendarDocument {
  return { name, calendar, set_by: setBy, set_at: isoTime(setAt) };
}

export function tenantDocument(tenant: TenantRecord): TenantDocument {
  return { tenant: tenant.tenant, title: tenant.title, created_at: isoTime(tenant.createdAt) };
}
