/** What the workflows of the catalog promise, told as stories: who may, who may not, and what time does. */
import { describe, expect, it } from 'vitest';
import { catalog } from '../../src/machines/catalog/index.ts';
import { compiled } from './build.ts';
import { does, revises, Story, signs } from './catalog-play.ts';

const workflows = {
  enterprise: compiled(catalog.EnterpriseApproval),
  emergency: compiled(catalog.Emergency),
  control: compiled(catalog.ChangeControl),
  record: compiled(catalog.RecordApproval),
  itil: compiled(catalog.ItilChange),
};

describe('EnterpriseApproval', () => {
  const submitted = (risk = 'low') =>
    new Story(workflows.enterprise, { risk }).play(does('submit', 'ann', 'developer'));
  const security = (id: string) => does('security_approve', id, 'security_reviewer');
  const code = (id: string) => does('code_approve', id, 'code_reviewer');
  const quality = (id: string) => does('quality_approve', id, 'quality_reviewer');

  it('asks two security reviewers where the risk is high, and says why', () => {
    expect(submitted('low').play(security('sue')).state).toBe('CodeReview');
    const story = submitted('high').play(security('sue'));
    expect(story.state).toBe('SecurityReview');
    expect(story.ballot('security')).toMatchObject({ status: 'unsatisfied', approvals: 1 });
    expect(story.ballot('security').needs.map(({ sentence }) => sentence)).toEqual([
      'needs 1 approval',
      'needs 2 approvals because risk is high; has 1',
    ]);
    // A second vote of the same person is not a second person.
    expect(story.play(security('sue')).state).toBe('SecurityReview');
    expect(story.play(security('sid')).state).toBe('CodeReview');
  });

  it('lets nobody approve quality who approved security or code, nor the author anything', () => {
    const story = submitted();
    expect(story.refused(security('ann'))).toBe('SELF_APPROVAL');
    story.play(security('sue'), code('cas'));
    expect(story.state).toBe('CodeReview');
    story.play(code('cid'));
    for (const id of ['sue', 'cas', 'cid']) expect(story.refused(quality(id))).toBe('NOT_INDEPENDENT');
    expect(story.refused(quality('ann'))).toBe('SELF_APPROVAL');
    expect(story.play(quality('quinn')).state).toBe('Approved');
    expect(story.refused(does('apply', 'ann', 'release_manager'))).toBe('SELF_APPROVAL');
  });

  it.each([
    ['code review', [security('sue'), code('cas')]],
    ['quality review', [security('sue'), code('cas'), code('cid')]],
    ['approval', [security('sue'), code('cas'), code('cid'), quality('quinn')]],
  ])('starts with security again when a revision comes in after %s has begun', (_when, way) => {
    const story = submitted()
      .play(...way)
      .play(revises('cas'));
    expect(story.state).toBe('SecurityReview');
    for (const ballot of ['security', 'code', 'quality']) expect(story.voters(ballot)).toEqual([]);
    expect(story.play(security('sid')).refused(code('cas'))).toBe('SELF_APPROVAL');
  });

  it('can be reopened when it was rejected, and forgets all votes', () => {
    const story = submitted().play(security('sue'), does('code_reject', 'cas', 'code_reviewer'));
    expect([story.state, story.outcome]).toEqual(['Rejected', 'rejected']);
    expect(story.refused(does('reopen', 'ann', 'developer'))).toBe('MISSING_ROLE');
    story.play(does('reopen', 'rex', 'release_manager'));
    expect([story.state, story.outcome]).toEqual(['Recorded', undefined]);
    expect([...story.voters('security'), ...story.voters('code')]).toEqual([]);
  });

  it('reminds of security after two days and asks the lead after three', () => {
    const story = submitted();
    expect(story.timers).toEqual({ 'SecurityReview:reminder': 48, 'SecurityReview:overdue': 72 });
    story.play({ over: 'SecurityReview:reminder' }, { over: 'SecurityReview:overdue' });
    expect(story.context.escalated).toEqual({ SecurityReview: ['security_lead'] });
    expect(story.play(does('security_approve', 'lea', 'security_lead')).state).toBe('CodeReview');
  });

  it('waits with the approval until no thread is open', () => {
    const thread = (type: string) => ({ ...does(type, 'rob', 'developer'), data: { thread: 'naming' } });
    const story = submitted().play(security('sue'), thread('thread.open'), code('cas'), code('cid'));
    expect(story.play(quality('quinn')).state).toBe('QualityReview');
    expect(story.play(thread('thread.resolve')).state).toBe('Approved');
  });
});

