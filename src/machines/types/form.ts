/**
 * Objects of known keys. What is expected at each key is an interface over what the author wrote (`T`); of `unknown`, or of
 * a shape with any key, nothing is written yet, and the same interface says what an editor may propose.
 */
import type { Problem } from './problem.ts';

/** The keys the author wrote. */
export type Keys<T> = string extends keyof T ? never : keyof T & string;

/** What the author wrote at a key; `unknown` where nothing is written. */
export type At<T, K extends string> = K extends Keys<T> ? (K extends keyof T ? T[K] : never) : unknown;

/** The keys of `Expected` and those written. A mapped type over all, so that nothing looks like an excess property. */
export type Form<T, Expected> = T extends readonly unknown[] | string | number | boolean
  ? Problem<'write keys and values here, as in { key: value }'>
  : {
      readonly [K in keyof Expected | Keys<T>]?: K extends keyof Expected
        ? Expected[K]
        : Problem<`unknown key '${K & string}'`>;
    };

/** Says the sentence where something is written, but not at this key. */
export type Requires<T, K extends string, Sentence extends string> = unknown extends T
  ? unknown
  : string extends keyof T
    ? unknown
    : K extends keyof T
      ? unknown
      : Problem<Sentence>;

/** Values by declared names: `Value` may be told by the name, and other names are refused. */
export type ByName<T, Names extends string, What extends string, Values> = {
  readonly [K in Names | Keys<T>]?: K extends Names
    ? K extends keyof Values
      ? Values[K]
      : unknown
    : Problem<`unknown ${What} '${K & string}'`>;
};

/** Of the keys in `Kinds`, exactly one. `List` names them in the sentence; said at each of several, or at the object. */
export type OnlyOne<T, K extends string, Kinds extends string, List extends string> =
  Exclude<Keys<T> & Kinds, K> extends never ? never : Problem<`give exactly one of ${List}`>;

/** The other half of `OnlyOne`: something is written, but none of `Kinds`. */
export type AtLeastOne<T, Kinds extends string, List extends string> = unknown extends T
  ? unknown
  : string extends keyof T
    ? unknown
    : keyof T & Kinds extends never
      ? Problem<`give exactly one of ${List}`>
      : unknown;
