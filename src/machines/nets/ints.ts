/** Growing rows of integers, and the edges of a graph walked backwards: what a search remembers. */

export class Ints {
  length = 0;
  #data = new Int32Array(1 << 8);

  push(value: number): void {
    if (this.length === this.#data.length) {
      const data = new Int32Array(this.length * 2);
      data.set(this.#data);
      this.#data = data;
    }
    this.#data[this.length] = value;
    this.length += 1;
  }

  at(index: number): number {
    return this.#data[index] ?? 0;
  }
}

/** Nodes from which one of `goals` is reached, over edges that stand in `targets` from `starts[node]` on. */
export function reaching(starts: Ints, targets: Ints, nodes: number, goals: Iterable<number>): Uint8Array {
  const first = new Int32Array(nodes + 1);
  for (let edge = 0; edge < targets.length; edge += 1)
    first[targets.at(edge) + 1] = (first[targets.at(edge) + 1] ?? 0) + 1;
  for (let node = 0; node < nodes; node += 1) first[node + 1] = (first[node + 1] ?? 0) + (first[node] ?? 0);
  const next = first.slice();
  const sources = new Int32Array(targets.length);
  for (let node = 0; node < nodes; node += 1)
    for (let edge = starts.at(node); edge < starts.at(node + 1); edge += 1) {
      const target = targets.at(edge);
      const at = next[target] ?? 0;
      sources[at] = node;
      next[target] = at + 1;
    }
  const reached = new Uint8Array(nodes);
  const open = [...goals];
  for (const goal of open) reached[goal] = 1;
  for (let node = open.pop(); node !== undefined; node = open.pop())
    for (let at = first[node] ?? 0; at < (first[node + 1] ?? 0); at += 1) {
      const source = sources[at] ?? 0;
      if (reached[source]) continue;
      reached[source] = 1;
      open.push(source);
    }
  return reached;
}
