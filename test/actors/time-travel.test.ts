/** The past under a draft: on a real database, from what the log holds. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replays } from '../../src/gateway/http/replays.ts';
import { type Change, type Process, startProcessOf } from '../processes/rig.ts';

const HOUR = 3_600_000;
const review = {
  name: 'Review',
  roles: ['developer', 'reviewer', 'security'],
  triggers: ['submit', 'approve', 'reject', 'note'],
  attributes: { risk: { oneOf: ['low', 'high'] } },
  initial: 'Draft',
  states: {
    Draft: {},
    Review: {},
    Approved: { final: 'approved' },
    Rejected: { final: 'rejected' },
    Expired: { final: 'withdrawn' },
  },
  transitions: {
    'Draft -> Review': { trigger: 'submit' },
    'Review -> Review': { trigger: 'note' },
    'Review -> Approved': { trigger: 'approve', role: 'reviewer' },
    'Review -> Rejected': { trigger: 'reject', role: 'reviewer' },
    'Review -> Expired': { after: '90d' },
  },
};
const draft = (transitions: object, rest: object = {}) => ({
  ...review,
  ...rest,
  transitions: { ...review.transitions, ...transitions },
});

const ann = { sub: 'ann', roles: ['developer', 'reviewer'] };
const rob = { sub: 'rob', roles: ['reviewer'] };
const sue = { sub: 'sue', roles: ['reviewer', 'security'] };
const root = { sub: 'root', roles: ['deployer'] };

describe('a replay', () => {
  let process: Process;
  let began: number;
  const changes: Record<string, Change> = {};

  /** Proposed, submitted, and decided after so many hours. */
  const decided = async (name: string, by: typeof rob, trigger: string, hours: number, risk = 'low') => {
    const change = await process.propose(ann, { risk });
    changes[name] = change;
    await change.send(ann, 'submit');
    process.clock.moveTo(process.clock.now() + hours * HOUR);
    await change.send(by, trigger, { reason: 'seen' });
  };
  const asked = (definition: object, body: object = {}, who: object = root) => {
    const period = {
      from: new Date(began - HOUR).toISOString(),
      to: new Date(process.clock.now() + HOUR).toISOString(),
    };
    return process.call(who as never, 'POST', '/v1/replays', {
      definition,
      project: 'p',
      ...period,
      ...body,
    });
  };
  const under = async (definition: object, body: object = {}) => {
    const page = replays.parse(await asked(definition, body));
    const named = Object.entries(changes).map(([name, { id }]) => [
      name,
      page.items.find(({ change }) => change === id),
    ]);
    return { page, of: Object.fromEntries(named) };
  };

  beforeAll(async () => {
    process = await startProcessOf(review);
    began = process.clock.now();
    await decided('plain', rob, 'approve', 2);
    await decided('risky', rob, 'approve', 2, 'high');
    await decided('own', ann, 'approve', 1);
    await decided('secure', sue, 'approve', 30, 'high');
    await decided('rejected', rob, 'reject', 3);
    changes.open = await process.propose(ann);
    await changes.open.send(ann, 'submit');
  });
  afterAll(() => process.close());

  it('under the same definition is the past', async () => {
    const { page } = await under(review);
    expect(page.items).toHaveLength(6);
    expect(page.items.map(({ verdict }) => verdict)).toEqual(Array(6).fill('same'));
    expect(page.failed).toEqual([]);
    expect(page.items.flatMap(({ refused }) => refused)).toEqual([]);
    for (const { was, would } of page.items) expect(would).toEqual(was);
  });

  it('says which approvals would have been refused, and whom these changes would still wait for', async () => {
    const { of } = await under(
      draft({ 'Review -> Approved': { trigger: 'approve', role: 'reviewer', exclude: 'author' } }),
    );
    expect(of.plain.verdict).toBe('same');
    expect(of.own).toMatchObject({
      verdict: 'not_finished',
      was: { outcome: 'approved', after_ms: HOUR },
      would: { outcome: null, after_ms: null },
      refused: [{ event: 'approve', principal: 'ann', code: 'SELF_APPROVAL' }],
    });
    expect(of.own.missing.flatMap(({ roles }: { roles: string[] }) => roles)).toContain('reviewer');
  });

  it('knows attributes, and the roles with which people were seen', async () => {
    const strict = draft({
      'Review -> Approved': [
        { trigger: 'approve', role: 'reviewer', if: 'attributes.risk == "low"' },
        { trigger: 'approve', role: 'security', if: 'attributes.risk == "high"' },
      ],
    });
    const { of } = await under(strict);
    expect(of.risky).toMatchObject({ verdict: 'not_finished', refused: [{ principal: 'rob' }] });
    // The log knows sue as a reviewer only: the role that decided.
    expect(of.secure.verdict).toBe('not_finished');
    const grant = { role: 'security', to: { principal: 'sue' }, in: 'everywhere' };
    const entries = [{ kind: 'grant', grant }];
    const said = await process.call({ sub: 'root', roles: ['administrator'] }, 'POST', '/v1/directory', {
      entries,
    });
    expect(said.seq).toBe(1);
    expect((await under(strict)).of.secure.verdict).toBe('same');
  });

  it('lets the timers of the draft run at their time', async () => {
    const { of } = await under(draft({ 'Review -> Expired': { after: '24h' } }));
    expect(of.plain.verdict).toBe('same');
    expect(of.secure).toMatchObject({
      verdict: 'other_outcome',
      would: { outcome: 'withdrawn', after_ms: 24 * HOUR },
      refused: [],
    });
  });

  it('counts events that the draft does not know', async () => {
    const without = {
      ...draft({}),
      triggers: ['submit', 'approve', 'note'],
      transitions: {
        ...review.transitions,
        'Review -> Rejected': { after: '60d', if: 'attributes.risk == "high"' },
      },
    };
    const { of } = await under(without);
    expect(of.rejected).toMatchObject({ verdict: 'not_finished', unknown: { reject: 1 } });
  });

  it('goes through the period a page at a time, and through no other', async () => {
    const first = replays.parse(await asked(review, { limit: 4 }));
    expect(first.items).toHaveLength(4);
    const second = replays.parse(await asked(review, { limit: 4, cursor: first.next_cursor }));
    expect(second.items).toHaveLength(2);
    expect(second.next_cursor).toBeNull();
    const before = { from: new Date(0).toISOString(), to: new Date(began - HOUR).toISOString() };
    expect(replays.parse(await asked(review, before)).items).toEqual([]);
    expect(replays.parse(await asked(review, { project: 'other' })).items).toEqual([]);
  });

  it('refuses unsound drafts, periods that end before they begin, and those who may not deploy', async () => {
    expect(await asked({ ...review, initial: 'Nowhere' })).toMatchObject({ code: 'DEFINITION_INVALID' });
    const period = { from: new Date(began).toISOString(), to: new Date(began).toISOString() };
    expect(await asked(review, period)).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await asked(review, { limit: 501 })).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await asked(review, {}, rob)).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('leaves the log as it was', async () => {
    const rows = await changes.own?.log();
    await under(draft({ 'Review -> Expired': { after: '1h' } }));
    expect(await changes.own?.log()).toEqual(rows);
  });
});
