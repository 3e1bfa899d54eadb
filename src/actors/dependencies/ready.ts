/** Numbers of which the smallest can always be taken: a binary heap. */
export interface Ready {
  add(number: number): void;
  take(): number | undefined;
}

export function readyNumbers(): Ready {
  const heap: number[] = [];
  const at = (place: number) => heap[place] ?? Number.POSITIVE_INFINITY;

  function swap(a: number, b: number): void {
    const kept = at(a);
    heap[a] = at(b);
    heap[b] = kept;
  }

  function sink(): void {
    for (let place = 0; ; ) {
      const left = 2 * place + 1;
      const least = at(left + 1) < at(left) ? left + 1 : left;
      if (at(least) >= at(place)) return;
      swap(place, least);
      place = least;
    }
  }

  return {
    add(number) {
      let place = heap.push(number) - 1;
      for (let above = (place - 1) >> 1; place > 0 && at(above) > at(place); above = (place - 1) >> 1) {
        swap(place, above);
        place = above;
      }
    },
    take() {
      const [first] = heap;
      const last = heap.pop();
      if (heap.length === 0 || last === undefined) return first;
      heap[0] = last;
      sink();
      return first;
    },
  };
}
