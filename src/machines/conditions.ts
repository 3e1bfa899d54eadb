/** A condition as an author writes it, text or tree, read into its canonical text. */
import { isDeepStrictEqual } from 'node:util';
import { parseCondition } from './conditions/parse.ts';
import { print } from './conditions/print.ts';
import type { Condition } from './conditions/tree.ts';

export type ReadCondition =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problems: readonly string[] };

/** A tree is what the typed builder makes; anything else of that form is refused. */
export function readCondition(given: string | object): ReadCondition {
  const text = typeof given === 'string' ? given : printed(given as Condition);
  if (text === undefined) return notATree();
  const parsed = parseCondition(text);
  if (!parsed.ok) return { ok: false, problems: parsed.problems.map(({ message }) => message) };
  if (typeof given !== 'string' && !isDeepStrictEqual(parsed.tree, given)) return notATree();
  return { ok: true, text: print(parsed.tree) };
}

function notATree(): ReadCondition {
  return { ok: false, problems: ['must be a condition: text, or what the builder of conditions makes'] };
}

function printed(tree: Condition): string | undefined {
  try {
    return print(tree);
  } catch {
    return undefined;
  }
}
