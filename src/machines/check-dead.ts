/** Transitions that another one always forestalls: an earlier rule that permits as much, or a shorter time. */
import { PRINCIPAL_KINDS, type Timed, type Triggered } from './definition.ts';
import type { Scope } from './paths.ts';
import { denial, type TriggerEvent } from './rules.ts';

/** For each forestalled transition of the scope, the sentence that says by what. */
export function forestalled(scope: Scope): Map<Triggered | Timed, string> {
  const dead = new Map<Triggered | Timed, string>();
  const earlier = new Map<string, Triggered[]>();
  const soonest = new Map<string, Timed>();
  for (const each of scope.transitions) {
    if (each.on === 'trigger') {
      const key = `${each.from} ${each.trigger}`;
      const rivals = earlier.get(key) ?? [];
      if (covers(rivals, each))
        dead.set(
          each,
          `an earlier "${each.trigger}" from ${each.from} permits everybody whom this one permits`,
        );
      earlier.set(key, [...rivals, each]);
    } else if (each.on === 'time') {
      const rival = soonest.get(each.from);
      if (!rival || each.afterMs < rival.afterMs) soonest.set(each.from, each);
    }
  }
  for (const each of scope.transitions) {
    const first = each.on === 'time' && soonest.get(each.from);
    if (first && first !== each) dead.set(each as Timed, `"${first.from} -> ${first.to}" is due before it`);
  }
  return dead;
}

/** Whether everybody whom `rule` permits is permitted by one of `rivals`: tried with every kind of sender there is. */
export function covers(rivals: readonly Triggered[], rule: Triggered): boolean {
  if (rivals.length === 0) return false;
  const context = { author: 'author', escalated: {} };
  return sendersOf(rule).every((event) =>
    rivals.some((rival) => denial(rival, context, event) === undefined),
  );
}

/** The senders a rule permits, the poorest of each sort: more roles or a reason never take a permission away. */
function sendersOf(rule: Triggered): TriggerEvent[] {
  const kinds = rule.by.length > 0 ? rule.by : PRINCIPAL_KINDS;
  const ids = rule.exclude.includes('author') ? ['other'] : ['author', 'other'];
  const roles = rule.roles.length > 0 ? rule.roles.map((role) => [role]) : [[]];
  const reason = rule.reason === 'required' ? { reason: 'given' } : {};
  return kinds.flatMap((kind) =>
    ids.flatMap((id) =>
      roles.map((held) => ({ type: rule.trigger, principal: { id, kind, roles: held }, ...reason })),
    ),
  );
}
