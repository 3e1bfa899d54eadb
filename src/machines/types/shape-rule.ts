/** The smallest shapes: what stands where anything may, and who may do something. */

export type OneOrMore<T> = T | readonly T[];

type Scalar = string | number | boolean;

export type Anything = Loose<object> | null | undefined;

/**
 * What stands where keys and values are expected: other things are refused in a sentence, not here. Never `unknown`, which
 * would swallow what editors propose.
 */
export type Loose<T> = T | Scalar | readonly Scalar[];

/** Who may; the same wherever somebody is allowed something. */
export interface RuleShape {
  /** Any one of these roles may do it; none given: no role is needed. */
  readonly role?: OneOrMore<string>;
  /** Kinds of principal that may do it; none given: all. */
  readonly by?: OneOrMore<string>;
  /** Whose act does not count. */
  readonly exclude?: OneOrMore<string>;
  /** `required`: nobody does it without saying why. */
  readonly reason?: string;
  /** A condition that must hold when it is sent: text, or what the builder of conditions makes. */
  readonly if?: Anything;
  /** Makes it a signature with this meaning. */
  readonly sign?: string;
  readonly [key: string]: Anything;
}
