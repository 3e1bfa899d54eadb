/**
 * Region independence: where nothing inside a region looks at its siblings, no two regions hear the same, and what leads out
 * of the state looks at no region, the regions run side by side without knowing of each other. Then each is explored alone,
 * and their joins are counted: the sum of the regions instead of their product.
 */
import { checkCounted } from './check-counted.ts';
import { checkExplored, type Explored, upperBound } from './check-explored.ts';
import { readsOf } from './conditions/variables.ts';
import type { ConditionText, Definition, Region, Transition } from './definition.ts';
import { treeOf } from './facts.ts';
import type { Finding } from './findings.ts';

/** Fewer configurations than this are explored in a moment, with the traces that show more. */
const MANY = 10_000;

/** The verdict region by region, or undefined where all is better explored together. */
export function checkApart(definition: Definition, wrong: ReadonlySet<ConditionText>): Explored | undefined {
  if (
    upperBound(definition) <= MANY ||
    !Object.keys(definition.states).every((name) => isApart(definition, name))
  )
    return undefined;
  const counted = checkCounted(definition);
  const known = new Set(counted.findings.map(placeOf));
  const provided = new Map<string, Set<ConditionText>>();
  const inside: Finding[] = [];
  const outside: Finding[][] = [];
  for (const [name, { regions = {} }] of Object.entries(definition.states))
    for (const region of Object.keys(regions)) {
      const alone = checkExplored(withOnly(definition, name, region), { wrong });
      const isInside = ({ path }: Finding) => path[0] === 'states' && path[1] === name && path[3] === region;
      inside.push(...alone.findings.filter(isInside));
      outside.push(alone.findings.filter(({ path }) => !isAbout(path, name)));
      for (const { state, conditions } of alone.provided)
        for (const each of conditions) provided.set(state, (provided.get(state) ?? new Set()).add(each));
    }
  // Beside the regions, what holds with every one of them alone holds with all of them.
  const always = (outside[0] ?? []).filter((each) =>
    outside.every((all) => all.some((other) => placeOf(other) === placeOf(each))),
  );
  const found = new Map(
    [...inside, ...always].flatMap((each) =>
      known.has(placeOf(each)) ? [] : [[placeOf(each), each] as const],
    ),
  );
  return {
    findings: [...counted.findings, ...found.values()],
    states: counted.states,
    provided: [...provided].map(([state, conditions]) => ({ state, conditions: [...conditions] })),
  };
}

function isApart(definition: Definition, name: string): boolean {
  const regions = Object.values(definition.states[name]?.regions ?? {});
  const leaving = definition.transitions.filter(({ from }) => from === name);
  if (regions.length === 0) return true;
  const inner = regions.flatMap(({ transitions }) => transitions);
  const heard = regions.map(triggersOf);
  const isShared = heard.some((own, index) =>
    [...own].some(
      (trigger) =>
        heard.slice(index + 1).some((other) => other.has(trigger)) ||
        leaving.some((each) => each.on === 'trigger' && each.trigger === trigger),
    ),
  );
  return ![...inner, ...leaving].some((each) => each.on === 'revision' || looksAround(each)) && !isShared;
}

function triggersOf({ transitions }: Region): Set<string> {
  return new Set(transitions.flatMap((each) => (each.on === 'trigger' ? [each.trigger] : [])));
}

function looksAround(transition: Transition): boolean {
  const text = transition.on === 'when' ? transition.when : 'if' in transition ? transition.if : undefined;
  const reads = text === undefined ? [] : readsOf(treeOf(text));
  return reads.some((path) => path.startsWith('regions.') || path.startsWith('elapsed.'));
}

/** The definition with all regions but this one away; one region that ends so is as many as any join needs. */
function withOnly(definition: Definition, name: string, region: string): Definition {
  const state = definition.states[name];
  const only = state?.regions?.[region];
  if (!state || !only) return definition;
  return {
    ...definition,
    states: { ...definition.states, [name]: { ...state, regions: { [region]: only } } },
    transitions: definition.transitions.map((each) =>
      each.on === 'join' && each.from === name ? { ...each, join: 'all' } : each,
    ),
  };
}

/** Whether it is about this state, what is in it, or what leaves it. */
function isAbout([head, first]: Finding['path'], name: string): boolean {
  return head === 'states' ? first === name : String(first).startsWith(`${name} -> `);
}

function placeOf({ code, path }: Finding): string {
  return `${code} ${path.join('/')}`;
}
