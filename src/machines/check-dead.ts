/** Transitions that another one always forestalls: an earlier rule that permits as much, or a shorter time. */
import { SOME_CHANGE, sendersOf } from './check-senders.ts';
import type { Definition, Timed, Transition, Triggered } from './definition.ts';
import type { Scope } from './paths.ts';
import { denial, type TriggerEvent } from './rules.ts';

/** For each forestalled transition of the scope, the sentence that says by what. */
export function forestalled(scope: Scope, includes?: Definition['includes']): Map<Transition, string> {
  const dead = new Map<Transition, string>();
  const earlier = new Map<string, Triggered[]>();
  const soonest = new Map<string, Timed>();
  for (const each of scope.transitions) {
    if (each.on === 'trigger') {
      const key = `${each.from} ${each.trigger}`;
      const rivals = earlier.get(key) ?? [];
      if (covers(rivals, each, includes))
        dead.set(
          each,
          `an earlier "${each.trigger}" from ${each.from} permits everybody whom this one permits`,
        );
      earlier.set(key, [...rivals, each]);
    } else if (each.on === 'time') {
      // Only what comes for certain comes first: an idle time may start anew for ever.
      const rival = soonest.get(clockOf(each));
      const isSure = each.if === undefined && !each.idle;
      if (isSure && (!rival || each.afterMs < rival.afterMs)) soonest.set(clockOf(each), each);
    }
  }
  for (const each of scope.transitions) {
    if (each.on !== 'time') continue;
    const first = soonest.get(clockOf(each));
    if (
      first &&
      first !== each &&
      (each.afterMs > first.afterMs || (each.afterMs === first.afterMs && each.if === undefined))
    )
      dead.set(each, `"${first.from} -> ${first.to}" is due before it`);
  }
  return dead;
}

/** Working time and elapsed time cannot be compared. */
function clockOf({ from, calendar = '' }: Timed): string {
  return `${from} ${calendar}`;
}

/** Whether everybody whom `rule` permits is permitted by one of `rivals`: tried with every kind of sender there is. */
export function covers(
  rivals: readonly Triggered[],
  rule: Triggered,
  includes?: Definition['includes'],
): boolean {
  const sure = rivals.filter((rival) => rival.if === undefined && rival.sign === undefined);
  if (sure.length === 0) return false;
  return poorestSenders(rule, sure, includes).every((event) =>
    sure.some((rival) => denial(rival, SOME_CHANGE, event) === undefined),
  );
}

/** The senders a rule permits, the poorest of each sort: more roles or a reason never take a permission away. */
function poorestSenders(
  rule: Triggered,
  rivals: readonly Triggered[],
  includes: Definition['includes'],
): TriggerEvent[] {
  const roles = rule.roles.length > 0 ? rule.roles.map((role) => [role]) : [[]];
  return sendersOf([rule, ...rivals], roles, includes).filter(
    (event) =>
      (event.principal.session !== undefined) === (rule.sign !== undefined) &&
      (event.reason !== undefined) === (rule.reason === 'required') &&
      denial(rule, SOME_CHANGE, event) === undefined,
  );
}
