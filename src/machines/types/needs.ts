/** What a ballot asks for, as types: the counterpart of `need` in `source-ballots.ts`. */
import type { Exclusion } from '../definition.ts';
import type { At, AtLeastOne, Form, Keys, OnlyOne, Requires } from './form.ts';
import type { Percent, Positive } from './numbers.ts';
import type { Known, Problem, Several } from './problem.ts';
import type { Declared, Given } from './rule.ts';

/** One need or a list of them. */
export type Needs<T, D extends Declared> = unknown extends T
  ? Need<unknown, D> | readonly Need<unknown, D>[]
  : T extends readonly unknown[]
    ? T extends readonly []
      ? Problem<'an empty list asks for nothing: leave it out to ask for one approval'>
      : { readonly [I in keyof T]: Need<T[I], D> }
    : Need<T, D>;

type Need<T, D extends Declared> = Form<T, NeedKeys<T, D>> &
  AtLeastOne<T, Kind, Kinds> &
  ('share' extends Keys<T>
    ? Requires<T, 'of', "'share' says of whom, as in { share: 50, of: 'core_team' }">
    : unknown);

type Kind = 'approvals' | 'share' | 'majority' | 'each' | 'weight';
type Kinds = "'approvals', 'share', 'majority', 'each' and 'weight'";

export interface NeedKeys<T, D extends Declared> {
  readonly approvals: Sole<
    T,
    'approvals',
    Positive<At<T, 'approvals'>, "'approvals' is a whole number, 1 or more">
  >;
  readonly share: Sole<T, 'share', Percent<At<T, 'share'>, "'share' is a whole number of percent, 1 to 100">>;
  readonly majority: Sole<
    T,
    'majority',
    At<T, 'majority'> extends false ? Problem<"'majority' is true, or is left out"> : true
  >;
  readonly each: Sole<T, 'each', Each<At<T, 'each'>, D['role']>>;
  readonly weight: Sole<T, 'weight', Positive<At<T, 'weight'>, "'weight' is a whole number, 1 or more">>;
  readonly at: Of<T, 'approvals', Known<At<T, 'at'>, 1 | 2, 'value'>, "'at' belongs to 'approvals'">;
  readonly of: Of<
    T,
    'approvals' | 'share',
    Known<At<T, 'of'>, D['role'], 'role'>,
    "'of' belongs to 'approvals' or 'share'"
  >;
  readonly exclude: Of<
    T,
    'approvals',
    Several<At<T, 'exclude'>, Exclusion, 'exclusion'>,
    "'exclude' belongs to 'approvals'; elsewhere it stands in the ballot or the cast"
  >;
  readonly if: Given<At<T, 'if'>>;
}

type Sole<T, K extends Kind, Expected> =
  OnlyOne<T, K, Kind, Kinds> extends never ? Expected : OnlyOne<T, K, Kind, Kinds>;

/** A key that goes with certain kinds only. Where no kind is written, that is the mistake. */
type Of<T, Owner extends Kind, Expected, Sentence extends string> = Keys<T> & Kind extends never
  ? Expected
  : Keys<T> & Owner extends never
    ? Problem<Sentence>
    : Expected;

type Each<Value, Role extends string> = unknown extends Value
  ? 'owners' | readonly Role[]
  : Value extends string
    ? Value extends 'owners'
      ? 'owners'
      : Problem<`'each' is 'owners' or a list of roles, not '${Value}'`>
    : Several<Value, Role, 'role'>;
