/** How a type says a sentence. */

/** Nothing has such a property, so the sentence appears in the error. */
export type Problem<Sentence extends string> = { readonly [S in Sentence]: never };

/** `All`, for editors to complete from; and where `Value` is none of it, the sentence. */
export type Known<Value, All, What extends string> = Value extends All
  ? All
  : All | Problem<`unknown ${What} '${Value & string}'`>;

/** Refuses keys that are not among `Keys`. */
export type NoOtherKeys<T, Keys extends string> = {
  readonly [K in Exclude<keyof T, Keys>]: Problem<`unknown key '${K & string}'`>;
};
