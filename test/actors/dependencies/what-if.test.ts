/** What follows for others, with reasons, when something happens to a change or when one lands before another. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HAPPENINGS, type ReactionLayer, resolveReactions } from '../../../src/actors/dependencies/edge.ts';
import { buildGraph } from '../../../src/actors/dependencies/graph.ts';
import { blockedBy, blockersOf } from '../../../src/actors/dependencies/reach.ts';
import { ifEnded, ifLandsFirst, ifRejected } from '../../../src/actors/dependencies/what-if.ts';
import { edge, graphOf, node, small } from './graphs.ts';

const told = ({ effects }: ReturnType<typeof ifRejected>) =>
  effects.map(({ change, reaction, distance }) => `${change} ${reaction} ${distance}`);

describe('if a change is rejected', () => {
  it('those that need it are held, with all that need those, and those near it are told', () => {
    const graph = graphOf('b>a c>b', [], [edge('n', 'a', 'near', 'within-3-lines'), edge('o', 'a', 'order')]);
    const answer = ifRejected(graph, 'a');
    expect(told(answer)).toEqual(['b hold 1', 'n tell 1', 'c hold 2']);
    expect(answer.sentence).toBe('If A is rejected, 2 changes are held, 1 change is told.');
    expect(answer.effects.map(({ reason }) => reason)).toEqual([
      'If A is rejected, B is held: it needs A (declared, trailer).',
      'If A is rejected, N is told: it is related to A (near, within-3-lines), which is worth a look.',
      'If A is rejected, C is held: it needs B (declared, trailer), which is held.',
    ]);
  });

  it('approved ones are reopened where that is wanted, and what has landed is only told', () => {
    const nodes = [
      node('b', { outcome: 'approved' }),
      node('d', { outcome: 'applied' }),
      node('w', { outcome: 'withdrawn' }),
    ];
    const graph = graphOf('b>a c>b d>a w>a', nodes);
    expect(told(ifRejected(graph, 'a', resolveReactions({ rejected: 'reopen' })))).toEqual([
      'b reopen 1',
      'd tell 1',
      'c hold 2',
    ]);
    expect(told(ifRejected(graph, 'a'))).toEqual(['b tell 1', 'd tell 1']);
  });

  it('whoever needs a reopened one gets what its project wants of revisions', () => {
    const nodes = ['b', 'c', 'd'].map((change) => node(change, { outcome: 'approved' }));
    const graph = graphOf('b>a c>b d>c', nodes);
    const answer = (layer: ReactionLayer) => told(ifRejected(graph, 'a', resolveReactions(layer)));
    expect(answer({ rejected: 'reopen' })).toEqual(['b reopen 1', 'c tell 2']);
    expect(answer({ rejected: 'reopen', revised: 'reopen' })).toEqual([
      'b reopen 1',
      'c reopen 2',
      'd reopen 3',
    ]);
  });

  it('the project of each change decides what it gets, and telling ends there', () => {
    const graph = graphOf('b>a c>b d>a', [node('b', { project: 'calm' })]);
    const reactions = (project: string) => resolveReactions(project === 'calm' ? { rejected: 'tell' } : {});
    expect(told(ifRejected(graph, 'a', reactions))).toEqual(['b tell 1', 'd hold 1']);
  });

  it('who is near it and needs another that is held is held', () => {
    const graph = graphOf('b>a c>b', [], [edge('c', 'a', 'near')]);
    expect(told(ifRejected(graph, 'a'))).toEqual(['b hold 1', 'c hold 2']);
  });

  it('nothing follows for a change that has ended or that nobody knows', () => {
    const graph = graphOf('b>a', [node('a', { outcome: 'approved' })]);
    expect(ifRejected(graph, 'a')).toMatchObject({
      isPossible: false,
      sentence: 'A is approved already, so this can no longer happen to it.',
    });
    expect(ifRejected(graph, 'x').sentence).toBe('Nothing is known of the change x; check its id.');
  });

  it('a new revision is told to those who need it', () => {
    const answer = ifEnded(graphOf('b>a c>b'), 'a', 'revised');
    expect(told(answer)).toEqual(['b tell 1']);
    expect(answer.sentence).toBe('If A gets a new revision, 1 change is told.');
  });

  it('exactly those whom it blocks are held, and nobody reacts twice', () => {
    fc.assert(
      fc.property(small(), fc.constantFrom(...HAPPENINGS), (given, happening) => {
        const graph = buildGraph(given);
        const reactions = resolveReactions({ [happening]: 'hold' });
        for (const { change, outcome } of given.nodes) {
          const { effects } = ifEnded(graph, change, happening, reactions);
          expect(new Set(effects.map((one) => one.change)).size).toBe(effects.length);
          const held = effects.filter(({ reaction }) => reaction === 'hold').map((one) => one.change);
          const blocked = outcome === null ? blockedBy(graph, change).map((one) => one.change) : [];
          expect(held.sort()).toEqual(blocked.sort());
        }
      }),
    );
  });
});

describe('if a change lands before another', () => {
  it('it cannot where it needs the other, and the way says why', () => {
    const answer = ifLandsFirst(graphOf('c>b b>a'), 'c', 'a');
    expect(answer).toMatchObject({ isPossible: false, needs: ['b', 'a'] });
    expect(answer.sentence).toBe(
      'C cannot land before A: C needs B (declared, trailer), and B needs A (declared, trailer).',
    );
    expect(ifLandsFirst(graphOf('a>b b>a'), 'a', 'b').sentence).toBe(
      'A cannot land before B: each needs the other, so they land together or one has to be changed.',
    );
    expect(ifLandsFirst(graphOf('a'), 'a', 'a').isPossible).toBe(false);
  });

  it('frees those who waited for nothing else', () => {
    const answer = ifLandsFirst(graphOf('b>a c>a c>x y'), 'a', 'y');
    expect(answer).toMatchObject({ isPossible: true, freed: ['b'], needs: [], effects: [] });
    expect(answer.sentence).toBe(
      'A can land before Y; no other change is touched, and 1 change no longer waits.',
    );
  });

  it('both are told of a warning between them', () => {
    const answer = ifLandsFirst(graphOf('', [], [edge('a', 'b', 'near', 'within-3-lines')]), 'a', 'b');
    expect(answer.effects.map(({ reason }) => reason)).toEqual([
      'If A lands before B, A is told: it lands before B, to which it is related (near, within-3-lines).',
    ]);
  });

  it('the other needs a new revision where they edit the same lines, and its dependents react to that', () => {
    const options = { proximity: 'overlap', reactions: resolveReactions({ revised: 'hold' }) } as const;
    const answer = ifLandsFirst(graphOf('a c>b d>c'), 'a', 'b', options);
    expect(told(answer)).toEqual(['b tell 1', 'c hold 2', 'd hold 3']);
    expect(answer.effects[0]?.reason).toBe(
      'If A lands before B, B is told: both edit the same lines, so it will need a new revision.',
    );
  });

  it('is possible for exactly one order or both, but for cycles', () => {
    fc.assert(
      fc.property(small(), (given) => {
        const graph = buildGraph(given);
        const open = given.nodes.filter(({ outcome }) => outcome === null).map(({ change }) => change);
        for (const a of open)
          for (const b of open.filter((other) => other !== a))
            expect(ifLandsFirst(graph, a, b).isPossible).toBe(
              !blockersOf(graph, a).some(({ change }) => change === b),
            );
      }),
    );
  });
});
