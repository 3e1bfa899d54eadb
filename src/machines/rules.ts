/**
 * Who may take a transition. The guards of the machine and every explanation call this one function,
 * so what is allowed and what people are told cannot differ.
 */

import type { StateValue } from 'xstate';
import type { Refusal } from '../errors.ts';
import type { ChangeContext, Sender } from './context.ts';
import type { Rule } from './definition.ts';
import { tieOf } from './independence.ts';

const anyOf = new Intl.ListFormat('en', { type: 'disjunction' });
const allOf = new Intl.ListFormat('en', { type: 'conjunction' });

export type { ChangeContext } from './context.ts';

/** An event from outside, as far as a rule looks at it. */
export interface TriggerEvent {
  readonly type: string;
  readonly principal: Sender;
  readonly reason?: string | undefined;
  readonly data?: unknown;
  /** The state it meets. Guards are not told by XState, so it travels here. */
  readonly value?: StateValue;
  /** When it is recorded, ms. */
  readonly at?: number;
  /** The revision the sender saw. */
  readonly revision?: number | undefined;
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
  for (const exclusion of rule.exclude) {
    const tie = tieOf(exclusion, context, principal);
    if (tie)
      return refusal(
        'SELF_APPROVAL',
        [],
        [`${tie};`, `"${rule.trigger}" in ${rule.from} has to come from somebody else.`],
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
  if (rule.sign !== undefined && !hasSigned(context, event)) {
    return refusal(
      'SIGNATURE_REQUIRED',
      ['two factors', 'one factor in the session of the last signature'],
      [
        `"${rule.trigger}" in ${rule.from} is a signature (${rule.sign}):`,
        `${principal.id} has to sign in again for it, with two factors the first time in a session.`,
      ],
    );
  }
  return undefined;
}

/** A factor counts as shown for this act when it was shown a moment ago. */
const SIGNING_MS = 10 * 60_000;

/** One factor suffices where the signer has signed in this session before (21 CFR 11.200). */
function hasSigned({ signed }: ChangeContext, { principal: { id, session }, at = 0 }: TriggerEvent): boolean {
  if (!session || at - session.at > SIGNING_MS) return false;
  return session.factors >= 2 || (session.factors === 1 && signed?.[id] === session.id);
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
