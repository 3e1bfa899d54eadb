/**
 * What landing means to a change's workflow: the trigger that leads to an outcome "applied", asked of the server, which
 * answers by the very step that would be taken. A workflow that ends with "approved" has nothing to be told.
 */
import { CountersignError, type Refusal } from '../../errors.ts';
import type { Api } from '../api.ts';
import { stateText } from '../state-text.ts';
import type { Change } from '../wire.ts';

export type Applying =
  | { readonly kind: 'send'; readonly trigger: string }
  | { readonly kind: 'ended'; readonly outcome: 'approved' | 'applied' }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export type Ways = Applying | { readonly kind: 'several'; readonly triggers: readonly string[] };

/** `change` shows what the caller may do. Throws INVALID_INPUT where several triggers would apply it and none is named. */
export async function applyingOf(
  api: Api,
  change: Change,
  reason: string,
  named?: string,
): Promise<Applying> {
  const ways = await waysToApply(api, change, reason, named);
  if (ways.kind === 'several') throw ambiguous(ways.triggers);
  return ways;
}

export async function waysToApply(api: Api, change: Change, reason: string, named?: string): Promise<Ways> {
  const { outcome, enabled = [] } = change;
  if (outcome === 'approved' || outcome === 'applied') return { kind: 'ended', outcome };
  if (outcome !== null) return no('CHANGE_CLOSED', `It is ${outcome}.`);
  const triggers = named === undefined ? [...new Set(enabled.map(({ trigger }) => trigger))] : [named];
  const asked = await Promise.all(
    triggers.map(async (trigger) => ({
      trigger,
      verdict: await api.question(change.id, { trigger, reason }),
    })),
  );
  const ready = asked.filter(({ verdict }) => verdict.allowed && verdict.outcome === 'applied');
  if (ready.length > 1) return { kind: 'several', triggers: ready.map(({ trigger }) => trigger) };
  const [only] = ready;
  if (only) return { kind: 'send', trigger: only.trigger };
  const applying = await appliesBy(api, change);
  const refused = asked.find(
    ({ trigger, verdict }) => verdict.refusal && (trigger === named || applying.has(trigger)),
  );
  if (refused?.verdict.refusal) return { kind: 'refused', refusal: refused.verdict.refusal };
  return no('NOT_ENABLED', notApproved(change));
}

/** Triggers that are enabled now and lead to an applied end, by the newest version of the workflow. */
async function appliesBy(api: Api, { definition, enabled = [] }: Change): Promise<ReadonlySet<string>> {
  const states = (await api.definition(definition))?.definition?.states ?? {};
  const applied = enabled.filter(({ to }) => Object.hasOwn(states, to) && states[to]?.final === 'applied');
  return new Set(applied.map(({ trigger }) => trigger));
}

function notApproved({ state, waits_for: waiting = [] }: Change): string {
  const [first] = waiting;
  const who = first ? [...first.principals, ...first.roles][0] : undefined;
  const waits = first ? `; it waits for ${who ?? 'somebody'} (${first.reason})` : '';
  return `It is not approved: it is in ${stateText(state)}${waits}.`;
}

function no(code: Refusal['code'], message: string): Applying {
  return { kind: 'refused', refusal: { code, message, accepted: [] } };
}

function ambiguous(triggers: readonly string[]): CountersignError {
  return new CountersignError('INVALID_INPUT', `Several triggers would apply it: ${triggers.join(', ')}.`, {
    hint: 'Choose one with --trigger.',
  });
}
