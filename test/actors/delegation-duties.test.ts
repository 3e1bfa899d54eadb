/** Who acts for another stays one voice with them: delegations are no way around the separation of duties. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Principal } from '../../src/actors/commands.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { ann, author, ben, cat, delegationsOn, fourEyes, nobody } from './delegation-rig.ts';
import { accepted, principal, refusedWith, type Server, START, startServer, TENANT } from './rig.ts';

let database: TestDatabase;
let server: Server;

beforeAll(async () => {
  database = await testDatabase();
  await database.store.createTenant({ tenant: TENANT, title: 'Acme', createdAt: START });
  server = startServer(database.store);
  await server.runtime.deploy(TENANT, fourEyes, author, null);
});
afterAll(() => database.drop());

const { proposed, delegate, send, approve, approvals } = delegationsOn(() => server);

describe('separation of duties', () => {
  it('holds for the author behind a delegate', async () => {
    await delegate(author, 'ben');
    const change = await proposed();
    expect(refusedWith(await approve(ben, change, 'author'))).toBe('SELF_APPROVAL');
    accepted(await approve(ben, change));
  });

  it('holds for the author as somebody else\u2019s delegate', async () => {
    await delegate(ann, 'author');
    expect(refusedWith(await approve(author, await proposed(), 'ann'))).toBe('SELF_APPROVAL');
  });

  it('counts a vote and the vote of a delegate for the same person as one voice', async () => {
    await delegate(ann, 'ben');
    const change = await proposed();
    accepted(await approve(ann, change));
    accepted(await approve(ben, change, 'ann'));
    expect(await approvals(change)).toBe(1);
    accepted(await approve(ben, change));
    expect(await approvals(change)).toBe(1);
  });

  it('counts a delegate who votes as himself and for another as one voice', async () => {
    await delegate(ann, 'ben');
    const change = await proposed();
    accepted(await approve(ben, change));
    const row = accepted(await approve(ben, change, 'ann'));
    expect([row.to, await approvals(change)]).toEqual(['Review', 1]);
  });

  it('keeps ballots apart for both: neither decides where the other did before', async () => {
    await delegate(ann, 'sue');
    await delegate(cat, 'ben');
    const change = await proposed();
    accepted(await approve(ben, change));
    expect(accepted(await approve(nobody('sue'), change, 'ann')).to).toBe('Release');
    const signOff = (by: Principal, actsFor?: string) =>
      send(by, { change, trigger: 'sign_off' }, actsFor === undefined ? {} : { actsFor });
    expect(refusedWith(await signOff(ann))).toBe('NOT_INDEPENDENT');
    expect(refusedWith(await signOff(ben, 'cat'))).toBe('NOT_INDEPENDENT');
    expect(accepted(await signOff(cat)).to).toBe('Done');
  });

  it('an agent is not the delegate of whom it works for, and its own sponsor speaks with it', async () => {
    const bot: Principal = { ...principal('bot', [], 'agent'), sponsor: 'ben' };
    await delegate(ben, 'bot');
    await delegate(ann, 'bot');
    const change = await proposed();
    const answer = await approve(bot, change, 'ben');
    expect(answer).toMatchObject({ refusal: { code: 'NOT_DELEGATED', accepted: ['ann'] } });
    accepted(await approve(ben, change));
    accepted(await approve(bot, change, 'ann'));
    expect(await approvals(change)).toBe(1);
  });

  it('needs two disjoint groups of people, without the author, whoever votes for whom', async () => {
    const people = ['author', 'p1', 'p2', 'p3'].map((id) => principal(id, ['reviewer']));
    for (const from of people)
      for (const to of people) if (from !== to) await delegate(from, to.id, { project: 'rule' });
    const person = fc.nat(people.length - 1);
    const votes = fc.array(fc.tuple(person, person), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(votes, async (cast) => {
        const change = await proposed('rule');
        const counted: string[][] = [];
        for (const [voter, other] of cast) {
          const by = people[voter]!;
          const from = people[other]!.id;
          const answer = await approve(by, change, from === by.id ? undefined : from);
          const parties = [by.id, from];
          if (counted.length > 0 && groups(counted) >= 2) expect(refusedWith(answer)).toBe('NOT_ENABLED');
          else if (parties.includes('author')) expect(refusedWith(answer)).toBe('SELF_APPROVAL');
          else expect(accepted(answer).to).toBe(groups([...counted, parties]) >= 2 ? 'Release' : 'Review');
          if (answer.ok) counted.push(parties);
        }
      }),
      { numRuns: 40 },
    );
  });
});

/** How many groups the votes fall into where those that share a person are one. */
function groups(votes: readonly (readonly string[])[]): number {
  let found: Set<string>[] = [];
  for (const parties of votes) {
    const linked = found.filter((group) => parties.some((each) => group.has(each)));
    const others = found.filter((group) => !linked.includes(group));
    found = [...others, new Set([...parties, ...linked.flatMap((group) => [...group])])];
  }
  return found.length;
}
