/** Estimates: the estimator against a naive one, what must hold of any past, and whole histories told by hand. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { episodesOf, standingOf } from '../../src/actors/estimates/episodes.ts';
import { ENOUGH, nextStepOf, outcomeOf } from '../../src/actors/estimates/estimate.ts';
import {
  after,
  curveOf,
  quantile,
  remaining,
  type Sojourn,
  together,
} from '../../src/actors/estimates/survival.ts';
import { basicApproval } from '../../src/machines/catalog/basic-approval.ts';
import { parallelReview } from '../../src/machines/catalog/parallel-review.ts';
import type { ChangeHistory } from '../../src/persistence/history-records.ts';
import type { Json } from '../../src/persistence/records.ts';
import { define } from '../machines/build.ts';

const sojourn: fc.Arbitrary<Sojourn> = fc.record({
  ms: fc.nat(30),
  end: fc.constantFrom('approved', 'rejected', null),
});
const past = fc.array(sojourn, { minLength: 1, maxLength: 40 });
const later = (a: number | null) => a ?? Number.POSITIVE_INFINITY;
const shares = [0.1, 0.5, 0.9];
const quantiles = (sojourns: readonly Sojourn[]) =>
  shares.map((share) => later(quantile(curveOf(sojourns).steps, share)));

/** Kaplan–Meier as it stands in the book: for each time, the product over all earlier ends of (at risk - ended) / at risk. */
function naive(sojourns: readonly Sojourn[], at: number): number {
  const times = [...new Set(sojourns.filter(({ end }) => end !== null).map(({ ms }) => ms))];
  return times
    .filter((ms) => ms <= at)
    .map((ms) => {
      const atRisk = sojourns.filter((each) => each.ms >= ms).length;
      const ended = sojourns.filter((each) => each.ms === ms && each.end !== null).length;
      return (atRisk - ended) / atRisk;
    })
    .reduce((product, share) => product * share, 1);
}

describe('the estimator', () => {
  it('is Kaplan and Meier at every moment', () => {
    fc.assert(
      fc.property(past, (sojourns) => {
        const { steps } = curveOf(sojourns);
        for (let at = 0; at <= 31; at++) {
          const left = steps.findLast(({ ms }) => ms <= at)?.left ?? 1;
          expect(left).toBeCloseTo(naive(sojourns, at), 9);
        }
      }),
    );
  });

  it('gives the plain share of those that last where nothing is unfinished', () => {
    const all = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((ms) => ({ ms, end: 'moved' }));
    expect(quantiles(all)).toEqual([1, 5, 9]);
  });

  it('conditions on the time that was waited: S(w + t) / S(w)', () => {
    fc.assert(
      fc.property(past, fc.nat(30), fc.nat(30), (sojourns, waited, t) => {
        const before = naive(sojourns, waited);
        fc.pre(before > 0);
        expect(naive(after(sojourns, waited), t)).toBeCloseTo(naive(sojourns, waited + t) / before, 9);
      }),
    );
  });

  it('divides everything among the ends and what goes on', () => {
    fc.assert(
      fc.property(past, (sojourns) => {
        const { steps, ends } = curveOf(sojourns);
        const ended = Object.values(ends).reduce((sum, share) => sum + share, 0);
        expect(ended + remaining(steps)).toBeCloseTo(1, 9);
        for (let at = 1; at < steps.length; at++)
          expect(steps[at]!.left).toBeLessThanOrEqual(steps[at - 1]!.left);
      }),
    );
  });

  it('counts shares of ends as they are where nothing is unfinished', () => {
    fc.assert(
      fc.property(past, (sojourns) => {
        const finished = sojourns.filter(({ end }) => end !== null);
        const { ends } = curveOf(finished);
        for (const [end, share] of Object.entries(ends))
          expect(share).toBeCloseTo(finished.filter((each) => each.end === end).length / finished.length, 9);
      }),
    );
  });

  it('gives a range whose ends are in order', () => {
    fc.assert(
      fc.property(past, (sojourns) => {
        const [low = 0, likely = 0, high = 0] = quantiles(sojourns);
        expect(low).toBeLessThanOrEqual(likely);
        expect(likely).toBeLessThanOrEqual(high);
      }),
    );
  });

  it('says no sooner where everything took longer', () => {
    fc.assert(
      fc.property(past, fc.array(fc.nat(20), { minLength: 40, maxLength: 40 }), (sojourns, more) => {
        const finished = sojourns.map(({ ms }) => ({ ms, end: 'moved' }));
        const slower = finished.map((each, at) => ({ ...each, ms: each.ms + (more[at] ?? 0) }));
        const before = quantiles(finished);
        for (const [at, ms] of quantiles(slower).entries()) expect(ms).toBeGreaterThanOrEqual(before[at]!);
      }),
    );
  });

  it('is never shortened by what is unfinished, be it added or taken for unfinished', () => {
    fc.assert(
      fc.property(past, sojourn, fc.nat(), (sojourns, extra, which) => {
        const before = quantiles(sojourns);
        const more = [...sojourns, { ...extra, end: null }];
        const place = which % sojourns.length;
        const fewer = sojourns.map((each, at) => (at === place ? { ...each, end: null } : each));
        for (const changed of [more, fewer])
          for (const [at, ms] of quantiles(changed).entries()) expect(ms).toBeGreaterThanOrEqual(before[at]!);
      }),
    );
  });

  it('takes the first of several that go their own ways: shares multiply', () => {
    fc.assert(
      fc.property(fc.array(past, { minLength: 1, maxLength: 4 }), fc.nat(31), (several, at) => {
        const steps = together(several.map((each) => curveOf(each).steps));
        const left = steps.findLast(({ ms }) => ms <= at)?.left ?? 1;
        expect(left).toBeCloseTo(
          several.reduce((product, each) => product * naive(each, at), 1),
          9,
        );
      }),
    );
  });
});

