/**
 * Two people act at the same moment on the same change, each through another server: one wins, the other gets a refusal
 * that says what happened and what can be done now. Votes do not compete: both count, once each.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintToken } from '../../src/gateway/token.ts';
import { workflow } from '../../src/machines/workflow.ts';
import type { LogRow } from '../../src/persistence/records.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { runs } from '../support/runs.ts';
import { Server } from './process.ts';

const KEY = 'a key for tests that is long enough to be one';
const TENANT = 'acme';
const sign = (sub: string, roles: string[]) =>
  mintToken(new TextEncoder().encode(KEY), { sub, tenant: TENANT, kind: 'person', roles }, 600);

const RACES = runs(250, 1_000);
const BALLOTS = runs(40, 100);
/** Pairs in flight at once. */
const LANES = 32;

/** Whoever decides first has decided. */
const decision = workflow({
  name: 'Decision',
  roles: ['reviewer'],
  triggers: ['approve', 'reject'],
  initial: 'Review',
  states: { Review: {}, Approved: { final: 'approved' }, Rejected: { final: 'rejected' } },
  transitions: {
    'Review -> Approved': { trigger: 'approve', role: 'reviewer' },
    'Review -> Rejected': { trigger: 'reject', role: 'reviewer' },
  },
});

/** Takes two to decide. */
const fourEyes = workflow({
  name: 'FourEyes',
  roles: ['reviewer'],
  triggers: ['approve'],
  ballots: {
    eyes: { in: 'Review', role: 'reviewer', cast: { approve: 'approve' }, needs: { approvals: 2 } },
  },
  initial: 'Review',
  states: { Review: {}, Approved: { final: 'approved' } },
  transitions: { 'Review -> Approved': { when: 'ballots.eyes.passed' } },
});

const OUTCOMES = { approve: 'approved', reject: 'rejected' } as const;
type Decision = keyof typeof OUTCOMES;

/** What an HTTP answer says: a transition document, or a problem document. */
interface Answer {
  readonly status: number;
  readonly etag: string | null;
  readonly id: string;
  readonly code?: string;
  readonly detail: string;
  readonly accepted: readonly string[];
}

interface Sent extends Answer {
  readonly by: string;
  readonly trigger: Decision;
}

