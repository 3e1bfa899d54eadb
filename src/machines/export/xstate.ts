/**
 * A definition as the configuration of an XState machine, in JSON: `setup({ guards, actions }).createMachine(config)` runs it.
 * Guards and actions are names with parameters. `permitted` and `holds` can be decided from the context, the event and the
 * parameters; guards that look at states (joins, conditions on regions) have a name each, so that an implementation can be
 * XState's own `stateIn`. Left out are gates of dependencies, suspension and threads, which belong to the runtime.
 */
import { readsOf } from '../conditions/variables.ts';
import type { Conditional, Definition, Joined, Region, State, Transition, Voiding } from '../definition.ts';
import { formatDuration } from '../duration.ts';
import { treeOf } from '../facts.ts';
import { type Leaving, leavingByPath, type Scope } from '../paths.ts';
import { type NamedTimer, timersOf } from '../timers.ts';
import { transitionWords } from './words.ts';

type Node = Readonly<Record<string, unknown>>;

export function writeXstate(definition: Definition): string {
  return `${JSON.stringify(xstateConfig(definition), null, 2)}\n`;
}

/** Plain JSON. */
export function xstateConfig(definition: Definition): Node {
  const { name, title, initial, supersede } = definition;
  const chart: Chart = { definition, leaving: leavingByPath(definition), timers: timersOf(definition) };
  const superseded = {
    target: `.${supersede?.to}`,
    guard: { type: 'builtIn' },
    actions: [{ type: 'builtIn' }],
  };
  return {
    id: name,
    ...(title !== undefined && { description: title }),
    initial,
    ...(supersede && { on: { 'change.supersede': [superseded] } }),
    states: nodes({ ...definition, prefix: '' }, chart),
  };
}

interface Chart {
  readonly definition: Definition;
  readonly leaving: ReadonlyMap<string, readonly Leaving[]>;
  readonly timers: readonly NamedTimer[];
}

function nodes(scope: Scope, chart: Chart): Record<string, Node> {
  return mapEntries(scope.states, (name, state) => node(name, state, scope, chart));
}

function node(name: string, state: State, scope: Scope, chart: Chart): Node {
  const path = scope.prefix + name;
  const meta = { ...(state.title && { title: state.title }), ...(state.final && { outcome: state.final }) };
  const sent = triggers(chart.leaving.get(path) ?? []);
  // XState never leaves a final state: one that can be opened again is only tagged as one.
  if (state.final) return state.reopen ? { meta, tags: ['final'], on: sent } : { type: 'final', meta };
  const leaving = scope.transitions.filter(({ from }) => from === name);
  const on = { ...sent, ...revisions(leaving) };
  const timers = chart.timers.filter((timer) => timer.path === path);
  const after = timerNodes(timers, name);
  const isNoted = timers.some(({ to }) => to === undefined);
  const own = {
    meta,
    ...(Object.keys(on).length > 0 && { on }),
    ...(Object.keys(after).length > 0 && { after }),
    // Escalations and times that are over last as long as the state they belong to.
    ...(isNoted && { exit: [{ type: 'endTimers', params: { path } }] }),
  };
  const byThemselves = leaving.filter((each): each is Joined | Conditional => isByItself(each));
  if (!state.regions) return { ...own, ...always(byThemselves, path) };
  const plain = byThemselves.every(
    (each) => each.on === 'join' && each.join === 'all' && each.ending === undefined,
  );
  const done = byThemselves.map((each) => ({ ...described(each), target: each.to, ...voiding(each) }));
  const states = mapEntries(state.regions, (key, region) => regionNode(`${path}.${key}`, region, chart));
  const left = plain ? (done.length > 0 ? { onDone: done } : {}) : always(byThemselves, path);
  return { ...own, type: 'parallel', states, ...left };
}

function regionNode(path: string, region: Region, chart: Chart): Node {
  const votes = triggers(chart.leaving.get(path) ?? []);
  return {
    ...(region.title && { meta: { title: region.title } }),
    initial: region.initial,
    ...(Object.keys(votes).length > 0 && { on: votes }),
    states: nodes({ ...region, prefix: `${path}.` }, chart),
  };
}

function isByItself({ on }: Transition): boolean {
  return on === 'join' || on === 'when';
}

