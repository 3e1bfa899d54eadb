/** Attributes, as types: the counterpart of `attribute` in `source.ts`. */
import type { At, Form, Keys, Requires } from './form.ts';
import type { Integer } from './numbers.ts';
import type { Known, Problem, Several } from './problem.ts';
import type { Declared, RuleKeys } from './rule.ts';

/** All attributes. While an editor completes inside them, any name is one. */
export type CheckedAttributes<T, D extends Declared> = string extends keyof T
  ? { readonly [name: string]: CheckedAttribute<unknown, D> }
  : { readonly [N in Keys<T>]: CheckedAttribute<At<T, N>, D> };

interface Values {
  readonly text: string;
  readonly int: number;
  readonly bool: boolean;
  readonly list: readonly string[];
}

type Kind = keyof Values;

type CheckedAttribute<T, D extends Declared> = unknown extends T
  ? Kind | Form<unknown, AttributeKeys<unknown, D>>
  : T extends object
    ? Form<T, AttributeKeys<T, D>> &
        (Keys<T> & ('oneOf' | 'type') extends never ? Requires<T, 'type', How> : unknown)
    : Known<T, Kind, 'type'>;

type How = "an attribute says its 'type', or the texts it is 'oneOf'";

export interface AttributeKeys<T, D extends Declared> {
  readonly oneOf: 'type' extends Keys<T>
    ? Problem<"give 'oneOf' or 'type', not both">
    : Choices<At<T, 'oneOf'>>;
  readonly type: 'oneOf' extends Keys<T>
    ? Problem<"give 'oneOf' or 'type', not both">
    : Known<At<T, 'type'>, Kind, 'type'> | Unfinished<At<T, 'type'>>;
  readonly initial: Initial<T, At<T, 'initial'>>;
  readonly amend: CheckedAmending<At<T, 'amend'>, D>;
}

/** While it is typed, any text: `type` would tell the members of a union apart, and the one that proposes would be dropped. */
type Unfinished<Value> = unknown extends Value ? string & Record<never, never> : never;

type Choices<T> = unknown extends T
  ? readonly string[]
  : T extends readonly []
    ? Problem<"'oneOf' lists at least one text">
    : T extends readonly unknown[]
      ? { readonly [I in keyof T]: T[I] extends string ? string : Problem<"'oneOf' lists texts"> }
      : Problem<"'oneOf' is a list of texts, as in { oneOf: ['low', 'high'] }">;

type Initial<T, Value> = unknown extends Value
  ? string | number | boolean | readonly string[]
  : T extends { readonly oneOf: readonly (infer Choice)[] }
    ? Value extends Choice
      ? Choice
      : Choice | Problem<`'oneOf' does not list '${Value & string}'`>
    : T extends { readonly type: infer K extends Kind }
      ? Value extends Values[K]
        ? K extends 'int'
          ? Integer<Value, "this is no value of the type 'int'">
          : Values[K]
        : Problem<`this is no value of the type '${K}'`>
      : unknown;

type CheckedAmending<T, D extends Declared> = Form<T, AmendKeys<T, D>> &
  Requires<T, 'in', "'amend' says where, as in { in: 'Review' }">;

export interface AmendKeys<T, D extends Declared> extends RuleKeys<T, D> {
  readonly in: Several<At<T, 'in'>, D['place'], 'place'>;
}
