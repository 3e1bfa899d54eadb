/** What would repair a finding, in the author's own names: a line to write where one can be written, else what to change. */
import { nearest } from './conditions/nearest.ts';
import type { Definition, State } from './definition.ts';
import type { Finding } from './findings.ts';

/** The findings, each with what would repair it where something can be suggested. */
export function withRepairs(definition: Definition, findings: readonly Finding[]): Finding[] {
  return findings.map((each) => {
    const repair = each.repair ?? repairOf(definition, each);
    return repair === undefined ? each : { ...each, repair };
  });
}

function repairOf(definition: Definition, { code, path, message }: Finding): string | undefined {
  const state = String(path.at(-1) ?? '');
  const [, named = ''] = /unknown state "([^"]*)"|The [a-z]+ (?:state )?"([^"]*)"|no ballot "([^"]*)"/
    .exec(message)
    ?.filter((each) => each !== undefined) ?? [''];
  switch (code) {
    case 'DEAD_END':
    case 'DEADLOCK':
    case 'LIVELOCK':
      return wayOut(definition, path, state);
    case 'NO_JOIN':
      return `Add "${state} -> ${outcomeIn(definition.states)}" = { join = "all" }.`;
    case 'STUCK_CHOICE':
      return `Add a last way that always holds: "${state} -> ${outcomeIn(definition.states)}" = { when = "true" }.`;
    case 'UNREACHABLE_STATE':
      return wayIn(definition, path, state);
    case 'DEAD_TRANSITION':
      return `Remove ${keyAt(path)}, or what always comes before it.`;
    case 'EVENTLESS_CYCLE':
      return 'Add to one of these conditions the opposite of the next, as in "… && !(…)".';
    case 'JOIN_IMPOSSIBLE':
      return `Ask for fewer regions in ${keyAt(path)}, or for an ending that enough of them have.`;
    case 'JOIN_WITHOUT_REGIONS':
      return `Write ${keyAt(path)} = { trigger = "${definition.triggers[0] ?? 'approve'}" }.`;
    case 'NO_FINAL_STATE':
      return `Add a state such as Done = { final = "approved" }.`;
    case 'FINAL_STATE_LEFT':
      return `Remove ${keyAt(path)}, or write "reopen" in the state it leaves.`;
    case 'UNUSED_ROLE':
    case 'UNUSED_TRIGGER':
    case 'UNUSED_BALLOT':
      return unused(definition, path);
    case 'UNKNOWN_STATE':
    case 'UNKNOWN_INITIAL':
      return meant(named, namesAround(definition, path));
    case 'UNKNOWN_ROLE':
      return meant(named, definition.roles) ?? `Add "${named}" to "roles".`;
    case 'UNKNOWN_TRIGGER':
      return meant(named, definition.triggers) ?? `Add "${named}" to "triggers".`;
    case 'UNKNOWN_BALLOT':
      return meant(named, Object.keys(definition.ballots ?? {}));
    default:
      return undefined;
  }
}

/** A transition that leads on from where nothing does. */
function wayOut(definition: Definition, path: Finding['path'], state: string): string {
  const around = namesAround(definition, path);
  const inside = path.length > 2 ? regionAt(definition, path)?.states : definition.states;
  const to = outcomeIn(inside ?? definition.states);
  const trigger = definition.triggers[0] ?? 'close';
  const key = `"${state} -> ${around.includes(to) ? to : (around[0] ?? to)}"`;
  return `Add ${key} = { trigger = "${trigger}" }, or let a transition that leads here lead elsewhere.`;
}

function wayIn(definition: Definition, path: Finding['path'], state: string): string {
  const region = regionAt(definition, path);
  const initial = region?.initial ?? definition.initial;
  return `Add "${initial} -> ${state}" = { trigger = "${definition.triggers[0] ?? 'go'}" }, or remove "${state}".`;
}

function meant(name: string, known: readonly string[]): string | undefined {
  const [first] = nearest(name, known);
  return first === undefined ? undefined : `Write "${first}" instead of "${name}".`;
}

/** The key of a transition as it is written. */
function keyAt(path: Finding['path']): string {
  const key = path.find((each) => typeof each === 'string' && each.includes(' -> '));
  return `"${key ?? path.join('.')}"`;
}

function namesAround(definition: Definition, path: Finding['path']): string[] {
  return Object.keys((regionAt(definition, path) ?? definition).states);
}

function regionAt({ states }: Definition, [head, state, regions, region]: Finding['path']) {
  if (head !== 'states' || regions !== 'regions' || region === undefined) return undefined;
  const around = Object.hasOwn(states, String(state)) ? states[String(state)]?.regions : undefined;
  return around && Object.hasOwn(around, String(region)) ? around[String(region)] : undefined;
}

/** A final state to lead to, or the name of one that is still to be written. */
function outcomeIn(states: Readonly<Record<string, State>>): string {
  return Object.keys(states).find((name) => states[name]?.final !== undefined) ?? 'Done';
}

/** A role or a trigger is found by its place in a list, a ballot by its name. */
function unused({ roles, triggers }: Definition, [list, place]: Finding['path']): string {
  const names = list === 'roles' ? roles : triggers;
  return `Remove "${typeof place === 'number' ? names[place] : place}" from "${list}".`;
}
