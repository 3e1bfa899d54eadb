/**
 * ChangeControl: what SOC 2 (CC8.1) and SOX IT general controls ask of a change: a ticket, an independent review, tests, an
 * approval by the business, and somebody else who deploys. Nobody who had a hand in it approves, tests or deploys it.
 */
import { workflow } from '../workflow.ts';

export const changeControl = workflow({
  name: 'ChangeControl',
  title: 'SOC 2 and SOX change control',
  roles: ['developer', 'reviewer', 'tester', 'business_owner', 'deployer'],
  triggers: [
    'submit',
    'withdraw',
    'review_approve',
    'review_reject',
    'test_pass',
    'test_fail',
    'authorize',
    'decline',
    'deploy',
  ],
  attributes: { ticket: 'text', production: 'bool' },
  ballots: {
    review: {
      title: 'Independent review',
      in: 'Review.review.pending',
      role: 'reviewer',
      exclude: 'contributors',
      cast: { review_approve: 'approve', review_reject: { value: 'reject', reason: 'required' } },
      veto: -1,
    },
    test: {
      title: 'Test evidence',
      in: 'Review.test.pending',
      role: 'tester',
      exclude: 'contributors',
      cast: { test_pass: 'approve', test_fail: { value: 'reject', reason: 'required' } },
      veto: -1,
    },
    business: {
      title: 'Business authorisation',
      in: 'Authorisation',
      role: 'business_owner',
      exclude: 'contributors',
      apart: ['review', 'test'],
      reason: 'required',
      cast: { authorize: 'approve', decline: 'reject' },
      veto: -1,
    },
  },
  initial: 'Draft',
  states: {
    Draft: { title: 'Draft' },
    Review: {
      title: 'Review and test',
      regions: {
        review: {
          title: 'Review',
          initial: 'pending',
          states: { pending: {}, passed: { final: 'approved' } },
          transitions: { 'pending -> passed': { when: 'ballots.review.passed' } },
        },
        test: {
          title: 'Test',
          initial: 'pending',
          states: { pending: {}, passed: { final: 'approved' } },
          transitions: { 'pending -> passed': { when: 'ballots.test.passed' } },
        },
      },
    },
    Authorisation: { title: 'Waits for the business' },
    Authorised: { title: 'Authorised, not yet deployed' },
    Deployed: { title: 'Deployed', final: 'applied' },
    Rejected: { title: 'Rejected', final: 'rejected' },
    Withdrawn: { title: 'Withdrawn', final: 'withdrawn' },
  },
  transitions: {
    'Draft -> Review': { trigger: 'submit', role: 'developer', if: 'attributes.ticket != ""' },
    'Draft -> Withdrawn': { trigger: 'withdraw', role: 'developer' },
    'Review -> Authorisation': { join: 'all' },
    'Review -> Draft': [
      { when: 'ballots.review.vetoed || ballots.test.vetoed', void: 'all' },
      { revision: true, void: 'all' },
    ],
    'Authorisation -> Authorised': { when: 'ballots.business.passed' },
    'Authorisation -> Rejected': { when: 'ballots.business.vetoed' },
    'Authorisation -> Draft': { revision: true, void: 'all' },
    'Authorised -> Deployed': { trigger: 'deploy', role: 'deployer', exclude: 'contributors' },
    'Authorised -> Draft': { revision: true, void: 'all' },
  },
});
