/**
 * Conditions as XState guards. A guard of ours sees context and event, not the state: where a condition asks in which state
 * a region is, that part becomes XState's own `stateIn`, and the parts around it `and`, `or` and `not`.
 */
import { and, not, or, stateIn } from 'xstate/guards';
import { print } from './conditions/print.ts';
import type { Compare, Condition } from './conditions/tree.ts';
import { readsOf } from './conditions/variables.ts';
import type { ConditionText, Definition } from './definition.ts';
import { treeOf } from './facts.ts';

/** A guard for a condition; `prefix` (`Review.`) names the state whose regions it reads. Nothing moves while suspended. */
export function conditionGuard(text: ConditionText, definition: Definition, prefix: string): unknown {
  const [state = ''] = prefix.split('.');
  return and(['awake', guardOf(treeOf(text), `${definition.name}.${state}`)] as never);
}

function guardOf(tree: Condition, id: string): unknown {
  if (!readsOf(tree).some((path) => path.startsWith('regions.'))) {
    return { type: 'holds', params: { text: print(tree) } };
  }
  switch (tree.kind) {
    case 'and':
      return and(tree.parts.map((part) => guardOf(part, id)) as never);
    case 'or':
      return or(tree.parts.map((part) => guardOf(part, id)) as never);
    case 'not':
      return not(guardOf(tree.of, id) as never);
    case 'compare':
      return inState(tree, id);
    default:
      // The check refuses every other use of a region.
      return () => false;
  }
}

function inState({ op, left, right }: Compare, id: string): unknown {
  const [read, literal] = left.kind === 'read' ? [left, right] : [right, left];
  if (read.kind !== 'read' || literal.kind !== 'literal') return () => false;
  const here = stateIn(`#${id}.${read.path[1] ?? ''}.${String(literal.value)}`);
  return op === '!=' ? not(here as never) : here;
}
