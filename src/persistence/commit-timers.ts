/** What a commit does to timers: some are set, others have fired or are cancelled. */
import type pg from 'pg';
import type { EncodedChange } from './encode.ts';
import type { ChangeCommit } from './records.ts';
import { type Column, run, write } from './statements.ts';

const SET_TIMERS = `
  insert into countersign.timers (tenant_id, change_id, name, set_version, event, due_at)
  select * from unnest($1::text[], $2::text[], $3::text[], $4::int4[], $5::text[], $6::timestamptz[])
  on conflict do nothing`;

/** Misses where one exists: whoever set it has moved the change to the version we wanted to reach. */
export function setTimers(client: pg.ClientBase, batch: readonly EncodedChange[]): Promise<void> {
  const timers = batch.flatMap(({ commit }) => commit.timersSet.map((timer) => ({ commit, timer })));
  return write(client, 'set_timers', SET_TIMERS, [
    ...timerIdentity(timers),
    ['text', timers.map(({ timer }) => timer.event)],
    ['timestamptz', timers.map(({ timer }) => timer.dueAt)],
  ]);
}

/** Cancelling a timer that is gone is no conflict; firing one is. */
const SETTLE_TIMERS = `
  with done as (
    update countersign.timers t set status = n.status
    from unnest($1::text[], $2::text[], $3::text[], $4::int4[], $5::text[])
      as n (tenant_id, change_id, name, set_version, status)
    where t.tenant_id = n.tenant_id and t.change_id = n.change_id and t.name = n.name
      and t.set_version = n.set_version and t.status = 'pending'
    returning n.status)
  select countersign.expect(cardinality(array_positions($5, 'fired')), count(*) filter (where status = 'fired'))
  from done`;

/** Marks timers fired or cancelled, once each. Misses where one that fires is not pending any more. */
export async function settleTimers(client: pg.ClientBase, batch: readonly EncodedChange[]): Promise<void> {
  const timers = batch.flatMap(({ commit }) => commit.timersSettled.map((timer) => ({ commit, timer })));
  if (timers.length === 0) return;
  await run(client, 'settle_timers', SETTLE_TIMERS, [
    ...timerIdentity(timers),
    ['text', timers.map(({ timer }) => timer.as)],
  ]);
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
