/** Whether people can finish what a definition asks for: what the product says, and what then really happens. */
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Said } from '../../src/actors/directory/entries.ts';
import { staffOf } from '../../src/actors/staffing/people.ts';
import { check } from '../../src/machines/check.ts';
import { type Judge, judgeFor } from '../../src/machines/staffing/judge.ts';
import type { Assignment } from '../../src/machines/staffing/solve.ts';
import type { Crew, Person } from '../../src/machines/staffing/staff.ts';
import { definitionOf, type Instance, instance, sourceOf } from '../machines/staffing/instances.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { isLong, runs } from '../support/runs.ts';
import { accepted, principal, type Server, START, startServer, TENANT } from './rig.ts';

let database: TestDatabase;
let server: Server;
let tenant = TENANT;
let tenants = 0;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());
beforeEach(() => {
  server = startServer(database.store);
  return () => server.runtime.close();
});

const ops = () => ({ ...principal('ops', ['deployer', 'administrator']), tenant });
const newTenant = async () => {
  tenant = `${TENANT}-${++tenants}`;
  await database.store.createTenant({ tenant, title: 'Acme', createdAt: START });
};
const say = (...said: Said[]) => server.runtime.say(tenant, said, null, ops());
const person = (name: string, value: object = {}): Said =>
  ({ kind: 'principal', name, value: { kind: 'person', ...value } }) as Said;
const grant = (role: string, to: object, where: object | 'everywhere' = 'everywhere', removed = false) =>
  ({ kind: 'grant', grant: { role, to, in: where }, removed }) as Said;

const RELEASE = {
  name: 'ReleaseApproval',
  roles: ['security_reviewer', 'release_manager'],
  triggers: ['approve', 'release'],
  ballots: {
    release: {
      title: 'Release',
      in: 'Open',
      role: 'security_reviewer',
      exclude: 'contributors',
      cast: { approve: 'approve' },
      needs: { approvals: 2 },
    },
  },
  initial: 'Open',
  states: { Open: {}, Approved: {}, Released: { final: 'applied' } },
  transitions: {
    'Open -> Approved': { when: 'ballots.release.passed' },
    'Approved -> Released': { trigger: 'release', role: 'release_manager' },
  },
};
const WEB = { project: 'web' };
const reviewers = (...names: string[]) =>
  names.flatMap((name) => [person(name), grant('security_reviewer', { principal: name }, WEB)]);

