/**
 * Which changes of a batch conflict with what is committed, and how. Asked only after an attempt did not write all its
 * rows, and under the lock on the streams: the answers stay true until that transaction ends. A command that was
 * answered before ('key') is told so first, then a change that moved on ('version'), then a name taken ('exists').
 */
import type pg from 'pg';
import { timerIdentity } from './commit-timers.ts';
import type { EncodedChange } from './encode.ts';
import type { CommitResult } from './records.ts';
import { type Column, run } from './statements.ts';

type Conflict = Exclude<CommitResult, { ok: true }>;

/** The conflicts by the changes' places; changes without one are absent. */
export async function judge(
  client: pg.ClientBase,
  batch: readonly EncodedChange[],
  streams: ReadonlyMap<string, number>,
): Promise<Map<number, Conflict>> {
  const conflicts = new Map<number, Conflict>();
  const verdict = (kind: 'version' | 'exists' | 'key', places: readonly number[]): void => {
    for (const place of places) conflicts.set(place, { ok: false, conflict: kind });
  };
  verdict('exists', await namesTaken(client, batch));
  verdict('version', await firedAlready(client, batch));
  verdict('version', await movedOn(client, batch));
  verdict('version', await appeared(client, batch));
  verdict('key', await keysTaken(client, batch));
  for (const { place, commit } of batch) {
    if (streams.has(commit.tenant)) continue;
    const error = new Error(`there is no tenant "${commit.tenant}"`);
    conflicts.set(place, { ok: false, conflict: 'rejected', error });
  }
  return conflicts;
}

const MOVED_ON = `
  select n.place
  from unnest($1::text[], $2::text[], $3::int4[], $4::int4[]) as n (tenant_id, change_id, base_version, place)
  left join countersign.workflow_states s on s.tenant_id = n.tenant_id and s.change_id = n.change_id
  where coalesce(s.version, 0) <> n.base_version`;

/** Changes not at the version they were computed from; one that does not exist is at version 0. */
async function movedOn(client: pg.ClientBase, batch: readonly EncodedChange[]): Promise<number[]> {
  const seen = [...batch.map(asSeen), ...requiredBy(batch)];
  const { rows } = await run<{ place: number }>(client, 'moved_on', MOVED_ON, columnsOf(seen));
  return rows.map(({ place }) => place);
}

const NONE_MOVED_ON = `select countersign.expect(0, count(*)) from (${MOVED_ON}) as moved`;

/** A refusal counts only for the version it was judged on: misses where a change that got one has moved on. */
export async function noneMovedOn(client: pg.ClientBase, batch: readonly EncodedChange[]): Promise<void> {
  const refusals = batch.filter(({ commit }) => commit.state === null);
  const seen = [...refusals.map(asSeen), ...requiredBy(batch)];
  if (seen.length > 0) await run(client, 'none_moved_on', NONE_MOVED_ON, columnsOf(seen));
}

/** A change that somebody saw at a version, and whose place it is to lose where that is not so any more. */
interface Seen {
  readonly tenant: string;
  readonly change: string;
  readonly version: number;
  readonly place: number;
}

function asSeen({ commit: { tenant, change, baseVersion }, place }: EncodedChange): Seen {
  return { tenant, change, version: baseVersion, place };
}

/**
 * What changes of the batch were judged by besides themselves (validation of the read set: Kung and Robinson, "On Optimistic
 * Methods for Concurrency Control", 1981). None of these is written by the same batch.
 */
function requiredBy(batch: readonly EncodedChange[]): Seen[] {
  return batch.flatMap(({ commit: { tenant, requires = [] }, place }) =>
    requires.map(({ change, version }) => ({ tenant, change, version, place })),
  );
}

function columnsOf(seen: readonly Seen[]): Column[] {
  return [
    ['text', seen.map(({ tenant }) => tenant)],
    ['text', seen.map(({ change }) => change)],
    ['int4', seen.map(({ version }) => version)],
    ['int4', seen.map(({ place }) => place)],
  ];
}

const APPEARED = `
  select n.place
  from unnest($1::text[], $2::text[], $3::text[], $4::int4[]) as n (tenant_id, project, target, place)
  join countersign.changes c on c.tenant_id = n.tenant_id and c.project = n.project and c.key = n.target`;

