/** What the exploration knows within a step: which conditions can hold together, what they have shown, what is over. */
import { describe, expect, it } from 'vitest';
import { codes, DONE, NO, verdict } from './explored.ts';

describe('the exploration of a step', () => {
  it('never rests where a condition certainly holds, and takes the first that does', () => {
    const parts = {
      triggers: ['go'],
      attributes: { risk: { oneOf: ['low', 'high'] } },
      states: { A: {}, Routing: {}, B: DONE, C: NO, D: { final: 'applied' } },
      transitions: {
        'A -> Routing': { trigger: 'go' },
        'Routing -> C': { when: 'attributes.risk == "high"' },
        'Routing -> B': { when: 'true' },
        'Routing -> D': { when: 'attributes.risk == "low"' },
      },
    };
    expect(verdict(parts)).toMatchObject({
      states: 3,
      findings: [
        { code: 'UNREACHABLE_STATE', path: ['states', 'D'] },
        { code: 'DEAD_TRANSITION', path: ['transitions', 'Routing -> D', 0] },
      ],
    });
  });

  it('finds conditions that lead round for ever, and none where one excludes the other', () => {
    const between = (there: string, back: string) =>
      codes({
        triggers: ['go'],
        attributes: { risk: { oneOf: ['low', 'high'] }, size: 'int' },
        states: { A: {}, B: {}, C: DONE },
        transitions: {
          'A -> B': { when: there },
          'B -> A': { when: back },
          'A -> C': { trigger: 'go' },
          'B -> C': { trigger: 'go' },
        },
      });
    expect(between('attributes.risk == "high"', 'attributes.risk == "high"')).toEqual(['EVENTLESS_CYCLE']);
    expect(between('attributes.size > 3', 'attributes.size > 5')).toEqual(['EVENTLESS_CYCLE']);
    expect(between('attributes.risk == "high"', 'attributes.risk == "low"')).toEqual([]);
    expect(between('attributes.size > 5', 'attributes.size <= 3')).toEqual([]);
    expect(between('attributes.size > 5', '!(attributes.size > 5)')).toEqual([]);
  });

  it('does not call it a circle where votes are taken away on the way round', () => {
    const parts = (transition: object) => ({
      triggers: ['no', 'go'],
      ballots: { code: { in: 'A', cast: { no: 'reject' }, needs: { majority: true } } },
      states: { A: {}, B: {}, C: DONE },
      transitions: {
        'A -> B': transition,
        'B -> A': { when: 'true' },
        'A -> C': { trigger: 'go' },
      },
    });
    const when = 'ballots.code.rejections >= 1';
    expect(codes(parts({ when, void: 'code' }))).not.toContain('EVENTLESS_CYCLE');
    expect(codes(parts({ when }))).toContain('EVENTLESS_CYCLE');
  });

  it('knows that votes that were taken away on the way are gone when it is next asked for them', () => {
    const parts = (transition: object) => ({
      triggers: ['vote', 'go', 'ok', 'no'],
      ballots: { code: { in: 'A', cast: { vote: 'approve' }, needs: { approvals: 2 } } },
      states: { A: {}, B: {}, C: DONE, D: NO },
      transitions: {
        'A -> B': { trigger: 'go', ...transition },
        'A -> D': { trigger: 'no' },
        'B -> A': { when: '!ballots.code.passed' },
        'B -> C': { trigger: 'ok' },
      },
    });
    expect(verdict(parts({ void: 'code' })).findings).toMatchObject([
      { code: 'UNREACHABLE_STATE', path: ['states', 'C'] },
      { code: 'DEAD_TRANSITION', path: ['transitions', 'B -> C', 0] },
    ]);
    expect(verdict(parts({})).sound).toBe(true);
  });

  it('knows in every condition of a step what the others have shown', () => {
    const parts = (when: string) => ({
      triggers: ['go', 'back'],
      attributes: { a: 'bool' },
      states: {
        A: {
          regions: {
            r: {
              initial: 'p',
              states: { p: {}, q: {}, f: DONE },
              transitions: {
                'p -> f': { when: 'attributes.a' },
                'p -> q': { trigger: 'go' },
                'q -> p': { trigger: 'back' },
              },
            },
          },
        },
        C: DONE,
        D: NO,
      },
      transitions: { 'A -> C': { join: 'all' }, 'A -> D': { when } },
    });
    // Either the region ends or the state is left, at once: nobody can ever send anything.
    expect(codes(parts('!attributes.a'))).toEqual([
      'UNREACHABLE_STATE',
      'DEAD_TRANSITION',
      'DEAD_TRANSITION',
    ]);
    expect(codes(parts('!attributes.a && regions.r == "q"'))).toEqual([]);
  });

  it('forgets what a step has shown when the change rests', () => {
    const parts = (condition: object) => ({
      triggers: ['go', 'ok'],
      attributes: { a: 'bool' },
      states: { A: {}, B: {}, C: DONE },
      transitions: {
        'A -> B': { trigger: 'go', ...condition },
        'B -> A': { when: 'attributes.a' },
        'B -> C': { trigger: 'ok' },
      },
    });
    expect(codes(parts({ if: 'attributes.a' }))).toEqual([
      'UNREACHABLE_STATE',
      'DEAD_TRANSITION',
      'LIVELOCK',
    ]);
    expect(codes(parts({ if: '!attributes.a' }))).toEqual([]);
  });

  it('knows that a time whose condition did not hold is over', () => {
    const parts = (transitions: object) => ({
      attributes: { idle: 'bool' },
      states: { A: {}, B: DONE },
      transitions,
    });
    const timed = { 'A -> B': { after: '3d', if: 'attributes.idle' } };
    expect(verdict(parts(timed)).findings).toMatchObject([
      { code: 'DEADLOCK', trace: ['after 3d without attributes.idle'] },
    ]);
    expect(verdict({ ...parts({ ...timed, 'A -> A': { revision: true } }) }).sound).toBe(true);
  });

  it('knows which times are over where a condition asks for them', () => {
    const parts = (when: string) => ({
      states: { A: { timers: { quiet: { after: '2d' } } }, B: DONE },
      transitions: { 'A -> B': { when } },
    });
    expect(verdict(parts('elapsed.quiet'))).toMatchObject({ sound: true, states: 2 });
    expect(codes(parts('elapsed.quiet && !elapsed.quiet'))).toContain('DEADLOCK');
  });
});
