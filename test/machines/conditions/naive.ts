/** A second evaluator, written from the definition of the language and not for speed, that counts its steps. */
import type { Env, Functions } from '../../../src/machines/conditions/evaluate.ts';
import type { Condition } from '../../../src/machines/conditions/tree.ts';
import { type Fields, isList, type Scope, type Type } from '../../../src/machines/conditions/types.ts';

/** The environment with every missing value replaced by the zero of its declared type. */
export function filled(env: Env, scope: Scope): Env {
  return fill({ record: scope.variables }, env) as Env;
}

function fill(type: Type, value: unknown): unknown {
  if (type === 'bool') return value ?? false;
  if (type === 'int') return value ?? 0;
  if (type === 'string' || 'oneOf' in type) return value ?? '';
  if (isList(type)) return ((value ?? []) as unknown[]).map((item) => fill(type.list, item));
  const fields: Fields = type.record;
  const given = (value ?? {}) as Env;
  return Object.fromEntries(Object.entries(fields).map(([name, inner]) => [name, fill(inner, given[name])]));
}

export interface Outcome {
  readonly value: unknown;
  readonly steps: number;
}

/** For a filled environment. */
export function naive(tree: Condition, env: Env, functions: Functions): Outcome {
  let steps = 0;
  const run = (node: Condition, names: Env): never => {
    steps++;
    return meaning(node, names) as never;
  };
  const meaning = (node: Condition, names: Env): unknown => {
    const inside = (item: unknown) => ({ ...names, ['name' in node ? node.name : '']: item });
    switch (node.kind) {
      case 'literal':
        return node.value;
      case 'list':
        return node.items;
      case 'read':
        return node.path.reduce<unknown>((holder, name) => (holder as Env)[name], names);
      case 'not':
        return !run(node.of, names);
      case 'and':
        return node.parts.every((part) => run(part, names));
      case 'or':
        return node.parts.some((part) => run(part, names));
      case 'sum':
        return run(node.left, names) + (node.op === '+' ? 1 : -1) * run(node.right, names);
      case 'in': {
        const list: unknown[] = run(node.list, names);
        steps += list.length;
        return list.includes(run(node.item, names));
      }
      case 'text': {
        const of: string = run(node.of, names);
        const part: string = run(node.part, names);
        const at = of.indexOf(part);
        if (node.test === 'contains') return at >= 0;
        return node.test === 'startsWith' ? at === 0 : of.slice(of.length - part.length) === part;
      }
      case 'size':
        return [...(run(node.of, names) as unknown[])].length;
      case 'exists':
        return (run(node.list, names) as unknown[]).some((item) => run(node.body, inside(item)));
      case 'all':
        return (run(node.list, names) as unknown[]).every((item) => run(node.body, inside(item)));
      case 'filter':
        return (run(node.list, names) as unknown[]).filter((item) => run(node.body, inside(item)));
      case 'call':
        return functions[node.name]?.run(node.args.map((arg) => run(arg, names)));
      case 'compare': {
        const [left, right]: number[] = [run(node.left, names), run(node.right, names)];
        const order = left === right ? 0 : Number(left) < Number(right) ? -1 : 1;
        return {
          '==': left === right,
          '!=': left !== right,
          '<': order < 0,
          '<=': order <= 0,
          '>': order > 0,
          '>=': order >= 0,
        }[node.op];
      }
    }
  };
  return { value: run(tree, env), steps };
}
