/**
 * What can happen to a change that rests: somebody sends a trigger, a time is over, a revision comes, it is put to rest or
 * goes on. An event asks every region first and the state around them only where no region takes it, as XState does.
 */
import type { Votes } from '../../check-knowledge.ts';
import type { Candidate, Place, RegionModel, TopPlace } from '../../check-model.ts';
import type { Leaving } from '../../paths.ts';
import { judged, over, running, type Setting } from './guards.ts';
import { anew, forgetting, leaving, moving, REST, settling } from './moves.ts';
import { TooLarge } from './program.ts';

/** Where nothing holds the change: every event but resuming asks for it. */
export const AWAKE = 'awake';
/** The phase of an event that nobody hears: a refusal, which is no step of the machine. */
export const UNHEARD = 'unheard';
/** The event that is heard everywhere and changes only what conditions read. */
export const LOOK = 'something is said';

/** Writes everything that can happen in `top`. */
export function events(setting: Setting, top: TopPlace): void {
  const { net, model, definition } = setting;
  if (top.final !== undefined && top.triggers.size === 0) return;
  const start = (event: string, to: string) => net.line(REST, to, { event, reads: [AWAKE, top.path] });
  triggered(setting, top, start);
  if (top.final !== undefined) return;
  times(setting, top);
  hearing(setting, top, revising(top), { start: (to) => start('change.revise', to), isSure: true });
  start(LOOK, settling(setting, top));
  if (model.superseded !== undefined && model.superseded !== top.path) {
    const at = net.fresh();
    start('change.supersede', at);
    leaving(setting, top, model.superseded, at);
  }
  if (!definition.suspension) return;
  const suspended = net.place('suspended', 'suspended');
  net.line(REST, REST, {
    event: 'change.suspend',
    takes: [AWAKE],
    puts: [suspended],
    reads: [top.path],
  });
  net.line(REST, settling(setting, top), {
    event: 'change.resume',
    takes: [suspended],
    puts: [AWAKE],
    reads: [top.path],
  });
}

/** For every place the ways on, in the order in which they are asked. */
interface Ways {
  readonly inner: (region: RegionModel, place: Place) => readonly Way[];
  readonly outer: readonly Way[];
}

type Way = Pick<Candidate, 'to'> & {
  readonly rule: { readonly if?: Leaving['if'] } & Votes;
  readonly transition?: Candidate['transition'] | Place['revised'];
};

function revising(top: TopPlace): Ways {
  const ways = ({ revised }: Place): Way[] =>
    revised ? [{ rule: revised, to: revised.to, transition: revised }] : [];
  return { inner: (_region, place) => ways(place), outer: ways(top) };
}

/** One event for every set of rules that one sender may satisfy. */
function triggered(setting: Setting, top: TopPlace, start: (event: string, to: string) => void): void {
  const places = top.regions.flatMap(({ places }) => [...places.values()]);
  const votes = top.regions.flatMap((region) => [...region.votes.keys()]);
  const triggers = new Set([top, ...places].flatMap((place) => [...place.triggers.keys()]).concat(votes));
  for (const trigger of triggers) {
    const inner = (region: RegionModel, place: Place) => [
      ...(place.triggers.get(trigger) ?? []),
      ...(place.final === undefined || region.votes.has(trigger) ? (region.votes.get(trigger) ?? []) : []),
    ];
    const outer = top.triggers.get(trigger) ?? [];
    const here = new Set(
      [
        ...outer,
        ...top.regions.flatMap((region) => [...region.places.values()].flatMap((p) => inner(region, p))),
      ].map(({ rule }) => rule),
    );
    const sets = setting.model.permitted(trigger);
    if (!sets) throw new TooLarge();
    const done = new Set<string>();
    for (const set of sets) {
      const permitted = [...here].filter((rule) => set.has(rule));
      const key = permitted.map((rule) => [...here].indexOf(rule)).join();
      if (permitted.length === 0 || done.has(key)) continue;
      done.add(key);
      const among = (all: readonly Candidate[]) => all.filter(({ rule }) => set.has(rule));
      const ways = {
        inner: (region: RegionModel, place: Place) => among(inner(region, place)),
        outer: among(outer),
      };
      hearing(setting, top, ways, { start: (to) => start(trigger, to), isSure: false });
    }
  }
}

interface Heard {
  readonly start: (to: string) => void;
  /** Whether it is heard where nobody takes it. */
  readonly isSure: boolean;
}

/** Asks the regions, moves those that take it, and asks the state around them where none moves and some is free. */
function hearing(setting: Setting, top: TopPlace, ways: Ways, { start, isSure }: Heard): void {
  const { net } = setting;
  const involved = top.regions.filter((region) =>
    [...region.places.values()].some((place) => ways.inner(region, place).length > 0),
  );
  if (involved.length === 0 && ways.outer.length === 0) {
    if (isSure) start(settling(setting, top));
    return;
  }
  const begin = net.fresh();
  start(begin);
  const asked = involved.reduce((at, region) => asking(setting, top, region, ways, at), begin);
  const { silence, taken } = involved.reduce<Answers>(
    (from, region) => answering(setting, top, region, ways, from),
    { silence: asked },
  );
  if (taken !== undefined) net.line(taken, settling(setting, top));
  around(setting, top, ways.outer, silence, isSure ? settling(setting, top) : unheard(setting));
}

