/** The catalog as a whole: every workflow is sound, every outcome can be come to, and examples are what they say they are. */
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../src/machines/catalog/index.ts';
import { check } from '../../src/machines/check.ts';
import { compile, type TriggerEvent } from '../../src/machines/compile.ts';
import type { Outcome } from '../../src/machines/definition.ts';
import { digestOf } from '../../src/machines/digest.ts';
import { loadFile } from '../../src/machines/load-file.ts';
import { ROOT } from '../repo/sources.ts';
import { define } from './build.ts';
import { does, type Happening, revises, Story, signs } from './catalog-play.ts';

const NEW = ['EnterpriseApproval', 'Emergency', 'ChangeControl', 'RecordApproval', 'ItilChange'] as const;
type Name = (typeof NEW)[number];
const workflows = Object.fromEntries(NEW.map((name) => [name, compile(define(catalog[name]))]));
const of = (name: Name) => {
  const workflow = workflows[name];
  if (!workflow) throw new Error(`${name} is not compiled`);
  return workflow;
};

const ATTRIBUTES: Partial<Record<Name, Record<string, string>>> = {
  ChangeControl: { ticket: 'OPS-1' },
};

const securityPassed = [
  does('submit', 'ann', 'developer'),
  does('security_approve', 'sue', 'security_reviewer'),
];
const enterpriseApproved = [
  ...securityPassed,
  does('code_approve', 'cas', 'code_reviewer'),
  does('code_approve', 'cid', 'code_reviewer'),
  does('quality_approve', 'quinn', 'quality_reviewer'),
];
const applied = [
  does('declare', 'ivy', 'incident_commander'),
  does('declare', 'rex', 'release_manager'),
  does('apply', 'ann', 'developer'),
];
const evident = [
  does('submit', 'ann', 'developer'),
  does('review_approve', 'rae', 'reviewer'),
  does('test_pass', 'tia', 'tester'),
];
const scheduled = [
  does('assess', 'ann', 'requester'),
  does('technical_approve', 'tom', 'technical_approver'),
  does('cab_approve', 'cora', 'cab_member'),
];

/** One way to each outcome, and where it ends. */
const WAYS: Record<Name, readonly (readonly [Outcome, string, readonly Happening[]])[]> = {
  EnterpriseApproval: [
    ['applied', 'Applied', [...enterpriseApproved, does('apply', 'rex', 'release_manager')]],
    ['rejected', 'Rejected', [...securityPassed, does('code_reject', 'cas', 'code_reviewer')]],
    ['withdrawn', 'Withdrawn', [{ over: 'Recorded->Withdrawn' }]],
  ],
  Emergency: [
    ['applied', 'Confirmed', [...applied, does('approve', 'rae', 'reviewer')]],
    [
      'rejected',
      'RolledBack',
      [...applied, does('reject', 'rae', 'reviewer'), does('rolled_back', 'ann', 'developer')],
    ],
    ['withdrawn', 'Withdrawn', [{ over: 'Recorded->Withdrawn' }]],
  ],
  ChangeControl: [
    [
      'applied',
      'Deployed',
      [...evident, does('authorize', 'bea', 'business_owner'), does('deploy', 'dan', 'deployer')],
    ],
    ['rejected', 'Rejected', [...evident, does('decline', 'bea', 'business_owner')]],
    ['withdrawn', 'Withdrawn', [does('withdraw', 'ann', 'developer')]],
  ],
  RecordApproval: [
    [
      'approved',
      'Effective',
      [
        signs('submit', 'ann', 'author'),
        signs('sign_review', 'rae', 'reviewer'),
        signs('sign_approval', 'abe', 'approver'),
      ],
    ],
  ],
  ItilChange: [
    [
      'applied',
      'Closed',
      [
        ...scheduled,
        does('implement', 'ivo', 'implementer'),
        does('review', 'ivo', 'implementer'),
        does('close', 'max', 'change_manager'),
      ],
    ],
    ['withdrawn', 'Canceled', [...scheduled, does('cancel', 'ann', 'requester')]],
  ],
};

