/**
 * A definition as Mermaid draws it (`stateDiagram-v2`): regions side by side, triggers with their roles on the edges, timers
 * and ballots as notes. Titles and conditions are the author's: whatever could mean something to Mermaid, or to the page it
 * is shown on, becomes an entity.
 */
import type { Ballot } from '../ballot.ts';
import type { Definition, Region, State, StateTimer } from '../definition.ts';
import { formatDuration } from '../duration.ts';
import { type Scope, scopesOf } from '../paths.ts';
import { transitionWords, triggerWords } from './words.ts';

/** Ends with a line break. */
export function writeMermaid(definition: Definition): string {
  const drawing: Drawing = { definition, ids: idsOf(definition) };
  const lines = [...scopeLines({ ...definition, prefix: '' }, drawing), ...supersedeLines(definition)];
  const title = definition.title === undefined ? [] : ['---', `title: ${yamlText(definition.title)}`, '---'];
  return `${[...title, 'stateDiagram-v2', ...lines.map((line) => `  ${line}`)].join('\n')}\n`;
}

interface Drawing {
  readonly definition: Definition;
  /** Mermaid's names by path. */
  readonly ids: ReadonlyMap<string, string>;
}

/** Words that Mermaid reads as its own. */
const RESERVED = new Set(
  'state note end direction class classdef style as fork join choice scale default hide click href'.split(
    ' ',
  ),
);

function idsOf(definition: Definition): Map<string, string> {
  const taken = new Set<string>();
  const ids = new Map<string, string>();
  const add = (path: string) => {
    const base = path.replaceAll('.', '_');
    let id = base;
    for (let n = 2; taken.has(id) || RESERVED.has(id.toLowerCase()); n++) id = `${base}_${n}`;
    taken.add(id);
    ids.set(path, id);
  };
  for (const { prefix, states } of scopesOf(definition)) {
    if (prefix !== '') add(prefix.slice(0, -1));
    for (const name of Object.keys(states)) add(prefix + name);
  }
  return ids;
}

function scopeLines(scope: Scope, drawing: Drawing): string[] {
  const id = (name: string) => drawing.ids.get(scope.prefix + name) ?? name;
  const states = Object.entries(scope.states);
  return [
    ...states.flatMap(([name, state]) => stateLines(scope.prefix + name, name, state, drawing)),
    `[*] --> ${id(scope.initial)}`,
    ...scope.transitions.map(
      (each) => `${id(each.from)} --> ${id(each.to)} : ${safe(transitionWords(each))}`,
    ),
    ...states.flatMap(([name, { final, reopen }]) => [
      ...(final ? [`${id(name)} --> [*]`] : []),
      ...(reopen ? [`${id(name)} --> ${id(reopen.to)} : ${safe(triggerWords(reopen))}`] : []),
    ]),
  ];
}

function stateLines(path: string, name: string, state: State, drawing: Drawing): string[] {
  const id = drawing.ids.get(path) ?? name;
  const { title = name, final, regions, timers = {} } = state;
  const means = final && title.toLowerCase() !== final ? ` (${final})` : '';
  const notes = [
    ...Object.entries(timers).map(([timer, each]) => timerWords(timer, each)),
    ...ballotWords(path, drawing.definition),
  ];
  const head = `state "${safe(title + means)}" as ${id}`;
  const inside = regions ? regionLines(path, regions, drawing) : undefined;
  return [
    ...(inside ? [`${head} {`, ...inside.map((line) => `  ${line}`), '}'] : [head]),
    ...noteLines(id, notes),
  ];
}

/** Each region in a frame of its own, so that its title is seen. */
function regionLines(path: string, regions: Readonly<Record<string, Region>>, drawing: Drawing): string[] {
  return Object.entries(regions).flatMap(([name, region], index) => {
    const at = `${path}.${name}`;
    const id = drawing.ids.get(at) ?? name;
    const inner = scopeLines({ ...region, prefix: `${at}.` }, drawing).map((line) => `  ${line}`);
    const notes = noteLines(id, ballotWords(at, drawing.definition));
    const between = index > 0 ? ['--'] : [];
    return [...between, `state "${safe(region.title ?? name)}" as ${id} {`, ...inner, '}', ...notes];
  });
}

function noteLines(id: string, notes: readonly string[]): string[] {
  if (notes.length === 0) return [];
  return [`note right of ${id}`, ...notes.map((note) => `  ${safe(note)}`), 'end note'];
}

function timerWords(name: string, { afterMs, calendar, escalate, remind }: StateTimer): string {
  const by = calendar ? ` by the calendar ${calendar}` : '';
  const then = escalate ? `asks ${escalate} too` : remind ? `reminds ${remind}` : 'is over';
  return `${name}: after ${formatDuration(afterMs)}${by} ${then}`;
}

function ballotWords(path: string, { ballots = {} }: Definition): string[] {
  const here = Object.entries(ballots).filter(([, ballot]) => ballot.in.includes(path));
  return here.flatMap(([name, ballot]) => castWords(ballot.title ?? name, ballot));
}

function castWords(title: string, { cast }: Ballot): string[] {
  return Object.entries(cast).map(
    ([trigger, { value, ...rule }]) => `${title}: ${triggerWords({ trigger, ...rule })} = ${value}`,
  );
}

function supersedeLines({ supersede }: Definition): string[] {
  return supersede ? [`%% from every open state: change.supersede --> ${supersede.to}`] : [];
}

/** Letters, digits and harmless marks stay; the rest becomes `#code;`, which Mermaid shows as the character. */
function safe(text: string): string {
  return [...text.replaceAll(/\p{Cc}+/gu, ' ')]
    .map((each) => (/[\p{L}\p{N}\p{M} .,()'_=&|!+*/-]/u.test(each) ? each : `#${each.codePointAt(0)};`))
    .join('');
}

/** Strings of JSON are strings of YAML. */
function yamlText(text: string): string {
  return JSON.stringify(text.replaceAll(/\p{Cc}+/gu, ' '));
}
