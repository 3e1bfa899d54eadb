/**
 * Covering rows with people, exactly: each unit of a class takes one of its choices, each choice adds so much to some rows,
 * and every row has to reach what it wants. Where every choice serves one row this is a flow (Ford and Fulkerson); otherwise
 * it is searched depth first, dead ends remembered, with equal units kept in order so that no arrangement is tried twice.
 */

/** What one unit adds, row by row. */
export type Choice = readonly number[];

export interface CoverClass {
  readonly count: number;
  readonly choices: readonly Choice[];
}

/** How many units of each class take each of its choices; undefined where the budget did not suffice. */
export type Cover = readonly (readonly number[])[] | 'none' | undefined;

const BUDGET = 50_000;

export function cover(want: readonly number[], classes: readonly CoverClass[], budget = BUDGET): Cover {
  if (!couldSuffice(want, classes)) return 'none';
  const isFlow = classes.every(({ choices }) =>
    choices.every((choice) => choice.filter((n) => n > 0).length <= 1 && choice.every((n) => n <= 1)),
  );
  return isFlow ? flow(want, classes) : search(want, classes, budget);
}

/** Each row on its own, with everybody at its service. */
function couldSuffice(want: readonly number[], classes: readonly CoverClass[]): boolean {
  return want.every((least, row) => {
    let sum = 0;
    for (const { count, choices } of classes) sum += count * best(choices, row);
    return sum >= least;
  });
}

function best(choices: readonly Choice[], row: number): number {
  return choices.reduce((most, choice) => Math.max(most, choice[row] ?? 0), 0);
}

/** Augmenting paths from what a row lacks, through classes whose units serve other rows, to units that serve none. */
function flow(want: readonly number[], classes: readonly CoverClass[]): Cover {
  const serves = classes.map(({ choices }) =>
    choices.map((choice) => choice.findIndex((amount) => amount > 0)),
  );
  const used = classes.map(({ choices }) => choices.map(() => 0));
  const free = classes.map(({ count }) => count);
  for (const [row, least] of want.entries())
    for (let have = 0; have < least; have += 1) if (!augment(row, serves, used, free)) return 'none';
  return used;
}

function augment(
  row: number,
  serves: readonly (readonly number[])[],
  used: number[][],
  free: number[],
): boolean {
  // Breadth first: from a row to classes that could serve it, from a class to rows that its units serve now.
  const cameFrom = new Map<number, { readonly from: number; readonly by: number }>();
  const waiting = [row];
  const seen = new Set(waiting);
  for (const at of waiting)
    for (const [index, rows] of serves.entries()) {
      const choice = rows.indexOf(at);
      if (choice < 0) continue;
      if ((free[index] ?? 0) > 0) {
        free[index] = (free[index] ?? 0) - 1;
        shift(used, index, choice, 1);
        for (let to = at; to !== row; ) {
          const step = cameFrom.get(to);
          if (!step) break;
          const other = serves[step.by] ?? [];
          shift(used, step.by, other.indexOf(to), -1);
          shift(used, step.by, other.indexOf(step.from), 1);
          to = step.from;
        }
        return true;
      }
      for (const [other, served] of rows.entries()) {
        if (served < 0 || seen.has(served) || (used[index]?.[other] ?? 0) === 0) continue;
        seen.add(served);
        cameFrom.set(served, { from: at, by: index });
        waiting.push(served);
      }
    }
  return false;
}

function shift(used: number[][], index: number, choice: number, by: number): void {
  const row = used[index];
  if (row) row[choice] = (row[choice] ?? 0) + by;
}

function search(want: readonly number[], given: readonly CoverClass[], budget: number): Cover {
  const total = want.reduce((sum, each) => sum + each, 0);
  // Those who can do least go first; more of a kind than everything asked for are of no use.
  const order = given
    .map((each, index) => ({ ...each, index, count: Math.min(each.count, total) }))
    .filter(({ count, choices }) => count > 0 && choices.length > 0)
    .sort((a, b) => a.choices.length - b.choices.length);
  const left = suffixes(want.length, order);
  const dead = new Set<string>();
  const taken: { index: number; choice: number }[] = [];
  let steps = 0;
  const go = (at: number, unit: number, least: number, missing: readonly number[]): boolean | undefined => {
    if (missing.every((each) => each <= 0)) return true;
    const one = order[at];
    if (!one) return false;
    if (unit === one.count) return go(at + 1, 0, 0, missing);
    const rest = one.count - unit;
    for (const [row, each] of missing.entries())
      if (each > (left[at + 1]?.[row] ?? 0) + rest * best(one.choices, row)) return false;
    const key = `${at} ${unit} ${least} ${missing.join()}`;
    if (dead.has(key)) return false;
    steps += 1;
    if (steps > budget) return undefined;
    for (const choice of ranked(one.choices, missing, least)) {
      const amount = one.choices[choice] ?? [];
      taken.push({ index: one.index, choice });
      const after = missing.map((each, row) => Math.max(0, each - (amount[row] ?? 0)));
      const found = go(at, unit + 1, choice, after);
      if (found !== false) return found;
      taken.pop();
    }
    dead.add(key);
    return false;
  };
  const found = go(0, 0, 0, want);
  if (found === undefined) return undefined;
  if (!found) return 'none';
  const used = given.map(({ choices }) => choices.map(() => 0));
  for (const { index, choice } of taken) shift(used, index, choice, 1);
  return used;
}

/** What all classes from one on can add at most. */
function suffixes(rows: number, classes: readonly CoverClass[]): number[][] {
  const left: number[][] = [Array.from({ length: rows }, () => 0)];
  for (const { count, choices } of classes.toReversed()) {
    const [first = []] = left;
    left.unshift(first.map((sum, row) => sum + count * best(choices, row)));
  }
  return left;
}

/** Choices from `least` on, the most useful first. */
function ranked(choices: readonly Choice[], missing: readonly number[], least: number): number[] {
  const use = (choice: Choice) =>
    missing.reduce((sum, each, row) => sum + Math.min(each, choice[row] ?? 0), 0);
  return choices
    .map((choice, index) => ({ index, use: use(choice) }))
    .filter(({ index }) => index >= least)
    .sort((a, b) => b.use - a.use)
    .map(({ index }) => index);
}
