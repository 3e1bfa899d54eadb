/** Large and strange nets get an answer: nothing runs away, whatever is read. */
import { describe, expect, it } from 'vitest';
import { coverability } from '../../../src/machines/nets/coverability.ts';
import { explore, LIMITS } from '../../../src/machines/nets/explore.ts';
import { boundsBy, placeInvariants } from '../../../src/machines/nets/invariants.ts';
import type { Net } from '../../../src/machines/nets/net.ts';
import { readPnml, writePnml } from '../../../src/machines/nets/pnml.ts';
import { emptySiphon } from '../../../src/machines/nets/siphon.ts';
import { checkNet } from '../../../src/machines/nets/soundness.ts';
import { runs } from '../../support/runs.ts';
import { netFrom, par } from './random-nets.ts';

/** So many that a ring of them is beyond what is searched. */
const FULL = 100_000;
const MANY = runs(20_000, FULL);

/** Places 0 to `count` - 1; each pair of lists is a transition. */
function large(transitions: readonly (readonly [readonly number[], readonly number[]])[], count = MANY): Net {
  const arcs = (places: readonly number[]) => places.map((place) => [place, 1] as const);
  return {
    places: Array.from({ length: count }, (_, place) => `p${place}`),
    transitions: transitions.map(([pre, post], index) => ({
      name: `t${index}`,
      pre: arcs(pre),
      post: arcs(post),
    })),
    initial: Array.from({ length: count }, (_, place) => (place === 0 ? 1 : 0)),
  };
}

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

describe('a net with very many places', { timeout: 120_000 }, () => {
  it('in one row is sound, with as many markings', () => {
    const row = large(numbers(0, MANY - 1).map((place) => [[place], [place + 1]]));
    expect(checkNet(row)).toMatchObject({ sound: true, states: MANY, edges: MANY - 1 });
    const { net, defects } = readPnml(writePnml(row));
    expect([net?.places.length, defects]).toEqual([MANY, []]);
  });

  it('beside each other is sound', () => {
    const inner = numbers(1, MANY - 1);
    const verdict = checkNet(
      large([
        [[0], inner],
        [inner, [MANY - 1]],
      ]),
    );
    expect(verdict).toMatchObject({ sound: true, states: 3, edges: 2 });
  });

  it('in a ring is no workflow net, and what was not seen is not claimed', () => {
    const verdict = checkNet(
      large(
        numbers(0, FULL).map((place) => [[place], [(place + 1) % FULL]]),
        FULL,
      ),
    );
    expect(verdict).toMatchObject({ kind: 'general', sound: null, decided: false, states: null });
    expect(verdict.findings.map(({ code }) => code)).toEqual(['NO_WORKFLOW', 'UNDECIDED']);
  });
});

describe('the search', () => {
  it('ends at its budget of markings, and keeps what is certain', () => {
    const net = { ...par(8, 3), initial: par(8, 3).initial };
    const seen = explore(net, { ...LIMITS, markings: 100 });
    expect([seen.complete, seen.covering, seen.states >= 100]).toEqual([false, undefined, true]);
  });

  it('holds more tokens on a place than a byte, or two', () => {
    for (const tokens of [300, 70_000]) {
      const net = { ...netFrom('t: a->b'), places: ['a', 'b'], initial: [tokens, 0] };
      const bounded = { ...net, transitions: [{ name: 't', pre: [[0, 1]], post: [[1, 1]] }] } as const;
      const seen = explore(bounded, { ...LIMITS, markings: 1_000 });
      expect([seen.bound, seen.complete]).toEqual([tokens, tokens < 1_000]);
    }
  });

  it('takes and puts as many tokens as an arc weighs', () => {
    const seen = explore(netFrom('t: 3*a->2*b; u: b->a', ['a', 'a', 'a', 'a']));
    expect([seen.complete, seen.states, seen.edges, seen.bound, seen.dead.length]).toEqual([
      true,
      7,
      6,
      4,
      1,
    ]);
  });
});

describe('what is known without a search', () => {
  it('a siphon without a token keeps its transitions from ever firing', () => {
    const net = netFrom('begin: i->p; end: p->o; a: p+x->y; b: y->x; c: p+x->o');
    expect([...emptySiphon(net)].map((place) => net.places[place]).sort()).toEqual(['x', 'y']);
  });

  it('place invariants bound what no search can enumerate', () => {
    const net = par(30, 4);
    const invariants = placeInvariants(par(4, 3)) ?? [];
    expect(boundsBy(invariants, par(4, 3)).every((bound) => bound === 1)).toBe(true);
    expect(net.places.length).toBe(152);
  });

  it('the coverability tree knows every place that grows and every transition that fires', () => {
    const net = netFrom('t: i->p; c: p->p+q; d: q+q->r; s: p->o; n: o+x->o');
    const { complete, growing, fired } = coverability(net);
    const name = (all: ReadonlySet<number>, of: readonly string[]) => [...all].map((each) => of[each]).sort();
    expect(complete).toBe(true);
    expect(name(growing, net.places)).toEqual(['q', 'r']);
    expect(
      name(
        fired,
        net.transitions.map((each) => each.name),
      ),
    ).toEqual(['c', 'd', 's', 't']);
  });
});

describe('what is no workflow net', () => {
  it.each([
    ['no source', 'a: p->q; b: q->p', ['p']],
    ['two sources', 'a: i->p; b: j->p; c: p->o', ['i']],
    ['no sink', 'a: i->p; b: p->q; c: q->p', ['i']],
    ['two tokens', 'a: i->p; b: p->o', ['i', 'i']],
  ])('because it has %s is said to be none, and searched', (_, text, marked) => {
    const verdict = checkNet(netFrom(text, marked));
    expect(verdict).toMatchObject({ kind: 'general', sound: null, decided: true });
    expect(verdict.states).toBeGreaterThan(0);
    expect(verdict.findings[0]).toMatchObject({ code: 'NO_WORKFLOW', severity: 'warning' });
  });
});