const HOUR = 3_600_000;

/** A history: states in order, each with the hour in which it was reached; an outcome is told by its state. */
function history(change: string, ...moves: readonly (readonly [Json, number])[]): ChangeHistory {
  const outcomes: Record<string, string> = { Approved: 'approved', Rejected: 'rejected' };
  return {
    change,
    moves: moves.map(([state, hour]) => ({
      state,
      at: hour * HOUR,
      outcome: outcomes[String(state)] ?? null,
    })),
  };
}

describe('an estimate', () => {
  const definition = define(basicApproval);
  /** Reviews that took 1, 2 … `n` hours, every fourth of them rejected. */
  const reviewed = (n: number) =>
    Array.from({ length: n }, (_, at) =>
      history(`c${at}`, ['Recorded', 0], ['Review', 1], [at % 4 === 3 ? 'Rejected' : 'Approved', 2 + at]),
    );
  const inReview = standingOf(definition, history('x', ['Recorded', 90], ['Review', 100]))!;

  it('counts from now, out of stays that lasted longer than this one has', () => {
    const episodes = episodesOf(definition, reviewed(20), 1000 * HOUR);
    expect(nextStepOf(episodes, inReview, 100 * HOUR)).toEqual({
      known: true,
      lowMs: 2 * HOUR,
      likelyMs: 10 * HOUR,
      highMs: 18 * HOUR,
      basedOn: 20,
    });
    expect(nextStepOf(episodes, inReview, 110 * HOUR)).toEqual({
      known: true,
      lowMs: 1 * HOUR,
      likelyMs: 5 * HOUR,
      highMs: 9 * HOUR,
      basedOn: 10,
    });
  });

  it('says which outcome, and how long until it', () => {
    const episodes = episodesOf(definition, reviewed(20), 1000 * HOUR);
    const found = outcomeOf(episodes, inReview, 100 * HOUR);
    expect(found).toMatchObject({ known: true, like: 'configuration', likelyMs: 10 * HOUR, basedOn: 20 });
    expect(found).toHaveProperty('byOutcome.approved', expect.closeTo(0.75, 9));
    expect(found).toHaveProperty('byOutcome.rejected', expect.closeTo(0.25, 9));
    expect(found).not.toHaveProperty('byOutcome.open');
  });

  it('counts what is still in review as at least so long, and says what it has not seen the end of', () => {
    const open = Array.from({ length: 20 }, (_, at) => history(`o${at}`, ['Recorded', 0], ['Review', 1]));
    const episodes = episodesOf(definition, [...reviewed(20), ...open], 1000 * HOUR);
    expect(nextStepOf(episodes, inReview, 100 * HOUR)).toMatchObject({
      lowMs: 4 * HOUR,
      likelyMs: 20 * HOUR,
      highMs: null,
      basedOn: 40,
    });
    const found = outcomeOf(episodes, inReview, 100 * HOUR);
    expect(found).toHaveProperty('byOutcome.open', expect.closeTo(0.5, 9));
  });

  it('says what is missing where the past is too short', () => {
    const episodes = episodesOf(definition, reviewed(ENOUGH - 1), 1000 * HOUR);
    expect(nextStepOf(episodes, inReview, 100 * HOUR)).toEqual({
      known: false,
      why: '9 changes were in Review; an estimate takes 10.',
    });
    expect(outcomeOf(episodes, inReview, 100 * HOUR + 72 * HOUR)).toEqual({
      known: false,
      why: 'No changes were in Review for longer than 3 days; an estimate takes 10.',
    });
  });

  it('counts every stay in a state that a change comes back to', () => {
    const twice = Array.from({ length: 10 }, (_, at) =>
      history(`t${at}`, ['Review', 0], ['Recorded', 1], ['Review', 2], ['Approved', 5]),
    );
    const { sojourns, visits } = episodesOf(definition, twice.slice(0, 1), 9 * HOUR);
    expect(sojourns.get('Review')).toEqual([
      { ms: HOUR, end: 'moved' },
      { ms: 3 * HOUR, end: 'moved' },
    ]);
    expect(visits.get('Review')).toEqual([
      { stayMs: HOUR, restMs: 5 * HOUR, outcome: 'approved' },
      { stayMs: 3 * HOUR, restMs: 3 * HOUR, outcome: 'approved' },
    ]);
    const back = standingOf(definition, history('y', ['Review', 0], ['Recorded', 1], ['Review', 7]));
    expect(back?.since.get('Review')).toBe(7 * HOUR);
  });
});

