/**
 * What a workflow must offer to hold a review history, read from the definition itself: two regions that start
 * together, `code` for reviews and `checks` for automatic checks, each with a way to be approved.
 */
import { CountersignError } from '../../errors.ts';
import type { Definition, Region, Transition, Triggered } from '../../machines/definition.ts';
import type { Json } from '../../persistence/records.ts';
import { partsOf } from '../state-text.ts';

/** A trigger, and the roles that may send it. */
export interface Act {
  readonly trigger: string;
  readonly roles: readonly string[];
}

export interface ImportRule {
  readonly definition: Definition;
  /** Null where a change is under review from its start. */
  readonly submit: Act | null;
  readonly review: Act;
  readonly check: Act;
  /** Null where a change under review cannot be withdrawn. */
  readonly withdraw: Act | null;
}

/** Throws INVALID_INPUT, naming what the workflow lacks. */
export function ruleFor(definition: Definition): ImportRule {
  const [name, state] =
    Object.entries(definition.states).find(([, { regions }]) => regions?.code && regions.checks) ?? [];
  if (name === undefined || !state?.regions?.code || !state.regions.checks)
    throw unfit(definition, 'a state with the two regions "code" and "checks"');
  const submit = name === definition.initial ? null : actOf(definition.transitions, definition.initial, name);
  if (submit === undefined) throw unfit(definition, `a trigger from ${definition.initial} to ${name}`);
  const review = approvalOf(state.regions.code);
  const check = approvalOf(state.regions.checks);
  if (!review) throw unfit(definition, 'a trigger that approves region "code"');
  if (!check) throw unfit(definition, 'a trigger that approves region "checks"');
  return { definition, submit, review, check, withdraw: withdrawalOf(definition, name) };
}

function withdrawalOf({ states, transitions }: Definition, from: string): Act | null {
  const finals = Object.entries(states).filter(([, { final }]) => final === 'withdrawn');
  return finals.map(([to]) => actOf(transitions, from, to)).find((act) => act !== undefined) ?? null;
}

/** The regions an open change waits for, as `checks` or `code and checks`; the state where it has none. */
export function waitingFor({ definition }: ImportRule, state: Json): string {
  const { top, regions } = partsOf(state);
  const open = regions.filter(
    ([region, inner]) => definition.states[top]?.regions?.[region]?.states[inner]?.final === undefined,
  );
  return open.map(([region]) => region).join(' and ') || top;
}

function approvalOf(region: Region): Act | undefined {
  const finals = Object.entries(region.states).filter(([, { final }]) => final === 'approved');
  return finals.map(([to]) => actOf(region.transitions, region.initial, to)).find((act) => act !== undefined);
}

function actOf(transitions: readonly Transition[], from: string, to: string): Act | undefined {
  const found = transitions.find(
    (each): each is Triggered => each.on === 'trigger' && each.from === from && each.to === to,
  );
  return found && { trigger: found.trigger, roles: found.roles };
}

function unfit({ name }: Definition, what: string): CountersignError {
  return new CountersignError('INVALID_INPUT', `${name} cannot hold a review history: it lacks ${what}.`, {
    hint: 'Leave --definition out to use ReviewHistory, or name a workflow with both regions.',
  });
}