/** Two ways through the answers of the regions: nobody has taken the event yet, or somebody has. */
interface Answers {
  readonly silence: string;
  readonly taken?: string | undefined;
}

/** The first way that is open is chosen; it is taken when all regions have been asked. */
function asking(setting: Setting, top: TopPlace, region: RegionModel, ways: Ways, at: string): string {
  const { net } = setting;
  const next = net.fresh();
  for (const place of region.places.values()) {
    let here = net.fresh();
    net.line(at, here, { reads: [place.path] });
    for (const [index, { rule }] of ways.inner(region, place).entries()) {
      const choice = net.place(takes(place, index), 'phase');
      if (rule.if === undefined) {
        net.line(here, next, { puts: [choice] });
        here = '';
        break;
      }
      const [holds, not] = [net.fresh(), net.fresh()];
      judged(setting, top, rule.if, here, holds, not);
      net.line(holds, next, { puts: [choice] });
      here = not;
    }
    if (here !== '') net.line(here, next, { puts: [net.place(free(top, region), 'phase')] });
  }
  return next;
}

function takes(place: Place, index: number): string {
  return `${place.path} takes ${index}`;
}

function free(top: TopPlace, region: RegionModel): string {
  return `${top.path}.${region.name} is free`;
}

/** What a region has chosen is done. */
function answering(
  setting: Setting,
  top: TopPlace,
  region: RegionModel,
  ways: Ways,
  { silence, taken }: Answers,
): { readonly silence: string; readonly taken: string } {
  const { net } = setting;
  const next = { silence: net.fresh(), taken: net.fresh() };
  for (const place of region.places.values())
    for (const [index, { to, rule, transition }] of ways.inner(region, place).entries()) {
      const choice = net.place(takes(place, index), 'phase');
      const isOther = rule.ballot !== undefined || rule.void !== undefined;
      const done = isOther ? net.fresh() : next.taken;
      for (const at of [silence, ...(taken === undefined ? [] : [taken])]) {
        if (to === undefined) net.line(at, done, { takes: [choice] });
        else moving(setting, region, place, to, at, done, { does: transition, takes: [choice] });
      }
      if (isOther) net.line(anew(setting, rule, done), next.taken);
    }
  const nothing = [net.place(free(top, region), 'phase')];
  net.line(silence, next.silence, { takes: nothing });
  if (taken !== undefined) net.line(taken, next.taken, { takes: nothing });
  return next;
}

/** The state around the regions: the first way that is open. */
function around(setting: Setting, top: TopPlace, outer: readonly Way[], at: string, end: string): void {
  const { net } = setting;
  let here = at;
  for (const { to, rule, transition } of outer) {
    const [holds, not] = rule.if === undefined ? [here, ''] : [net.fresh(), net.fresh()];
    if (rule.if !== undefined) judged(setting, top, rule.if, here, holds, not);
    const applied = anew(setting, rule, holds);
    if (to === undefined) net.line(applied, settling(setting, top));
    else leaving(setting, top, to, applied, { does: transition });
    if (rule.if === undefined) return;
    here = not;
  }
  net.line(here, end);
}

/** Nobody heard it: the change rests as it was, nothing has happened. */
function unheard({ net, facts }: Setting): string {
  if (net.first(UNHEARD)) net.line(UNHEARD, facts.all.length > 0 ? forgetting(0) : REST);
  return UNHEARD;
}

/** A time may be over whenever the change rests; where its condition does not hold then, it is over for nothing. */
function times(setting: Setting, top: TopPlace): void {
  const { net } = setting;
  const all = [
    { place: top, region: undefined },
    ...top.regions.flatMap((region) => [...region.places.values()].map((place) => ({ place, region }))),
  ];
  for (const { place, region } of all) {
    const end = settling(setting, top);
    for (const { mark, label } of place.clocks)
      net.line(REST, end, {
        event: label,
        takes: [running(mark)],
        puts: [over(mark)],
        reads: [AWAKE, place.path],
      });
    for (const { mark, label, transition } of place.timed) {
      const condition = transition.if;
      const begin = net.fresh();
      const reads = [AWAKE, place.path, ...(condition === undefined ? [] : [running(mark)])];
      net.line(REST, begin, { event: label, reads });
      const [holds, not] = condition === undefined ? [begin, ''] : [net.fresh(), net.fresh()];
      if (condition !== undefined) {
        judged(setting, top, condition, begin, holds, not);
        net.line(not, end, { takes: [running(mark)], puts: [over(mark)] });
      }
      if (!region) {
        leaving(setting, top, transition.to, anew(setting, transition, holds), {
          does: transition,
        });
        continue;
      }
      const moved = transition.void ? net.fresh() : end;
      moving(setting, region, place, transition.to, holds, moved, { does: transition });
      if (transition.void) net.line(anew(setting, transition, moved), end);
    }
  }
}
