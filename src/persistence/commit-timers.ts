/** What a commit does to timers: some are set, others have fired or are cancelled. */
import type pg from 'pg';
import type { EncodedChange } from './encode.ts';
import type { ChangeCommit } from './records.ts';
import { type Column, run } from './statements.ts';

const SET_TIMERS = `
  insert into countersign.timers (tenant_id, change_id, name, set_version, event, due_at)
  select * from unnest($1::text[], $2::text[], $3::text[], $4::int4[], $5::text[], $6::timestamptz[])
  on conflict do nothing`;

/** False where one exists: whoever set it has moved the change to the version we wanted to reach. */
export async function setTimers(client: pg.ClientBase, batch: readonly EncodedChange[]): Promise<boolean> {
  const timers = batch.flatMap(({ commit }) => commit.timersSet.map((timer) => ({ commit, timer })));
  if (timers.length === 0) return true;
  const { rowCount } = await run(client, 'set_timers', SET_TIMERS, [
    ...timerIdentity(timers),
    ['text', timers.map(({ timer }) => timer.event)],
    ['timestamptz', timers.map(({ timer }) => timer.dueAt)],
  ]);
  return rowCount === timers.length;
}

const SETTLE_TIMERS = `
  update countersign.timers t set status = n.status
  from unnest($1::text[], $2::text[], $3::text[], $4::int4[], $5::text[])
    as n (tenant_id, change_id, name, set_version, status)
  where t.tenant_id = n.tenant_id and t.change_id = n.change_id and t.name = n.name
    and t.set_version = n.set_version and t.status = 'pending'
  returning n.status`;

/** Marks timers fired or cancelled, once each. False where one that fires is not pending any more. */
export async function settleTimers(client: pg.ClientBase, batch: readonly EncodedChange[]): Promise<boolean> {
  const timers = batch.flatMap(({ commit }) => commit.timersSettled.map((timer) => ({ commit, timer })));
  if (timers.length === 0) return true;
  const { rows } = await run<{ status: string }>(client, 'settle_timers', SETTLE_TIMERS, [
    ...timerIdentity(timers),
    ['text', timers.map(({ timer }) => timer.as)],
  ]);
  // Cancelling a timer that is gone is no conflict.
  const fired = rows.filter(({ status }) => status === 'fired').length;
  return fired === timers.filter(({ timer }) => timer.as === 'fired').length;
}

/** The columns tenant_id, change_id, name and set_version. */
export function timerIdentity(
  timers: readonly {
    readonly commit: ChangeCommit;
    readonly timer: { readonly name: string; readonly setVersion: number };
  }[],
): Column[] {
  return [
    ['text', timers.map(({ commit }) => commit.tenant)],
    ['text', timers.map(({ commit }) => commit.change)],
    ['text', timers.map(({ timer }) => timer.name)],
    ['int4', timers.map(({ timer }) => timer.setVersion)],
  ];
}
