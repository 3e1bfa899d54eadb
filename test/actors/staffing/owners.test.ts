/** Owners: which of the groups that own a project's files could not give their vote. */
import { describe, expect, it } from 'vitest';
import { accepted } from '../rig.ts';
import { grant, group, person, tenants, WEB } from './rig.ts';

const acme = tenants('owners');

const OWNED = {
  name: 'Owned',
  roles: ['reviewer'],
  triggers: ['approve'],
  ballots: {
    review: {
      title: 'Review',
      in: 'Open',
      role: 'reviewer',
      exclude: 'author',
      cast: { approve: 'approve' },
      needs: [{ each: 'owners' }],
    },
  },
  initial: 'Open',
  states: { Open: {}, Done: { final: 'approved' } },
  transitions: { 'Open -> Done': { when: 'ballots.review.passed' } },
};
const reviewers = (...names: string[]) => names.map((name) => grant('reviewer', name));

describe('owners of the files of a project', () => {
  it('are asked for group by group: of nobody known, of too few, and of people without the role', async () => {
    await acme.say(
      ...reviewers('sam', 'sue', 'tom'),
      person('una'),
      group('acme/web', 'sam', 'sue', 'tom'),
      group('acme/docs', 'sam', 'una'),
      group('acme/art', 'una'),
    );
    await acme.own(
      'web',
      '/web/ @acme/web\n*.md @acme/docs\n/art/** @acme/art\nsecret.txt @acme/ghosts @carl\n',
    );
    await acme.deploy(OWNED);
    const { staffed, decided, findings, authors } = await acme.ask('Owned', 'web', { k: 0 });
    expect({ staffed, decided }).toEqual({ staffed: false, decided: true });
    expect(authors.served).toBe(0);
    const asks = (line: number) =>
      `"Review" of Owned in project web needs 1 of the owners CODEOWNERS:${line} who did not write the change; `;
    const nobody = 'nobody can give that: a change of what is theirs cannot be finished, whoever writes it.';
    const found = new Map(findings.map((each) => [each.place, each]));
    expect([...found.keys()].sort()).toEqual([2, 3, 4].map((line) => `"Review", owners CODEOWNERS:${line}`));
    expect(found.get('"Review", owners CODEOWNERS:2')).toMatchObject({
      code: 'UNSTAFFED',
      people: ['sam'],
      authors: ['sam'],
      roles: ['reviewer'],
      message: `${asks(2)}only sam can give that: that is not enough if sam is the author, for a change of what is theirs; if sam is, nobody is left.`,
    });
    expect(found.get('"Review", owners CODEOWNERS:3')?.message).toBe(`${asks(3)}${nobody}`);
    expect(found.get('"Review", owners CODEOWNERS:4')).toMatchObject({
      authors: null,
      people: [],
      message: `${asks(4)}${nobody} The directory does not know @acme/ghosts and carl.`,
    });
  });

  it('cannot give their vote in truth where that is said, and can where nothing is', async () => {
    await acme.say(...reviewers('sam', 'sue'), group('acme/docs', 'sam'));
    await acme.own('web', '* @sam @sue\n*.md @acme/docs\n');
    await acme.deploy(OWNED);
    const { findings, authors } = await acme.ask('Owned', 'web', { k: 0 });
    expect(findings).toMatchObject([{ place: '"Review", owners CODEOWNERS:2', authors: ['sam'] }]);
    expect(authors).toEqual({ served: 2, all: 3 });
    const outcome = async (author: string, file: string) => {
      const change = await acme.propose('Owned', 'web', author);
      const send = (id: string, trigger: string, data?: object) =>
        acme
          .runtime()
          .send({ change, trigger, ...(data && { data: data as never }) }, { principal: acme.as(id) });
      accepted(await send(author, 'change.revise', { files: [file] }));
      for (const each of ['sam', 'sue']) await send(each, 'approve');
      const view = await acme.runtime().view({ tenant: acme.tenant(), change }, acme.as('sam'));
      return view?.outcome;
    };
    expect(await outcome('sam', 'a.md')).toBeNull();
    expect(await outcome('sam', 'a.ts')).toBe('approved');
    expect(await outcome('sue', 'a.md')).toBe('approved');
  });

  it('are not asked for what hidden rules say, by workflows that ask no owners, or where a way leads around them', async () => {
    await acme.say(...reviewers('sam', 'sue', 'tom'), grant('lead', 'tom'), grant('lead', 'sam'));
    await acme.own('web', '*.md @acme/ghosts\n* @sam @sue @tom\n');
    await acme.deploy(OWNED);
    expect(await acme.ask('Owned')).toMatchObject({ staffed: true, findings: [] });
    await acme.own('web', '* @acme/ghosts\n');
    expect(await acme.ask('Owned')).toMatchObject({ staffed: false });
    const around = {
      'Open -> Done': [
        { when: 'ballots.review.passed' },
        { trigger: 'force', role: 'lead', exclude: 'author' },
      ],
    };
    await acme.deploy({
      ...OWNED,
      name: 'Forced',
      roles: ['reviewer', 'lead'],
      triggers: ['approve', 'force'],
      transitions: around,
    });
    expect(await acme.ask('Forced')).toMatchObject({ staffed: true });
    const plain = { ...OWNED.ballots.review, needs: [{ approvals: 1 }] };
    await acme.deploy({ ...OWNED, name: 'Plain', ballots: { review: plain } });
    expect(await acme.ask('Plain')).toMatchObject({ staffed: true });
  });

  it('are told with a deployment, and before the directory takes the last of a group away', async () => {
    await acme.say(...reviewers('sam', 'sue', 'tom'), group('acme/docs', 'sam', 'sue'));
    await acme.own('web', '*.md @acme/docs\n');
    await acme.deploy(OWNED, { strictStaffing: true });
    expect(await acme.warnings(group('acme/docs', 'sue'))).toEqual([
      expect.stringMatching(
        /^After this, some changes under Owned cannot be finished any more\. .*CODEOWNERS:1/,
      ),
    ]);
    expect(await acme.warnings(group('acme/docs', 'sam', 'sue', 'tom'))).toEqual([]);
    await acme.say({ kind: 'group', name: 'acme/docs', value: null });
    const strict = acme.deploy({ ...OWNED, title: 'again' }, { strictStaffing: true });
    await expect(strict).rejects.toMatchObject({
      code: 'DEFINITION_INVALID',
      issues: [{ message: expect.stringContaining('The directory does not know @acme/docs.') }],
    });
  });

  it('in OWNERS files are asked for directory by directory', async () => {
    await acme.say(...reviewers('sam', 'sue'));
    const files = {
      OWNERS: 'approvers: [sam, sue]\n',
      'lib/OWNERS': 'options: {no_parent_owners: true}\napprovers: [carl]\n',
    };
    const owners = { format: 'kubernetes', files, reason: null } as const;
    await acme.runtime().setOwners({ tenant: acme.tenant(), ...WEB }, owners, acme.ops());
    await acme.deploy(OWNED);
    const { findings } = await acme.ask('Owned', 'web', { k: 0 });
    expect(findings).toMatchObject([{ place: '"Review", owners lib/OWNERS', authors: null }]);
  });
});
