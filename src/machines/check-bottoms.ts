/** Where everything ends up: strongly connected parts of a graph that nothing leads out of (Tarjan, 1972). */

interface Visit<T> {
  readonly node: T;
  readonly left: Iterator<T>;
  readonly number: number;
  /** The smallest number on the stack that is reached from here. */
  low: number;
  /** Whether something leads out of its part. */
  isLeft: boolean;
}

/** The parts of what is reached from `nodes` that cannot be left again, in the order in which they are found. */
export function bottomsOf<T>(nodes: Iterable<T>, nextOf: (node: T) => Iterable<T>): T[][] {
  const visits = new Map<T, Visit<T>>();
  const isOpen = new Set<T>();
  const stack: T[] = [];
  const bottoms: T[][] = [];
  const begin = (node: T): Visit<T> => {
    const left = nextOf(node)[Symbol.iterator]();
    const visit = { node, left, number: visits.size, low: visits.size, isLeft: false };
    visits.set(node, visit);
    isOpen.add(node);
    stack.push(node);
    return visit;
  };
  const end = (visit: Visit<T>): void => {
    const part = stack.splice(stack.lastIndexOf(visit.node));
    for (const each of part) isOpen.delete(each);
    if (!part.some((each) => visits.get(each)?.isLeft)) bottoms.push(part);
  };
  for (const first of nodes) {
    if (visits.has(first)) continue;
    const way = [begin(first)];
    for (let here = way.at(-1); here; here = way.at(-1)) {
      const step = here.left.next();
      if (step.done) {
        way.pop();
        if (here.low === here.number) end(here);
        const before = way.at(-1);
        if (before && isOpen.has(here.node)) before.low = Math.min(before.low, here.low);
        else if (before) before.isLeft = true;
        continue;
      }
      const known = visits.get(step.value);
      if (!known) way.push(begin(step.value));
      else if (isOpen.has(step.value)) here.low = Math.min(here.low, known.number);
      else here.isLeft = true;
    }
  }
  return bottoms;
}
