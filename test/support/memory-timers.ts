/** The timers of the memory store: which are pending, which are due, and a page of them. */
import type { DueTimer, TimerFilter } from '../../src/persistence/records.ts';
import type { HeldTimer, Tenant } from './memory-commit.ts';

/** Pending timers of all tenants, earliest first. */
export function pendingIn(tenants: ReadonlyMap<string, Tenant>): HeldTimer[] {
  const all = [...tenants.values()].flatMap(({ timers }) => [...timers.values()]);
  const order = (t: HeldTimer) => JSON.stringify([t.tenant, t.change, t.name, t.setVersion]);
  return all
    .filter(({ status }) => status === 'pending')
    .sort((a, b) => a.dueAt - b.dueAt || (order(a) < order(b) ? -1 : 1));
}

export function dueIn(pending: readonly HeldTimer[], before: number): DueTimer[] {
  return pending.filter(({ dueAt }) => dueAt < before).map(({ status: _, ...timer }) => timer);
}

export function pageOf(
  pending: readonly HeldTimer[],
  tenant: string,
  filter: TimerFilter,
  { after, limit }: { readonly after?: DueTimer; readonly limit: number },
): DueTimer[] {
  const position = ({ dueAt, change, name }: DueTimer) =>
    `${String(dueAt).padStart(16, '0')} ${change} ${name}`;
  return pending
    .filter((timer) => timer.tenant === tenant)
    .filter(({ change }) => filter.change === undefined || change === filter.change)
    .filter(({ name }) => filter.name === undefined || name === filter.name)
    .filter(({ dueAt }) => filter.before === undefined || dueAt < filter.before)
    .filter((timer) => !after || position(timer) > position(after))
    .slice(0, limit)
    .map(({ status: _, ...timer }) => timer);
}

/** Beginnings of the slots, `slotMs` long, that hold a timer due from `from` until before `until`. */
export function slotsOf(
  pending: readonly HeldTimer[],
  from: number,
  until: number,
  slotMs: number,
): number[] {
  const within = pending.filter(({ dueAt }) => dueAt >= from && dueAt < until);
  return [...new Set(within.map(({ dueAt }) => Math.floor(dueAt / slotMs) * slotMs))];
}