function triggers(leaving: readonly Leaving[]): Record<string, Node[]> {
  const on: Record<string, Node[]> = {};
  for (const rule of leaving) {
    const { trigger, ballot, from, to, on: _, late: _late, ...params } = rule;
    const votes = ballot === undefined ? [] : [{ type: 'cast', params: { ballot, trigger } }];
    const signs = rule.sign === undefined ? [] : [{ type: 'sign' }];
    const actions = [...votes, ...voided(rule), ...signs];
    on[trigger] ??= [];
    on[trigger].push({
      ...(ballot === undefined && { target: lastName(to) }),
      ...(from === to && ballot === undefined && { reenter: true }),
      guard: { type: 'permitted', params: { from, trigger, ...params, ...(ballot && { ballot }) } },
      ...(actions.length > 0 && { actions }),
    });
  }
  return on;
}

function revisions(leaving: readonly Transition[]): Record<string, Node[]> {
  const revised = leaving.filter(({ on }) => on === 'revision');
  if (revised.length === 0) return {};
  const each = (transition: Transition) => ({
    target: transition.to,
    reenter: true,
    guard: { type: 'builtIn' },
    actions: [{ type: 'builtIn' }, ...voided(transition)],
  });
  return { 'change.revise': revised.map(each) };
}

function always(transitions: readonly (Joined | Conditional)[], path: string): Node {
  if (transitions.length === 0) return {};
  return {
    always: transitions.map((each, index) => ({
      ...described(each),
      target: each.to,
      guard: guardOf(each, `${path} -> ${each.to} #${index + 1}`),
      ...voiding(each),
    })),
  };
}

/** `where` makes the name of a guard that looks at states the only one of its kind. */
function guardOf(transition: Joined | Conditional, where: string): Node {
  if (transition.on === 'join') {
    const { join, ending } = transition;
    return { type: `join ${where}`, params: { join, ...(ending && { ending }) } };
  }
  return conditionGuard(transition.when, where);
}

function conditionGuard(text: string, where: string): Node {
  const looksAtStates = readsOf(treeOf(text)).some((read) => read.startsWith('regions.'));
  return { type: looksAtStates ? `when ${where}` : 'holds', params: { condition: text } };
}

/**
 * By milliseconds, which need no implementation. Times of one state that end together are kept a millisecond apart: XState
 * takes one transition of a delay only.
 */
function timerNodes(timers: readonly NamedTimer[], name: string): Record<string, Node[]> {
  const after: Record<string, Node[]> = {};
  for (const timer of timers) {
    let delayMs = timer.delayMs;
    while (Object.hasOwn(after, String(delayMs))) delayMs += 1;
    after[delayMs] = elapsed(timer, name);
  }
  return after;
}

function elapsed(timer: NamedTimer, own: string): Node[] {
  const { path, name, delayMs, calendar, idle, to, if: condition, escalate, remind } = timer;
  const counted = [calendar && `by the calendar ${calendar}`, idle && 'of idleness'].filter(Boolean);
  const description = [name, formatDuration(delayMs), ...counted].join(', ');
  const noted = [{ type: 'elapse', params: { name } }];
  const asked = escalate ? [{ type: 'escalate', params: { path, role: escalate } }] : [];
  const told = remind ? [{ type: 'remind', params: { role: remind } }] : [];
  if (to === undefined) return [{ description, actions: [...noted, ...asked, ...told] }];
  const guard = condition && { guard: conditionGuard(condition, name) };
  const taken = {
    description,
    target: to,
    ...(to === own && { reenter: true }),
    ...guard,
    ...voiding(timer),
  };
  return condition ? [taken, { actions: noted }] : [taken];
}

function described(transition: Transition): Node {
  return { description: transitionWords(transition) };
}

function voided({ void: ballots }: Voiding): Node[] {
  return ballots ? [{ type: 'void', params: { ballots } }] : [];
}

function voiding(transition: Voiding): Node {
  const actions = voided(transition);
  return actions.length > 0 ? { actions } : {};
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

function mapEntries<A>(
  record: Readonly<Record<string, A>>,
  map: (key: string, value: A) => Node,
): Record<string, Node> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(key, value)]));
}
