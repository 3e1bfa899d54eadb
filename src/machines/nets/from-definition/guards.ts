/** Conditions as jumps: from a phase the net goes on at one of two, having read only what decides. */
import type { Model, TopPlace } from '../../check-model.ts';
import { evaluate } from '../../conditions/evaluate.ts';
import { print } from '../../conditions/print.ts';
import type { Condition } from '../../conditions/tree.ts';
import { readsOf } from '../../conditions/variables.ts';
import type { Definition } from '../../definition.ts';
import { treeOf } from '../../facts.ts';
import type { Facts } from './facts.ts';
import type { Program } from './program.ts';

/** What all parts of the translation share. */
export interface Setting {
  readonly net: Program;
  readonly model: Model;
  readonly facts: Facts;
  readonly definition: Definition;
}

/** The names of a fact's places: not looked at yet, or come out in the case with this number. */
export function unseen(fact: string): string {
  return `${fact}?`;
}
export function seen(fact: string, index: number): string {
  return `${fact}=${index}`;
}

/** A time in a state: still running, or over. */
export function running(mark: string): string {
  return `${mark}…`;
}
export function over(mark: string): string {
  return `${mark}!`;
}

/** From `at` to `yes` where the condition holds in `top`, to `no` where not. */
export function judged(setting: Setting, top: TopPlace, text: string, at: string, yes: string, no: string) {
  const asked = setting.facts.of(text);
  if (asked) asking(setting, text, at, yes, no);
  else jump(setting, top, treeOf(text), at, yes, no);
}

function jump(setting: Setting, top: TopPlace, tree: Condition, at: string, yes: string, no: string): void {
  if (tree.kind === 'not') {
    jump(setting, top, tree.of, at, no, yes);
    return;
  }
  if (tree.kind === 'and' || tree.kind === 'or') {
    let here = at;
    for (const [index, part] of tree.parts.entries()) {
      const next = index === tree.parts.length - 1 ? undefined : setting.net.fresh();
      if (tree.kind === 'and') jump(setting, top, part, here, next ?? yes, no);
      else jump(setting, top, part, here, yes, next ?? no);
      here = next ?? here;
    }
    return;
  }
  const text = print(tree);
  if (setting.facts.of(text)) asking(setting, text, at, yes, no);
  else known(setting, top, tree, [...readsOf(tree)], { regions: {}, elapsed: {} }, at, yes, no);
}

/** A fact comes out when it is first asked; until the change rests it stays as it came out. */
function asking({ net, facts }: Setting, text: string, at: string, yes: string, no: string): void {
  const asked = facts.of(text);
  if (!asked) return;
  const { fact, index } = asked;
  for (const [number, answers] of fact.cases.entries()) {
    const to = answers[index] ? yes : no;
    const is = net.place(seen(fact.name, number), 'fact');
    net.line(at, to, { reads: [is] });
    net.line(at, to, { takes: [net.place(unseen(fact.name), 'fact')], puts: [is] });
  }
}

interface Seen {
  readonly regions: Readonly<Record<string, string>>;
  readonly elapsed: Readonly<Record<string, boolean>>;
}

/** A part that asks where regions are and which times are over: looked at one after the other, then evaluated. */
function known(
  setting: Setting,
  top: TopPlace,
  part: Condition,
  left: readonly string[],
  facts: Seen,
  at: string,
  yes: string,
  no: string,
): void {
  const [path, ...rest] = left;
  const { net } = setting;
  if (path === undefined) {
    net.line(at, evaluate(part, facts as unknown as Record<string, unknown>) ? yes : no);
    return;
  }
  const [head, name = ''] = path.split('.');
  const goOn = (from: string, more: Partial<Seen>) =>
    known(setting, top, part, rest, { ...facts, ...more }, from, yes, no);
  if (head === 'regions') {
    const region = top.regions.find((each) => each.name === name);
    if (!region) {
      goOn(at, {});
      return;
    }
    for (const place of region.places.values()) {
      const next = net.fresh();
      net.line(at, next, { reads: [place.path] });
      goOn(next, { regions: { ...facts.regions, [name]: place.name } });
    }
    return;
  }
  const [isOver, isNot] = [net.fresh(), net.fresh()];
  elapsed(setting, top, name, at, isOver, isNot);
  goOn(isOver, { elapsed: { ...facts.elapsed, [name]: true } });
  goOn(isNot, { elapsed: { ...facts.elapsed, [name]: false } });
}

/** A time of this name may run in the state itself and in its regions. */
function elapsed({ net }: Setting, top: TopPlace, name: string, at: string, yes: string, no: string): void {
  const clocksOf = (place: { readonly clocks: TopPlace['clocks'] }) =>
    place.clocks.filter(({ mark }) => mark.slice(mark.indexOf(':') + 1) === name);
  let here = at;
  for (const { mark } of clocksOf(top)) {
    const next = net.fresh();
    net.line(here, yes, { reads: [over(mark)] });
    net.line(here, next, { reads: [running(mark)] });
    here = next;
  }
  for (const region of top.regions) {
    const places = [...region.places.values()];
    if (!places.some((place) => clocksOf(place).length > 0)) continue;
    const next = net.fresh();
    for (const place of places) {
      let inside = net.fresh();
      net.line(here, inside, { reads: [place.path] });
      for (const { mark } of clocksOf(place)) {
        const after = net.fresh();
        net.line(inside, yes, { reads: [over(mark)] });
        net.line(inside, after, { reads: [running(mark)] });
        inside = after;
      }
      net.line(inside, next);
    }
    here = next;
  }
  net.line(here, no);
}
