/**
 * The builder over declared variables: a path that does not exist, or a value the variable never has, is an error of the
 * TypeScript compiler. The functions are those of `build.ts`; only their types are narrower.
 */
import * as build from './build.ts';
import type { Condition } from './tree.ts';
import type { Fields, ListType, OneOf, RecordType, Scope, Type } from './types.ts';

/** The paths of all variables whose type is one of `Wanted`. */
export type PathsOf<F extends Fields, Wanted extends Type> = {
  [K in keyof F & string]: F[K] extends Wanted
    ? K
    : F[K] extends { readonly record: infer Inner extends Fields }
      ? `${K}.${PathsOf<Inner, Wanted>}`
      : never;
}[keyof F & string];

/** The type at a path. */
export type TypeAt<F extends Fields, Path extends string> = Path extends `${infer Head}.${infer Rest}`
  ? F[Head] extends { readonly record: infer Inner extends Fields }
    ? TypeAt<Inner, Rest>
    : never
  : F[Path];

/** The values a variable of this type can have. */
export type ValueOf<T> = T extends 'bool'
  ? boolean
  : T extends 'int'
    ? number
    : T extends 'string'
      ? string
      : T extends { readonly oneOf: readonly (infer Value)[] }
        ? Value
        : T extends { readonly list: infer Item }
          ? ValueOf<Item>
          : never;

type Text = 'string' | OneOf;
type Single = 'bool' | 'int' | Text;

type ToNumber<F extends Fields> = (
  subject: PathsOf<F, 'int'> | Condition,
  value: number | Condition,
) => Condition;

type ToValue<F extends Fields> = <P extends PathsOf<F, Single>>(
  subject: P,
  value: ValueOf<TypeAt<F, P>> | Condition,
) => Condition;

type OverItems<F extends Fields> = (
  list: PathsOf<F, ListType> | Condition,
  test: build.Test,
  name?: string,
) => Condition;

/** What `conditionsOn` gives. */
export interface TypedBuilder<F extends Fields> {
  readonly at: (path: PathsOf<F, Single | ListType | RecordType>) => Condition;
  readonly is: ToValue<F>;
  readonly isNot: ToValue<F>;
  readonly isOneOf: <P extends PathsOf<F, Single>>(
    subject: P,
    values: readonly ValueOf<TypeAt<F, P>>[] | Condition,
  ) => Condition;
  readonly includes: <P extends PathsOf<F, ListType>>(
    list: P,
    item: ValueOf<TypeAt<F, P>> | Condition,
  ) => Condition;
  readonly lessThan: ToNumber<F>;
  readonly atMost: ToNumber<F>;
  readonly moreThan: ToNumber<F>;
  readonly atLeast: ToNumber<F>;
  readonly holds: (path: PathsOf<F, 'bool'>) => Condition;
  readonly startsWith: (subject: PathsOf<F, Text>, part: string | Condition) => Condition;
  readonly endsWith: (subject: PathsOf<F, Text>, part: string | Condition) => Condition;
  readonly contains: (subject: PathsOf<F, Text>, part: string | Condition) => Condition;
  readonly some: OverItems<F>;
  readonly every: OverItems<F>;
  readonly count: (subject: PathsOf<F, ListType | Text>, test?: build.Test, name?: string) => Condition;
}

/** The builder for one scope: `const { is } = conditionsOn(scope)`. Declare the scope `as const`. */
export function conditionsOn<const S extends Scope>(_scope: S): TypedBuilder<S['variables']> {
  return build as TypedBuilder<S['variables']>;
}
