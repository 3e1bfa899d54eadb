/**
 * ParallelReview: security and code review start together. Both approve, or one rejection ends it; asking for changes
 * returns it to the author, and resubmission opens both again. A review that takes too long may be done by a lead.
 */
import { workflow } from '../workflow.ts';

export const parallelReview = workflow({
  name: 'ParallelReview',
  title: 'Security and code review in parallel',
  roles: ['developer', 'security_reviewer', 'code_reviewer', 'security_lead', 'code_lead'],
  triggers: [
    'submit',
    'resubmit',
    'withdraw',
    'security_approve',
    'security_reject',
    'code_approve',
    'code_reject',
    'request_changes',
  ],
  initial: 'Recorded',
  states: {
    Recorded: { title: 'Recorded locally' },
    Review: {
      title: 'In review',
      regions: {
        security: {
          title: 'Security review',
          initial: 'pending',
          states: {
            pending: {
              title: 'Waiting for security',
              timers: { overdue: { after: '3d', escalate: 'security_lead' } },
            },
            approved: { title: 'Security approved', final: 'approved' },
          },
          transitions: {
            'pending -> approved': {
              trigger: 'security_approve',
              role: 'security_reviewer',
              exclude: 'author',
            },
          },
        },
        code: {
          title: 'Code review',
          initial: 'pending',
          states: {
            pending: {
              title: 'Waiting for code review',
              timers: { overdue: { after: '24h', escalate: 'code_lead' } },
            },
            approved: { title: 'Code approved', final: 'approved' },
          },
          transitions: {
            'pending -> approved': { trigger: 'code_approve', role: 'code_reviewer', exclude: 'author' },
          },
        },
      },
    },
    Rework: { title: 'Back with the author' },
    Approved: { title: 'Approved', final: 'approved' },
    Rejected: { title: 'Rejected', final: 'rejected' },
    Withdrawn: { title: 'Withdrawn', final: 'withdrawn' },
  },
  transitions: {
    'Recorded -> Review': { trigger: 'submit', role: 'developer' },
    'Review -> Approved': { join: 'all' },
    'Review -> Rejected': [
      { trigger: 'security_reject', role: ['security_reviewer', 'security_lead'], reason: 'required' },
      { trigger: 'code_reject', role: ['code_reviewer', 'code_lead'], reason: 'required' },
    ],
    'Review -> Rework': {
      trigger: 'request_changes',
      role: ['security_reviewer', 'code_reviewer'],
      reason: 'required',
    },
    'Rework -> Review': { trigger: 'resubmit', role: 'developer' },
    'Rework -> Withdrawn': { trigger: 'withdraw', role: 'developer' },
  },
});
