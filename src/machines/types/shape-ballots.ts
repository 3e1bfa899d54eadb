/** Ballots and attributes as TypeScript sees them before anything is looked up; wide, and with what editors show. */
import type { Anything, Loose, OneOrMore, RuleShape } from './shape-rule.ts';

export interface BallotShape extends RuleShape {
  readonly title?: string;
  /** Where votes are taken: `Review`, `Review.code` or `Review.code.pending`. */
  readonly in?: OneOrMore<string>;
  /** What sending a trigger does: casts a value, or takes votes away. */
  readonly cast?: Readonly<Record<string, Anything>>;
  /** What must be true of the votes, all of it; one approval where nothing is said. */
  readonly needs?: OneOrMore<Loose<NeedShape>>;
  /** A vote of this value or less blocks, whatever the others say. */
  readonly veto?: Anything;
  /** What the votes of a role weigh; 1 where nothing is said. */
  readonly weights?: Readonly<Record<string, Anything>>;
  /** Who voted in one of these ballots may not vote here. */
  readonly apart?: OneOrMore<string>;
  /** The ballot is asked for only where this condition holds. */
  readonly applies?: Anything;
  /** The ballot counts as passed where this condition holds. */
  readonly override?: Anything;
  /** Which votes survive a new revision; none where nothing is said. */
  readonly revision?: Anything;
}

export interface NeedShape {
  /** So many independent voters approve … */
  readonly approvals?: Anything;
  /** … or this share (percent) of all who hold the role `of` … */
  readonly share?: Anything;
  /** … or more approve than reject … */
  readonly majority?: Anything;
  /** … or each of these roles approves, or each group that owns a touched file … */
  readonly each?: Anything;
  /** … or the weights of those who approve add up to this. */
  readonly weight?: Anything;
  /** The least value that counts as an approval. */
  readonly at?: Anything;
  /** Only those with this role count. */
  readonly of?: Anything;
  /** Whose votes are taken and do not count here. */
  readonly exclude?: Anything;
  /** Asked for only where this condition holds. */
  readonly if?: Anything;
  readonly [key: string]: Anything;
}

export interface AttributeShape {
  /** The texts it may be. */
  readonly oneOf?: Anything;
  readonly type?: Anything;
  /** What it is until somebody says otherwise. */
  readonly initial?: Anything;
  /** Where it may be changed after the proposal, and by whom; nowhere without this. */
  readonly amend?: Loose<AmendShape>;
  readonly [key: string]: Anything;
}

export interface AmendShape extends RuleShape {
  /** Where it may be changed: `Review`, `Review.code` or `Review.code.pending`. */
  readonly in?: OneOrMore<string>;
}
