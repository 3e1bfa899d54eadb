/** What a condition reads, for everyone who asks which facts a decision depends on. */
import { type Condition, childrenOf } from './tree.ts';

/** The variable paths it reads (`attributes.risk`), each once, sorted. Names of items inside quantifiers are not variables. */
export function readsOf(tree: Condition): readonly string[] {
  const found = new Set<string>();
  collect(tree, [], found);
  return [...found].sort();
}

function collect(node: Condition, bound: readonly string[], found: Set<string>): void {
  if (node.kind === 'read') {
    if (!bound.includes(node.path[0] ?? '')) found.add(node.path.join('.'));
  } else if (node.kind === 'exists' || node.kind === 'all' || node.kind === 'filter') {
    collect(node.list, bound, found);
    collect(node.body, [...bound, node.name], found);
  } else for (const child of childrenOf(node)) collect(child, bound, found);
}
