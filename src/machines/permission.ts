/**
 * May this event be sent now, and if not, why: the one answer that the machine's guards, the refusals and the question
 * "what may I do" share. Reasons are looked for in one order, from "nobody may" to "you may not" to "not like this".
 */
import type { Refusal } from '../errors.ts';
import type { ChangeContext } from './context.ts';
import type { Definition } from './definition.ts';
import { blockedRefusal } from './dependencies.ts';
import { factsOf, holds, reasonsFor } from './facts.ts';
import type { Leaving } from './paths.ts';
import { denial, type TriggerEvent } from './rules.ts';
import { castProblem } from './voting.ts';

/** Why the event may not take this transition (or cast this vote), or undefined where it may. */
export function refusalOf(
  definition: Definition,
  rule: Leaving,
  context: ChangeContext,
  event: TriggerEvent,
): Refusal | undefined {
  return (
    suspension(context, event) ??
    staleness(context, event) ??
    denial(rule, context, event) ??
    ballotRefusal(definition, rule, context, event) ??
    conditionRefusal(definition, rule, context, event) ??
    (rule.ballot === undefined ? blockedRefusal(definition, rule.to, event.type, context) : undefined)
  );
}

function suspension({ suspended }: ChangeContext, { type }: TriggerEvent): Refusal | undefined {
  if (!suspended || type === 'change.resume' || type === 'dependency.recheck') return undefined;
  const why = suspended.reason ? ` (${suspended.reason})` : '';
  const message = `The change was suspended by ${suspended.by}${why}; "${type}" has to wait until it is resumed.`;
  return { code: 'SUSPENDED', message, accepted: ['change.resume'] };
}

function staleness({ revision }: ChangeContext, { type, revision: seen }: TriggerEvent): Refusal | undefined {
  const current = revision?.number ?? 0;
  if (seen === undefined || seen === current) return undefined;
  const message = `"${type}" was meant for revision ${seen}, the change is at revision ${current}; look at that one, then decide.`;
  return { code: 'STALE_REVISION', message, accepted: [String(current)] };
}

function ballotRefusal(
  { ballots = {} }: Definition,
  { ballot: name, trigger }: Leaving,
  context: ChangeContext,
  { principal }: TriggerEvent,
): Refusal | undefined {
  const ballot = name === undefined ? undefined : ballots[name];
  const cast = ballot?.cast[trigger];
  if (name === undefined || !ballot || !cast) return undefined;
  switch (castProblem(context, name, ballot, cast, principal)) {
    case 'nothing':
      return {
        code: 'NO_VOTE',
        message: `${principal.id} has no vote in "${name}" that "${trigger}" could take back.`,
        accepted: votesIn(ballot.cast),
      };
    case 'apart':
      return {
        code: 'NOT_INDEPENDENT',
        message: `${principal.id}, or whom ${principal.id} acts for, voted in ${(ballot.apart ?? []).join(', ')} already; "${name}" needs somebody else.`,
        accepted: [],
      };
    case 'full':
      return {
        code: 'TOO_MANY_VOTES',
        message: `"${name}" holds as many votes as a change can have.`,
        accepted: [],
      };
    case undefined:
      return undefined;
  }
}

function votesIn(cast: Readonly<Record<string, { readonly value: unknown }>>): string[] {
  return Object.keys(cast).filter((trigger) => typeof cast[trigger]?.value === 'number');
}

function conditionRefusal(
  definition: Definition,
  rule: Leaving,
  context: ChangeContext,
  { value, principal }: TriggerEvent,
): Refusal | undefined {
  if (rule.if === undefined) return undefined;
  const facts = factsOf(definition, context, value, principal);
  if (holds(rule.if, facts)) return undefined;
  const why = reasonsFor(rule.if, facts).join('; ');
  const message = `"${rule.trigger}" in ${rule.from} is possible only where ${rule.if} (${why}).`;
  return { code: 'CONDITION_UNMET', message, accepted: [rule.if] };
}
