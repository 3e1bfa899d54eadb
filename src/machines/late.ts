/**
 * Votes that come late: their trigger belongs to a region that is done, or to a state the change has left for good.
 * They change nothing; the definition says whether they are noted or refused.
 */
import type { StateValue } from 'xstate';
import { type CompiledWorkflow, enabledBy, type LatePlaces } from './compiled.ts';
import type { Definition } from './definition.ts';
import { isActive, type Leaving } from './paths.ts';

/** The policy for a late vote, or undefined where the trigger is enabled now or is not late but wrong. */
export function lateFor(
  compiled: CompiledWorkflow,
  value: StateValue,
  trigger: string,
): 'record' | 'refuse' | undefined {
  const places = latePlacesFor(compiled, value, trigger);
  if (places.length === 0) return undefined;
  return places.some(({ late }) => late === 'record') ? 'record' : 'refuse';
}

/** The region transitions the late trigger would once have taken: whoever sends it still has to satisfy one of their rules. */
export function latePlacesFor(
  compiled: CompiledWorkflow,
  value: StateValue,
  trigger: string,
): readonly Leaving[] {
  const regional = compiled.late.regional.get(trigger);
  if (!regional) return [];
  if (enabledBy(compiled, value, trigger).length > 0) return [];
  const top = typeof value === 'string' ? value : (Object.keys(value)[0] ?? '');
  const behind = compiled.late.behind.get(top);
  return regional.filter(({ from }) => {
    const [state = '', region = ''] = from.split('.');
    if (state !== top) return behind?.has(state) ?? false;
    return finalsOf(compiled.definition, state, region).some((final) =>
      isActive(value, `${state}.${region}.${final}`),
    );
  });
}

function finalsOf(definition: Definition, state: string, region: string): string[] {
  const states = definition.states[state]?.regions?.[region]?.states ?? {};
  return Object.entries(states).flatMap(([name, { final }]) => (final ? [name] : []));
}

/** Looks up once per definition what `lateFor` needs on every event. */
export function latePlaces(
  definition: Definition,
  leaving: ReadonlyMap<string, readonly Leaving[]>,
): LatePlaces {
  const regional = new Map<string, Leaving[]>();
  for (const [path, list] of leaving)
    if (path.includes('.'))
      for (const each of list) regional.set(each.trigger, [...(regional.get(each.trigger) ?? []), each]);
  const names = Object.keys(definition.states);
  const ahead = new Map(names.map((name) => [name, reachableFrom(definition, name)]));
  const behind = new Map(
    names.map(
      (now) => [now, new Set(names.filter((state) => liesBehind(definition, ahead, state, now)))] as const,
    ),
  );
  return { regional, behind };
}

/** `now` was reached from `state` through its join (or in any way, where the change is closed), and nothing leads back. */
function liesBehind(
  definition: Definition,
  ahead: ReadonlyMap<string, ReadonlySet<string>>,
  state: string,
  now: string,
): boolean {
  if (!definition.states[state]?.regions || state === now || ahead.get(now)?.has(state)) return false;
  const closed = definition.states[now]?.final !== undefined;
  return definition.transitions.some(
    ({ from, to, on }) =>
      from === state && (closed || on === 'join') && (to === now || ahead.get(to)?.has(now)),
  );
}

/** Top-level states that can follow, the state itself only where a cycle leads back. */
function reachableFrom(definition: Definition, start: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const queue = [start];
  for (const state of queue)
    for (const { from, to } of definition.transitions)
      if (from === state && !seen.has(to)) {
        seen.add(to);
        queue.push(to);
      }
  return seen;
}
