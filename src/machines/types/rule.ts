/** Who may, as types: the keys that stand wherever somebody is allowed something (`rule` in `source-rules.ts`). */
import type { Condition } from '../conditions/tree.ts';
import type { Exclusion, Meaning, PrincipalKind } from '../definition.ts';
import type { At, Form } from './form.ts';
import type { Known, Problem, Several } from './problem.ts';

/** The names a workflow declares. */
export interface Declared {
  readonly role: string;
  readonly trigger: string;
  readonly ballot: string;
  /** Paths of states, regions and states of regions. */
  readonly place: string;
}

export interface RuleKeys<T, D extends Declared> {
  readonly role: Several<At<T, 'role'>, D['role'], 'role'>;
  readonly by: Several<At<T, 'by'>, PrincipalKind, 'kind of principal'>;
  readonly exclude: Several<At<T, 'exclude'>, Exclusion, 'exclusion'>;
  readonly reason: Known<At<T, 'reason'>, 'required', 'reason'>;
  readonly if: Given<At<T, 'if'>>;
  readonly sign: Known<At<T, 'sign'>, Meaning, 'meaning'>;
}

export type CheckedRule<T, D extends Declared> = Form<T, RuleKeys<T, D>>;

/** A condition: its text, or the tree the builder makes. */
export type Given<Value> = unknown extends Value
  ? string | Condition
  : [Value] extends [string | Condition]
    ? string | Condition
    : Problem<'a condition is text, or what the builder of conditions makes'>;

/** Whose votes a transition takes away: those of all ballots, or of some. */
export type Voided<Value, Ballot extends string> = unknown extends Value
  ? 'all' | Ballot | readonly Ballot[]
  : Value extends 'all'
    ? 'all' | Ballot
    : Several<Value, Ballot, 'ballot'>;