describe.each(NEW)('%s', (name) => {
  it('is sound, and nothing in it is left to guess', () => {
    expect(check(of(name).definition)).toMatchObject({ sound: true, decided: true, findings: [] });
  });

  it('comes to each of its outcomes', () => {
    for (const [outcome, state, way] of WAYS[name]) {
      const story = new Story(of(name), ATTRIBUTES[name]).play(...way);
      expect([story.outcome, story.state]).toEqual([outcome, state]);
    }
    expect(new Set(WAYS[name].map(([outcome]) => outcome))).toEqual(new Set(of(name).outcomes.values()));
  });
});

describe('the examples', () => {
  it.each([
    ['itil-change.toml', 'ItilChange'],
    ['part-11.toml', 'RecordApproval'],
  ] as const)('%s is the same workflow as %s of the catalog', async (file, name) => {
    const loaded = await loadFile(join(ROOT, 'examples', file));
    expect(loaded).toMatchObject({ sound: true, findings: [], definition: of(name).definition });
    expect(loaded.digest).toBe(digestOf(of(name).definition));
  });
});

/** Few people who hold every role, so that duties are separated by the workflow or not at all. */
const PEOPLE = ['ann', 'bob', 'cid', 'dee', 'eve', 'fay'];
/** What leads away from the good end; done more rarely, so that there is one. */
const ADVERSE = /^(withdraw|reject|decline|test_fail|request_changes|.+_reject|change\.revise)$/;
/** The good end, and the ballots whose approvals must be of the content as it is then. */
const APPROVED = {
  EnterpriseApproval: ['Applied', 'security', 'code', 'quality'],
  Emergency: ['Confirmed', 'retroactive'],
  ChangeControl: ['Deployed', 'review', 'test', 'business'],
  RecordApproval: ['Effective', 'review', 'approval'],
} as const;

describe.each(Object.entries(APPROVED))(
  '%s, whatever people do in whichever order',
  (name, [end, ...asked]) => {
    const workflow = of(name as Name);
    const { roles, triggers, ballots = {} } = workflow.definition;
    const versatile = (trigger: string, id: string): TriggerEvent => {
      const event = signs(trigger, id, '');
      return { ...event, principal: { ...event.principal, roles } };
    };
    const moves = [
      ...triggers.flatMap((trigger) => PEOPLE.map((id) => versatile(trigger, id))),
      revises(),
      revises('eve'),
    ];
    const helpful = moves.filter(({ type }) => !ADVERSE.test(type));

    it('ends well only with approvals of the last revision, by people who stay apart and had no hand in it', () => {
      const oneIn = (times: number) => fc.nat(times - 1).map((drawn) => drawn === 0);
      const choice = fc.record({ isAny: oneIn(6), which: fc.nat() });
      let ended = 0;
      fc.assert(
        fc.property(fc.array(choice, { minLength: 40, maxLength: 40 }), (choices) => {
          const story = new Story(workflow, { ticket: 'OPS-1' });
          for (const { isAny, which } of choices) {
            const possible = (isAny ? moves : helpful).filter((each) => story.refused(each) === undefined);
            const chosen = possible[which % possible.length];
            if (story.outcome !== undefined || !chosen) break;
            story.play(chosen);
          }
          for (const [ballot, { apart = [] }] of Object.entries(ballots))
            for (const other of apart) {
              const both = story.voters(ballot).filter((id) => story.voters(other).includes(id));
              expect(both).toEqual([]);
            }
          if (story.state !== end) return;
          ended += 1;
          const { contributors = ['ann'], revision } = story.context;
          for (const ballot of asked) {
            expect(story.ballot(ballot).status).toBe('satisfied');
            for (const vote of story.ballot(ballot).votes) {
              expect(vote.revision).toBe(revision?.number ?? 0);
              expect(contributors).not.toContain(vote.by);
            }
          }
        }),
        { numRuns: 150 },
      );
      expect(ended).toBeGreaterThan(5);
    });
  },
);