/** Changes that name another which was nobody's when they were looked at, and has been proposed since. */
async function appeared(client: pg.ClientBase, batch: readonly EncodedChange[]): Promise<number[]> {
  const unknown = unknownIn(batch);
  if (unknown[0]?.[1].length === 0) return [];
  const { rows } = await run<{ place: number }>(client, 'appeared', APPEARED, unknown);
  return rows.map(({ place }) => place);
}

const NONE_APPEARED = `select countersign.expect(0, count(*)) from (${APPEARED}) as found`;

/** Misses where one of these has been proposed; nothing is asked where all are known. */
export async function noneAppeared(client: pg.ClientBase, batch: readonly EncodedChange[]): Promise<void> {
  const unknown = unknownIn(batch);
  if (unknown[0]?.[1].length !== 0) await run(client, 'none_appeared', NONE_APPEARED, unknown);
}

function unknownIn(batch: readonly EncodedChange[]): Column[] {
  const edges = batch.flatMap(({ commit: { tenant, edges: all = [] }, place }) =>
    all.filter(({ on }) => on === null).map(({ project, target }) => ({ tenant, project, target, place })),
  );
  return [
    ['text', edges.map(({ tenant }) => tenant)],
    ['text', edges.map(({ project }) => project)],
    ['text', edges.map(({ target }) => target)],
    ['int4', edges.map(({ place }) => place)],
  ];
}

const NAMES_TAKEN = `
  select n.place
  from unnest($1::text[], $2::text[], $3::text[], $4::int4[]) as n (tenant_id, project, key, place)
  join countersign.changes c on c.tenant_id = n.tenant_id and c.project = n.project and c.key = n.key`;

function namesTaken(client: pg.ClientBase, batch: readonly EncodedChange[]): Promise<number[]> {
  const news = batch.flatMap((c) => (c.commit.facts?.key != null ? [{ c, facts: c.commit.facts }] : []));
  return places(
    client,
    'names_taken',
    NAMES_TAKEN,
    news.map(({ c }) => c),
    [
      ['text', news.map(({ c }) => c.commit.tenant)],
      ['text', news.map(({ facts }) => facts.project)],
      ['text', news.map(({ facts }) => facts.key)],
    ],
  );
}

const KEYS_TAKEN = `
  select n.place
  from unnest($1::text[], $2::text[], $3::text[], $4::int4[]) as n (tenant_id, principal, key, place)
  join countersign.idempotency_keys k
    on k.tenant_id = n.tenant_id and k.principal = n.principal and k.key = n.key`;

function keysTaken(client: pg.ClientBase, batch: readonly EncodedChange[]): Promise<number[]> {
  const claims = batch.flatMap((c) => c.commit.keys.map((claim) => ({ c, claim })));
  return places(
    client,
    'keys_taken',
    KEYS_TAKEN,
    claims.map(({ c }) => c),
    [
      ['text', claims.map(({ c }) => c.commit.tenant)],
      ['text', claims.map(({ claim }) => claim.principal)],
      ['text', claims.map(({ claim }) => claim.key)],
    ],
  );
}

const FIRED_ALREADY = `
  select n.place
  from unnest($1::text[], $2::text[], $3::text[], $4::int4[], $5::int4[])
    as n (tenant_id, change_id, name, set_version, place)
  left join countersign.timers t on t.tenant_id = n.tenant_id and t.change_id = n.change_id and t.name = n.name
    and t.set_version = n.set_version
  where t.status is distinct from 'pending'`;

/** Timers that are to fire and are not pending; those the same commit sets are not there yet. */
function firedAlready(client: pg.ClientBase, batch: readonly EncodedChange[]): Promise<number[]> {
  const timers = batch.flatMap((c) =>
    c.commit.timersSettled
      .filter(({ as }) => as === 'fired')
      .filter(
        ({ name, setVersion }) =>
          !c.commit.timersSet.some((t) => t.name === name && t.setVersion === setVersion),
      )
      .map((timer) => ({ c, commit: c.commit, timer })),
  );
  return places(
    client,
    'fired_already',
    FIRED_ALREADY,
    timers.map(({ c }) => c),
    timerIdentity(timers),
  );
}

/** Runs a query whose last column is the place of the change each row is about. */
async function places(
  client: pg.ClientBase,
  name: string,
  text: string,
  changes: readonly EncodedChange[],
  columns: readonly Column[],
): Promise<number[]> {
  if (changes.length === 0) return [];
  const { rows } = await run<{ place: number }>(client, name, text, [
    ...columns,
    ['int4', changes.map(({ place }) => place)],
  ]);
  return rows.map(({ place }) => place);
}
