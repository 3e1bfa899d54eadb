/**
 * A trace of the check, walked on the chart: the check names what happens (`submit`, `after 24h`), the chart shows where that
 * leads. Steps the machine takes by itself are put in where the next step needs them.
 */
import type { Definition, Transition } from '../data/documents.ts';

export interface Walked {
  /** Where it is after each step, the start first. */
  readonly places: readonly (readonly string[])[];
  readonly arrows: readonly (readonly [string, string])[];
  /** Whether the walk came to the end of the trace. */
  readonly isWhole: boolean;
}

export function walk(definition: Definition, trace: readonly string[]): Walked {
  let at = definition.initial;
  let inner = insideOf(definition, at);
  const places = [[at, ...inner.values()]];
  const arrows: [string, string][] = [];
  const go = (to: string) => {
    arrows.push([at, to]);
    at = to;
    inner = insideOf(definition, at);
  };
  for (const step of trace) {
    const isWalked = inRegion(definition, at, inner, step, arrows) || outside(definition, at, step, go);
    if (!isWalked) return { places, arrows, isWhole: false };
    places.push([at, ...inner.values()]);
  }
  return { places, arrows, isWhole: true };
}

/** By region, the path of its state. */
function insideOf({ states }: Definition, at: string): Map<string, string> {
  const regions = Object.entries(states[at]?.regions ?? {});
  return new Map(regions.map(([name, { initial }]) => [name, `${at}.${name}.${initial}`]));
}

function takes(transition: Transition, step: string): boolean {
  if (transition.on === 'trigger')
    return step === transition.trigger || step.startsWith(`${transition.trigger} `);
  if (transition.on === 'time') return step.startsWith('after ') || step.startsWith('idle ');
  return transition.on === 'revision' && step.includes('revis');
}

function inRegion(
  { states }: Definition,
  at: string,
  inner: Map<string, string>,
  step: string,
  arrows: [string, string][],
): boolean {
  for (const [name, path] of inner) {
    const head = `${at}.${name}.`;
    const state = path.slice(head.length);
    const found = states[at]?.regions?.[name]?.transitions.find(
      (each) => each.from === state && takes(each, step),
    );
    if (found === undefined) continue;
    arrows.push([path, head + found.to]);
    inner.set(name, head + found.to);
    return true;
  }
  return false;
}

function outside({ transitions }: Definition, at: string, step: string, go: (to: string) => void): boolean {
  const from = (place: string) => transitions.filter((each) => each.from === place);
  const direct = from(at).find((each) => takes(each, step));
  if (direct !== undefined) {
    go(direct.to);
    return true;
  }
  const silent = from(at).filter(({ on }) => on === 'join' || on === 'when');
  for (const each of silent) {
    const after = from(each.to).find((next) => takes(next, step));
    if (after === undefined) continue;
    go(each.to);
    go(after.to);
    return true;
  }
  return false;
}