describe('two people who act at the same moment on the same change through two servers', () => {
  let database: TestDatabase;
  let servers: readonly [Server, Server];
  let tokens: Readonly<Record<string, string>>;

  const post = async (server: Server, by: string, path: string, body: unknown, seen?: string) => {
    const answer = await server.fetch(path, {
      method: 'POST',
      token: tokens[by] ?? '',
      body: JSON.stringify(body),
      ...(seen !== undefined && { headers: { 'if-match': seen } }),
    });
    const document = (await answer.json()) as Omit<Answer, 'status' | 'etag'>;
    return { ...document, status: answer.status, etag: answer.headers.get('etag') };
  };
  /** On one server or the other, so that each has seen half of the changes when the race begins. */
  const propose = async ({ name }: { readonly name: string }, index: number) => {
    const proposal = { definition: name, project: 'web', title: `Race ${index}` };
    const { status, id, etag } = await post(servers[index % 16 < 8 ? 0 : 1], 'ada', '/v1/changes', proposal);
    expect([status, etag]).toEqual([201, '"1"']);
    return id;
  };
  /** Rae on the first server, Rob on the second; they take turns in being the one whose request leaves first. */
  const race = async (
    change: string,
    index: number,
    triggers: readonly [Decision, Decision],
    seen?: string,
  ) => {
    const send = async (who: 0 | 1): Promise<Sent> => {
      const by = who === 0 ? 'rae' : 'rob';
      const trigger = triggers[who];
      const answer = await post(servers[who], by, `/v1/changes/${change}/events`, { trigger }, seen);
      return { ...answer, by, trigger };
    };
    const leaving = Math.floor(index / 2) % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const);
    return Promise.all(leaving.map(send));
  };
  const logByChange = async () => {
    const rows = await database.store.log(TENANT, { after: 0, limit: 100_000 });
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index + 1));
    const log = new Map<string, LogRow[]>();
    for (const row of rows) log.set(row.change, [...(log.get(row.change) ?? []), row]);
    return log;
  };

  beforeAll(async () => {
    database = await testDatabase();
    const env = { DATABASE_URL: database.adminUrl, COUNTERSIGN_JWT_KEY: KEY };
    servers = [await Server.serve(env), await Server.serve(env)];
    const roles = { olga: ['operator', 'deployer'], ada: [], rae: ['reviewer'], rob: ['reviewer'] };
    tokens = Object.fromEntries(
      await Promise.all(
        Object.entries(roles).map(async ([sub, held]) => [sub, await sign(sub, held)] as const),
      ),
    );
    const tenant = { tenant: TENANT, title: 'Acme' };
    expect((await post(servers[0], 'olga', '/v1/tenants', tenant)).status).toBe(201);
    for (const definition of [decision, fourEyes])
      expect((await post(servers[0], 'olga', '/v1/definitions', { definition })).status).toBe(201);
  }, 60_000);
  afterAll(async () => {
    await Promise.all((servers ?? []).map((server) => server.stop()));
    await database?.drop();
  });

  it(`have one winner each of ${RACES} times, and one who is told what happened and what is possible now`, async () => {
    const races = await inLanes(RACES, async (index) => {
      const change = await propose(decision, index);
      // Every second pair says which version it saw; half of the pairs want the same.
      const seen = index % 2 === 0 ? '"1"' : undefined;
      const second: Decision = index % 8 < 4 ? 'reject' : 'approve';
      return { change, seen, sent: await race(change, index, ['approve', second], seen) };
    });
    const log = await logByChange();
    const winners = new Set<string>();
    for (const { change, seen, sent } of races) {
      const statuses = sent.map(({ status }) => status).sort();
      expect(statuses).toEqual([200, seen === undefined ? 409 : 412]);
      const [winner, loser] = sent[0]?.status === 200 ? sent : sent.toReversed();
      if (!winner || !loser) throw new Error('two were sent');
      winners.add(winner.by);
      const outcome = OUTCOMES[winner.trigger];
      const refusal = seen === undefined ? closed(outcome, loser) : STALE;
      expect(loser).toMatchObject({
        code: refusal.code,
        detail: refusal.message,
        accepted: refusal.accepted,
      });
      const judged = {
        kind: 'refusal',
        version: 2,
        event: loser.trigger,
        principal: loser.by,
        outcome: null,
      };
      expect(log.get(change)?.map(told)).toEqual([
        { kind: 'proposed', version: 1, event: 'propose', principal: 'ada', outcome: null, refusal: null },
        {
          kind: 'transition',
          version: 2,
          event: winner.trigger,
          principal: winner.by,
          outcome,
          refusal: null,
        },
        // Who saw another version was not judged by the workflow: that leaves no row.
        ...(seen === undefined ? [{ ...judged, refusal }] : []),
      ]);
    }
    expect([...winners].sort()).toEqual(['rae', 'rob']);
  }, 120_000);

  it(`are both counted once where they vote, each of ${BALLOTS} times, the loser of a version after another look`, async () => {
    const races = await inLanes(BALLOTS, async (index) => {
      const change = await propose(fourEyes, index);
      const seen = index % 2 === 0 ? '"1"' : undefined;
      const sent = await race(change, index, ['approve', 'approve'], seen);
      const behind = sent.find(({ status }) => status === 412);
      if (!behind) return { change, seen, sent };
      expect(behind).toMatchObject({ code: STALE.code, detail: STALE.message, accepted: STALE.accepted });
      const server = servers[behind.by === 'rae' ? 0 : 1];
      const path = `/v1/changes/${change}`;
      const looked = await server.fetch(path, { token: tokens[behind.by] ?? '' });
      const now = looked.headers.get('etag') ?? '';
      expect([`"${behind.accepted[0]}"`, await looked.json()]).toEqual([
        now,
        expect.objectContaining({ outcome: null, enabled: [expect.objectContaining({ refusal: null })] }),
      ]);
      const again = await post(server, behind.by, `${path}/events`, { trigger: 'approve' }, now);
      expect(again.status).toBe(200);
      return { change, seen, sent };
    });
    const log = await logByChange();
    for (const { change, seen, sent } of races) {
      const statuses = sent.map(({ status }) => status).sort();
      expect(statuses).toEqual([200, seen === undefined ? 200 : 412]);
      const rows = log.get(change) ?? [];
      expect(rows.map(({ kind, version, outcome }) => [kind, version, outcome])).toEqual([
        ['proposed', 1, null],
        ['transition', 2, null],
        ['transition', 3, 'approved'],
      ]);
      expect(rows.map(({ principal }) => principal).sort()).toEqual(['ada', 'rae', 'rob']);
      const { ballots } = await servers[0].document(`/v1/changes/${change}`, { token: tokens.ada ?? '' });
      expect(ballots.eyes).toMatchObject({ status: 'satisfied', approvals: 2 });
      expect(ballots.eyes.votes.map(({ by }: { by: string }) => by).sort()).toEqual(['rae', 'rob']);
    }
  }, 60_000);
});

const STALE = {
  code: 'STALE_VERSION',
  message: 'The change is at version 2, you saw 1; look at it again, then decide.',
  accepted: ['2'],
};

/** Nothing is possible any more, and the sentence says why. */
function closed(outcome: string, { trigger }: Sent) {
  return {
    code: 'CHANGE_CLOSED',
    message: `The change is ${outcome}; "${trigger}" cannot change that.`,
    accepted: [],
  };
}

function told({ kind, version, event, principal, outcome, refusal }: LogRow) {
  return { kind, version, event, principal, outcome, refusal };
}

/** Does the work `times` times, so many at once; results in order. */
async function inLanes<T>(times: number, work: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const lane = async () => {
    while (next < times) {
      const index = next++;
      results[index] = await work(index);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return results;
}
