/**
 * RecordApproval: 21 CFR Part 11. The author signs, then two different signers, in order. A signature carries its meaning, is
 * bound to the revision that was signed, and needs two factors the first time in a session. An amendment voids all.
 */
import { workflow } from '../workflow.ts';

const rejected = {
  trigger: 'reject',
  role: ['reviewer', 'approver'],
  reason: 'required',
  void: 'all',
} as const;
const amended = { revision: true, void: 'all' } as const;

export const recordApproval = workflow({
  name: 'RecordApproval',
  title: '21 CFR Part 11: record approval',
  roles: ['author', 'reviewer', 'approver'],
  triggers: ['submit', 'sign_review', 'sign_approval', 'reject'],
  ballots: {
    review: {
      title: 'Review',
      in: 'Review',
      role: 'reviewer',
      exclude: 'contributors',
      sign: 'review',
      cast: { sign_review: 'approve' },
    },
    approval: {
      title: 'Approval',
      in: 'Approval',
      role: 'approver',
      exclude: 'contributors',
      apart: 'review',
      sign: 'approval',
      cast: { sign_approval: 'approve' },
    },
  },
  initial: 'Draft',
  states: {
    Draft: { title: 'Draft' },
    Review: { title: 'Waits for the review signature' },
    Approval: { title: 'Waits for the approval signature' },
    Effective: { final: 'approved' },
  },
  transitions: {
    'Draft -> Review': { trigger: 'submit', role: 'author', sign: 'authorship' },
    'Review -> Approval': { when: 'ballots.review.passed' },
    'Approval -> Effective': { when: 'ballots.approval.passed' },
    'Review -> Draft': [amended, rejected],
    'Approval -> Draft': [amended, rejected],
  },
});
