/** Whom to ask: what knowledge and load come to, who comes into question, and who is left out. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HALF_LIFE_DAYS, knowledgeOf } from '../../src/actors/suggestions/knowledge.ts';
import { loadOf } from '../../src/actors/suggestions/load.ts';
import { Suggestions } from '../../src/actors/suggestions.ts';
import { compile } from '../../src/machines/compile.ts';
import type { Act, Activity, RevisionRecord } from '../../src/persistence/history-records.ts';
import type { StoredChange } from '../../src/persistence/records.ts';
import { define } from '../machines/build.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { ManualClock } from './clock.ts';
import { accepted, principal, START, startServer, TENANT } from './rig.ts';

const DAY = 86_400_000;
const NOW = 1_000 * DAY;

const act = (principal: string, change: string, over: Partial<Act> = {}): Act => ({
  change,
  project: 'p',
  author: 'ada',
  isOpen: false,
  principal,
  principalKind: 'person',
  event: 'approve',
  role: 'reviewer',
  recent: 0,
  at: NOW,
  ...over,
});
const revision = (
  change: string,
  files: readonly string[],
  over: Partial<RevisionRecord> = {},
): RevisionRecord => ({
  change,
  project: 'p',
  isOpen: false,
  people: ['ada'],
  files,
  owners: [],
  at: NOW,
  ...over,
});

describe('knowledge', () => {
  const known = (activity: Partial<Activity>, files: readonly string[]) =>
    knowledgeOf({ acts: [], revisions: [], ...activity }, 'this', files, NOW);

  it('is whole where all files are the same, half where only the folder is, none elsewhere', () => {
    const revisions = [
      revision('same', ['src/a.ts', 'src/b.ts']),
      revision('near', ['src/c.ts']),
      revision('far', ['docs/a.md', 'src/deep/a.ts']),
    ];
    const acts = [act('rita', 'same'), act('remy', 'near'), act('rolf', 'far')];
    const found = known({ revisions, acts }, ['src/a.ts', 'src/b.ts']);
    expect(found.get('rita')).toEqual({ score: 1, reviewed: 1, authored: 0, where: 'src', lastAt: NOW });
    expect(found.get('remy')).toMatchObject({ score: 0.5, reviewed: 1 });
    expect(found.has('rolf')).toBe(false);
    expect(found.get('ada')).toMatchObject({ score: 1.5, authored: 2, reviewed: 0 });
  });

  it(`halves in ${HALF_LIFE_DAYS} days, and is not counted as lately from then on`, () => {
    const revisions = [revision('old', ['a'])];
    const acts = [act('rita', 'old', { at: NOW - 61 * DAY })];
    const rita = known({ revisions, acts }, ['a']).get('rita');
    expect(rita?.score).toBeCloseTo(0.5 ** (61 / 60), 9);
    expect(rita?.reviewed).toBe(0);
  });

  it('of the change itself is whole: whoever looked at an earlier revision knows it', () => {
    expect(known({ acts: [act('rita', 'this')] }, []).get('rita')).toMatchObject({ score: 1, where: null });
  });

  it('counts a change once, however often and in whatever way somebody had to do with it', () => {
    const revisions = [
      revision('c', ['a'], { people: ['rita'] }),
      revision('c', ['a', 'b'], { people: ['rita'] }),
    ];
    const acts = [act('rita', 'c'), act('rita', 'c', { event: 'reject' })];
    expect(known({ revisions, acts }, ['a']).get('rita')).toMatchObject({
      score: 1,
      reviewed: 1,
      authored: 0,
    });
  });

  it('takes neither the author for a reviewer nor comments on threads for reviews', () => {
    const revisions = [revision('c', ['a'], { people: [] })];
    const acts = [act('ada', 'c'), act('rita', 'c', { event: 'thread.open' })];
    expect(known({ revisions, acts }, ['a']).size).toBe(0);
  });

  it('grows with every further review, and shrinks with time', () => {
    const path = fc.constantFrom('src/a', 'src/b', 'lib/a', 'lib/b', 'c');
    const past = fc.array(fc.record({ files: fc.uniqueArray(path), ageDays: fc.nat(400) }), {
      maxLength: 12,
    });
    const scoreOf = (
      works: readonly { files: readonly string[]; ageDays: number }[],
      files: readonly string[],
    ) =>
      known(
        {
          revisions: works.map((work, at) => revision(`c${at}`, work.files)),
          acts: works.map(({ ageDays }, at) => act('rita', `c${at}`, { at: NOW - ageDays * DAY })),
        },
        files,
      ).get('rita')?.score ?? 0;
    fc.assert(
      fc.property(past, fc.uniqueArray(path), fc.nat(100), (works, files, days) => {
        const score = scoreOf(works, files);
        expect(score).toBeGreaterThanOrEqual(scoreOf(works.slice(1), files) - 1e-9);
        expect(score).toBeLessThanOrEqual(works.length + 1e-9);
        const older = works.map((work) => ({ ...work, ageDays: work.ageDays + days }));
        expect(scoreOf(older, files)).toBeCloseTo(score * 0.5 ** (days / HALF_LIFE_DAYS), 9);
      }),
    );
  });
});

describe('load', () => {
  it('is what is open elsewhere, what waits for owners by name, and the votes of this week', () => {
    const acts = [
      act('rita', 'open', { isOpen: true, recent: 2 }),
      act('rita', 'closed', { recent: 1 }),
      act('rita', 'this', { isOpen: true, recent: 1 }),
    ];
    const revisions = [
      revision('wants', ['a'], { isOpen: true, owners: ['rita', 'olga'] }),
      revision('wants', ['a'], { isOpen: true, owners: ['otto'] }),
      revision('open', ['a'], { isOpen: true, owners: ['rita'] }),
      revision('done', ['a'], { owners: ['olga'] }),
    ];
    const load = loadOf({ acts, revisions }, 'this');
    expect(load.get('rita')).toEqual({ openReviews: 1, asked: 1, recentVotes: 4 });
    expect(load.get('olga')).toEqual({ openReviews: 0, asked: 1, recentVotes: 0 });
    expect(load.has('otto')).toBe(false);
  });
});

describe('suggestions', () => {
  const source = {
    name: 'Two',
    roles: ['lead', 'reviewer'],
    includes: { lead: 'reviewer' },
    triggers: ['ok'],
    initial: 'Open',
    ballots: {
      review: {
        in: 'Open',
        cast: { ok: { value: 'approve', role: 'reviewer', exclude: 'author' } },
        needs: { approvals: 2 },
      },
    },
    states: { Open: {}, Done: { final: 'approved' } },
    transitions: { 'Open -> Done': { when: 'ballots.review.passed' } },
  };
  const workflow = compile(define(source));
  let database: TestDatabase;
  let stored: StoredChange;
  beforeAll(async () => {
    database = await testDatabase();
    await database.store.createTenant({ tenant: TENANT, title: 'Acme', createdAt: 0 });
    const { runtime } = startServer(database.store);
    await runtime.deploy(TENANT, source, principal('root'), null);
    const proposal = { definition: 'Two', project: 'p', title: 't' };
    const { change } = accepted(await runtime.propose(proposal, { principal: principal('ada') }));
    [stored] = (await database.store.load([{ tenant: TENANT, change }])) as [StoredChange];
    await runtime.close();
  });
  afterAll(() => database.drop());

  const nobody = { known: <T>(each: T) => each, holders: () => [] };
  const ask = async (
    activity: Partial<Activity>,
    staff: Parameters<Suggestions['for']>[2] = nobody,
    limit = 9,
    hidden: readonly string[] = [],
  ) => {
    const store = { activity: async () => ({ acts: [], revisions: [], ...activity }) };
    const suggestions = new Suggestions(store, new ManualClock(START));
    const [need] = await suggestions.for(workflow, stored, staff, limit, new Set(hidden));
    return need!;
  };
  const names = ({ suggested }: { suggested: readonly { principal: string }[] }) =>
    suggested.map(({ principal: name }) => name);

  it('prefer, among those who know the same, whoever has least to do', async () => {
    const acts = [
      act('busy', 'x', { at: START, isOpen: true }),
      act('busy', 'y', { at: START, isOpen: true }),
      act('free', 'z', { at: START }),
      act('swamped', 'z', { at: START, recent: 50 }),
    ];
    expect(names(await ask({ acts }))).toEqual(['free', 'busy', 'swamped']);
    expect(names(await ask({ acts }, nobody, 2))).toEqual(['free', 'busy']);
  });

  it('take those who hold a role that includes the wanted one, and those whom the directory grants it', async () => {
    const acts = [act('lena', 'x', { role: 'lead' }), act('guest', 'x', { role: null, event: 'look' })];
    const staff = {
      known: <T extends { id: string; roles: readonly string[] }>(each: T): T =>
        each.id === 'dora' ? { ...each, roles: ['reviewer'] } : each,
      holders: () => ['dora'],
    };
    expect(names(await ask({ acts }, staff))).toEqual(['dora', 'lena']);
  });

  it('know nothing of what was done in projects that are hidden from whoever asks', async () => {
    const acts = [
      act('rita', 'x', { at: START }),
      act('remy', 'y', { at: START, project: 'secret' }),
      act('rita', 'y', { at: START, project: 'secret', isOpen: true, recent: 3 }),
    ];
    expect(names(await ask({ acts }))).toEqual(['remy', 'rita']);
    const { suggested } = await ask({ acts }, nobody, 9, ['secret']);
    expect(suggested).toMatchObject([{ principal: 'rita', load: { openReviews: 0, recentVotes: 0 } }]);
  });

  it('leave out the author by the rule of the workflow', async () => {
    const found = await ask({ acts: [act('ada', 'x', { author: 'bob' }), act('rita', 'x')] });
    expect(names(found)).toEqual(['rita']);
    expect(found.excluded).toEqual([
      {
        principal: 'ada',
        why: 'ada is the author of this change; "ok" in Open has to come from somebody else.',
      },
    ]);
  });

  it('read the log once a minute, however many ask', async () => {
    let reads = 0;
    const store = {
      activity: async () => {
        reads += 1;
        if (reads === 2) throw new Error('away');
        return { acts: [], revisions: [] };
      },
    };
    const clock = new ManualClock(START);
    const suggestions = new Suggestions(store, clock);
    const again = () => suggestions.for(workflow, stored, nobody, 5, new Set());
    await Promise.all([again(), again(), again()]);
    expect(reads).toBe(1);
    clock.moveTo(START + 60_000);
    await expect(again()).rejects.toThrow('away');
    await again();
    expect(reads).toBe(3);
  });
});