describe('Emergency', () => {
  const begun = () => new Story(workflows.emergency);
  const declare = (id: string, role = 'incident_commander') => does('declare', id, role);
  const apply = does('apply', 'ann', 'developer');
  const applied = () => begun().play(declare('ivy'), declare('rex', 'release_manager'), apply);
  const approve = (id: string, role = 'reviewer') => does('approve', id, role);

  it('takes two who declare it, with a reason, before it is applied', () => {
    const story = begun();
    expect(story.refused({ ...declare('ivy'), reason: '' })).toBe('REASON_REQUIRED');
    expect(story.play(declare('ivy'), declare('ivy')).state).toBe('Recorded');
    expect(story.refused(apply)).toBe('NOT_ENABLED');
    story.play(declare('rex', 'release_manager'));
    expect(story.state).toBe('Declared');
    expect(story.play(apply).state).toBe('Applied');
  });

  it('escalates a late review to the release managers, of whom those who declared it still may not', () => {
    const story = applied();
    expect(story.timers).toEqual({ 'Applied:reminder': 24, 'Applied:late': 48, 'Applied->Rollback': 72 });
    expect(story.refused(approve('ron', 'release_manager'))).toBe('MISSING_ROLE');
    story.play({ over: 'Applied:late' });
    expect(story.state).toBe('Applied');
    expect(story.refused(approve('rex', 'release_manager'))).toBe('NOT_INDEPENDENT');
    expect(story.refused(approve('ann'))).toBe('SELF_APPROVAL');
    expect(story.play(approve('ron', 'release_manager')).state).toBe('Confirmed');
  });

  it('has to be rolled back when it is not reviewed in three days, or rejected', () => {
    const unseen = applied().play({ over: 'Applied:late' }, { over: 'Applied->Rollback' });
    expect(unseen.state).toBe('Rollback');
    expect(unseen.refused(approve('rae'))).toBe('NOT_ENABLED');
    expect(applied().play(does('reject', 'rae', 'reviewer')).state).toBe('Rollback');
    unseen.play(does('rolled_back', 'ann', 'developer'));
    expect(unseen.outcome).toBe('rejected');
  });

  it('is declared anew for new content, and content that comes later frees nobody to review what he declared', () => {
    const story = begun().play(declare('ivy'), revises());
    expect(story.voters('declaration')).toEqual([]);
    story.play(declare('ivy'), declare('rex', 'release_manager'), revises());
    expect(story.state).toBe('Recorded');
    story.play(declare('ivy'), declare('rex', 'release_manager'), apply, revises());
    expect(story.state).toBe('Applied');
    expect(story.refused(approve('ivy'))).toBe('NOT_INDEPENDENT');
  });
});

