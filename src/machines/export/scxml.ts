/**
 * A definition as State Chart XML (W3C SCXML 1.0): regions are children of `<parallel>`, timers delayed events that leaving
 * the state cancels, who may do what a `cond` in CEL (docs/exports.md lists what it may read). What a chart cannot say, such
 * as counting votes, is left as a `<log>` at the place where it happens.
 */
import type { Definition, Joined, Region, Rule, State, Transition, Voiding } from '../definition.ts';
import { countingFinals, needed } from '../joins.ts';
import { type Leaving, leavingByPath, type Scope } from '../paths.ts';
import { type NamedTimer, timersOf } from '../timers.ts';
import { type Element, element, writeXml } from './xml.ts';

const NAMESPACES = { xmlns: 'http://www.w3.org/2005/07/scxml', 'xmlns:cs': 'urn:countersign:definition:1' };

/** Ends with a line break. */
export function writeScxml(definition: Definition): string {
  const { name, title, initial, supersede } = definition;
  const about = { version: '1.0', name, initial, datamodel: 'x-cel' };
  const chart: Chart = { definition, leaving: leavingByPath(definition), timers: timersOf(definition) };
  const states = stateElements({ ...definition, prefix: '' }, chart);
  const superseded = { 'cs:title': title, 'cs:supersede': supersede?.to };
  return writeXml(element('scxml', { ...NAMESPACES, ...about, ...superseded }, states));
}

interface Chart {
  readonly definition: Definition;
  readonly leaving: ReadonlyMap<string, readonly Leaving[]>;
  readonly timers: readonly NamedTimer[];
}

function stateElements(scope: Scope, chart: Chart): Element[] {
  return Object.entries(scope.states).map(([name, state]) => stateElement(scope, name, state, chart));
}

function stateElement(scope: Scope, name: string, state: State, chart: Chart): Element {
  const id = scope.prefix + name;
  const about = { id, 'cs:title': state.title };
  const sent = (chart.leaving.get(id) ?? []).map((rule) => sentElement(rule, chart));
  if (state.final && !state.reopen)
    return element('final', about, [element('donedata', {}, [element('content', {}, [state.final])])]);
  // No chart leaves a <final>: one that can be opened again is a state like any other.
  if (state.final) return element('state', { ...about, 'cs:outcome': state.final }, sent);
  const timers = chart.timers.filter(({ path }) => path === id);
  const leaving = scope.transitions.filter(({ from }) => from === name);
  const inside = [
    ...timerElements(timers),
    ...sent,
    ...leaving.flatMap((each) => ownElements(each, scope, state)),
    ...timers.flatMap((timer) => elapsedElements(timer, scope)),
  ];
  if (!state.regions) return element('state', about, inside);
  const regions = Object.entries(state.regions).map(([key, region]) =>
    regionElement(`${id}.${key}`, region, chart),
  );
  return element('parallel', about, [...inside, ...regions]);
}

function regionElement(id: string, region: Region, chart: Chart): Element {
  const votes = (chart.leaving.get(id) ?? []).map((rule) => sentElement(rule, chart));
  const about = { id, initial: `${id}.${region.initial}`, 'cs:title': region.title };
  return element('state', about, [...votes, ...stateElements({ ...region, prefix: `${id}.` }, chart)]);
}

/** Something that is sent: a transition, or a vote, which leads nowhere. */
function sentElement(rule: Leaving, { definition }: Chart): Element {
  const cast = definition.ballots?.[rule.ballot ?? '']?.cast[rule.trigger];
  const votes = cast ? [log(`cast ${rule.ballot}`, String(cast.value))] : [];
  const target = rule.ballot === undefined ? rule.to : undefined;
  const about = { event: rule.trigger, cond: condition(rule), target, 'cs:sign': rule.sign };
  return element('transition', about, [...votes, ...voids(rule)]);
}

/** Who may, as CEL over the sender and the change. */
function condition({ roles, by, exclude, reason, if: text }: Rule): string | undefined {
  const oneOf = (tests: readonly string[]) => (tests.length > 1 ? [`(${tests.join(' || ')})`] : tests);
  const excluded = {
    author: 'sender.id != author',
    uploader: 'sender.id != revision.uploader',
    contributors: '!(sender.id in contributors)',
  };
  const parts = [
    ...oneOf(roles.map((role) => `'${role}' in sender.roles`)),
    ...oneOf(by.map((kind) => `sender.kind == '${kind}'`)),
    ...exclude.map((each) => excluded[each]),
    ...(reason === 'required' ? ["reason != ''"] : []),
  ];
  if (text === undefined) return parts.length > 0 ? parts.join(' && ') : undefined;
  return [...parts, parts.length > 0 ? `(${text})` : text].join(' && ');
}

/** Everything but triggers and times. */
function ownElements(transition: Transition, scope: Scope, { regions = {} }: State): Element[] {
  const target = scope.prefix + transition.to;
  const leave = (about: object) => [element('transition', { ...about, target }, voids(transition))];
  switch (transition.on) {
    case 'when':
      return leave({ cond: transition.when });
    case 'revision':
      return leave({ event: 'change.revise' });
    case 'join':
      return transition.join === 'all' && transition.ending === undefined
        ? leave({ event: `done.state.${scope.prefix}${transition.from}` })
        : leave({ cond: joinCondition(transition, scope.prefix + transition.from, regions) });
    default:
      return [];
  }
}

/** Regions are done where one of their finals is active; `In` is known to every SCXML data model. */
function joinCondition(join: Joined, id: string, regions: Readonly<Record<string, Region>>): string {
  const counts = Object.entries(regions).map(([name, region]) => {
    const finals = countingFinals(region, join.ending).map((final) => `In('${id}.${name}.${final}')`);
    return `(${finals.join(' || ') || 'false'} ? 1 : 0)`;
  });
  return `${counts.join(' + ')} >= ${needed(join.join, counts.length)}`;
}

function timerElements(timers: readonly NamedTimer[]): Element[] {
  if (timers.length === 0) return [];
  const sends = timers.map((timer) =>
    element('send', {
      id: idOf(timer),
      event: eventOf(timer),
      delay: `${timer.delayMs / 1000}s`,
      'cs:calendar': timer.calendar,
      'cs:idle': timer.idle ? 'true' : undefined,
    }),
  );
  const cancels = timers.map((timer) => element('cancel', { sendid: idOf(timer) }));
  return [element('onentry', {}, sends), element('onexit', {}, cancels)];
}

function elapsedElements(timer: NamedTimer, { prefix }: Scope): Element[] {
  const { to, if: cond, escalate, remind } = timer;
  if (to !== undefined)
    return [element('transition', { event: eventOf(timer), cond, target: prefix + to }, voids(timer))];
  const done = escalate ? [log('escalate', escalate)] : remind ? [log('remind', remind)] : [];
  return [
    element('transition', { event: eventOf(timer) }, done.length > 0 ? done : [log('elapsed', 'true')]),
  ];
}

/** `Review-to-Expired`, `Review-overdue`: the dash keeps them apart from the ids of states. */
function idOf({ name }: NamedTimer): string {
  return name.replace('->', '-to-').replace(':', '-').replace('#', '-');
}

function eventOf(timer: NamedTimer): string {
  return `after.${idOf(timer)}`;
}

function voids({ void: ballots = [] }: Voiding): Element[] {
  return ballots.map((ballot) => log('void', ballot));
}

function log(label: string, text: string): Element {
  return element('log', { label, expr: `'${text}'` });
}
