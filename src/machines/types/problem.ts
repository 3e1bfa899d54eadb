/** How a type says a sentence. */

/** Nothing has such a property, so the sentence appears in the error. */
export type Problem<Sentence extends string> = { readonly [S in Sentence]: never };

/** `All`, for editors to complete from; and where `Value` is none of it, the sentence. */
export type Known<Value, All, What extends string> = unknown extends Value
  ? All
  : Value extends All
    ? All
    : All | Refused<Value, What>;

type Refused<Value, What extends string> = Value extends Spelled
  ? Problem<`unknown ${What} '${Value}'`>
  : Problem<`this is no ${What}`>;

type Spelled = string | number | bigint | boolean | null | undefined;

/** One of `All`, or a list of them that is not empty. */
export type Several<Value, All, What extends string> = unknown extends Value
  ? All | readonly All[]
  : Value extends readonly unknown[]
    ? Value extends readonly []
      ? Problem<`an empty list names no ${What}: name one, or leave the key out`>
      : { readonly [I in keyof Value]: Known<Value[I], All, What> }
    : Known<Value, All, What> | readonly All[];

/** Refuses keys that are not among `Keys`. */
export type NoOtherKeys<T, Keys extends string> = {
  readonly [K in Exclude<keyof T, Keys>]: Problem<`unknown key '${K & string}'`>;
};
