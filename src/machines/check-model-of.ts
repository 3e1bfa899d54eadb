/** The model of a definition: what the exploration walks. */

import { conditionsOf } from './check-condition-list.ts';
import { forestalled } from './check-dead.ts';
import { type Knowing, knowingOf } from './check-knowledge.ts';
import type { Candidate, Model, Place, RegionModel, TopPlace } from './check-model.ts';
import { labelOf } from './check-scope.ts';
import { permittedSets } from './check-senders.ts';
import { readsOf } from './conditions/variables.ts';
import type {
  Conditional,
  ConditionText,
  Definition,
  Joined,
  Revised,
  State,
  Timed,
  Transition,
  Triggered,
} from './definition.ts';
import { formatDuration } from './duration.ts';
import { treeOf } from './facts.ts';
import { type Leaving, leavingByPath, type Scope, scopesOf } from './paths.ts';

/** The model of what is sane in a definition; what leads nowhere is reported elsewhere and left out. */
export function modelOf(definition: Definition, wrong: ReadonlySet<ConditionText> = new Set()): Model {
  const [top, ...inner] = scopesOf(definition);
  const knowing = knowingOf(definition, wrong);
  const parts = partsOf(definition, knowing);
  const tops = new Map<string, TopPlace & Asking>();
  if (top) {
    const places = placesOf(top, parts);
    let next = 0;
    for (const [name, place] of places) {
      let count = 1;
      const regions = inner
        .filter(({ prefix }) => prefix.startsWith(`${name}.`))
        .map((scope) => {
          const stride = count;
          count *= Object.keys(scope.states).length;
          return regionOf(scope, parts, stride);
        });
      const base = Number.isSafeInteger(next + count) ? next : undefined;
      if (base !== undefined) next += count;
      const leaving = sane(top).filter(
        (each): each is Joined | Conditional =>
          each.from === name && (each.on === 'when' || (each.on === 'join' && regions.length > 0)),
      );
      const asks = new Set(whensIn(leaving).flatMap(({ when }) => knowing.factsOf(when)));
      const shared = sharedBy(place, regions);
      const starts = regions.map(
        ({ initial, places, stride }) => (places.get(initial)?.number ?? 0) * stride,
      );
      const begin = base === undefined ? undefined : starts.reduce((sum, each) => sum + each, base);
      tops.set(name, {
        ...place,
        base,
        begin,
        open: new Map(),
        regions,
        leaving,
        asks,
        isCoupled: regions.some(isCoupled),
        shared,
      });
    }
  }
  spreadAround(tops);
  const to = definition.supersede?.to;
  const superseded = to !== undefined && tops.has(to) ? to : undefined;
  return { initial: definition.initial, superseded, tops, knowing, permitted: parts.permitted };
}

interface Parts {
  readonly leaving: ReadonlyMap<string, readonly Leaving[]>;
  readonly includes: Definition['includes'];
  /** Names of timers that conditions read. */
  readonly read: ReadonlySet<string>;
  readonly permitted: Model['permitted'];
  readonly knowing: Knowing;
}

/** While the model is made. */
interface Asking {
  readonly asks: Set<number>;
}

/** What goes by itself asks what is asked where it leads. */
function spread(ways: readonly { readonly from: Set<number>; readonly to: ReadonlySet<number> }[]): void {
  let isNew = true;
  while (isNew) {
    isNew = false;
    for (const { from, to } of ways)
      for (const each of to) {
        if (from.has(each)) continue;
        from.add(each);
        isNew = true;
      }
  }
}

function spreadAround(tops: ReadonlyMap<string, TopPlace & Asking>): void {
  const ways = [...tops.values()].flatMap(({ leaving, asks }) =>
    leaving.flatMap(({ to }) => {
      const next = tops.get(to);
      const inside = next?.regions.flatMap(({ initial, places }) => places.get(initial) ?? []) ?? [];
      return [...(next ? [next] : []), ...inside].map((each) => ({ from: asks, to: each.asks }));
    }),
  );
  spread(ways);
}

function spreadInside(places: ReadonlyMap<string, Place & Asking>): void {
  const ways = [...places.values()].flatMap(({ whens, asks }) =>
    whens.flatMap(({ to }) => ({ from: asks, to: places.get(to)?.asks ?? new Set() })),
  );
  spread(ways);
}

function whensIn(transitions: readonly Transition[]): Conditional[] {
  return transitions.filter((each): each is Conditional => each.on === 'when');
}

