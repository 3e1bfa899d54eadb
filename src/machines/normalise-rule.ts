/** Rules from the author's grammar: who may, the same wherever somebody is allowed something. */
import type { Rule } from './definition.ts';
import type { ParsedRule } from './source-rules.ts';

/** Who may: the same in transitions, casts, amendments, reopenings. */
export function normaliseRule(source: ParsedRule): Rule {
  return {
    roles: asSet(source.role),
    by: asSet(source.by),
    exclude: asSet(source.exclude),
    reason: source.reason ?? 'optional',
    ...(source.if && { if: source.if }),
    ...(source.sign && { sign: source.sign }),
  };
}

/** Order and repetition mean nothing in these lists. */
export function asSet<T extends string>(list: readonly T[] = []): T[] {
  return [...new Set(list)].sort();
}
