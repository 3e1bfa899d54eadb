/** An agent that a revision only names, as author, co-author or committer, ties the person it works for. */
import { describe, expect, it } from 'vitest';
import { builtInRefusal, next, persist } from '../../../src/machines/compile.ts';
import { statusOf } from '../../../src/machines/standing.ts';
import { agent, compiled, event, person, play, sourceOf } from '../build.ts';

const workflow = (exclude: string) =>
  compiled(
    sourceOf({
      triggers: ['ok'],
      revisions: {},
      ballots: { code: { in: 'A', cast: { ok: 'approve' }, exclude, revision: 'keep' } },
      states: { A: {}, B: { final: 'approved' } },
      transitions: { 'A -> B': { when: 'ballots.code.passed && threads.open > 0' } },
    }),
  );
const uploader = person('rec');
const rita = person('rita');
const revise = (data: object) => ({ type: 'change.revise', principal: uploader, data });
const NAMED = [
  ['author', { author: 'bot' }],
  ['co-author', { author: 'ann', coAuthors: ['bot'] }],
  ['committer', { author: 'ann', committer: 'bot' }],
] as const;

describe('the sponsor of an agent that a revision names', () => {
  it.each(NAMED)('as %s does not count as independent of the contributors', (_as, named) => {
    const compiledOne = workflow('contributors');
    const told = play(compiledOne, revise({ ...named, sponsors: { bot: 'rita' } }));
    expect(persist(compiledOne, told).context.contributors).toContain('rita');
    expect(next(compiledOne, told, { ...event('ok', rita), value: 'A' }).changed).toBe(false);
    expect(next(compiledOne, told, { ...event('ok', person('rob')), value: 'A' }).changed).toBe(true);
    const other = { ...agent('helper'), sponsor: 'rita' };
    expect(next(compiledOne, told, { ...event('ok', other), value: 'A' }).changed).toBe(false);
  });

  it('as author does not count as independent of the author', () => {
    const compiledOne = workflow('author');
    const told = play(compiledOne, revise({ author: 'bot', sponsors: { bot: 'rita' } }));
    expect(next(compiledOne, told, { ...event('ok', rita), value: 'A' }).changed).toBe(false);
    const co = play(compiledOne, revise({ author: 'ann', coAuthors: ['bot'], sponsors: { bot: 'rita' } }));
    expect(next(compiledOne, co, { ...event('ok', rita), value: 'A' }).changed).toBe(true);
  });

  it('counts no more once the agent is named, though the vote was there before', () => {
    const compiledOne = workflow('contributors');
    const status = (...events: Parameters<typeof play> extends [unknown, ...infer E] ? E : never) => {
      const { context } = persist(compiledOne, play(compiledOne, ...events));
      const ballot = compiledOne.definition.ballots?.code;
      return ballot && statusOf(ballot, 'code', context, () => true);
    };
    const vote = event('ok', rita);
    expect(status(vote)).toBe('satisfied');
    expect(status(vote, revise({ coAuthors: ['bot'] }))).toBe('satisfied');
    expect(status(vote, revise({ coAuthors: ['bot'], sponsors: { bot: 'rita' } }))).toBe('unsatisfied');
  });

  it('is told in a table of names, and of nobody the revision does not name', () => {
    const compiledOne = workflow('contributors');
    const { context } = persist(
      compiledOne,
      play(compiledOne, revise({ coAuthors: ['bot'], sponsors: { other: 'rob', bot: 'rita' } })),
    );
    expect(context.contributors).toEqual(['ann', 'bot', 'rec', 'rita']);
    expect(context.revision).not.toHaveProperty('sponsors');
    const wrong = revise({ sponsors: { bot: 7 } });
    expect(builtInRefusal(compiledOne.definition, context, wrong)?.code).toBe('DATA_INVALID');
  });
});
