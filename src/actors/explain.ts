/** Why an event changed nothing: the refusal people get, or the note that a vote came late. */
import { invariant, type Refusal } from '../errors.ts';
import {
  builtInRefusal,
  type ChangeContext,
  configuration,
  enabled,
  enabledBy,
  isBuiltIn,
  type Leaving,
  lateFor,
  latePlacesFor,
  refusalOf,
  type TriggerEvent,
} from '../machines/compile.ts';
import { type Live, stateOf } from './live.ts';

type Verdict = { readonly kind: 'late' } | { readonly kind: 'refusal'; readonly refusal: Refusal };

/** The transition the machine took for the event: the first enabled one whose rule permits it. */
export function takenRule(live: Live, event: TriggerEvent): Leaving | undefined {
  return candidates(live, event.type).find((rule) => !refusalIn(live, rule, event));
}

/** Explains an event that the machine ignored in this state. */
export function explain(live: Live, event: TriggerEvent): Verdict {
  const { definition } = live.workflow;
  if (event.type.startsWith('xstate.')) {
    return refused(
      'RESERVED_EVENT',
      `"${event.type}" belongs to the runtime; send a trigger of ${definition.name}.`,
      definition.triggers,
    );
  }
  if (isBuiltIn(event.type)) {
    const refusal = builtInRefusal(definition, contextOf(live), event);
    return { kind: 'refusal', refusal: refusal ?? outOfTurn(live, event) };
  }
  if (!definition.triggers.includes(event.type)) {
    return refused(
      'UNKNOWN_EVENT',
      `${definition.name} has no trigger "${event.type}".`,
      definition.triggers,
    );
  }
  const denied = firstDenial(live, candidates(live, event.type), event);
  if (denied) return { kind: 'refusal', refusal: denied };
  return lateVerdict(live, event) ?? { kind: 'refusal', refusal: outOfTurn(live, event) };
}

function lateVerdict(live: Live, event: TriggerEvent): Verdict | undefined {
  const value = stateOf(live) as never;
  const policy = lateFor(live.workflow, value, event.type);
  if (!policy) return undefined;
  const places = latePlacesFor(live.workflow, value, event.type);
  const denied = firstDenial(live, places, event);
  if (denied) return { kind: 'refusal', refusal: denied };
  if (policy === 'record') return { kind: 'late' };
  const region = places[0]?.from.split('.').slice(0, 2).join('.');
  return refused('LATE', `"${event.type}" comes late: ${region} is already done.`, enabledNames(live));
}

function outOfTurn(live: Live, event: TriggerEvent): Refusal {
  const where = configuration(stateOf(live) as never).join(', ');
  const accepted = enabledNames(live);
  if (live.outcome !== null) {
    const again = accepted.length > 0 ? `; it can be opened again by ${accepted.join(', ')}` : '';
    const message = `The change is ${live.outcome}; "${event.type}" cannot change that${again}.`;
    return { code: 'CHANGE_CLOSED', message, accepted };
  }
  const instead = accepted.length > 0 ? `enabled now: ${accepted.join(', ')}` : 'nothing can be sent now';
  return {
    code: 'NOT_ENABLED',
    message: `"${event.type}" is not enabled in ${where}; ${instead}.`,
    accepted,
  };
}

/** A denial only where every candidate denies. */
function firstDenial(live: Live, rules: readonly Leaving[], event: TriggerEvent): Refusal | undefined {
  const denials = rules.map((rule) => refusalIn(live, rule, event));
  return denials.every((each) => each !== undefined) ? denials[0] : undefined;
}

function candidates(live: Live, trigger: string): Leaving[] {
  return enabledBy(live.workflow, stateOf(live) as never, trigger);
}

function enabledNames(live: Live): string[] {
  return [...new Set(enabled(live.workflow, stateOf(live) as never).map(({ trigger }) => trigger))];
}

function refusalIn(live: Live, rule: Leaving, event: TriggerEvent): Refusal | undefined {
  return refusalOf(live.workflow.definition, rule, contextOf(live), event);
}

function contextOf({ snapshot }: Live): ChangeContext {
  invariant(snapshot, 'a change has a snapshot before it gets events');
  return snapshot.context;
}

function refused(code: Refusal['code'], message: string, accepted: readonly string[]): Verdict {
  return { kind: 'refusal', refusal: { code, message, accepted } };
}