describe('an estimate of regions side by side', () => {
  const definition = define(parallelReview);
  const [[review = '', { regions = {} }] = ['', {}]] = Object.entries(definition.states).filter(
    ([, state]) => state.regions,
  );
  const names = Object.keys(regions);
  const first = names[0]!;
  const finalOf = (region: string) =>
    Object.entries(regions[region]!.states).find(([, { final }]) => final === 'approved')![0];
  /** All regions at their beginning, but for those that are done. */
  const at = (...done: readonly string[]): Json => ({
    [review]: Object.fromEntries(
      names.map((name) => [name, done.includes(name) ? finalOf(name) : regions[name]!.initial]),
    ),
  });
  const ten = (...moves: readonly (readonly [Json, number])[]) =>
    Array.from({ length: 10 }, (_, n) => history(`r${n}`, ...moves));

  it('takes the first step that any region takes', () => {
    const others = names.slice(1);
    const episodes = episodesOf(
      definition,
      ten([at(), 0], [at(first), 3], [at(first, ...others), 8], ['Approved', 8]),
      99 * HOUR,
    );
    const standing = standingOf(definition, history('x', [at(), 0]))!;
    expect(nextStepOf(episodes, standing, 0)).toMatchObject({ lowMs: 3 * HOUR, highMs: 3 * HOUR });
    const second = standingOf(definition, history('x', [at(), 0], [at(first), 3]))!;
    expect(nextStepOf(episodes, second, 4 * HOUR)).toMatchObject({ lowMs: 4 * HOUR, highMs: 4 * HOUR });
  });

  it('leaves out regions that are done, which only wait', () => {
    const standing = standingOf(definition, history('x', [at(), 0], [at(first), 3]))!;
    expect(standing.place.leaves.some((path) => path.startsWith(`${review}.${first}.`))).toBe(false);
    expect(standing.place.leaves).toHaveLength(names.length - 1);
  });

  it('blames the state, not its regions, where it is left while several are open', () => {
    const { sojourns } = episodesOf(definition, [history('w', [at(), 0], ['Rejected', 5])], 99 * HOUR);
    expect(sojourns.get(review)).toEqual([{ ms: 5 * HOUR, end: 'moved' }]);
    for (const name of names)
      expect(sojourns.get(`${review}.${name}.${regions[name]!.initial}`)).toEqual([
        { ms: 5 * HOUR, end: null },
      ]);
  });

  it('looks at the state as a whole for the outcome where too few changes were in the same regions', () => {
    const episodes = episodesOf(definition, ten([at(), 0], ['Approved', 6]), 99 * HOUR);
    const standing = standingOf(definition, history('x', [at(), 0], [at(first), 3]))!;
    expect(outcomeOf(episodes, standing, 4 * HOUR)).toMatchObject({
      like: 'state',
      likelyMs: 2 * HOUR,
      byOutcome: { approved: expect.closeTo(1, 9) },
    });
  });

  it('never says less than nothing, whatever order senders tell', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { minLength: 3, maxLength: 3 }), ([a = 0, b = 0, c = 0]) => {
        const { sojourns, visits } = episodesOf(
          definition,
          [history('z', [at(), a], [at(first), b], ['Approved', c])],
          10 * HOUR,
        );
        for (const { ms } of [...sojourns.values()].flat()) expect(ms).toBeGreaterThanOrEqual(0);
        for (const { stayMs, restMs } of [...visits.values()].flat())
          expect(Math.min(stayMs, restMs)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
