/** What CEL has and conditions have not: for each, one sentence that says what to write instead. */

const ZERO = 'a missing value counts as "", 0, false or an empty list, so compare with that';
const TIME =
  'Times are not part of conditions; use a timer of the workflow, or declare a number or a function';

/** Operators, by the name the CEL parser gives them. */
export const REFUSED_OPERATORS: Readonly<Record<string, string>> = {
  '*': '"*" is not part of conditions; numbers can be added and subtracted only.',
  '/': '"/" is not part of conditions; numbers can be added and subtracted only.',
  '%': '"%" is not part of conditions; numbers can be added and subtracted only.',
  '?:': '"a ? b : c" is not part of conditions; write "a && b || !a && c".',
  '[]': 'Picking one item with "[…]" is not part of conditions; write "value in list" or "list.exists(x, …)".',
  '[?]':
    'Picking one item with "[…]" is not part of conditions; write "value in list" or "list.exists(x, …)".',
  '.?': `"a.?b" is not needed: ${ZERO}.`,
  map: '"{…}" is not part of conditions; compare the single values instead.',
  '-_': '"-" in front of anything but a number is not part of conditions; write "0 - x".',
};

/** Functions of CEL that are called as `name(…)`. */
const REFUSED_CALLS: Readonly<Record<string, string>> = {
  has: `"has(…)" is not needed: ${ZERO}.`,
  matches:
    '"matches" is left out, since patterns have no bounded cost; use startsWith, endsWith or contains.',
  int: '"int(…)" converts values, which conditions do not; declare the variable as a number.',
  uint: '"uint(…)" converts values, which conditions do not; declare the variable as a number.',
  double: '"double(…)" converts values, which conditions do not; declare the variable as a whole number.',
  string: '"string(…)" converts values, which conditions do not; compare values of one type.',
  bool: '"bool(…)" converts values, which conditions do not; declare the variable as true or false.',
  bytes: '"bytes(…)" converts values, which conditions do not; compare text with text.',
  dyn: '"dyn(…)" hides a type, which conditions do not allow; compare values of one type.',
  type: '"type(…)" is not needed: every variable has one declared type.',
  duration: `${TIME}.`,
  timestamp: `${TIME}.`,
};

/** Functions of CEL that are called as `value.name(…)`. */
const REFUSED_METHODS: Readonly<Record<string, string>> = {
  matches:
    '"matches" is left out, since patterns have no bounded cost; use startsWith, endsWith or contains.',
  map: '"map" is not part of conditions; test the items with "exists", "all" or "filter".',
  exists_one: '"exists_one" is not part of conditions; write "size(list.filter(x, …)) == 1".',
  existsOne: '"existsOne" is not part of conditions; write "size(list.filter(x, …)) == 1".',
  transformList:
    '"transformList" is not part of conditions; test the items with "exists", "all" or "filter".',
};

export function isRefusedCall(name: string): boolean {
  return Object.hasOwn(REFUSED_CALLS, name);
}

/** Undefined where the name is free for a declared function. */
export function refusalOfCall(name: string): string | undefined {
  return isRefusedCall(name) ? REFUSED_CALLS[name] : undefined;
}

export function refusalOfMethod(name: string): string {
  if (/^get[A-Z]/.test(name)) return `${TIME}.`;
  const known = Object.hasOwn(REFUSED_METHODS, name) ? REFUSED_METHODS[name] : undefined;
  return (
    known ??
    `There is no ".${name}(…)"; text has startsWith, endsWith and contains, lists have exists, all and filter, ` +
      `and a declared function is called as "${name}(x, …)".`
  );
}

/** A literal of CEL that conditions have not. */
export function refusalOfLiteral(value: unknown): string {
  if (value === null) return `"null" is not part of conditions: ${ZERO}.`;
  if (typeof value === 'number')
    return `${value} is no whole number for conditions; use a smaller unit, for example 1500 instead of 1.5, and no "." or "e".`;
  if (typeof value === 'bigint')
    return `${value} is too large; numbers are between -(2^53 - 1) and 2^53 - 1.`;
  if (value instanceof Uint8Array) return 'Bytes (b"…") are not part of conditions; write the text as "…".';
  return 'Unsigned numbers (1u) are not part of conditions; write the number without "u".';
}

export const REFUSED_LIST =
  'A list in "[…]" holds literals only; write "x == a || x == b" to compare with variables.';
export const REFUSED_FIELD = 'A field can only be read from a variable; start the path with the name of one.';
export const REFUSED_CHAIN =
  'Two comparisons in a row are read differently by people and programs; put parentheses around one of them.';
