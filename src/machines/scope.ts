/** What the conditions of a definition may read: the types of `facts.ts`, from what the definition declares. */
import { BOUNDS } from './built-in.ts';
import type { Scope, Type } from './conditions/types.ts';
import { type Attribute, type Definition, PRINCIPAL_KINDS } from './definition.ts';
import { scopesOf } from './paths.ts';

/**
 * Bounds of lists, from which the cost of a condition is counted. No list is longer: `built-in.ts` refuses more files and
 * longer attributes; a token carries up to 100 roles, and those may include up to 200.
 */
const MAX = { files: BOUNDS.files, list: BOUNDS.list, roles: 300 } as const;

/** `within` names the state whose regions may be read there; only where an event is judged is there somebody who sent it. */
export function scopeOf(
  definition: Definition,
  within?: string,
  { hasSender = true }: { readonly hasSender?: boolean } = {},
): Scope {
  const regions = within === undefined ? {} : (definition.states[within]?.regions ?? {});
  const timers = new Set(
    scopesOf(definition).flatMap(({ states }) =>
      Object.values(states).flatMap((state) => Object.keys(state.timers ?? {})),
    ),
  );
  return {
    variables: {
      attributes: record(
        Object.entries(definition.attributes ?? {}).map(([name, each]) => [name, typeOf(each)]),
      ),
      author: 'string',
      authorKind: { oneOf: PRINCIPAL_KINDS },
      revision: {
        record: {
          number: 'int',
          author: 'string',
          uploader: 'string',
          files: { list: 'string', max: MAX.files },
          lines: 'int',
        },
      },
      regions: record(
        Object.entries(regions).map(([name, { states }]) => [name, { oneOf: Object.keys(states) }]),
      ),
      elapsed: record([...timers].map((name) => [name, 'bool'])),
      threads: { record: { open: 'int' } },
      dependencies: {
        record: {
          total: 'int',
          open: 'int',
          approved: 'int',
          rejected: 'int',
          settled: 'bool',
          risks: { list: 'string', max: BOUNDS.dependencies },
        },
      },
      ballots: record(Object.keys(definition.ballots ?? {}).map((name) => [name, BALLOT])),
      ...(hasSender && { sender: SENDER }),
    },
  };
}

const SENDER: Type = {
  record: { id: 'string', kind: { oneOf: PRINCIPAL_KINDS }, roles: { list: 'string', max: MAX.roles } },
};

const BALLOT: Type = {
  record: {
    approvals: 'int',
    rejections: 'int',
    vetoed: 'bool',
    status: { oneOf: ['satisfied', 'unsatisfied', 'overridden', 'not_applicable'] },
    passed: 'bool',
  },
};

function typeOf({ type, oneOf }: Attribute): Type {
  if (oneOf) return { oneOf };
  return type === 'text' ? 'string' : type === 'list' ? { list: 'string', max: MAX.list } : type;
}

function record(entries: readonly (readonly [string, Type])[]): Type {
  return { record: Object.fromEntries(entries) };
}
