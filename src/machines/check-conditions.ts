/** Does every condition read what there is, in a form that can be judged where it stands, and without asking itself? */
import { conditionsOf, type PlacedCondition } from './check-condition-list.ts';
import { distinct } from './check-names.ts';
import { checkCondition } from './conditions/check.ts';
import { type Condition, childrenOf } from './conditions/tree.ts';
import { readsOf } from './conditions/variables.ts';
import type { Definition } from './definition.ts';
import { treeOf } from './facts.ts';
import { type Finding, finding } from './findings.ts';
import { scopeOf } from './scope.ts';

export function checkConditions(definition: Definition): Finding[] {
  const all = conditionsOf(definition);
  return distinct([...all.flatMap((each) => conditionFindings(definition, each)), ...cycles(all)]);
}

function conditionFindings(definition: Definition, placed: PlacedCondition): Finding[] {
  const { text, path, what, within, kind } = placed;
  const tree = treeOf(text);
  const say = (problem: string) =>
    finding('CONDITION', `The condition of ${what} is wrong: ${problem}`, path);
  const reads = readsOf(tree);
  if (kind !== 'event' && reads.some((each) => each === 'sender' || each.startsWith('sender.')))
    return [say('nobody sends anything where it is judged, so "sender" cannot be read; remove that part.')];
  const regions = reads.filter((each) => each === 'regions' || each.startsWith('regions.'));
  const hasRegions = within.some((name) => regionsOf(definition, name) > 0);
  if (regions.length > 0 && !hasRegions)
    return [say(`"${regions[0]}" can be read only within a state that has regions; ${insteadOf(placed)}.`)];
  const scopes = within.length > 0 ? within : [undefined];
  const problems = new Set(
    scopes.flatMap((name) =>
      checkCondition(tree, scopeOf(definition, name, { hasSender: kind === 'event' })).map(
        ({ message }) => message,
      ),
    ),
  );
  if (problems.size > 0) return [...problems].map(say);
  const odd = kind === 'guard' ? oddUse(tree) : undefined;
  return odd
    ? [
        say(
          `the machine sees "${odd}" only as "==" or "!=" with the name of a state, by itself or inside "&&", "||" and "!"; write it so.`,
        ),
      ]
    : [];
}

function regionsOf({ states }: Definition, name: string): number {
  const state = Object.hasOwn(states, name) ? states[name] : undefined;
  return Object.keys(state?.regions ?? {}).length;
}

function insteadOf({ kind }: PlacedCondition): string {
  if (kind === 'ballot') return 'a ballot may be judged in any state, so remove that part';
  return 'remove that part, or move the condition there';
}

/** The first region that is read in another form than the machine's guards have (`guards.ts`). */
function oddUse(tree: Condition): string | undefined {
  const region = readsOf(tree).find((path) => path.startsWith('regions.'));
  if (region === undefined) return undefined;
  if (tree.kind === 'and' || tree.kind === 'or' || tree.kind === 'not')
    return childrenOf(tree)
      .map(oddUse)
      .find((each) => each !== undefined);
  if (tree.kind !== 'compare' || (tree.op !== '==' && tree.op !== '!=')) return region;
  const kinds = [tree.left.kind, tree.right.kind].sort().join();
  return kinds === 'literal,read' ? undefined : region;
}

/** A ballot whose own conditions ask, in the end, how it stands itself. */
function cycles(all: readonly PlacedCondition[]): Finding[] {
  const asks = new Map<string, Set<string>>();
  for (const { ballot, text } of all)
    if (ballot !== undefined)
      for (const each of ballotsIn(text)) asks.set(ballot, (asks.get(ballot) ?? new Set()).add(each));
  const reported = new Set<string>();
  return all.flatMap(({ ballot, text, path }): Finding[] => {
    if (ballot === undefined) return [];
    const way = ballotsIn(text)
      .map((first) => wayBack(asks, first, ballot))
      .find((each) => each !== undefined);
    if (!way || reported.has([...way].sort().join())) return [];
    reported.add([...way].sort().join());
    const message = `The ballot "${ballot}" is judged by a condition that asks how it stands itself (${[ballot, ...way].join(' asks ')}); remove one of these questions.`;
    return [finding('CONDITION_CYCLE', message, path)];
  });
}

function ballotsIn(text: string): string[] {
  return readsOf(treeOf(text)).flatMap((path) => {
    const [head, name] = path.split('.');
    return head === 'ballots' && name !== undefined ? [name] : [];
  });
}

/** The shortest way from one ballot to another by asking. */
function wayBack(
  asks: ReadonlyMap<string, ReadonlySet<string>>,
  from: string,
  to: string,
): string[] | undefined {
  const ways = new Map([[from, [from]]]);
  for (const [ballot, way] of ways) {
    if (ballot === to) return way;
    for (const next of asks.get(ballot) ?? []) if (!ways.has(next)) ways.set(next, [...way, next]);
  }
  return undefined;
}