describe('ChangeControl', () => {
  const drafted = () => new Story(workflows.control, { ticket: 'OPS-1' });
  const submit = does('submit', 'ann', 'developer');
  const review = does('review_approve', 'rae', 'reviewer');
  const test = does('test_pass', 'tia', 'tester');
  const authorize = (id: string) => does('authorize', id, 'business_owner');
  const deploy = (id: string) => does('deploy', id, 'deployer');
  const evident = () => drafted().play(submit, review, test);

  it('is not submitted without a ticket', () => {
    const story = new Story(workflows.control);
    expect(story.refused(submit)).toBe('CONDITION_UNMET');
  });

  it('is authorised by nobody who reviewed or tested it', () => {
    const story = evident();
    expect(story.state).toBe('Authorisation');
    expect(story.refused(authorize('rae'))).toBe('NOT_INDEPENDENT');
    expect(story.refused(authorize('tia'))).toBe('NOT_INDEPENDENT');
    expect(story.refused({ ...authorize('bea'), reason: ' ' })).toBe('REASON_REQUIRED');
    expect(story.play(authorize('bea')).state).toBe('Authorised');
  });

  it('is reviewed, tested, authorised and deployed by nobody who had a hand in it', () => {
    const story = drafted().play(revises('carl'), submit);
    expect(story.refused(does('review_approve', 'carl', 'reviewer'))).toBe('SELF_APPROVAL');
    expect(story.refused(does('test_pass', 'carl', 'tester'))).toBe('SELF_APPROVAL');
    expect(story.play(review, test).refused(authorize('carl'))).toBe('SELF_APPROVAL');
    story.play(authorize('bea'));
    for (const id of ['ann', 'carl']) expect(story.refused(deploy(id))).toBe('SELF_APPROVAL');
    expect(story.play(deploy('dan')).outcome).toBe('applied');
  });

  it.each([
    ['half of the evidence', [submit, review]],
    ['all evidence', [submit, review, test]],
    ['the authorisation', [submit, review, test, authorize('bea')]],
  ])('goes back to its author, all approvals void, when a revision comes in after %s', (_when, way) => {
    const story = drafted()
      .play(...way)
      .play(revises());
    expect(story.state).toBe('Draft');
    for (const ballot of ['review', 'test', 'business']) expect(story.voters(ballot)).toEqual([]);
  });

  it('goes back to its author when a test fails, and the review counts no more', () => {
    const story = drafted().play(submit, review, does('test_fail', 'tia', 'tester'));
    expect([story.state, story.voters('review')]).toEqual(['Draft', []]);
  });
});

describe('RecordApproval', () => {
  const submit = signs('submit', 'ann', 'author');
  const review = signs('sign_review', 'rae', 'reviewer');
  const approval = signs('sign_approval', 'abe', 'approver');

  it('takes signatures with two factors first, and with one in the same session from then on', () => {
    const story = new Story(workflows.record);
    expect(story.refused(does('submit', 'ann', 'author'))).toBe('SIGNATURE_REQUIRED');
    const oneFactor = signs('submit', 'ann', 'author', 1);
    expect(story.refused(oneFactor)).toBe('SIGNATURE_REQUIRED');
    story.play(submit, does('reject', 'rae', 'reviewer'));
    expect(story.state).toBe('Draft');
    expect(story.play(oneFactor).state).toBe('Review');
  });

  it('is approved by somebody else than who reviewed it, and by nobody who wrote it', () => {
    const story = new Story(workflows.record).play(submit);
    expect(story.refused(signs('sign_review', 'ann', 'reviewer'))).toBe('SELF_APPROVAL');
    story.play(review);
    expect(story.refused(signs('sign_approval', 'rae', 'approver'))).toBe('NOT_INDEPENDENT');
    expect(story.play(approval).outcome).toBe('approved');
  });

  it('loses its signatures with an amendment', () => {
    const story = new Story(workflows.record).play(submit, review, revises());
    expect([story.state, story.voters('review')]).toEqual(['Draft', []]);
  });
});

describe('ItilChange', () => {
  const type = (kind: string) => new Story(workflows.itil, { type: kind });
  const technical = does('technical_approve', 'tom', 'technical_approver');

  it.each([
    ['normal', 'assess', 'Assess'],
    ['emergency', 'authorize', 'Authorize'],
    ['standard', 'schedule', 'Scheduled'],
  ])('of type %s begins with "%s" and with nothing else', (kind, trigger, state) => {
    const others = ['assess', 'authorize', 'schedule'].filter((each) => each !== trigger);
    for (const other of others)
      expect(type(kind).refused(does(other, 'ann', 'requester'))).toBe('CONDITION_UNMET');
    expect(type(kind).play(does(trigger, 'ann', 'requester')).state).toBe(state);
  });

  it('goes back to New with all approvals void when the board rejects it or a manager reverts it', () => {
    for (const back of [does('cab_reject', 'cora', 'cab_member'), does('revert', 'max', 'change_manager')]) {
      const story = type('normal').play(does('assess', 'ann', 'requester'), technical, back);
      expect([story.state, story.voters('technical'), story.voters('cab')]).toEqual(['New', [], []]);
    }
  });

  it('changes its type only where it is new', () => {
    const amend = { ...does('change.amend', 'ann', 'requester'), data: { type: 'standard' } };
    const story = type('normal');
    expect(story.refused(amend)).toBe(undefined);
    expect(story.play(does('assess', 'ann', 'requester')).refused(amend)).toBe('NOT_ENABLED');
  });
});
