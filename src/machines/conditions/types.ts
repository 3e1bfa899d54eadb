/** The types of conditions, and the scope that declares what a condition may read and call. */

export type Type = 'bool' | 'int' | 'string' | OneOf | ListType | RecordType;

/** Text that is one of these values. */
export interface OneOf {
  readonly oneOf: readonly string[];
}

export interface ListType {
  readonly list: Type;
  /** The most items it can have: the bound of every evaluation rests on it. */
  readonly max: number;
}

export interface RecordType {
  readonly record: Fields;
}

export type Fields = Readonly<Record<string, Type>>;

export interface FunctionType {
  readonly args: readonly Type[];
  readonly result: Type;
}

export interface Scope {
  readonly variables: Fields;
  readonly functions?: Readonly<Record<string, FunctionType>>;
}

/** The names bound by the quantifiers around a node, innermost first. */
export interface Locals {
  readonly name: string;
  /** Undefined where the list has a defect that was already reported. */
  readonly type: Type | undefined;
  readonly outer: Locals | undefined;
}

export type BaseType = 'bool' | 'int' | 'string' | 'list' | 'record';

export function baseOf(type: Type): BaseType {
  if (typeof type === 'string') return type;
  if ('oneOf' in type) return 'string';
  return 'list' in type ? 'list' : 'record';
}

export function isList(type: Type | undefined): type is ListType {
  return typeof type === 'object' && 'list' in type;
}

export function isOneOf(type: Type | undefined): type is OneOf {
  return typeof type === 'object' && 'oneOf' in type;
}

/** The type in people's words. */
export function inWords(type: Type): string {
  switch (baseOf(type)) {
    case 'bool':
      return 'true or false';
    case 'int':
      return 'a number';
    case 'string':
      return 'text';
    case 'list':
      return 'a list';
    case 'record':
      return 'a group of values';
  }
}

/** What a missing value of this type counts as. */
export function zeroOf(type: Type): boolean | number | string | readonly unknown[] | object {
  switch (baseOf(type)) {
    case 'bool':
      return false;
    case 'int':
      return 0;
    case 'string':
      return '';
    case 'list':
      return NOTHING;
    case 'record':
      return NO_FIELDS;
  }
}

const NOTHING: readonly unknown[] = Object.freeze([]);
const NO_FIELDS: object = Object.freeze({});

/** Where a path leads: a type, or the first segment that is not known and what is known in its place. */
export type Resolution =
  | { readonly found: true; readonly type: Type | undefined }
  | {
      readonly found: false;
      readonly at: number;
      readonly holder: Type | undefined;
      readonly known: string[];
    };

export function resolve(path: readonly string[], scope: Scope, locals: Locals | undefined): Resolution {
  const [head = '', ...rest] = path;
  let type: Type | undefined;
  let local = locals;
  while (local && local.name !== head) local = local.outer;
  if (local) type = local.type;
  else if (Object.hasOwn(scope.variables, head)) type = scope.variables[head];
  else return { found: false, at: 0, holder: undefined, known: namesIn(scope, locals) };
  for (const [index, segment] of rest.entries()) {
    if (type === undefined) return { found: true, type };
    const fields: Fields = typeof type === 'object' && 'record' in type ? type.record : {};
    if (!Object.hasOwn(fields, segment))
      return { found: false, at: index + 1, holder: type, known: Object.keys(fields) };
    type = fields[segment];
  }
  return { found: true, type };
}

function namesIn(scope: Scope, locals: Locals | undefined): string[] {
  const names = Object.keys(scope.variables);
  for (let local = locals; local; local = local.outer) names.push(local.name);
  return names;
}
