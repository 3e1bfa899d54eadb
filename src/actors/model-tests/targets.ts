/**
 * What cases can cover: every state, transition and vote of a definition, every timer, and every condition both ways. What a
 * happening covered is read from the microsteps of the machine, so that a transition by condition or by a join counts where
 * it was taken and nowhere else.
 */
import { type AnyMachineSnapshot, getInitialMicrosteps, getMicrosteps } from 'xstate';
import { conditionsOf } from '../../machines/check-condition-list.ts';
import { type CompiledWorkflow, enabledBy, restore, type TriggerEvent } from '../../machines/compile.ts';
import type { ChangeContext } from '../../machines/context.ts';
import type { Definition, Joined, Region, Transition } from '../../machines/definition.ts';
import { writtenTransition, writtenVote } from '../../machines/export/words.ts';
import { factsOf, holds } from '../../machines/facts.ts';
import { countingFinals, needed } from '../../machines/joins.ts';
import {
  activePaths,
  isActive,
  leavingByPath,
  scopesOf as newScopes,
  type Scope,
} from '../../machines/paths.ts';
import { timersOf } from '../../machines/timers.ts';
import { startingContext, withIncluded } from '../beginning.ts';
import { takenRule } from '../explain.ts';
import type { Happening } from './play.ts';

export const TARGET_KINDS = ['state', 'transition', 'vote', 'timer', 'condition'] as const;
export type TargetKind = (typeof TARGET_KINDS)[number];

export interface Target {
  readonly id: string;
  readonly kind: TargetKind;
  /** As people read it. */
  readonly label: string;
}

const kept = new WeakMap<Definition, readonly Scope[]>();

function scopesOf(definition: Definition): readonly Scope[] {
  const known = kept.get(definition) ?? newScopes(definition);
  kept.set(definition, known);
  return known;
}

/** All that a definition has, in its own order. */
export function targetsOf(definition: Definition): Target[] {
  const scopes = scopesOf(definition);
  const states = scopes.flatMap(({ prefix, states: inner }) =>
    Object.keys(inner).map((name) => target('state', prefix + name, prefix + name)),
  );
  const transitions = scopes.flatMap(({ prefix, transitions: all }) =>
    all.map((each) => target('transition', idOf(each, prefix), prefix + writtenTransition(each))),
  );
  const sent = [...leavingByPath(definition).values()].flat();
  const reopenings = Object.entries(definition.states).flatMap(([name, { reopen }]) =>
    reopen ? [target('transition', `${name} reopen`, `${name} -> ${reopen.to} on ${reopen.trigger}`)] : [],
  );
  const votes = sent.flatMap((rule) =>
    rule.ballot === undefined
      ? []
      : [target('vote', `${rule.from} ${rule.ballot} ${rule.trigger}`, writtenVote(rule))],
  );
  const timers = timersOf(definition).map(({ name }) => target('timer', name, name));
  const texts = [...new Set(conditionsOf(definition).map(({ text }) => text))];
  const conditions = texts.flatMap((text) =>
    [true, false].map((way) => target('condition', `${text} ${way}`, `${way ? '' : 'not: '}${text}`)),
  );
  return once([...states, ...transitions, ...reopenings, ...votes, ...timers, ...conditions]);
}

function target(kind: TargetKind, id: string, label: string): Target {
  return { kind, id: `${kind} ${id}`, label };
}

function once(targets: readonly Target[]): Target[] {
  return [...new Map(targets.map((each) => [each.id, each])).values()];
}

/** Two transitions that say the same of the same states are one. */
function idOf(transition: Transition, prefix: string): string {
  return prefix + JSON.stringify(transition);
}

