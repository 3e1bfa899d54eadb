/** Ballots and attributes as TypeScript sees them before anything is looked up; wide, and with what editors show. */
import type { Loose, RuleShape } from './shape.ts';

type OneOrMore<T> = T | readonly T[];

export interface BallotShape extends RuleShape {
  readonly title?: string;
  /** Where votes are taken: `Review`, `Review.code` or `Review.code.pending`. */
  readonly in?: OneOrMore<string>;
  /** What sending a trigger does: casts a value, or takes votes away. */
  readonly cast?: Readonly<Record<string, unknown>>;
  /** What must be true of the votes, all of it; one approval where nothing is said. */
  readonly needs?: OneOrMore<Loose<NeedShape>>;
  /** A vote of this value or less blocks, whatever the others say. */
  readonly veto?: unknown;
  /** What the votes of a role weigh; 1 where nothing is said. */
  readonly weights?: Readonly<Record<string, unknown>>;
  /** Who voted in one of these ballots may not vote here. */
  readonly apart?: OneOrMore<string>;
  /** The ballot is asked for only where this condition holds. */
  readonly applies?: unknown;
  /** The ballot counts as passed where this condition holds. */
  readonly override?: unknown;
  /** Which votes survive a new revision; none where nothing is said. */
  readonly revision?: unknown;
}

export interface NeedShape {
  /** So many independent voters approve … */
  readonly approvals?: unknown;
  /** … or this share (percent) of all who hold the role `of` … */
  readonly share?: unknown;
  /** … or more approve than reject … */
  readonly majority?: unknown;
  /** … or each of these roles approves, or each group that owns a touched file … */
  readonly each?: unknown;
  /** … or the weights of those who approve add up to this. */
  readonly weight?: unknown;
  /** The least value that counts as an approval. */
  readonly at?: unknown;
  /** Only those with this role count. */
  readonly of?: unknown;
  /** Whose votes are taken and do not count here. */
  readonly exclude?: unknown;
  /** Asked for only where this condition holds. */
  readonly if?: unknown;
  readonly [key: string]: unknown;
}

export interface AttributeShape {
  /** The texts it may be. */
  readonly oneOf?: unknown;
  readonly type?: unknown;
  /** What it is until somebody says otherwise. */
  readonly initial?: unknown;
  /** Where it may be changed after the proposal, and by whom; nowhere without this. */
  readonly amend?: Loose<AmendShape>;
  readonly [key: string]: unknown;
}

export interface AmendShape extends RuleShape {
  /** Where it may be changed: `Review`, `Review.code` or `Review.code.pending`. */
  readonly in?: OneOrMore<string>;
}