describe('a staffing', () => {
  beforeEach(async () => {
    await newTenant();
    await say(...reviewers('sam', 'sue'), person('rita'), grant('release_manager', { principal: 'rita' }));
  });

  it('says in sentences what is missing, for whose changes, and who is left', async () => {
    await server.runtime.deploy(tenant, RELEASE, ops(), null);
    const found = await server.runtime.staffing.of(tenant, 'ReleaseApproval', { ...WEB, k: 2 });
    expect(found).toMatchObject({ staffed: false, decided: true, irreplaceable: ['rita', 'sam', 'sue'] });
    expect(found.authors).toEqual({ served: 2, all: 4 });
    expect(found.findings[0]).toMatchObject({
      code: 'UNSTAFFED',
      roles: ['security_reviewer'],
      people: ['sam', 'sue'],
      authors: ['sam', 'sue'],
      message:
        '"Release" of ReleaseApproval in project web needs 2 security_reviewer who did not write the change; only sam and sue can give that: that is not enough if sam or sue is the author; if sam is, nobody but sue is left.',
    });
    expect(found.findings.find(({ people: [who] }) => who === 'rita')?.message).toBe(
      '"release" in Approved of ReleaseApproval in project web needs 1 release_manager; only rita can give that: without rita no change can be finished.',
    );
    expect(found.resilience).toMatchObject({ holds: 0, broken: { away: expect.any(Array) } });
  });

  it('counts with those who are there: the absent and their agents are not', async () => {
    await say(...reviewers('tom', 'uwe', 'vic'), person('bot', { kind: 'agent', sponsor: 'vic' }));
    await say(
      grant('security_reviewer', { principal: 'bot' }, WEB),
      grant('release_manager', { principal: 'sam' }),
    );
    await server.runtime.deploy(tenant, RELEASE, ops(), null);
    const ask = (away: string[]) =>
      server.runtime.staffing.of(tenant, 'ReleaseApproval', { ...WEB, away, k: 2 });
    expect(await ask([])).toMatchObject({ staffed: true, irreplaceable: [], resilience: { holds: 1 } });
    const found = await ask(['tom', 'uwe', 'nemo']);
    // sam, sue, and vic with his agent: whoever of them writes, the two others have to review.
    expect(found).toMatchObject({ staffed: true, unknown: ['nemo'], irreplaceable: ['sam', 'sue', 'vic'] });
    expect(await ask(['tom', 'uwe', 'vic'])).toMatchObject({ staffed: false });
  });

  it('lets those who manage the author give what is granted to managers', async () => {
    await say(
      person('ann', { manager: 'max' }),
      person('ben', { manager: 'max' }),
      person('max'),
      grant('boss', { manager_level: 1 }),
    );
    const source = {
      name: 'Managed',
      roles: ['boss'],
      triggers: ['allow'],
      initial: 'Open',
      states: { Open: {}, Done: { final: 'approved' } },
      transitions: { 'Open -> Done': { trigger: 'allow', role: 'boss', exclude: 'author' } },
    };
    await server.runtime.deploy(tenant, source, ops(), null);
    const found = await server.runtime.staffing.of(tenant, 'Managed', { k: 1 });
    expect(found.findings.find(({ code }) => code === 'IRREPLACEABLE')).toMatchObject({
      people: ['max'],
      authors: ['ann', 'ben'],
    });
    expect(found.authors).toEqual({ served: 2, all: 7 });
  });

  it('counts on nobody whom the directory does not know, though strangers may give what asks for no role', async () => {
    await newTenant();
    await say(person('ann'), person('ben'), grant('other', { principal: 'ann' }));
    const source = {
      name: 'Open',
      roles: [],
      triggers: ['approve'],
      ballots: {
        both: {
          in: 'Open',
          by: 'person',
          exclude: 'author',
          cast: { approve: 'approve' },
          needs: { approvals: 2 },
        },
      },
      initial: 'Open',
      states: { Open: {}, Done: { final: 'approved' } },
      transitions: { 'Open -> Done': { when: 'ballots.both.passed' } },
    };
    await server.runtime.deploy(tenant, source, ops(), null);
    const found = await server.runtime.staffing.of(tenant, 'Open', {});
    expect(found.findings).toMatchObject([
      { code: 'UNSTAFFED', people: ['ann', 'ben'], authors: ['ann', 'ben'] },
      { code: 'IRREPLACEABLE' },
      { code: 'IRREPLACEABLE' },
    ]);
    const from = (id: string) => ({ principal: { ...principal(id), tenant } });
    const proposal = { definition: 'Open', project: 'web', title: 't' };
    const { change } = accepted(await server.runtime.propose(proposal, from('ann')));
    const approve = async (id: string) =>
      accepted(await server.runtime.send({ change, trigger: 'approve' }, from(id))).outcome;
    expect(await approve('ben')).toBeNull();
    expect(await approve('somebody')).toBe('approved');
  });

  it('is told with a deployment, which is refused where that is asked for', async () => {
    const deployed = await server.runtime.deploy(tenant, RELEASE, ops(), null);
    expect(deployed.warnings.map(({ path, message }) => [path, message.split(':')[0]])).toContainEqual([
      'ballots/release',
      'UNSTAFFED',
    ]);
    const more = { ...RELEASE, title: 'again' };
    await expect(
      server.runtime.deploy(tenant, more, ops(), null, { strictStaffing: true }),
    ).rejects.toMatchObject({ code: 'DEFINITION_INVALID' });
    expect(await database.store.definition(tenant, 'ReleaseApproval', 2)).toBeUndefined();
    await say(...reviewers('tom', 'uwe'));
    const { version } = await server.runtime.deploy(tenant, more, ops(), null, { strictStaffing: true });
    expect(version).toBe(2);
  });

  it('warns before the last of a role is taken away, and of nothing that was so before', async () => {
    await say(...reviewers('tom', 'uwe'));
    await server.runtime.deploy(tenant, RELEASE, ops(), null);
    const warn = async (...said: Said[]) =>
      (await server.runtime.staffing.warnings(tenant, said)).map(({ message }) => message);
    const away = (name: string) => grant('security_reviewer', { principal: name }, WEB, true);
    expect(await warn(away('sam'))).toEqual([]);
    const [two] = await warn(away('sam'), away('sue'));
    expect(two).toMatch(
      /^After this, some changes under ReleaseApproval cannot be finished any more\. .* tom or uwe/,
    );
    const last = ['sam', 'sue', 'tom', 'uwe'].map(away);
    expect(await warn(...last)).toEqual([
      expect.stringMatching(
        /^This takes the last security_reviewer from project web: ReleaseApproval cannot be finished any more\./,
      ),
    ]);
    await say(...last);
    expect(await warn(person('sam', { title: 'Sam' }))).toEqual([]);
    expect(await warn(grant('release_manager', { principal: 'rita' }, 'everywhere', true))).toHaveLength(1);
  });

  it('knows nothing where the directory grants nothing, and names what is not there', async () => {
    await newTenant();
    const { warnings } = await server.runtime.deploy(tenant, RELEASE, ops(), null);
    expect(warnings).toEqual([]);
    await expect(server.runtime.staffing.of(tenant, 'Nothing', {})).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

/** The directory takes no agents that work for agents: of two that would, the later one is a person. */
const employed = instance.map((given): Instance => {
  const agents = new Set<string>();
  const sponsors = new Set<string>();
  const people = given.people.map(({ sponsor, ...each }): Person => {
    if (sponsor === undefined || agents.has(sponsor) || sponsors.has(each.id))
      return { ...each, kind: 'person' };
    agents.add(each.id);
    sponsors.add(sponsor);
    return { ...each, sponsor };
  });
  return { ...given, people };
});

describe('what a staffing says', () => {
  it('is what happens: a "yes" can be played to its end, after a "no" nothing that people try leads there', async () => {
    let yes = 0;
    let no = 0;
    await fc.assert(
      fc.asyncProperty(employed, fc.infiniteStream(fc.nat(9_999)), async (given, dice) => {
        // What no people whatever could do is refused for that already.
        fc.pre(check(definitionOf(given)).findings.every(({ severity }) => severity === 'warning'));
        await newTenant();
        await say(...known(given));
        await server.runtime.deploy(tenant, sourceOf(given, 'Random'), ops(), null);
        const staff = staffOf(await server.runtime.directory(tenant), undefined);
        const judge = judgeFor(definitionOf(given), staff);
        for (const crew of judge.crews)
          for (const one of judge.cases(crew)) {
            const isHigh = one.facts.some(({ holds, text }) => holds && text.includes('high'));
            const change = await proposed(given, crew, given.hasCases && !isHigh ? 'low' : 'high');
            const judged = judge.judge(crew, one);
            if (judged.answer === 'yes') yes += 1;
            else no += 1;
            if (judged.answer === 'yes')
              expect(await played(given, crew, judged.assignment, change)).toBe('approved');
            else expect(await tried(given, crew, judge, change, dice)).toBeNull();
          }
      }),
      { numRuns: runs(5, 15) },
    );
    if (isLong) expect(Math.min(yes, no)).toBeGreaterThan(0);
  }, 240_000);
});

/** The instance's people as the directory is told of them. */
function known({ people }: Instance): Said[] {
  return people.flatMap(({ id, kind, sponsor, roles }) => [
    { kind: 'principal', name: id, value: { kind, ...(sponsor !== undefined && { sponsor }) } } as Said,
    ...roles.map((role) => grant(role, { principal: id })),
  ]);
}

/** A token says who somebody is; the directory says the rest. */
const STRANGER = 'stranger';
function as(given: Instance, id: string) {
  const found: Person | undefined = given.people.find((each) => each.id === id);
  return { ...principal(id === '' ? STRANGER : id, [], found?.kind ?? 'person'), tenant };
}

async function proposed(given: Instance, { author }: Crew, risk: string): Promise<string> {
  const proposal = { definition: 'Random', project: 'web', title: 't', attributes: { risk } };
  const answer = await server.runtime.propose(proposal, { principal: as(given, author?.id ?? '') });
  return accepted(answer).change;
}

/** Does what was assigned, as soon as it may be done; the outcome it came to. */
async function played(given: Instance, crew: Crew, { acts, votes }: Assignment, change: string) {
  const name = (at: number, unit: number, member: number) =>
    crew.classes[at]!.units[unit]!.members[member]!.id;
  // Whoever votes in several ballots that are open at once begins with the one that asks for the others, directly or through one.
  const chainFrom = (ballot: number, most = given.ballots.length): number =>
    most === 0
      ? 0
      : Math.max(0, ...(given.ballots[ballot]?.apart ?? []).map((each) => 1 + chainFrom(each, most - 1)));
  const asksFirst = (ballot: string) => -chainFrom(Number(ballot.slice(1)));
  let waiting = [
    ...acts.map(({ rule, by }) => ({
      trigger: rule.trigger,
      who: name(by.at, by.unit, by.member),
      order: 0,
    })),
    ...votes.flatMap(({ ballot, voice, by }) =>
      voice.casts.map(({ trigger, member }) => ({
        trigger,
        who: name(by.at, by.unit, member),
        order: asksFirst(ballot),
      })),
    ),
  ].sort((a, b) => a.order - b.order);
  let outcome: string | null = null;
  for (let isMoving = true; isMoving && outcome === null; ) {
    isMoving = false;
    for (const each of waiting) {
      const answer = await server.runtime.send(
        { change, trigger: each.trigger },
        { principal: as(given, each.who) },
      );
      if (!answer.ok) continue;
      outcome = answer.row.outcome;
      waiting = waiting.filter((other) => other !== each);
      isMoving = true;
      break;
    }
  }
  return outcome;
}

/**
 * The author, and everybody whom the directory knows, try whatever comes to their minds. Nobody else: a stranger may give what
 * asks for no role, and no answer counts on strangers.
 */
async function tried(given: Instance, crew: Crew, judge: Judge, change: string, dice: Iterator<number>) {
  const ids = [...given.people.map(({ id }) => id), ...(crew.author === null ? [''] : [])];
  const { triggers } = judge.requirements.definition;
  for (let turn = 0; turn < 30; turn += 1) {
    const roll = dice.next().value as number;
    const trigger = triggers[roll % triggers.length]!;
    const who = ids[Math.floor(roll / triggers.length) % ids.length]!;
    const answer = await server.runtime.send({ change, trigger }, { principal: as(given, who) });
    if (answer.ok && answer.row.outcome !== null) return answer.row.outcome;
  }
  return null;
}
