/** In which order changes land, and what takes longest; held against exhaustive search. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { criticalPath } from '../../../src/actors/dependencies/critical-path.ts';
import { buildGraph } from '../../../src/actors/dependencies/graph.ts';
import { mergeOrder } from '../../../src/actors/dependencies/merge-order.ts';
import { blocks, distances, graphOf, node, small } from './graphs.ts';

describe('the merge order', () => {
  it('puts what is needed first, and the oldest of those that could be next', () => {
    expect(mergeOrder(graphOf('a>d b c>b d'), ['a', 'b', 'c', 'd']).groups).toEqual([
      ['b'],
      ['c'],
      ['d'],
      ['a'],
    ]);
  });

  it('lands a cycle as one group, the oldest first in it', () => {
    expect(mergeOrder(graphOf('b>c c>b d>c b>a'), ['d', 'c', 'b', 'a']).groups).toEqual([
      ['a'],
      ['b', 'c'],
      ['d'],
    ]);
  });

  it('names what the set needs from outside, and what has no place in it', () => {
    const graph = graphOf('a>x x>b', [node('z', { outcome: 'applied' })]);
    const { groups, needs, leftOut } = mergeOrder(graph, ['a', 'b', 'z', 'nobody']);
    expect(groups).toEqual([['b'], ['a']]);
    expect(needs).toEqual(['x']);
    expect(leftOut.map(({ reason }) => reason)).toEqual([
      'Z is applied already, so it has no place in the order.',
      'Nothing is known of the change nobody, so it has no place in the order.',
    ]);
  });

  it('respects every blocking way, groups exactly the cycles, and takes the oldest that is ready', () => {
    fc.assert(
      fc.property(small(), fc.func(fc.boolean()), (given, wants) => {
        const graph = buildGraph(given);
        const distance = distances(
          given,
          given.edges.filter((one) => blocks(given, one)),
        );
        const reaches = (a: string, b: string) => distance(a, b) < Number.POSITIVE_INFINITY;
        const open = given.nodes.filter(({ outcome }) => outcome === null).map(({ change }) => change);
        const set = given.nodes.map(({ change }) => change).filter((change) => wants(change));
        const inSet = set.filter((change) => open.includes(change));
        const { groups, needs, leftOut } = mergeOrder(graph, set);
        expect(groups.flat().sort()).toEqual([...inSet].sort());
        expect(leftOut).toHaveLength(set.length - inSet.length);
        const outside = open.filter(
          (one) => !set.includes(one) && inSet.some((member) => reaches(member, one)),
        );
        expect([...needs].sort()).toEqual(outside.sort());
        const place = new Map(groups.flatMap((group, at) => group.map((change) => [change, at])));
        for (const a of inSet)
          for (const b of inSet.filter((other) => reaches(a, other)))
            expect(place.get(b)! <= place.get(a)! && (place.get(a) !== place.get(b) || reaches(b, a))).toBe(
              true,
            );
        const age = (change: string) => graph.age[graph.places.get(change)!]!;
        groups.forEach(([oldest], at) => {
          const landed = groups.slice(0, at).flat();
          const ready = groups
            .slice(at)
            .filter((group) =>
              inSet.every(
                (b) => landed.includes(b) || group.includes(b) || !group.some((a) => reaches(a, b)),
              ),
            );
          expect(age(oldest!)).toBe(Math.min(...ready.flat().map(age)));
        });
      }),
    );
  });
});

describe('the critical path', () => {
  it('is the longest in time, and says what nobody has estimated', () => {
    const graph = graphOf('d>b d>c b>a c>a');
    const estimates: Record<string, number> = { a: 10, b: 1, c: 5 };
    expect(criticalPath(graph, 'd', (change) => estimates[change])).toEqual({
      steps: [
        { changes: ['a'], estimateMs: 10 },
        { changes: ['c'], estimateMs: 5 },
        { changes: ['d'], estimateMs: 0 },
      ],
      totalMs: 15,
      unestimated: ['d'],
    });
  });

  it('counts changes where nothing is estimated, takes a cycle for one step, and is empty for what has ended', () => {
    const graph = graphOf('e>a e>d d>c c>b b>c', [node('z', { outcome: 'rejected' })]);
    expect(criticalPath(graph, 'e').steps.map(({ changes }) => changes)).toEqual([['b', 'c'], ['d'], ['e']]);
    expect(criticalPath(graph, 'e', () => Number.NaN).totalMs).toBe(0);
    expect(criticalPath(graph, 'z').steps).toEqual([]);
  });

  it('is what an exhaustive search finds', () => {
    fc.assert(
      fc.property(
        small(7),
        fc.func(fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined })),
        (given, ms) => {
          const graph = buildGraph(given);
          const blocking = given.edges.filter((one) => blocks(given, one));
          const distance = distances(given, blocking);
          const reaches = (a: string, b: string) => distance(a, b) < Number.POSITIVE_INFINITY;
          const open = given.nodes.filter(({ outcome }) => outcome === null).map(({ change }) => change);
          const matesOf = (change: string) =>
            open.filter((one) => reaches(one, change) && reaches(change, one));
          const weigh = (change: string): readonly [number, number] => {
            const mates = matesOf(change);
            const below = blocking.filter((one) => mates.includes(one.change) && !mates.includes(one.on));
            const [time, steps] = below
              .map(({ on }) => weigh(on))
              .reduce((a, b) => (a[0] > b[0] || (a[0] === b[0] && a[1] >= b[1]) ? a : b), [0, 0]);
            return [time + Math.max(...mates.map((mate) => ms(mate) ?? 0)), steps + 1];
          };
          for (const change of open) {
            const { steps, totalMs } = criticalPath(graph, change, ms);
            expect([totalMs, steps.length]).toEqual(weigh(change));
            expect(steps.at(-1)?.changes).toContain(change);
            steps.slice(1).forEach((step, at) => {
              const isEdge = blocking.some(
                ({ change: from, on }) => step.changes.includes(from) && steps[at]!.changes.includes(on),
              );
              expect(isEdge).toBe(true);
            });
          }
        },
      ),
    );
  });
});
