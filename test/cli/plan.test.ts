import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planOf } from '../../src/cli/import/plan.ts';
import type { HistoryRecord } from '../../src/cli/import/record.ts';
import { ruleFor, waitingFor } from '../../src/cli/import/rule.ts';
import { catalog } from '../../src/machines/catalog/index.ts';
import { normalise } from '../../src/machines/normalise.ts';
import { sourceSchema } from '../../src/machines/source.ts';

const definition = normalise(sourceSchema.parse(catalog.ReviewHistory));
const rule = ruleFor(definition);

const person = fc.integer({ min: 1, max: 5 }).map((n) => `dev-${n}`);
const bot = fc.integer({ min: 1, max: 3 }).map((n) => `bot-${n}`);
const record: fc.Arbitrary<HistoryRecord> = fc.record({
  project: fc.constantFrom('p', 'q'),
  commit: fc.constantFrom('aaa', 'bbb', 'ccc'),
  changeId: fc.option(fc.constant('I1')),
  title: fc.constant('t'),
  author: fc.oneof(person, bot),
  authoredAt: fc.constant('2020-01-02T00:00:00Z'),
  submittedAt: fc.constantFrom('2020-01-01T00:00:00Z', '2020-01-03T00:00:00Z'),
  area: fc.option(fc.constant('ssh')),
  reviewedBy: fc.array(person, { maxLength: 6 }),
  tryBot: fc.array(bot, { maxLength: 4 }),
  files: fc.option(fc.nat()),
});

describe('the plan of a record', () => {
  it('goes: submission, own vote, other reviews, checks', () => {
    fc.assert(
      fc.property(record, (each) => {
        const triggers = planOf(each, rule).events.map(({ body }) => [body.trigger, body.as?.id]);
        const own = each.reviewedBy.includes(each.author) ? [['approve', each.author]] : [];
        const others = new Set(each.reviewedBy.filter((id) => id !== each.author));
        expect(triggers).toEqual([
          ['submit', each.author],
          ...own,
          ...[...others].map((id) => ['approve', id]),
          ...[...new Set(each.tryBot)].map((id) => ['pass', id]),
        ]);
      }),
    );
  });

  it('is the same every time, with keys that differ within it and between commits', () => {
    fc.assert(
      fc.property(record, record, (one, other) => {
        const plan = planOf(one, rule);
        expect(planOf(structuredClone(one), rule)).toEqual(plan);
        const keysOf = (each: HistoryRecord) => {
          const { proposal, events } = planOf(each, rule);
          return [proposal, ...events].map(({ idempotencyKey }) => idempotencyKey);
        };
        expect(new Set(keysOf(one)).size).toBe(plan.events.length + 1);
        if (one.project === other.project && one.commit === other.commit) return;
        expect(keysOf(one).filter((key) => keysOf(other).includes(key))).toEqual([]);
      }),
    );
  });

  it('keeps the keys of the votes it had when a history gains one', () => {
    fc.assert(
      fc.property(record, person, (each, newcomer) => {
        const keysOf = (of: HistoryRecord) => planOf(of, rule).events.map((event) => event.idempotencyKey);
        const more = keysOf({ ...each, reviewedBy: [newcomer, ...each.reviewedBy] });
        for (const key of keysOf(each)) expect(more).toContain(key);
      }),
    );
  });

  it('has everybody speak as what they are, with the roles the workflow asks of them', () => {
    const { proposal, events } = planOf(
      {
        project: 'p',
        commit: 'c',
        changeId: 'I1',
        title: 'ssh: c',
        author: 'bot-02',
        authoredAt: '2020-01-02T00:00:00Z',
        submittedAt: '2020-01-01T00:00:00Z',
        area: 'ssh',
        reviewedBy: ['dev-1'],
        tryBot: ['gobot@golang.org'],
        files: 3,
      },
      rule,
    );
    expect(proposal.body).toMatchObject({
      key: 'c',
      attributes: { change_id: 'I1', area: 'ssh', files: 3 },
      as: { id: 'bot-02', kind: 'agent' },
    });
    expect(events.map(({ body }) => body.as)).toEqual([
      { id: 'bot-02', kind: 'agent', roles: ['developer'] },
      { id: 'dev-1', kind: 'person', roles: ['reviewer'] },
      { id: 'gobot@golang.org', kind: 'agent', roles: ['checker'] },
    ]);
    // A vote cannot be older than the change it is about.
    expect(new Set(events.map(({ body }) => body.occurred_at))).toEqual(
      new Set(['2020-01-02T00:00:00.000Z']),
    );
  });
});

describe('the regions a change waits for', () => {
  it.each([
    [{ Review: { code: 'pending', checks: 'pending' } }, 'code and checks'],
    [{ Review: { code: 'approved', checks: 'pending' } }, 'checks'],
    [{ Review: { code: 'pending', checks: 'passed' } }, 'code'],
    ['Draft', 'Draft'],
  ])('of %j are "%s"', (state, expected) => {
    expect(waitingFor(rule, state)).toBe(expected);
  });
});