/** Ids of the targets that this happening covered. */
export function coveredBy(workflow: CompiledWorkflow, happening: Happening): Set<string> {
  const { before, input, entry, after } = happening;
  const covered = new Set<string>();
  const add = (kind: TargetKind, id: string) => covered.add(`${kind} ${id}`);
  if (input.kind === 'event') addConditionsOfSending(workflow, happening, add);
  if (entry.kind !== 'proposed' && entry.kind !== 'transition') return covered;
  if (input.kind === 'timer') add('timer', input.timer.name);
  if (input.kind === 'event') addSent(workflow, happening, add);
  const ways = microsteps(workflow, happening);
  for (const [index, [from, to]] of ways.entries())
    addWays(workflow, { from, to, isFirst: index === 0, input }, add);
  const snapshots = [...ways.map(([, to]) => to)];
  const last = after.snapshot;
  for (const each of snapshots) for (const path of activePaths(each.value)) add('state', path);
  if (last) addBallotConditions(workflow, last, add);
  if (before.snapshot) addBallotConditions(workflow, before.snapshot, add);
  return covered;
}

type Add = (kind: TargetKind, id: string) => void;

/** Pairs of snapshots, one for each step that the machine took by itself. */
function microsteps(workflow: CompiledWorkflow, { before, input, entry }: Happening) {
  const { machine, definition } = workflow;
  if (before.snapshot === null || input.kind === 'propose') {
    const proposer = 'envelope' in input ? input.envelope.principal : undefined;
    const context = proposer && startingContext(definition, before.facts, proposer);
    return pairs(
      undefined,
      getInitialMicrosteps(machine, context as never).map(([each]) => each),
    );
  }
  const from = restore(workflow, before.snapshot);
  const event =
    input.kind === 'event'
      ? eventOf(definition, input, from.value, entry.recordedAt)
      : { type: input.kind === 'timer' ? input.timer.event : entry.event, value: from.value };
  return pairs(
    from,
    getMicrosteps(machine, from as never, event as never).map(([each]) => each),
  );
}

function pairs(first: AnyMachineSnapshot | undefined, rest: readonly unknown[]) {
  const all = [...(first ? [first] : []), ...(rest as AnyMachineSnapshot[])];
  if (!first && all[0]) all.unshift(all[0]);
  return all.slice(1).map((to, index) => [all[index] ?? to, to] as const);
}

type Sent = Extract<Happening['input'], { kind: 'event' }>;

function eventOf(
  definition: Definition,
  { command, envelope }: Sent,
  value: unknown,
  at: number,
): TriggerEvent {
  const { trigger, reason, data } = command;
  const principal = withIncluded(definition, envelope.principal);
  return { type: trigger, principal, reason, data, value: value as never, at };
}

function addSent({ definition }: CompiledWorkflow, { before, input, entry }: Happening, add: Add): void {
  if (input.kind !== 'event' || !before.snapshot) return;
  const event = eventOf(definition, input, before.snapshot.value, entry.recordedAt);
  const rule = takenRule(before, event);
  if (!rule) return;
  if (rule.ballot !== undefined) add('vote', `${rule.from} ${rule.ballot} ${rule.trigger}`);
  const scope = scopesOf(definition).find(
    ({ prefix }) => prefix === rule.from.slice(0, rule.from.lastIndexOf('.') + 1),
  );
  const name = rule.from.slice((scope?.prefix ?? '').length);
  const own = { ...rule, from: name, to: rule.to.slice((scope?.prefix ?? '').length) };
  const same = scope?.transitions.find((each) => JSON.stringify(each) === JSON.stringify(own));
  if (scope && same) add('transition', idOf(same, scope.prefix));
  else if (definition.states[name]?.reopen) add('transition', `${name} reopen`);
}

interface Way {
  readonly from: AnyMachineSnapshot;
  readonly to: AnyMachineSnapshot;
  /** The step that the event itself made; those after it come by themselves. */
  readonly isFirst: boolean;
  readonly input: Happening['input'];
}

