/** Whole numbers as types: what can be told from how a literal is spelled. A number that is only `number` passes. */
import type { Problem } from './problem.ts';

/** A whole number. */
export type Integer<Value, Sentence extends string> = Value extends number
  ? `${Value}` extends `${string}.${string}` | `${string}e-${string}`
    ? Problem<Sentence>
    : number
  : Problem<Sentence>;

/** A whole number, zero or more. */
export type Whole<Value, Sentence extends string> = unknown extends Value
  ? number
  : Value extends number
    ? `${Value}` extends `-${string}`
      ? Problem<Sentence>
      : Integer<Value, Sentence>
    : Problem<Sentence>;

/** A whole number, one or more. */
export type Positive<Value, Sentence extends string> = Value extends 0
  ? Problem<Sentence>
  : Whole<Value, Sentence>;

/** A whole number from 1 to 100. */
export type Percent<Value, Sentence extends string> = Value extends number
  ? number extends Value
    ? number
    : `${Value}` extends `${Digit}` | `${Digit}${Digit | 0}` | '100'
      ? number
      : Problem<Sentence>
  : Whole<Value, Sentence>;
type Digit = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
