/** Ballots, as types: the counterpart of `source-ballots.ts`. */
import type { Keep } from '../ballot.ts';
import type { At, ByName, Form, Keys, Requires } from './form.ts';
import type { Needs } from './needs.ts';
import type { Whole } from './numbers.ts';
import type { Known, Problem, Several } from './problem.ts';
import type { Declared, Given, RuleKeys } from './rule.ts';

/** All ballots. While an editor completes inside them, any name is one. */
export type CheckedBallots<T, D extends Declared> = string extends keyof T
  ? { readonly [name: string]: CheckedBallot<unknown, unknown, D> }
  : { readonly [B in Keys<T>]: CheckedBallot<At<T, B>, B, D> };

type CheckedBallot<T, Name, D extends Declared> = Form<T, BallotKeys<T, Name, D>> &
  Requires<T, 'in', "a ballot says where votes are taken, as in { in: 'Review' }"> &
  Requires<T, 'cast', "a ballot says what is cast, as in { cast: { approve: 'approve' } }">;

export interface BallotKeys<T, Name, D extends Declared> extends RuleKeys<T, D> {
  readonly title: string;
  readonly in: Several<At<T, 'in'>, D['place'], 'place'>;
  readonly cast: Casts<At<T, 'cast'>, D>;
  readonly needs: Needs<At<T, 'needs'>, D>;
  readonly veto: Known<At<T, 'veto'>, -1 | -2, 'veto'>;
  readonly weights: Weights<At<T, 'weights'>, D['role']>;
  readonly apart: Apart<At<T, 'apart'>, Name, D['ballot']>;
  readonly applies: Given<At<T, 'applies'>>;
  readonly override: Given<At<T, 'override'>>;
  readonly revision: Kept<At<T, 'revision'>>;
}

type Casts<T, D extends Declared> = ByName<
  T,
  D['trigger'],
  'trigger',
  { readonly [K in D['trigger']]: Cast<At<T, K>, D> }
>;

/** A vote, or a vote and who may cast it. */
type Cast<T, D extends Declared> = unknown extends T
  ? Vote | Form<unknown, CastKeys<unknown, D>>
  : T extends object
    ? Form<T, CastKeys<T, D>> & Requires<T, 'value', "a cast says its value, as in { value: 'approve' }">
    : Known<T, Vote, 'vote'>;

export interface CastKeys<T, D extends Declared> extends RuleKeys<T, D> {
  readonly value: Known<At<T, 'value'>, Vote, 'vote'>;
}

export type Vote = 'approve' | 'reject' | 'abstain' | 'retract' | 'clear' | 'lift' | -2 | -1 | 0 | 1 | 2;

type Weights<T, Role extends string> = ByName<
  T,
  Role,
  'role',
  { readonly [K in Role]: Whole<At<T, K>, 'a weight is a whole number, 0 or more'> }
>;

type Apart<Value, Name, Ballot extends string> = unknown extends Name
  ? Several<Value, Ballot, 'ballot'>
  : Value extends Name
    ? Problem<`ballot '${Value & string}' cannot be apart from itself`>
    : Value extends readonly unknown[]
      ? Name extends Value[number]
        ? { readonly [I in keyof Value]: Apart<Value[I], Name, Ballot> }
        : Several<Value, Exclude<Ballot, Name>, 'ballot'>
      : Several<Value, Exclude<Ballot, Name>, 'ballot'>;

type KeepAll = 'keep' | 'drop';

/** Which votes survive a new revision. */
type Kept<T> = unknown extends T
  ? KeepAll | Form<unknown, KeptKeys<unknown>>
  : T extends object
    ? Form<T, KeptKeys<T>>
    : Known<T, KeepAll, 'revision'>;

export interface KeptKeys<T> {
  readonly keep: Several<At<T, 'keep'>, Keep, 'keep'>;
  readonly vetoes: Known<At<T, 'vetoes'>, KeepAll, 'vetoes'>;
}
