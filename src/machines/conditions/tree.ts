/**
 * A condition as plain data: what an author's text and the builder both become. Equal meaning in equal spelling gives
 * equal trees: `and` and `or` are flat, negative numbers are literals. No position is kept in it (see `places.ts`).
 */

/** What a literal can be. Numbers are whole and safe (at most 2^53 - 1 either way). */
export type Scalar = boolean | number | string;

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';
export type TextTest = 'startsWith' | 'endsWith' | 'contains';

export interface Literal {
  readonly kind: 'literal';
  readonly value: Scalar;
}

/** A list written out, of literals of one type. */
export interface ListLiteral {
  readonly kind: 'list';
  readonly items: readonly Scalar[];
}

/** `attributes.risk`: a variable and the fields below it, or the name of an item inside `exists`, `all`, `filter`. */
export interface Read {
  readonly kind: 'read';
  readonly path: readonly string[];
}

export interface Not {
  readonly kind: 'not';
  readonly of: Condition;
}

/** Two or more parts, none of which is an `and` (an `or`) itself. */
export interface Junction {
  readonly kind: 'and' | 'or';
  readonly parts: readonly Condition[];
}

export interface Compare {
  readonly kind: 'compare';
  readonly op: Comparison;
  readonly left: Condition;
  readonly right: Condition;
}

export interface Sum {
  readonly kind: 'sum';
  readonly op: '+' | '-';
  readonly left: Condition;
  readonly right: Condition;
}

/** `item in list` */
export interface Membership {
  readonly kind: 'in';
  readonly item: Condition;
  readonly list: Condition;
}

/** `of.startsWith(part)` */
export interface Text {
  readonly kind: 'text';
  readonly test: TextTest;
  readonly of: Condition;
  readonly part: Condition;
}

/** How many characters (code points) or items. */
export interface Size {
  readonly kind: 'size';
  readonly of: Condition;
}

/** `list.exists(name, body)`: `name` stands for one item inside `body`. */
export interface Quantifier {
  readonly kind: 'exists' | 'all' | 'filter';
  readonly list: Condition;
  readonly name: string;
  readonly body: Condition;
}

/** A function the scope declares. */
export interface Call {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Condition[];
}

export type Condition =
  | Literal
  | ListLiteral
  | Read
  | Not
  | Junction
  | Compare
  | Sum
  | Membership
  | Text
  | Size
  | Quantifier
  | Call;

/** Bounds of every condition, however it was written. */
export const LIMITS = {
  /** Characters of the text, as written and as printed. */
  text: 2_000,
  /** Nodes on top of each other. */
  depth: 32,
  /**
   * Steps an evaluation may take at most (`costOf`). Measured at 6 to 18 ns each (Node 20, one core of a shared machine):
   * the worst condition that is let through takes less than 5 ms over the 10,000 files a revision may have.
   */
  steps: 260_000,
} as const;

/** One defect of a condition. `offset` counts UTF-16 units of the text the condition was parsed from. */
export interface Problem {
  readonly message: string;
  readonly offset?: number;
}

/** The nodes directly below a node, in the order they are written. */
export function childrenOf(node: Condition): readonly Condition[] {
  switch (node.kind) {
    case 'literal':
    case 'list':
    case 'read':
      return [];
    case 'not':
    case 'size':
      return [node.of];
    case 'and':
    case 'or':
      return node.parts;
    case 'compare':
    case 'sum':
      return [node.left, node.right];
    case 'in':
      return [node.item, node.list];
    case 'text':
      return [node.of, node.part];
    case 'exists':
    case 'all':
    case 'filter':
      return [node.list, node.body];
    case 'call':
      return node.args;
  }
}
