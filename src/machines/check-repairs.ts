/** What would repair a finding, in the author's own names: a line to write where one can be written, else what to change. */
import { nearest } from './conditions/nearest.ts';
import type { Definition } from './definition.ts';
import type { Finding } from './findings.ts';
import { lastWay, missingJoins, scopeAt, wayFrom, wayIn, wayOut } from './repair-ways.ts';

/** The findings, each with what would repair it where something can be suggested. */
export function withRepairs(definition: Definition, findings: readonly Finding[]): Finding[] {
  return findings.map((each) => {
    const repair = each.repair ?? repairOf(definition, each);
    return repair === undefined ? each : { ...each, repair };
  });
}

function repairOf(definition: Definition, { code, path, message }: Finding): string | undefined {
  const state = String(path.at(-1) ?? '');
  const [, named = ''] =
    /unknown state "([^"]*)"|(?:The|Nothing uses the) [a-z]+ (?:state )?"([^"]*)"|no ballot "([^"]*)"/
      .exec(message)
      ?.filter((each) => each !== undefined) ?? [''];
  switch (code) {
    case 'DEAD_END':
    case 'DEADLOCK':
    case 'LIVELOCK':
      return `Add ${wayOut(definition, path)}, or let a transition that leads here lead elsewhere.`;
    case 'NO_JOIN':
      return `Add ${missingJoins(definition, state)}.`;
    case 'STUCK_CHOICE':
      return `${lastWay(definition, state, 'when', '{ when = "true" }')}.`;
    case 'UNREACHABLE_STATE': {
      const way = wayIn(definition, path);
      return `${way === undefined ? 'R' : `${way}, or r`}emove "${state}" and what leads there.`;
    }
    case 'DEAD_TRANSITION':
      return `Remove ${keyAt(path)}, or what always comes before it.`;
    case 'EVENTLESS_CYCLE':
      return 'Add to one of these conditions the opposite of the next, as in "… && !(…)".';
    case 'JOIN_IMPOSSIBLE':
      return `Ask for fewer regions in ${keyAt(path)}, or for an ending that enough of them have.`;
    case 'JOIN_WITHOUT_REGIONS':
      return `Write ${keyAt(path)} = ${wayFrom(definition, scopeAt(definition, path), leftBy(path))}.`;
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

function meant(name: string, known: readonly string[]): string | undefined {
  const [first] = nearest(name, known);
  return first === undefined ? undefined : `Write "${first}" instead of "${name}".`;
}

/** The key of a transition as it is written. */
function keyAt(path: Finding['path']): string {
  const key = path.find((each) => typeof each === 'string' && each.includes(' -> '));
  return `"${key ?? path.join('.')}"`;
}

/** The state that the transition at the path leaves. */
function leftBy(path: Finding['path']): string {
  return keyAt(path).slice(1).split(' -> ')[0] ?? '';
}

function namesAround(definition: Definition, path: Finding['path']): string[] {
  return Object.keys(scopeAt(definition, path).states);
}

/** A role or a trigger is found by its place in a list, a ballot by its name. */
function unused({ roles, triggers }: Definition, [list, place]: Finding['path']): string {
  const names = list === 'roles' ? roles : triggers;
  return `Remove "${typeof place === 'number' ? names[place] : place}" from "${list}".`;
}
