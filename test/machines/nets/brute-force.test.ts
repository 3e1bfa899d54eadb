/** A checker that knows nothing but markings, and agrees with the product's on random small nets. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Net } from '../../../src/machines/nets/net.ts';
import { checkNet } from '../../../src/machines/nets/soundness.ts';

const RUNS = Number(process.env.COUNTERSIGN_NET_RUNS ?? 5_000);
/** Nets with more markings are left out; one that keeps growing is among them. */
const MOST = 400;
const PLACES = 5;

/** The first place is the source, the last the sink; whatever is between is on a way between them or not. */
const side = (first: number, last: number) =>
  fc.uniqueArray(fc.integer({ min: first, max: last }), { minLength: 1, maxLength: 3 });
const step = fc.record({ pre: side(0, PLACES - 2), post: side(1, PLACES - 1) });
const anyNet = fc.array(step, { minLength: 2, maxLength: 6 }).map(
  (steps): Net => ({
    places: ['i', 'a', 'b', 'c', 'o'],
    transitions: steps.map(({ pre, post }, index) => ({
      name: `t${index}`,
      pre: pre.map((place) => [place, 1] as const),
      post: post.map((place) => [place, 1] as const),
    })),
    initial: [1, 0, 0, 0, 0],
  }),
);

interface Seen {
  readonly markings: readonly (readonly number[])[];
  readonly next: readonly (readonly number[])[];
  readonly fired: ReadonlySet<number>;
}

function reachable({ transitions, initial }: Net): Seen | undefined {
  const numbers = new Map([[initial.join(), 0]]);
  const markings = [initial as readonly number[]];
  const next: number[][] = [];
  const fired = new Set<number>();
  for (const [at, marking] of markings.entries()) {
    next[at] = [];
    for (const [index, { pre, post }] of transitions.entries()) {
      if (!pre.every(([place, weight]) => (marking[place] ?? 0) >= weight)) continue;
      const after = [...marking];
      for (const [place, weight] of pre) after[place] = (after[place] ?? 0) - weight;
      for (const [place, weight] of post) after[place] = (after[place] ?? 0) + weight;
      fired.add(index);
      let number = numbers.get(after.join());
      if (number === undefined) {
        if (markings.length === MOST) return undefined;
        number = markings.push(after) - 1;
        numbers.set(after.join(), number);
      }
      next[at]?.push(number);
    }
  }
  return { markings, next, fired };
}

function isSound({ transitions }: Net, { markings, next, fired }: Seen): boolean {
  const isEnd = (marking: readonly number[]) => marking.join() === '0,0,0,0,1';
  const isProper = markings.every((marking) => (marking[4] ?? 0) === 0 || isEnd(marking));
  const ends = new Set(markings.flatMap((marking, at) => (isEnd(marking) ? [at] : [])));
  for (let grew = true; grew; ) {
    const before = ends.size;
    for (const [at, others] of next.entries()) if (others.some((each) => ends.has(each))) ends.add(at);
    grew = ends.size > before;
  }
  return isProper && ends.size === markings.length && fired.size === transitions.length;
}

it('the verdict, the markings and the edges are those of plain enumeration', () => {
  let compared = 0;
  fc.assert(
    fc.property(anyNet, (net) => {
      const verdict = checkNet(net, { count: 100_000 });
      // Places that no arc touches are no part of the net, and it may have another sink.
      if (verdict.kind !== 'workflow' || verdict.sinks.join() !== 'o' || verdict.sources.join() !== 'i')
        return;
      const seen = reachable(net);
      if (!seen) return;
      compared += 1;
      const told = verdict.findings.some(({ code }) => code === 'UNBOUNDED');
      expect(told).toBe(false);
      expect(verdict.decided).toBe(true);
      expect(verdict.sound).toBe(isSound(net, seen));
      if (verdict.states !== null) {
        expect(verdict.states).toBe(seen.markings.length);
        expect(verdict.edges).toBe(seen.next.reduce((sum, each) => sum + each.length, 0));
        expect(verdict.bound).toBe(Math.max(...seen.markings.flat()));
      }
    }),
    { numRuns: RUNS },
  );
  expect(compared).toBeGreaterThan(RUNS / 50);
});

it('a net that grows for ever is told so', () => {
  fc.assert(
    fc.property(anyNet, (net) => {
      const verdict = checkNet(net, { count: 100_000 });
      if (verdict.findings.some(({ code }) => code === 'UNBOUNDED')) expect(reachable(net)).toBeUndefined();
    }),
    { numRuns: RUNS },
  );
});