function partsOf(definition: Definition, knowing: Knowing): Parts {
  const leaving = leavingByPath(definition);
  const all = [...leaving.values()].flat();
  const sets = new Map<string, readonly ReadonlySet<Leaving>[] | undefined>();
  const read = conditionsOf(definition).flatMap(({ text }) =>
    readsOf(treeOf(text)).flatMap((path) =>
      path.startsWith('elapsed.') ? [path.slice('elapsed.'.length)] : [],
    ),
  );
  return {
    leaving,
    knowing,
    includes: definition.includes,
    read: new Set(read),
    permitted: (trigger) => {
      if (!sets.has(trigger))
        sets.set(
          trigger,
          permittedSets(
            definition,
            all.filter((rule) => rule.trigger === trigger),
          ),
        );
      return sets.get(trigger);
    },
  };
}

function isKnowable(path: string): boolean {
  return path.startsWith('regions.') || path.startsWith('elapsed.');
}

function sane({ states, transitions }: Scope): Transition[] {
  const isKnown = (name: string) => Object.hasOwn(states, name);
  return transitions.filter(({ from, to }) => isKnown(from) && isKnown(to) && !states[from]?.final);
}

function placesOf(scope: Scope, parts: Parts): Map<string, Place & Asking> {
  const dead = forestalled(scope, parts.includes);
  const transitions = sane(scope).filter((each) => !dead.has(each));
  return new Map(
    Object.entries(scope.states).map(([name, state]) => [
      name,
      placeOf(scope, name, state, transitions, parts),
    ]),
  );
}

function placeOf(
  scope: Scope,
  name: string,
  state: State,
  transitions: readonly Transition[],
  parts: Parts,
): Place & Asking {
  const path = scope.prefix + name;
  const own = transitions.filter(({ from }) => from === name);
  const timed = own.filter((each): each is Timed => each.on === 'time');
  return {
    path,
    number: Object.keys(scope.states).indexOf(name),
    name,
    final: state.final,
    triggers: heard(scope, name, state, parts),
    whens: whensIn(own),
    asks: new Set(whensIn(own).flatMap(({ when }) => parts.knowing.factsOf(when))),
    timed: timed.map((transition, index) => ({
      transition,
      mark: `${path}->${index}`,
      label: labelOf(transition),
    })),
    clocks: Object.entries(state.timers ?? {})
      .filter(([timer]) => parts.read.has(timer))
      .map(([timer, { afterMs }]) => ({
        mark: `${path}:${timer}`,
        label: `after ${formatDuration(afterMs)}`,
      })),
    revised: own.find((each): each is Revised => each.on === 'revision'),
  };
}

/** In the machine's order: transitions, then votes, then the reopening. */
function heard(scope: Scope, name: string, state: State, parts: Parts): Map<string, Candidate[]> {
  const isFinished = state.final !== undefined && (scope.prefix !== '' || !state.reopen);
  const heard = new Map<string, Candidate[]>();
  if (isFinished) return heard;
  const originals = scope.transitions.filter(
    (each): each is Triggered => each.on === 'trigger' && each.from === name,
  );
  const path = scope.prefix + name;
  for (const rule of parts.leaving.get(path) ?? []) {
    const isVote = rule.ballot !== undefined;
    const transition = isVote ? undefined : originals.shift();
    const to = isVote ? undefined : rule.to.slice(scope.prefix.length);
    if (to !== undefined && !Object.hasOwn(scope.states, to)) continue;
    if (state.final !== undefined && transition) continue;
    const candidate = { rule, ...(transition && { transition }), ...(to !== undefined && { to }) };
    heard.set(rule.trigger, [...(heard.get(rule.trigger) ?? []), candidate]);
  }
  return heard;
}

function regionOf(scope: Scope, parts: Parts, stride: number): RegionModel {
  const path = scope.prefix.slice(0, -1);
  const votes = new Map<string, Candidate[]>();
  for (const rule of parts.leaving.get(path) ?? [])
    votes.set(rule.trigger, [...(votes.get(rule.trigger) ?? []), { rule }]);
  const places = placesOf(scope, parts);
  spreadInside(places);
  return { name: path.split('.')[1] ?? '', initial: scope.initial, stride, votes, places };
}

function sharedBy(place: Place, regions: readonly RegionModel[]): Set<string> {
  const heard = [place.triggers, ...regions.map(({ votes }) => votes)].map((each) => new Set(each.keys()));
  for (const { places } of regions)
    heard.push(new Set([...places.values()].flatMap(({ triggers }) => [...triggers.keys()])));
  const all = new Set<string>();
  const shared = new Set<string>();
  for (const triggers of heard) for (const each of triggers) (all.has(each) ? shared : all).add(each);
  return shared;
}

function isCoupled({ places }: RegionModel): boolean {
  return [...places.values()].some(({ whens }) =>
    whens.some((each) => each.void !== undefined || readsOf(treeOf(each.when)).some(isKnowable)),
  );
}
