/**
 * Who may take a transition. The guards of the machine and every explanation call this one function,
 * so what is allowed and what people are told cannot differ.
 */
import type { Refusal } from '../errors.ts';
import type { PrincipalKind, Rule } from './definition.ts';

const anyOf = new Intl.ListFormat('en', { type: 'disjunction' });
const allOf = new Intl.ListFormat('en', { type: 'conjunction' });

/** What a change remembers besides its state. Total: present from the first step on. */
export interface ChangeContext {
  /** Principal id of the change's author. */
  readonly author: string;
  /** Roles that timers have added, by path of the state they added them to. */
  readonly escalated: Readonly<Record<string, readonly string[]>>;
}

/** An event from outside, as far as a rule looks at it. */
export interface TriggerEvent {
  readonly type: string;
  readonly principal: {
    readonly id: string;
    readonly kind: PrincipalKind;
    readonly roles: readonly string[];
  };
  readonly reason?: string | undefined;
}

/** A rule in its place: `from` is the path of the state the transition leaves, as in `Review.security.pending`. */
export interface PlacedRule extends Rule {
  readonly from: string;
  readonly trigger: string;
}

/** Why the event may not take the transition, or undefined where it may. The first reason found is given. */
export function denial(rule: PlacedRule, context: ChangeContext, event: TriggerEvent): Refusal | undefined {
  const { principal } = event;
  if (rule.by.length > 0 && !rule.by.includes(principal.kind)) {
    return refusal('WRONG_PRINCIPAL_KIND', rule.by, [
      `"${rule.trigger}" in ${rule.from} is for ${anyOf.format(rule.by)} only;`,
      `${principal.id} is of kind ${principal.kind}.`,
    ]);
  }
  if (rule.exclude.includes('author') && principal.id === context.author) {
    return refusal(
      'SELF_APPROVAL',
      [],
      [
        `${principal.id} is the author of this change;`,
        `"${rule.trigger}" in ${rule.from} has to come from somebody else.`,
      ],
    );
  }
  if (rule.roles.length > 0 && !someRole(rule, context, event)) {
    const accepted = [...new Set([...rule.roles, ...escalatedRoles(rule.from, context)])];
    return refusal('MISSING_ROLE', accepted, [
      `"${rule.trigger}" in ${rule.from} needs the role ${anyOf.format(accepted)};`,
      `${principal.id} has ${principal.roles.length > 0 ? allOf.format(principal.roles) : 'no role'}.`,
    ]);
  }
  if (rule.reason === 'required' && !event.reason?.trim()) {
    return refusal(
      'REASON_REQUIRED',
      ['reason'],
      [`"${rule.trigger}" in ${rule.from} needs a reason; ${principal.id} gave none.`],
    );
  }
  return undefined;
}

/** The role by which the principal may act, or null where the rule asks for none (or the principal has none of them). */
export function decidingRole(rule: PlacedRule, context: ChangeContext, event: TriggerEvent): string | null {
  return rule.roles.length > 0 ? (someRole(rule, context, event) ?? null) : null;
}

function someRole(rule: PlacedRule, context: ChangeContext, event: TriggerEvent): string | undefined {
  const held = event.principal.roles;
  return (
    rule.roles.find((role) => held.includes(role)) ??
    escalatedRoles(rule.from, context).find((role) => held.includes(role))
  );
}

/** Roles added to the state itself or to the state around it. */
function escalatedRoles(path: string, context: ChangeContext): readonly string[] {
  const own = context.escalated[path] ?? [];
  const dot = path.indexOf('.');
  return dot < 0 ? own : [...own, ...escalatedRoles(path.slice(0, dot), context)];
}

function refusal(code: Refusal['code'], accepted: readonly string[], sentence: readonly string[]): Refusal {
  return { code, message: sentence.join(' '), accepted };
}
