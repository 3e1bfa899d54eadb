/** What a group of owners asks for, and which votes of owners outlast a revision. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OwnerGroup, Vote } from '../../src/machines/context.ts';
import { revise } from '../../src/machines/revising.ts';
import { needsOf } from '../../src/machines/standing.ts';
import { define, person, sourceOf } from './build.ts';

const { ballots = {} } = define(
  sourceOf({
    ballots: {
      owners: {
        in: 'A',
        needs: { each: 'owners' },
        cast: { ok: 'approve', no: 'reject' },
        revision: { keep: 'owned_unchanged' },
      },
    },
    states: { A: {}, Z: { final: 'applied' } },
    transitions: { 'A -> Z': { trigger: 'go' } },
  }),
);
const ballot = ballots.owners!;
const vote = (by: string, value = 1, parties = [by]): Vote => ({ by, parties, value, revision: 1, at: 0 });
const group = (name: string, members: string[], more: Partial<OwnerGroup> = {}): OwnerGroup => ({
  name,
  members,
  files: [`${name}.go`],
  ...more,
});
const standing = (owners: OwnerGroup[], votes: Vote[]) => {
  const revision = { number: 1, author: 'ann', uploader: 'ann', owners };
  const [need] = needsOf(
    ballot,
    'owners',
    { author: 'ann', escalated: {}, revision, votes: { owners: votes } },
    () => true,
  );
  return need!;
};

describe('a group of owners', () => {
  it('asks for as many voices as it says, one where it says nothing', () => {
    const owners = [group('a', ['x', 'y', 'z'], { required: 2 }), group('b', ['z'])];
    expect(standing(owners, [vote('x')])).toMatchObject({ have: 0, want: 2, missing: ['a', 'b'] });
    expect(standing(owners, [vote('x'), vote('y')])).toMatchObject({ have: 1, missing: ['b'] });
    expect(standing(owners, [vote('x'), vote('z')])).toMatchObject({ have: 2, isSatisfied: true });
    expect(standing(owners, [vote('x'), vote('z', -1)])).toMatchObject({ missing: ['a', 'b'] });
  });

  it('hears an agent and its sponsor, or a delegate and whom he stands for, as one', () => {
    const owners = [group('a', ['x', 'y'], { required: 2 })];
    const both = [vote('x'), vote('bot', 1, ['x', 'y'])];
    expect(standing(owners, both)).toMatchObject({ missing: ['a'] });
  });

  it('is never missing where nobody waits for it', () => {
    const owners = [group('a', ['x'], { required: 0 })];
    expect(standing(owners, [])).toMatchObject({ have: 0, want: 0, missing: [], isSatisfied: true });
    expect(standing([], [])).toMatchObject({ isSatisfied: true });
  });

  it('takes anybody where it says "*"', () => {
    expect(standing([group('a', ['*'])], [])).toMatchObject({ missing: ['a'] });
    expect(standing([group('a', ['*'])], [vote('stranger')])).toMatchObject({ isSatisfied: true });
  });

  it('is satisfied exactly where it heard enough of its members, whatever the groups and votes', () => {
    const people = fc.constantFrom('u', 'v', 'w', 'x');
    const anyGroup = fc.record({
      members: fc.uniqueArray(people, { minLength: 1 }),
      required: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(anyGroup, { maxLength: 4 }), fc.uniqueArray(people), (given, voters) => {
        const owners = given.map(({ members, required }, n) =>
          group(`g${n}`, members, required === undefined ? {} : { required }),
        );
        const short = owners.filter(
          ({ members, required = 1 }) => voters.filter((each) => members.includes(each)).length < required,
        );
        const { missing, isSatisfied } = standing(
          owners,
          voters.map((each) => vote(each)),
        );
        expect(missing).toEqual(short.map(({ name }) => name));
        expect(isSatisfied).toBe(short.length === 0);
      }),
    );
  });
});

describe('an owner keeps a vote', () => {
  const kept = (owners: OwnerGroup[], changed: string[], by = 'x') => {
    const context = { author: 'ann', escalated: {}, votes: { owners: [vote(by)] } };
    return revise(context, ballots, { owners, changed }, { ...person('ann') }).fates[0]?.kept;
  };

  it('where no file of the group has changed', () => {
    expect(kept([group('a', ['x'])], ['b.go'])).toBe(true);
    expect(kept([group('a', ['x'])], ['a.go'])).toBe(false);
    expect(kept([group('a', ['*'])], ['b.go'])).toBe(true);
    expect(kept([group('a', ['y'])], ['b.go'])).toBe(false);
  });

  it('only on evidence: a group that does not name all its files may own whatever changed', () => {
    const many = group('a', ['x'], { fileCount: 150 });
    expect(kept([many], ['b.go'])).toBe(false);
    expect(kept([many], [])).toBe(true);
  });
});