function addWays(workflow: CompiledWorkflow, way: Way, add: Add): void {
  const { from, to, input } = way;
  const { definition } = workflow;
  for (const scope of scopesOf(definition))
    for (const [name] of Object.entries(scope.states)) {
      if (!isActive(from.value, scope.prefix + name)) continue;
      const leaving = scope.transitions.filter((each) => each.from === name);
      const whens = leaving.filter((each) => each.on === 'when');
      const facts = factsOf(definition, from.context as ChangeContext, from.value);
      for (const each of whens) add('condition', `${each.when} ${holds(each.when, facts)}`);
      const arrived = leaving.filter((each) => isActive(to.value, scope.prefix + each.to));
      const taken = arrived.find((each) => isTaken(each, way, scope, facts));
      if (taken) add('transition', idOf(taken, scope.prefix));
      if (input.kind !== 'timer') continue;
      for (const each of leaving)
        if (
          each.on === 'time' &&
          each.if &&
          way.isFirst &&
          timerOf(definition, each, scope) === input.timer.name
        )
          add('condition', `${each.if} ${holds(each.if, facts)}`);
    }
}

function isTaken(each: Transition, { from, to, isFirst, input }: Way, scope: Scope, facts: object): boolean {
  switch (each.on) {
    case 'when':
      return from.value !== to.value && holds(each.when, facts as never);
    case 'join':
      return isDone(each, from, scope);
    case 'revision':
      return isFirst && input.kind === 'event' && input.command.trigger === 'change.revise';
    case 'time': {
      const isMeant = isFirst && input.kind === 'timer' && (!each.if || holds(each.if, facts as never));
      return isMeant && input.timer.name.startsWith(`${scope.prefix}${each.from}->${each.to}`);
    }
    case 'trigger':
      return false;
  }
}

function isDone(join: Joined, { value }: AnyMachineSnapshot, { prefix, states }: Scope): boolean {
  const regions: Readonly<Record<string, Region>> = states[join.from]?.regions ?? {};
  const done = Object.entries(regions).filter(([name, region]) =>
    countingFinals(region, join.ending).some((final) =>
      isActive(value, `${prefix}${join.from}.${name}.${final}`),
    ),
  );
  return done.length >= needed(join.join, Object.keys(regions).length);
}

function timerOf(definition: Definition, transition: Transition, { prefix }: Scope): string | undefined {
  const { from, to } = transition;
  return timersOf(definition).find((timer) => timer.path === prefix + from && timer.to === to)?.name;
}

/** Conditions of what somebody tried to do, whether it was permitted or not. */
function addConditionsOfSending(
  workflow: CompiledWorkflow,
  { before, input, entry }: Happening,
  add: Add,
): void {
  if (input.kind !== 'event' || !before.snapshot) return;
  const { definition } = workflow;
  const { context, value } = before.snapshot;
  const { principal } = eventOf(definition, input, value, entry.recordedAt);
  const facts = factsOf(definition, context, value, principal);
  for (const rule of enabledBy(workflow, value, input.command.trigger))
    if (rule.if !== undefined) add('condition', `${rule.if} ${holds(rule.if, facts)}`);
  for (const { amend } of amended(definition, input.command))
    if (amend?.if !== undefined) add('condition', `${amend.if} ${holds(amend.if, facts)}`);
}

function amended({ attributes = {} }: Definition, { trigger, data }: Sent['command']) {
  return trigger === 'change.amend' && typeof data === 'object' && data !== null
    ? Object.keys(data).flatMap((name) => attributes[name] ?? [])
    : [];
}

function addBallotConditions(
  { definition }: CompiledWorkflow,
  { context, value }: { readonly context: ChangeContext; readonly value: unknown },
  add: Add,
): void {
  const facts = factsOf(definition, context, value as never);
  for (const ballot of Object.values(definition.ballots ?? {})) {
    if (!ballot.in.some((path) => isActive(value as never, path))) continue;
    const texts = [ballot.if, ballot.override, ...ballot.needs.map((need) => need.if)];
    for (const text of texts) if (text !== undefined) add('condition', `${text} ${holds(text, facts)}`);
  }
}
