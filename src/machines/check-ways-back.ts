/** What is explored, walked backwards: from where can this be reached? */
import type { Node, Way } from './check-explore.ts';

/** Some of the nodes. */
export interface Part {
  readonly all: readonly Node[];
  readonly has: (node: Node) => boolean;
}

/** The ways that lead to each of some nodes, which are all there are. */
export class WaysBack {
  /** Sorted by where they lead, by counting. */
  readonly #ways: readonly Way[];
  /** Where those to a node begin, by its number; the next one's begin where they end. */
  readonly #begins: Int32Array;

  constructor(nodes: readonly Node[]) {
    const begins = new Int32Array(nodes.length + 2);
    for (const { ways } of nodes) for (const { to } of ways) add(begins, to.number + 2, 1);
    for (let at = 2; at < begins.length; at += 1) add(begins, at, begins[at - 1] ?? 0);
    const sorted: Way[] = new Array(begins.at(-1) ?? 0);
    for (const { ways } of nodes) for (const way of ways) sorted[add(begins, way.to.number + 1, 1) - 1] = way;
    this.#ways = sorted;
    this.#begins = begins;
  }

  /** All nodes from which one of `goals` can be reached, the goals included, on ways that `isOpenWay` lets pass. */
  leadingTo(goals: readonly Node[], isOpenWay: (way: Way) => boolean = () => true): Part {
    const isReached = new Uint8Array(this.#begins.length);
    const all: Node[] = [];
    const reach = (node: Node) => {
      if (isReached[node.number] === 1) return;
      isReached[node.number] = 1;
      all.push(node);
    };
    for (const goal of goals) reach(goal);
    for (const { number } of all) {
      const end = this.#begins[number + 1] ?? 0;
      for (let at = this.#begins[number] ?? 0; at < end; at += 1) {
        const way = this.#ways[at];
        if (way && isOpenWay(way)) reach(way.from);
      }
    }
    return { all, has: ({ number }) => isReached[number] === 1 };
  }
}

function add(counts: Int32Array, at: number, more: number): number {
  const sum = (counts[at] ?? 0) + more;
  counts[at] = sum;
  return sum;
}
